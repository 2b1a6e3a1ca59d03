import { chmod, link, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ffmpeg, makeClip } from './support/clips.ts'
import { kindIn, queueJob, queueParams, removeFolder } from './support/owner.ts'

let folder = ''
let clip = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-refuse-'))
  clip = makeClip(folder, 'silent.mp4')
})
afterAll(() => removeFolder(folder))

/** What is refused is refused in one line, and leaves nothing behind. */
async function refusal(source: string, preset = 'dnxhr_lb', more = {}, settings = {}) {
  const before = await readdir(folder, { recursive: true })
  const prepared = await kindIn(folder, settings).prepare(queueParams(source, preset, more), source)
  expect(await readdir(folder, { recursive: true })).toEqual(before)
  if (prepared.kind !== 'refused') throw new Error(`not refused: ${JSON.stringify(prepared)}`)
  expect(prepared.error.message).not.toContain('\n')
  return prepared.error
}

test('refuses a file that is not there', async () => {
  expect(await refusal(join(folder, 'nope.mov'))).toMatchObject({ code: 'no-such-file', exitStatus: 1 })
})

test('refuses an empty file', async () => {
  const path = join(folder, 'empty.mov')
  await writeFile(path, '')
  expect(await refusal(path)).toMatchObject({ code: 'empty-file' })
})

test('refuses what is not media', async () => {
  const path = join(folder, 'notes.mov')
  await writeFile(path, 'hello there, this is no film')
  expect(await refusal(path)).toMatchObject({ code: 'not-media' })
})

test('refuses a still, and sound without a picture', async () => {
  const still = join(folder, 'still.png')
  ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=size=320x180', '-frames:v', '1', still])
  expect(await refusal(still)).toMatchObject({ code: 'still-image' })
  const cover = join(folder, 'cover.m4a')
  ffmpeg([
    ...['-f', 'lavfi', '-i', 'sine=duration=1', '-i', still, '-map', '0', '-map', '1'],
    ...['-c:v', 'copy', '-disposition:v', 'attached_pic', cover]
  ])
  expect(await refusal(cover)).toMatchObject({ code: 'no-video' })
})

test('refuses a film without its end: at once where its index is missing, else when it is planned', async () => {
  const content = await readFile(clip)
  const path = join(folder, 'cut.mp4')
  await writeFile(path, content.subarray(0, content.length >> 1))
  expect(await refusal(path)).toMatchObject({ code: 'truncated' })

  const front = join(folder, 'front.mp4')
  ffmpeg(['-i', clip, '-c', 'copy', '-movflags', '+faststart', front])
  const whole = await readFile(front)
  await writeFile(front, whole.subarray(0, Math.floor(whole.length * 0.6)))
  await expect(queueJob(kindIn(folder), queueParams(front, 'dnxhr_lb'))).rejects.toThrow(
    /is truncated: only \d+ of 75 frames are there/
  )
})

test('names the nearest preset when there is none of that name', async () => {
  expect(await refusal(clip, 'dnxhr_sp')).toMatchObject({
    code: 'preset-unknown',
    hint: 'Did you mean dnxhr_sq?',
    exitStatus: 2
  })
})

test('refuses an output that would be the source', async () => {
  expect(await refusal(clip, 'h264_proxy', { outDir: folder, force: true })).toMatchObject({
    code: 'output-is-source'
  })
  await mkdir(join(folder, 'linked'))
  await link(clip, join(folder, 'linked', 'silent.mp4'))
  const wish = { outDir: join(folder, 'linked'), force: true }
  expect(await refusal(clip, 'h264_proxy', wish)).toMatchObject({ code: 'output-is-source' })
})

test('refuses an output where nothing can be written', async ({ skip }) => {
  await writeFile(join(folder, 'file'), '')
  const inFile = await refusal(clip, 'dnxhr_lb', { outDir: join(folder, 'file', 'deeper') })
  expect(inFile).toMatchObject({ code: 'unwritable' })
  if (process.getuid?.() === 0) return skip('root may write everywhere')
  await mkdir(join(folder, 'closed'))
  await chmod(join(folder, 'closed'), 0o500)
  expect(await refusal(clip, 'dnxhr_lb', { outDir: join(folder, 'closed') })).toMatchObject({
    code: 'unwritable'
  })
})

test('refuses a name that would lead elsewhere', async () => {
  expect(await refusal(clip, 'dnxhr_lb', { nameTemplate: '../{stem}' })).toMatchObject({ exitStatus: 2 })
  expect(await refusal(clip, 'dnxhr_lb', { nameTemplate: '{date}' })).toMatchObject({ exitStatus: 2 })
})

test('refuses a preset whose encoder this ffmpeg does not have', async () => {
  const pretend = join(folder, 'ffmpeg-without-encoders')
  const script =
    '#!/bin/sh\n[ "$1" = -version ] && { echo "ffmpeg version 5.1"; exit; }\necho "Unknown encoder" >&2\nexit 1\n'
  await writeFile(pretend, script, { mode: 0o755 })
  const error = await refusal(clip, 'dnxhr_lb', {}, { ffmpegPath: pretend })
  expect(error).toMatchObject({ code: 'encoder-missing', message: expect.stringContaining('dnxhd') })
})

test('refuses pictures that are too small for the format', async () => {
  const small = join(folder, 'small.mp4')
  ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=size=128x96:duration=0.2', '-c:v', 'mpeg4', small])
  expect(await refusal(small)).toMatchObject({
    code: 'not-encodable',
    message: expect.stringContaining('256x120')
  })
})
