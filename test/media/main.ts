// `npm run test:media`: every source kind with every preset, and an hour in hundreds of chunks. Prints the table and,
// with `--out FILE`, writes it as the page for docs. `--kind a,b` and `--preset x,y` limit it to some.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { parseArgs } from 'node:util'
import { findTools } from '../../src/media/index.ts'
import { tools } from '../acceptance/media/support/clips.ts'
import { repoRoot } from '../support/paths.ts'
import { collected, environmentOf } from './record.ts'
import { cellTable, hourTable, page, summary } from './table.ts'

const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    kind: { type: 'string', default: '' },
    preset: { type: 'string', default: '' }
  }
})
const results = mkdtempSync(join(tmpdir(), 'proxima-matrix-results-'))
try {
  process.exitCode = await main()
} finally {
  rmSync(results, { recursive: true, force: true })
}

async function main(): Promise<number> {
  const startedMs = performance.now()
  const listed = (text: string) => text.split(',').filter((name) => name !== '')
  const bin = join(repoRoot, 'node_modules/.bin')
  const selection = { kinds: listed(values.kind), presets: listed(values.preset) }
  const env = {
    ...process.env,
    ...environmentOf(results, selection),
    PATH: [bin, process.env.PATH ?? ''].join(delimiter)
  }
  const tests = spawn(join(bin, 'vitest'), ['run', '--project', 'media', '--maxWorkers', '2'], {
    cwd: repoRoot,
    env,
    stdio: 'inherit'
  })
  const [status] = (await once(tests, 'close')) as [number | null]
  const { cells, hours } = collected(results)
  const ms = performance.now() - startedMs
  for (const mesh of new Set(cells.map((cell) => cell.mesh))) {
    process.stdout.write(`\n${mesh}\n${cellTable(cells.filter((cell) => cell.mesh === mesh)).join('\n')}\n`)
  }
  if (hours.length > 0) process.stdout.write(`\n${hourTable(hours).join('\n')}\n`)
  process.stdout.write(`\n${summary(cells)}; ${Math.round(ms / 1000)} s\n`)
  if (values.out !== undefined)
    writeFileSync(values.out, page(cells, hours, { ms, versions: await versions() }))
  return status ?? 1
}

async function versions(): Promise<Record<string, string>> {
  const bundled = await findTools({ ffmpegPath: null, ffprobePath: tools.ffprobe.path }, { PATH: '' }).catch(
    () => null
  )
  return {
    system: `ffmpeg ${tools.ffmpeg.version}`,
    ...(bundled === null ? {} : { bundled: `the bundled ffmpeg ${bundled.ffmpeg.version}` })
  }
}
