import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { capture } from '../../../src/media/capture.ts'
import { tryEncoder } from '../../../src/media/encoders.ts'
import type { FileReport } from '../../../src/media/inspect.ts'
import { inspect } from '../../../src/media/inspect.ts'
import { whyUndecodable } from '../../../src/media/verify.ts'
import { pretendTool, toolFolder } from '../../support/pretend-tool.ts'

let folder = ''
let file = ''
beforeAll(async () => {
  folder = await toolFolder()
  file = join(folder, 'EIO.mov')
  await writeFile(file, 'something')
})
afterAll(() => rm(folder, { recursive: true }))

describe('reading a file', () => {
  const read = async (script: string) =>
    inspect({ path: await pretendTool(folder, 'ffprobe-pretend', script), origin: 'path' }, file)

  test.each([
    ['storage that does not answer', 'echo "file: Input/output error" >&2; exit 1', 'io-error'],
    ['a file that cannot be read to its end', 'echo "x: Stale file handle" >&2', 'io-error'],
    ['an ffprobe that was killed', 'kill -KILL $$', 'tool-failed']
  ])('may succeed later with %s', async (_, script, code) => {
    await expect(read(script)).rejects.toMatchObject({ code, transient: true })
  })

  test.each([
    ['garbage, whatever its name', `echo "EIO.mov: Invalid data found" >&2; exit 1`, 'not-media'],
    ['an ffprobe that crashes on it', 'kill -SEGV $$', 'unreadable']
  ])('will not succeed with %s', async (_, script, code) => {
    await expect(read(script)).rejects.toMatchObject({ code, transient: false })
  })
})

test.each([
  ['chunk', 1],
  ['audio', 1],
  ['file', 2]
] as const)('reading a %s starts %i ffprobe', async (purpose, starts) => {
  const runs = join(folder, `runs-${purpose}`)
  const script = `echo x >> ${runs}; echo 'stream|index=0|codec_type=video|time_base=1/25|profile=unknown'`
  const path = await pretendTool(folder, `ffprobe-${purpose}`, script)
  await inspect({ path, origin: 'path' }, file, { purpose })
  expect((await readFile(runs, 'utf8')).split('\n').length - 1).toBe(starts)
})

describe('trying to decode a file', () => {
  const video = { pts: [0, 512, 1024], timeBase: { num: 1, den: 12800 } }
  const report = { sizeBytes: 9, audio: [], video } as unknown as FileReport
  const decode = async (script: string) =>
    whyUndecodable(await pretendTool(folder, 'ffmpeg-pretend', script), file, report, [])

  test('says what is wrong with it', async () => {
    expect(await decode('echo "Invalid data" >&2; exit 1')).toBe('it cannot be decoded: Invalid data')
    expect(await decode('exit 3')).toBe('it cannot be decoded: ffmpeg ended with status 3')
    expect(await decode('exit 0')).toBeNull()
  })

  test('finds nothing out where storage or the machine is in the way', async () => {
    await expect(decode('echo "x: Input/output error" >&2; exit 1')).rejects.toMatchObject({
      transient: true
    })
    await expect(decode('kill -KILL $$')).rejects.toMatchObject({ transient: true })
  })

  test('takes one thread for each place', async () => {
    await decode(`echo "$@" > ${join(folder, 'args')}`)
    const args = (await readFile(join(folder, 'args'), 'utf8')).split(' ')
    expect(args.filter((arg) => arg === '-threads')).toHaveLength(args.filter((arg) => arg === '-i').length)
  })
})

test('a tool that says nothing is not waited for', async () => {
  const path = await pretendTool(folder, 'ffprobe-hangs', 'exec sleep 60')
  await expect(capture(path, [], { stallMs: 50 })).rejects.toMatchObject({
    code: 'tool-failed',
    message: expect.stringContaining('did not answer')
  })
})

test('an encoder whose trial was killed is tried again, one that failed its trial is not', async () => {
  const marks = join(folder, 'marks')
  const path = await pretendTool(
    folder,
    'ffmpeg-trial',
    `echo x >> ${marks}; [ "$(wc -l < ${marks})" -gt 1 ] || kill -KILL $$`
  )
  expect(await tryEncoder(path, 'libx264')).toContain('SIGKILL')
  expect(await tryEncoder(path, 'libx264')).toBeNull()

  const failing = await pretendTool(
    folder,
    'ffmpeg-without',
    `echo x >> ${marks}-2; echo "Unknown encoder" >&2; exit 1`
  )
  expect(await tryEncoder(failing, 'libx265')).toBe('Unknown encoder')
  expect(await tryEncoder(failing, 'libx265')).toBe('Unknown encoder')
  expect((await readFile(`${marks}-2`, 'utf8')).length).toBe(2)
})
