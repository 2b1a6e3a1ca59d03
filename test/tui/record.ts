// `node test/tui/record.ts --out FOLDER`: the recording for the README, of a real mesh. Three nodes on this machine,
// each with one slot, encode two clips in chunks; the screen of the first runs in a real terminal and is captured as
// it draws. Writes `screen.svg` (the run) and `screen.txt` (the moment at
// which most machines were at work). Nothing in it is drawn by hand.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { makeClip } from '../support/media.ts'
import { builtProgram } from '../support/paths.ts'
import { Room } from '../support/room.ts'
import { waitFor } from '../support/wait-for.ts'
import { type Frame, svgOf } from './svg.ts'
import { shellWords, Terminal } from './terminal.ts'

const { values } = parseArgs({
  options: { out: { type: 'string', default: 'docs' }, seconds: { type: 'string', default: '24' } }
})
const size = { columns: 80, rows: 24 }
const frameMs = 500
/** Each takes about 8 kB of the picture. */
const maxFrames = 20

const room = new Room()
try {
  await record()
} finally {
  room.destroy()
}

async function record(): Promise<void> {
  const media = room.folder('media')
  for (const name of ['A001_C004.mov', 'A001_C005.mov'])
    await makeClip(join(media, name), { seconds: Number(values.seconds), size: '1280x720' })
  const names = ['editroom', 'tower', 'nuc']
  const stations = names.map((name) =>
    room.station(name, { PROXIMA_LISTEN__HOST: '127.0.0.1', PROXIMA_SLOTS: '1' })
  )
  const [first, ...others] = stations as [(typeof stations)[number], ...typeof stations]
  await first.start()
  await first.ok(['share', media, '--as', 'media'])
  for (const other of others) {
    await other.start()
    const { invite } = (await first.ok(['mesh', 'invite', '--json'])).json as { invite: string }
    await other.ok(['mesh', 'join', invite, '--json'])
    await other.ok(['share', media, '--as', 'media'])
  }
  await waitFor(async () => (await first.peers()).peers.every(({ status }) => status === 'connected'), {
    timeoutMs: 30_000,
    what: 'the machines to meet'
  })
  const terminal = new Terminal({
    ...size,
    claim: room.claim,
    env: { PROXIMA_HOME: first.home, TERM: 'xterm-256color' }
  })
  terminal.run(shellWords(builtProgram))
  await terminal.sees('No jobs yet')
  const frames: Frame[] = [{ text: terminal.coloured(), ms: 1_500 }]
  let best = { letters: 0, text: '' }
  await first.ok(['queue', media, '--preset', 'h264_proxy', '--chunk', '2'])
  for (let last = ''; ; ) {
    const text = terminal.coloured()
    if (text !== last) frames.push({ text, ms: frameMs })
    last = text
    const shared = { letters: lettersIn(terminal.lines()), text: terminal.text() }
    if (shared.letters > best.letters) best = shared
    if (/DONE +.* 2 files/.test(terminal.text())) break
    await delay(frameMs)
  }
  frames.push({ text: terminal.coloured(), ms: 3_000 })
  terminal.keys('q')
  mkdirSync(values.out, { recursive: true })
  writeFileSync(join(values.out, 'screen.svg'), svgOf(thinned(frames, maxFrames), size))
  writeFileSync(join(values.out, 'screen.txt'), `${best.text.trimEnd()}\n`)
  process.stderr.write(`${frames.length} frames in ${values.out}/screen.svg\n`)
  for (const station of stations) await station.stop()
}

/** At most `most` of the frames, each standing for those left out after it. */
function thinned(frames: readonly Frame[], most: number): Frame[] {
  const step = Math.max(1, Math.ceil(frames.length / most))
  const kept = frames.filter((_, i) => i % step === 0 || i === frames.length - 1)
  return kept.map((frame, i) => ({ ...frame, ms: i === kept.length - 1 ? frame.ms : frame.ms * step }))
}

/** Machines that have a letter in the chunk grid, which stands below its title. */
function lettersIn(lines: readonly string[]): number {
  const title = lines.findIndex((line) => line.includes('(letter = peer)'))
  return new Set(lines[title + 1]?.match(/[A-Z]/g) ?? []).size
}
