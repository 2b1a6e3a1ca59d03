import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JobKind, Json, Task } from '../../../src/model/index.ts'
import { bundledFfmpeg, ffmpeg, makeClip } from './support/clips.ts'
import {
  addTask,
  encodeWhole,
  grant,
  keyOf,
  kindIn,
  queueJob,
  queueParams,
  removeFolder,
  runContext,
  untilEnd
} from './support/owner.ts'

let folder = ''
let source = ''
const presets = () => join(folder, 'presets')
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-closer-'))
  source = makeClip(folder, 'closed25.mp4')
  await mkdir(presets())
  const recipe = 'codec: libx264\npixelFormat: yuv420p\ncrf: 20\nspeed: ultrafast\naudioCodec: none\n'
  await writeFile(join(presets(), 'standard.yaml'), recipe)
  await writeFile(join(presets(), 'decode.yaml'), `${recipe}verify: decode\n`)
  await writeFile(join(presets(), 'quality.yaml'), `${recipe}verify: quality\n`)
  await writeFile(join(presets(), 'demanding.yaml'), `${recipe}verify: quality\nqualityFloor: 99.9\n`)
})
afterAll(() => removeFolder(folder))

/** A chunk as its worker delivered it, not verified yet. */
async function delivered(preset: string, kind: JobKind) {
  const queued = await queueJob(kind, queueParams(source, preset, { outDir: join(folder, preset) }))
  const { job, task } = addTask(queued, 'encode-chunk', { start: 10, end: 40 })
  const outcome = await kind.run(grant(kind, job, task), runContext())
  if (outcome.kind !== 'finished') throw new Error(JSON.stringify(outcome))
  const path = join(folder, '.proxima', job.id, `${task.no}.1.mov`)
  const verify = (result: Json = outcome.result, of: Task = task) =>
    kind.verify(job, of, keyOf(job, of), result, untilEnd)
  return { path, verify, result: outcome.result as Record<string, Json> }
}

/** Gives the chunk other content that its result vouches for. */
async function swapped(given: Awaited<ReturnType<typeof delivered>>, make: (to: string) => void) {
  const other = join(folder, 'other.mov')
  make(other)
  await rename(other, given.path)
  const bytes = await readFile(given.path)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return given.verify({ ...given.result, sizeBytes: bytes.length, sha256 })
}

/** The same frames and times, but of another picture. */
const anotherPicture = (like: string) => (to: string) =>
  void ffmpeg([
    ...['-y', '-i', like, '-vf', 'negate', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'],
    ...[
      '-crf',
      '20',
      '-fps_mode',
      'passthrough',
      '-enc_time_base',
      '-1',
      '-video_track_timescale',
      '12800',
      to
    ]
  ])

/** Zeroes in the middle of the media data. */
const spoilt = (like: string) => (to: string) => {
  const bytes = readFileSync(like)
  bytes.fill(0, Math.floor(bytes.length / 3), Math.floor(bytes.length / 3) + 400)
  writeFileSync(to, bytes)
}

describe('a chunk of a preset with `verify: decode`', () => {
  test('passes when every frame decodes', async () => {
    const { verify } = await delivered('decode', kindIn(folder, { presetFolders: [presets()] }))
    expect(await verify()).toEqual({ ok: true })
  })

  test('that is spoilt inside is refused; counts, times and hashes alone would not tell', async () => {
    const kind = kindIn(folder, { presetFolders: [presets()] })
    const usual = await delivered('standard', kind)
    expect(await swapped(usual, spoilt(usual.path))).toEqual({ ok: true })
    const closer = await delivered('decode', kind)
    expect(await swapped(closer, spoilt(closer.path))).toMatchObject({
      ok: false,
      transient: false,
      reason: expect.stringMatching(/can(not)? be decoded/)
    })
  })

  test('is decoded as a whole file, too', async () => {
    const kind = kindIn(folder, { presetFolders: [presets()] })
    const params = queueParams(source, 'decode', { outDir: join(folder, 'whole-decode') })
    expect((await encodeWhole(kind, params)).output).toContain('whole-decode')
  })
})

const programs: [string, string | null][] = [
  ['SSIM or VMAF, whichever this machine’s ffmpeg has', null],
  ['VMAF, by the bundled ffmpeg', await bundledFfmpeg()]
]
describe.each(programs)('a chunk of a preset with `verify: quality`, by %s', (name, ffmpegPath) => {
  test.skipIf(ffmpegPath === null && name.includes('bundled'))('is held against the source', async () => {
    const kind = kindIn(folder, { presetFolders: [presets()], ffmpegPath })
    const good = await delivered('quality', kind)
    expect(await good.verify()).toEqual({ ok: true })
    expect(await swapped(good, anotherPicture(good.path))).toMatchObject({
      ok: false,
      transient: false,
      reason: expect.stringMatching(
        /its picture is not the source's: .* (VMAF|SSIM) of \d+ \(at least 60 of 100\)/
      )
    })
    const demanding = await delivered('demanding', kind)
    expect(await demanding.verify()).toMatchObject({ ok: false, reason: expect.stringContaining('99.9') })
  })

  test.skipIf(ffmpegPath === null && name.includes('bundled'))(
    'is compared as a whole file, too',
    async () => {
      const kind = kindIn(folder, { presetFolders: [presets()], ffmpegPath })
      const params = queueParams(source, 'quality', { outDir: join(folder, `whole-${name.length}`) })
      await encodeWhole(kind, params)
    }
  )
})
