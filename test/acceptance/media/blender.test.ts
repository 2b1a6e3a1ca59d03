import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ffprobeJson, makeClip, packetsOf, timesOf } from './support/clips.ts'
import { awkward, oneRun } from './support/one-run.ts'
import { encodeInChunks, kindIn, queueParams, removeFolder } from './support/owner.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-blender-'))
})
afterAll(() => removeFolder(folder))

const inBlender = { layout: 'blender' } as const

/**
 * Blender opens what libavformat finds in `proxy_50.avi`, takes its first video, and seeks frames by their times: what
 * is held here against its source code, which is not run (`src/timeline/layout/blender.ts`).
 */
describe('a proxy for Blender', () => {
  test.each([
    ['vfr.mp4', 'blender_proxy'],
    ['closed25.mp4', 'mjpeg_proxy_half']
  ])('of %s with %s lies where Blender looks, in chunks packet for packet one run', async (clip, preset) => {
    const source = makeClip(folder, clip)
    const params = queueParams(source, preset, { ...inBlender, force: true })
    const { output } = await encodeInChunks(kindIn(folder), params, awkward)
    expect(output).toBe(join(folder, 'BL_proxy', clip, 'proxy_50.avi'))
    const { format, streams } = ffprobeJson(output, ['-show_format', '-show_streams']) as {
      format: { format_name: string }
      streams: { codec_type: string; width: number; height: number }[]
    }
    expect(format.format_name).toContain('mov')
    const [whole] = (
      ffprobeJson(source, ['-show_streams', '-select_streams', 'v']) as { streams: typeof streams }
    ).streams
    expect(streams.find((stream) => stream.codec_type === 'video')).toMatchObject({
      width: whole!.width / 2,
      height: whole!.height / 2
    })
    // Blender takes the sound from the source.
    const hasSound = streams.some((stream) => stream.codec_type === 'audio')
    expect(hasSound).toBe(preset !== 'blender_proxy')
    expect(packetsOf(output)).toEqual(packetsOf(await oneRun(preset, source, output)))
    expect(timesOf(output)).toHaveLength(timesOf(source).length)
  })

  test.each([
    ['dnxhr_lb', '100'],
    ['h265_archive_mkv', null]
  ])('made with %s is called by its size, or refused', async (preset, percent) => {
    const source = makeClip(folder, 'closed25.mp4')
    const prepared = await kindIn(folder).prepare(queueParams(source, preset, inBlender), source, null)
    if (percent === null) expect(prepared).toMatchObject({ kind: 'refused', error: { code: 'bad-name' } })
    else
      expect(prepared).toMatchObject({ request: { output: expect.stringContaining(`proxy_${percent}.avi`) } })
  })
})
