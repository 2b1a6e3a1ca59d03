import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inspect, loadPreset, tryPreset } from '../../../src/media/index.ts'
import { describeFile, ffmpeg, makeClip, packetsOf, soundOf, timesOf, tools } from './support/clips.ts'
import { awkward, named, oneRun } from './support/one-run.ts'
import {
  encodeInChunks,
  encodeWhole,
  kindIn,
  presetFolder,
  queueJob,
  queueParams,
  removeFolder
} from './support/owner.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-containers-'))
})
afterAll(() => removeFolder(folder))

const film = (size: string, rate: string, seconds: number) => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`]
]
const tone = (hz: number, seconds: number) => [
  ...['-f', 'lavfi', '-i', `sine=frequency=${hz}:sample_rate=48000:duration=${seconds}`]
]

/** Makes a clip of inputs and options. */
function make(name: string, ...args: string[]): string {
  const path = join(folder, name)
  ffmpeg(['-y', ...args, path])
  return path
}

describe.each([
  ['h264_intra_proxy', 'libx264'],
  ['h265_intra_proxy', 'libx265']
])('%s', (preset) => {
  test('has the packets of one run, whatever the number of threads of each worker', async () => {
    const source = makeClip(folder, 'closed25.mp4')
    const other = kindIn(folder, { overrides: [{ presets: '*', keys: { threads: 1 } }] })
    const { output, job } = await encodeInChunks(
      kindIn(folder),
      queueParams(source, preset, named),
      (frames, cuts) => [...awkward(frames, cuts), 40],
      other
    )
    expect(job.tasks.filter(({ kind }) => kind === 'encode-chunk').length).toBeGreaterThan(2)
    expect(packetsOf(output)).toEqual(packetsOf(await oneRun(preset, source, output)))
  })
})

test('AV1 chunks follow each other in MP4, each frame at its time', async () => {
  const source = makeClip(folder, 'vfr.mp4')
  const { output } = await encodeInChunks(kindIn(folder), queueParams(source, 'av1_archive', named), awkward)
  const single = await oneRun('av1_archive', source, output)
  expect(timesOf(output)).toEqual(timesOf(single))
  expect(soundOf(output)).toBe(soundOf(single))
})

describe('MXF', () => {
  test.each([
    ['late', ['-itsoffset', '0.3', ...tone(440, 1)]],
    ['short', tone(440, 1)],
    ['long', tone(440, 4)]
  ])('has a sound as long as its picture where that of the source is %s', async (name, sound) => {
    const source = make(
      `${name}.mkv`,
      ...film('256x144', '30000/1001', 2),
      ...sound,
      ...['-c:v', 'libx264', '-g', '20', '-bf', '2', '-c:a', 'pcm_s16le']
    )
    const { output } = await encodeInChunks(
      kindIn(folder),
      queueParams(source, 'avid_dnxhr_lb', named),
      awkward
    )
    const single = await oneRun('avid_dnxhr_lb', source, output)
    expect(packetsOf(output)).toEqual(packetsOf(single))
    expect(timesOf(output)).toHaveLength(60)
    expect(soundOf(output)).toBe(soundOf(single))
    expect(describeFile(output).streams[1]).toMatchObject({ start_time: '0.000000', duration: '2.002000' })
  })
})

test('MKV has the packets, the sound and the milliseconds of one run', async () => {
  const presets = join(folder, 'presets')
  await mkdir(presets)
  await writeFile(join(presets, 'prores_mkv.yaml'), 'extends: prores_proxy\ncontainer: mkv\n')
  const source = makeClip(folder, 'rate2398.mkv')
  const presetFolders = [presets, presetFolder]
  const kind = kindIn(folder, { presetFolders })
  const { output } = await encodeInChunks(kind, queueParams(source, 'prores_mkv', named), awkward)
  const single = await oneRun('prores_mkv', source, output, tools.ffmpeg.path, presetFolders)
  expect(packetsOf(output)).toEqual(packetsOf(single))
  expect(soundOf(output)).toBe(soundOf(single))
  expect(describeFile(output).streams.map(({ start_time }) => start_time)).toEqual(
    describeFile(single).streams.map(({ start_time }) => start_time)
  )
  // Its header has no lengths; the verification asks where streams end.
  const { audio } = await inspect(tools.ffprobe, output)
  expect(audio[0]).toMatchObject({ durationTicks: null })
  expect(Math.abs(audio[0]!.endUs! - 3_000_000)).toBeLessThan(60_000)
})

describe('classic DNxHD', () => {
  const clip = (name: string, size: string, rate: string, ...more: string[]) =>
    make(name, ...film(size, rate, 0.2), '-c:v', 'mjpeg', '-q:v', '8', ...more)

  test.each([
    ['dnxhd_1080', '1920x1080', '25', 606_208],
    ['dnxhd_1080_lb', '1920x1080', '30000/1001', 188_416],
    ['dnxhd_1080_hq', '1920x1080', '50', 917_504],
    ['dnxhd_1080_hqx', '1920x1080', '30000/1001', 917_504],
    ['dnxhd_720', '1280x720', '60000/1001', 303_104],
    ['dnxhd_1080', '3840x2160', '24', 606_208]
  ])('%s of %s at %s has frames of %d bytes', async (preset, size, rate, bytes) => {
    const source = clip(`${preset}-${size}.mov`, size, rate)
    const { output } = await encodeWhole(
      kindIn(folder),
      queueParams(source, preset, { ...named, force: true })
    )
    const sizes = packetsOf(output).filter((line) => !line.startsWith('#'))
    expect(new Set(sizes.map((line) => Number(line.split(',')[4])))).toEqual(new Set([bytes]))
  })

  test('is refused at a rate that does not exist, before anything is queued', async () => {
    const source = clip('thirty.mov', '1920x1080', '30')
    const prepared = await kindIn(folder).prepare(queueParams(source, 'dnxhd_1080'), source)
    expect(prepared).toMatchObject({
      kind: 'refused',
      error: { code: 'not-encodable', message: expect.stringContaining('this source has 30 fps. DNxHR SQ') }
    })
  })

  test('is refused for frames of many lengths once their times are known', async () => {
    const source = clip('vfr-hd.mov', '1920x1080', '25', '-vf', "select='not(eq(n,2))'", '-fps_mode', 'vfr')
    await expect(queueJob(kindIn(folder), queueParams(source, 'dnxhd_1080'))).rejects.toThrow(
      /has no constant rate of these. DNxHR SQ/
    )
  })
})

test('a trial with the preset’s own options and size tells what would fail', async () => {
  const preset = await loadPreset('h264_proxy', [presetFolder])
  expect(await tryPreset(tools.ffmpeg.path, preset, { width: 640, height: 360 })).toBeNull()
  const hqx = await loadPreset('dnxhd_1080', [presetFolder])
  expect(await tryPreset(tools.ffmpeg.path, hqx, { width: 1920, height: 1080 })).toBeNull()
  const wrong = { ...preset, profile: 'baseline', pixelFormat: 'yuv444p' }
  expect(await tryPreset(tools.ffmpeg.path, wrong, { width: 640, height: 360 })).toMatch(/baseline/)
})

test('an audio stream that nothing decodes is left out, the others stay', async () => {
  const source = make(
    'spatial.mov',
    ...[...film('256x144', '25', 2), ...tone(440, 2), ...tone(880, 2)],
    ...['-map', '0', '-map', '1', '-map', '2', '-c:v', 'libx264', '-g', '20', '-c:a', 'pcm_s16le']
  )
  const content = await readFile(source)
  // The first sound gets a name that no version knows, as a phone's newest has.
  content.write('zzzz', content.indexOf('sowt'), 'latin1')
  await writeFile(source, content)
  const { output } = await encodeInChunks(kindIn(folder), queueParams(source, 'dnxhr_lb', named), awkward)
  const sounds = describeFile(output).streams.filter(({ codec_type }) => codec_type === 'audio')
  expect(sounds).toHaveLength(1)
  expect(soundOf(output)).toBe(soundOf(await oneRun('dnxhr_lb', source, output)))
  expect(soundOf(output)).toBe(soundOf(make('second.wav', ...tone(880, 2))))
})

describe('of what a source says of itself', () => {
  /** What `docs/media.md` says; a cell that changes must change there too. */
  const kept = {
    mov: 'timecode reel title creation chapters language disposition aspect colour',
    mp4: 'timecode title creation chapters language disposition aspect colour',
    mkv: 'timecode reel title creation chapters language track-title disposition aspect colour',
    mxf: 'timecode aspect colour'
  }
  const presets = { mov: 'dnxhr_lb', mp4: 'h264_proxy', mkv: 'h265_archive_mkv', mxf: 'prores_mxf' }

  test.each(Object.entries(presets))('%s keeps what it can hold', async (container, preset) => {
    await writeFile(
      join(folder, 'tags.txt'),
      ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=2000\ntitle=Two\n'
    )
    const source = make(
      'rich.mkv',
      ...[...film('256x144', '25', 2), ...tone(440, 2), ...tone(880, 2)],
      ...['-i', join(folder, 'tags.txt'), '-map', '0', '-map', '1', '-map', '2', '-map_chapters', '3'],
      ...['-vf', 'setsar=4/3', '-c:v', 'libx264', '-g', '20', '-c:a', 'pcm_s16le'],
      ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709'],
      ...['-timecode', '01:00:00:00', '-metadata:s:v:0', 'reel_name=A001_C004', '-metadata', 'title=A film'],
      ...['-metadata', 'creation_time=2020-02-02T02:02:02Z'],
      ...['-metadata:s:a:0', 'language=fra', '-metadata:s:a:1', 'language=ita'],
      ...['-metadata:s:a:1', 'title=Commento', '-disposition:a:0', '0', '-disposition:a:1', 'default']
    )
    await writeFile(
      join(folder, 'prores_mxf.yaml'),
      'extends: prores_proxy\ncontainer: mxf\naudioSampleRate: 48000\n'
    )
    const presetFolders = [folder, presetFolder]
    const params = queueParams(source, preset, { nameTemplate: 'rich-{preset}', force: true })
    const { output } = await encodeInChunks(kindIn(folder, { presetFolders }), params, awkward)
    const single = await oneRun(preset, source, output, tools.ffmpeg.path, presetFolders)
    const told = everythingSaid(output)
    expect(told.filter(([, is]) => is).map(([name]) => name)).toEqual(
      kept[container as keyof typeof kept].split(' ')
    )
    expect(told).toEqual(everythingSaid(single))
  })
})

interface Said {
  streams: {
    codec_type: string
    sample_aspect_ratio?: string
    color_primaries?: string
    tags?: Record<string, string>
    disposition: Record<string, number>
  }[]
  format: { tags?: Record<string, string> }
  chapters: { tags?: Record<string, string> }[]
}

/** Which of the tags above are in a file. */
function everythingSaid(path: string): [name: string, is: boolean][] {
  const said = describeFile(path) as unknown as Said
  const low = (tags: Record<string, string> = {}) =>
    Object.fromEntries(Object.entries(tags).map(([name, value]) => [name.toLowerCase(), value]))
  const video = said.streams.find(({ codec_type }) => codec_type === 'video')!
  const [first, second] = said.streams.filter(({ codec_type }) => codec_type === 'audio')
  const everywhere = [...said.streams.map(({ tags }) => low(tags)), low(said.format.tags)]
  return [
    ['timecode', everywhere.some(({ timecode }) => timecode === '01:00:00:00')],
    ['reel', everywhere.some(({ reel_name }) => reel_name === 'A001_C004')],
    ['title', low(said.format.tags).title === 'A film'],
    ['creation', low(said.format.tags).creation_time?.startsWith('2020-02-02T02:02:02') ?? false],
    ['chapters', said.chapters.map(({ tags }) => tags?.title).join() === 'One,Two'],
    ['language', low(first!.tags).language === 'fra' && low(second!.tags).language === 'ita'],
    ['track-title', low(second!.tags).title === 'Commento'],
    ['disposition', first!.disposition.default === 0 && second!.disposition.default === 1],
    ['aspect', video.sample_aspect_ratio === '4:3'],
    ['colour', video.color_primaries === 'bt709']
  ]
}
