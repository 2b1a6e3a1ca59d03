import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type FfmpegCommand, runFfmpeg } from '../../../src/media/index.ts'
import { parentDeathArguments } from '../../../src/media/orphan.ts'
import { tools } from './support/clips.ts'
import { removeFolder } from './support/owner.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-run-'))
})
afterAll(() => removeFolder(folder))

const settings = { ffmpegPath: tools.ffmpeg.path, niceness: 5, stallMs: 20_000, graceMs: 2000 }
const encode = (source: string, target = 'out put.mov'): FfmpegCommand => ({
  inputs: [{ options: ['-f', 'lavfi'], source }],
  outputs: [{ options: ['-c:v', 'mpeg4', '-f', 'mov'], target: `file:${join(folder, target)}` }]
})
const never = new AbortController().signal

/** Processes whose command line holds a text. */
const processesWith = (text: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text)
      } catch {
        return false // it has ended
      }
    })
    .map(Number)

describe('a run', () => {
  test('finishes, with its progress and its log', async () => {
    const frames: number[] = []
    const log: string[] = []
    const outcome = await runFfmpeg(settings, encode('testsrc2=size=64x64:rate=25:duration=1'), {
      signal: never,
      onProgress: (progress) => frames.push(progress.frames),
      onLog: (line) => log.push(line)
    })
    expect(outcome).toMatchObject({ kind: 'finished', frames: 25 })
    expect(frames.at(-1)).toBe(25)
    expect(log.join('\n')).toContain('Output #0, mov')
    expect(existsSync(join(folder, 'out put.mov'))).toBe(true)
  })

  test('that cannot be done fails with the line that says why', async () => {
    const outcome = await runFfmpeg(settings, encode('no-such-source'), { signal: never })
    expect(outcome).toMatchObject({ kind: 'failed', exitCode: expect.any(Number) })
    if (outcome.kind === 'failed') expect(outcome.exitCode).not.toBe(0)
  })

  test('whose ffmpeg is not there fails in words', async () => {
    const outcome = await runFfmpeg(
      { ...settings, niceness: 0, ffmpegPath: join(folder, 'none') },
      encode('x'),
      {
        signal: never
      }
    )
    expect(outcome).toMatchObject({ kind: 'failed' })
  })

  test('that is stopped ends at once, with the reason', async () => {
    const stop = new AbortController()
    const outcome = await runFfmpeg(settings, encode('testsrc2=size=64x64:rate=25', 'stopped.mov'), {
      signal: stop.signal,
      onProgress: () => stop.abort('lease lost')
    })
    expect(outcome).toEqual({ kind: 'stopped', because: 'lease lost' })
    expect(processesWith(join(folder, 'stopped.mov'))).toEqual([])
  })

  test('that was stopped before it began does not begin', async () => {
    const commands: unknown[] = []
    const outcome = await runFfmpeg(settings, encode('testsrc2', 'never.mov'), {
      signal: AbortSignal.abort('shutdown'),
      onCommand: (command) => commands.push(command)
    })
    expect(outcome).toEqual({ kind: 'stopped', because: 'shutdown' })
    expect(commands).toEqual([])
  })
})

test('an ffmpeg does not outlive its node, however that ends', async ({ skip }) => {
  if ((await parentDeathArguments()).length === 0) return skip('needs setpriv of util-linux')
  const target = join(folder, 'orphan.mov')
  const script = new URL('support/encode-for-ever.ts', import.meta.url).pathname
  const node = spawn(process.execPath, [script, target], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(node.stdout, 'data')
  expect(processesWith(target).length).toBeGreaterThan(1)
  node.kill('SIGKILL')
  await once(node, 'exit')
  await vi.waitFor(() => expect(processesWith(target)).toEqual([]), { timeout: 5000 })
})
