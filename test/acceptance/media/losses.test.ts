import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeFile, ffmpeg, ffprobeJson } from './support/clips.ts'
import { encodeInChunks, kindIn, queueParams, removeFolder } from './support/owner.ts'

let folder = ''
let source = ''
const presets = () => join(folder, 'presets')

const metadata = `;FFMETADATA1
title=The film
[CHAPTER]
TIMEBASE=1/1000
START=0
END=800
title=one
[CHAPTER]
TIMEBASE=1/1000
START=800
END=2000
title=two
`
const h264 = 'codec: libx264\npixelFormat: yuv420p\ncrf: 25\nspeed: ultrafast\nkeyframeSeconds: 1\n'
const recipes: Readonly<Record<string, string>> = {
  mov: `${h264}audioCodec: pcm_s24le\ncontainer: mov\n`,
  mp4: `${h264}audioCodec: aac\ncontainer: mp4\n`,
  mkv: `${h264}audioCodec: flac\ncontainer: mkv\n`,
  mxf: 'codec: dnxhd\nprofile: dnxhr_lb\npixelFormat: yuv422p\naudioCodec: pcm_s24le\naudioSampleRate: 48000\ncontainer: mxf\n'
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-losses-'))
  await mkdir(presets())
  for (const [name, recipe] of Object.entries(recipes)) {
    await writeFile(join(presets(), `to_${name}.yaml`), recipe)
  }
  await writeFile(join(folder, 'meta.txt'), metadata)
  await writeFile(join(folder, 'notes.srt'), '1\n00:00:00,100 --> 00:00:01,000\nhello\n')
  ffmpeg(['-f', 'lavfi', '-i', 'color=red:size=64x64', '-frames:v', '1', '-y', join(folder, 'cover.png')])
  source = join(folder, 'rich.mkv')
  ffmpeg([
    ...['-f', 'lavfi', '-i', 'testsrc2=size=256x144:rate=25:duration=2'],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000:duration=2'],
    ...['-i', join(folder, 'notes.srt'), '-i', join(folder, 'meta.txt')],
    ...['-map', '0', '-map', '1', '-map', '2', '-map_metadata', '3', '-map_chapters', '3'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '25', '-c:a', 'pcm_s16le'],
    ...['-c:s', 'srt', '-timecode', '01:00:00:00', '-metadata:s:v:0', 'reel_name=A001'],
    ...['-metadata:s:a:0', 'language=fra', '-metadata:s:a:0', 'title=Ambience'],
    ...['-attach', join(folder, 'cover.png'), '-metadata:s:3', 'mimetype=image/png', '-y', source]
  ])
})
afterAll(() => removeFolder(folder))

describe.each(Object.keys(recipes))('what is lost in %s', (container) => {
  test('is told before, and is not there after; all else is', async () => {
    const kind = kindIn(folder, { presetFolders: [presets()] })
    const params = queueParams(source, `to_${container}`, { outDir: join(folder, container) })
    const { output, job } = await encodeInChunks(kind, params, () => [25])
    const warnings = (job.request.warnings ?? []).join('\n')
    const { streams, format } = describeFile(output)
    const tagsOf = (type: string) =>
      streams.filter(({ codec_type }) => codec_type === type).map(({ tags }) => lowered(tags))
    const everyTag = [...streams.map(({ tags }) => lowered(tags)), lowered(format.tags)]

    expect(warnings).toContain('subtitles (stream 2, subrip)')
    expect(warnings).toMatch(/a cover picture \(stream 3, png\)/)
    expect(streams.filter(({ codec_type }) => ['subtitle', 'attachment'].includes(codec_type ?? ''))).toEqual(
      []
    )

    const told = {
      reel: /the reel name A001/.test(warnings),
      titles: /titles of streams/.test(warnings),
      languages: /languages of streams/.test(warnings),
      chapters: /2 chapters/.test(warnings)
    }
    const there = {
      reel: everyTag.some(({ reel_name }) => reel_name === 'A001'),
      titles: tagsOf('audio').some(({ title }) => title === 'Ambience'),
      languages: tagsOf('audio').some(({ language }) => language === 'fra'),
      chapters: (ffprobeJson(output, ['-show_chapters']).chapters as unknown[]).length === 2
    }
    for (const what of Object.keys(told) as (keyof typeof told)[]) {
      expect(there[what], `${what} in ${container}`).toBe(!told[what])
    }
    expect(everyTag.some(({ timecode }) => timecode === '01:00:00:00')).toBe(true)
  })
})

const lowered = (tags: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).map(([name, value]) => [name.toLowerCase(), value]))
