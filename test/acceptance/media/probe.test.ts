import { mkdtemp, rename } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { probeSource, probeStreams } from '../../../src/media/index.ts'
import { bundledFfmpeg, ffmpeg, tools } from './support/clips.ts'
import { removeFolder } from './support/owner.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-probe-'))
})
afterAll(() => removeFolder(folder))

const moving = (seconds: number, size = '320x180') => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=25:duration=${seconds}`]
]
function clip(name: string, ...recipe: readonly string[]): string {
  const path = join(folder, name)
  ffmpeg(['-y', ...recipe, path])
  return path
}
const look = (path: string) => probeStreams(tools.ffprobe, path)

describe('a still', () => {
  test.each(['png', 'jpg', 'webp', 'tiff'])('%s is none by another name', async (ending) => {
    const path = clip(`still.${ending}`, ...moving(1), '-frames:v', '1')
    await rename(path, join(folder, `${ending}.mov`))
    await expect(look(join(folder, `${ending}.mov`))).rejects.toMatchObject({
      ...{ code: 'still-image', message: expect.stringContaining('is a still image, not a video') }
    })
  })

  test('is a GIF of one picture; one that moves is not', async () => {
    await expect(look(clip('one.gif', ...moving(1), '-frames:v', '1'))).rejects.toMatchObject({
      code: 'still-image'
    })
    await expect(look(clip('some.gif', ...moving(0.2)))).resolves.toMatchObject({ formats: ['gif'] })
  })

  test('is no film of one frame', async () => {
    const { frames } = await probeSource(
      tools.ffprobe,
      clip('frame.mp4', ...moving(1), '-frames:v', '1', '-c:v', 'libx264')
    )
    expect(frames).toMatchObject({ packets: 1, irregular: null })
  })
})

test('of several pictures the default one is taken, and never a cover', async () => {
  const streams = ['-map', '0', '-map', '1', '-c:v', 'libx264', '-preset', 'ultrafast']
  const second = ['-disposition:v:0', '0', '-disposition:v:1', 'default']
  const path = clip('two.mkv', ...moving(0.2, '64x64'), ...moving(0.2), ...streams, ...second)
  expect((await look(path)).video).toMatchObject({ index: 1, width: 320 })
  const cover = ['-disposition:v:1', 'attached_pic', '-c:v:1', 'mjpeg', '-frames:v:1', '1']
  const film = clip('cover.mp4', ...moving(0.2, '64x64'), ...moving(0.2), ...streams, ...cover)
  expect((await look(film)).video).toMatchObject({ width: 64, codec: 'h264' })
})

test('fields that the container does not tell of are seen in the pictures', async () => {
  const woven = ['-vf', 'setfield=bff', '-c:v', 'dnxhd', '-flags', '+ildct', '-b:v', '120M']
  const hd = clip('fields.mov', ...moving(0.2, '1920x1080'), ...woven, '-pix_fmt', 'yuv422p')
  expect((await look(hd)).video.fieldOrder).toBe('bb')
})

test('colours, pixels, transparency and levels are read as they are told', async () => {
  const told = ['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc']
  const shape = ['-vf', 'setsar=4/3,format=yuv420p10le', '-color_range', 'pc']
  const path = clip('told.mkv', ...moving(0.2), ...shape, ...told, '-c:v', 'libx264')
  expect((await look(path)).video).toMatchObject({
    colour: { range: 'pc', primaries: 'bt2020', transfer: 'smpte2084', matrix: 'bt2020nc' },
    sampleAspect: '4:3',
    turned: false,
    fieldOrder: 'progressive',
    framePerPacket: true,
    hdr: null
  })
})

test('a picture that is to be mirrored is told from one that stays', async ({ skip }) => {
  const bundled = await bundledFfmpeg()
  if (bundled === null) return skip('the bundled ffmpeg, which can turn pictures, is not installed')
  const straight = clip('straight.mp4', ...moving(0.2), '-c:v', 'libx264')
  const turn = (name: string, ...options: string[]) => {
    const path = join(folder, name)
    ffmpeg(['-y', ...options, '-i', straight, '-c', 'copy', path], bundled)
    return look(path)
  }
  expect((await look(straight)).video).toMatchObject({ rotation: 0, turned: false })
  expect((await turn('flip.mp4', '-display_vflip')).video).toMatchObject({ rotation: 0, turned: true })
  expect((await turn('turn.mp4', '-display_rotation', '90')).video).toMatchObject({
    ...{ rotation: 270, turned: true }
  })
})
