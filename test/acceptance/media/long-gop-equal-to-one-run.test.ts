import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundledFfmpeg, ffmpeg, makeClip, packetsOf, soundOf, timesOf } from './support/clips.ts'
import { awkward, named, oneRun } from './support/one-run.ts'
import { encodeInChunks, kindIn, queueParams, removeFolder } from './support/owner.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-gop-'))
})
afterAll(() => removeFolder(folder))

const longGop: readonly [preset: string, clips: readonly string[]][] = [
  ['h264_proxy', ['open2997.mov', 'rate2398.mkv', 'rate24-51.mp4', 'vfr.mp4', 'stream.ts', 'silent.mp4']],
  ['h265_archive', ['vfr.mp4']]
]

describe.each(longGop)('%s in chunks', (preset, clips) => {
  test.each(clips)('of %s has the number of frames and the times of one run', async (clip) => {
    const source = makeClip(folder, clip)
    const { output } = await encodeInChunks(kindIn(folder), queueParams(source, preset, named), awkward)
    const single = await oneRun(preset, source, output)
    expect(timesOf(output)).toEqual(timesOf(single))
    // Decoding must give every frame, at the seams too.
    expect(decodedFrames(output)).toBe(timesOf(single).length)
    if (clip !== 'silent.mp4') expect(soundOf(output)).toBe(soundOf(single))
  })
})

test('the bundled ffmpeg cuts and joins exactly as well', async ({ skip }) => {
  const program = await bundledFfmpeg()
  if (program === null) return skip('the bundled ffmpeg is not installed')
  const kind = kindIn(folder, { ffmpegPath: program })
  for (const clip of ['open2997.mov', 'stream.ts']) {
    const source = makeClip(folder, clip)
    const params = queueParams(source, 'dnxhr_lb', { nameTemplate: 'bundled-{stem}-{preset}' })
    const { output } = await encodeInChunks(kind, params, awkward)
    const single = await oneRun('dnxhr_lb', source, output, program)
    expect(packetsOf(output)).toEqual(packetsOf(single))
  }
})

const decodedFrames = (path: string): number =>
  ffmpeg(['-i', path, '-map', '0:v:0', '-fps_mode', 'passthrough', '-f', 'framemd5', '-'])
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#')).length
