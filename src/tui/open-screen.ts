import { ScreenError } from './errors.ts'
import { ScreenLink } from './link.ts'
import type { QueueWish, ScreenOrder } from './orders.ts'
import { perform } from './perform.ts'
import type { ScreenBell, ScreenNode, ScreenPort } from './port.ts'
import { initialScreen, type NotifyWay } from './state.ts'
import { ScreenStore } from './store.ts'
import { clean } from './text/format.ts'
import type { Style } from './text/style.ts'

export interface ScreenSettings {
  style: Style
  notify: NotifyWay
  /** Where the file browser opens. */
  folder: string
  /** The machine whose node is only watched from here; null for this machine's own. */
  watching: string | null
  /** Ends the screen as `q` does. */
  signal: AbortSignal
}

export interface ScreenTerminal {
  stdin: NodeJS.ReadStream
  stdout: NodeJS.WriteStream
}

/** How a person left the screen. */
export interface ScreenEnd {
  stopNode: boolean
}

const tickMs = 1_000

/**
 * Shows the screen until a person quits it or the signal aborts, and gives the terminal back as it was.
 * `first` is the node when it is connected already.
 * @throws ScreenError `not-a-terminal`
 */
export async function openScreen(
  settings: ScreenSettings,
  { port, first, terminal }: { port: ScreenPort; first: ScreenNode | null; terminal: ScreenTerminal }
): Promise<ScreenEnd> {
  const { stdin, stdout } = terminal
  if (!stdin.isTTY || !stdout.isTTY) {
    throw new ScreenError(
      'not-a-terminal',
      'the screen needs a terminal for input and output',
      'Use --headless, or --ui plain'
    )
  }
  // React looks at it once, when it is loaded: its development version costs twice the time.
  process.env.NODE_ENV ??= 'production'
  const [{ render }, { createElement }, { App }] = await Promise.all([
    import('ink'),
    import('react'),
    import('./app.ts')
  ])
  const leaving = new AbortController()
  const signal = AbortSignal.any([settings.signal, leaving.signal])
  let end: ScreenEnd = { stopNode: false }
  const plans = new Map<QueueWish, AbortController>()
  const store = new ScreenStore(
    initialScreen({
      ...sizeOf(stdout),
      nowMs: Date.now(),
      folder: settings.folder,
      watching: settings.watching,
      notify: settings.notify
    }),
    (order: ScreenOrder) =>
      void perform(order, {
        port,
        node: () => link.node,
        bell: bellOf(stdout),
        answer: (answer) => store.dispatch({ kind: 'answered', answer }),
        quit: (stopNode) => {
          end = { stopNode }
          leaving.abort()
        },
        plans,
        signal
      })
  )
  const link = new ScreenLink(port, store, signal)
  const onResize = (): void => store.dispatch({ kind: 'resized', ...sizeOf(stdout) })
  stdout.on('resize', onResize)
  const ticks = setInterval(() => store.dispatch({ kind: 'ticked', nowMs: Date.now() }), tickMs)
  // What was typed while the node started has moved the cursor, and Ink draws from where it stands.
  stdout.write('\r')
  const instance = render(createElement(App, { store, style: settings.style }), {
    stdin,
    stdout,
    exitOnCtrlC: false,
    alternateScreen: true,
    incrementalRendering: true,
    patchConsole: false,
    interactive: true
  })
  try {
    // What breaks the drawing ends the screen, with the terminal given back.
    await Promise.race([link.run(first), instance.waitUntilExit(), aborted(signal)])
  } finally {
    leaving.abort()
    clearInterval(ticks)
    stdout.off('resize', onResize)
    store.close()
    instance.unmount()
    await instance.waitUntilExit()
  }
  return end
}

const sizeOf = ({ columns, rows }: NodeJS.WriteStream): { columns: number; rows: number } => ({
  columns: columns || 80,
  rows: rows || 24
})

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

const escapeCharacter = '\u001b'
const bellCharacter = '\u0007'

function bellOf(stdout: NodeJS.WriteStream): ScreenBell {
  return {
    notify(way, text) {
      // OSC 9 is what most terminals that can notify understand; the others ignore it.
      if (way === 'desktop') stdout.write(`${escapeCharacter}]9;proxima-node: ${clean(text)}${bellCharacter}`)
      else stdout.write(bellCharacter)
    },
    copy(text) {
      // OSC 52: into the clipboard of the terminal, through SSH as well.
      stdout.write(`${escapeCharacter}]52;c;${Buffer.from(text).toString('base64')}${bellCharacter}`)
    }
  }
}
