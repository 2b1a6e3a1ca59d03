import { styleText } from 'node:util'

/** What the output needs to know of a stream; a test's own object will do. */
export interface OutStream {
  write(text: string): boolean
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  on?(event: 'resize', listener: () => void): unknown
  off?(event: 'resize', listener: () => void): unknown
  /** From now on no write waits for the terminal to take it. */
  letGo?(): void
  /** What was written has not all gone out yet. */
  readonly isBehind?: boolean
}

export interface TerminalTraits {
  /** Lines may be drawn over: a terminal that understands cursor movement. */
  live: boolean
  colour: boolean
  /** Only ASCII is safe to draw. */
  ascii: boolean
}

/** What may be drawn on a stream, from the stream and the environment's conventions. */
export function terminalTraits(
  stream: OutStream,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform
): TerminalTraits {
  const isTerminal = stream.isTTY === true
  const dumb = env.TERM === 'dumb'
  return {
    live: isTerminal && !dumb && !env.CI,
    colour: isTerminal && !dumb && !env.NO_COLOR,
    ascii: dumb || !speaksUnicode(env, platform)
  }
}

function speaksUnicode(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  if (platform === 'win32')
    return Boolean(env.WT_SESSION || env.TERM_PROGRAM || env.TERM === 'xterm-256color')
  if (env.TERM === 'linux') return false
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  return !/^(C|POSIX)$/i.test(locale)
}

export type Shade = 'good' | 'bad' | 'warn' | 'busy' | 'faint' | 'strong' | 'cursor'

const styles = {
  good: 'green',
  bad: 'red',
  warn: 'yellow',
  busy: 'cyan',
  faint: 'dim',
  strong: 'bold',
  cursor: 'inverse'
} as const satisfies Record<Shade, Parameters<typeof styleText>[0]>

export type Paint = (shade: Shade, text: string) => string

/** Colours that only ever accompany text that says the same. */
export const painter = (colour: boolean): Paint =>
  colour ? (shade, text) => styleText(styles[shade], text, { validateStream: false }) : (_, text) => text
