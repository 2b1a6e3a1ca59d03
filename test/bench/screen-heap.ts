// `node --expose-gc test/bench/screen-heap.ts`: what stays in memory of a screen that is left open. The screen's own
// store, reducers and Ink draw `--frames` pictures of a busy mesh (7,200 are half an hour at 4 Hz) as fast as they
// can into a stream that swallows them; after every tenth the garbage is collected and what is left is printed.
import { PassThrough, Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { initialScreen } from '../../src/tui/state.ts'
import { ScreenStore } from '../../src/tui/store.ts'
import { styleOf } from '../../src/tui/text/style.ts'
import { BusyScene } from '../support/busy-scene.ts'

const { values } = parseArgs({ options: { frames: { type: 'string', default: '7200' } } })
const frames = Number(values.frames)
const collect = globalThis.gc
if (!collect) {
  process.stderr.write('run it with --expose-gc\n')
  process.exit(1)
}
// React looks at it when it is loaded.
process.env.NODE_ENV = 'production'
const [{ render }, { createElement }, { App }] = await Promise.all([
  import('ink'),
  import('react'),
  import('../../src/tui/app.ts')
])

const size = { columns: 80, rows: 24 }
const swallowed = new Writable({ write: (_chunk, _encoding, done) => done() })
const stdout = Object.assign(swallowed, { ...size, isTTY: true }) as unknown as NodeJS.WriteStream
const quiet = Object.assign(new PassThrough(), { isTTY: true, setRawMode() {}, ref() {}, unref() {} })
const stdin = quiet as unknown as NodeJS.ReadStream
const store = new ScreenStore(
  initialScreen({ ...size, nowMs: Date.now(), folder: '/', notify: 'off' }),
  () => {}
)
const screen = render(createElement(App, { store, style: styleOf({ colour: true, ascii: false }) }), {
  stdin,
  stdout,
  alternateScreen: true,
  incrementalRendering: true,
  patchConsole: false,
  interactive: true,
  maxFps: 1_000
})
const scene = new BusyScene({ jobs: 50, peers: 40, chunks: 5_000, running: 120 })
store.dispatch({ kind: 'synced', parts: scene.first() })
/** As it comes from the wire: nothing of it is shared with the picture before. */
const fresh = <T>(value: T): T => JSON.parse(JSON.stringify(value))
for (let frame = 0; frame <= frames; frame++) {
  store.dispatch({ kind: 'told', parts: fresh(scene.tick()) })
  store.dispatch({ kind: 'chunks-told', map: fresh(scene.map()) })
  if (frame % 4 === 0) store.dispatch({ kind: 'ticked', nowMs: Date.now() + frame * 250 })
  // Drawn at once, where a quarter of a second would be waited for.
  store.dispatch({ kind: 'resized', ...size })
  await new Promise((resolve) => setImmediate(resolve))
  if (frame % Math.ceil(frames / 10) === 0) {
    collect()
    process.stdout.write(`${frame} frames: ${(process.memoryUsage().heapUsed / 1e6).toFixed(1)} MB\n`)
  }
}
store.close()
screen.unmount()
