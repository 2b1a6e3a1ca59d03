import { describe, expect, test } from 'vitest'
import {
  audioCommand,
  audioFormat,
  chunkCommand,
  chunkStep,
  type JoinSpec,
  joinCommand,
  wholeCommand
} from '../../../../src/media/args/index.ts'
import { toArguments } from '../../../../src/media/command.ts'
import { picturePlan } from '../../../../src/media/picture.ts'
import type { Preset } from '../../../../src/media/presets/index.ts'
import { preset, source } from '../samples.ts'

const h264: Preset = {
  ...preset,
  codec: 'libx264',
  profile: null,
  pixelFormat: 'yuv420p',
  height: 540,
  crf: 20,
  speed: 'fast',
  keyframeSeconds: 2,
  audioCodec: 'aac',
  audioKbitPerChannel: 96,
  container: 'mp4',
  fastStart: true
}
const pictureOf = (of: Preset) => picturePlan(of, source.video, source.frames, 0)
const timeBase = source.video.timeBase
const audio = [{ index: 1, channels: 2, sampleRate: 48000 }]
const untold = { audio, timecode: null, reel: null, frameClock: null }
const spec = (of: Preset) => ({
  videoIndex: 0,
  timeBase,
  picture: pictureOf(of),
  seekUs: 1_200_000,
  originUs: 1_400_000,
  endTicks: 10_240,
  frames: 20,
  context: null
})

describe('a chunk', () => {
  test('seeks to its keyframe, puts its first frame at 0 and cuts on exact ticks', () => {
    expect(
      toArguments(chunkCommand(preset, spec(preset), 'keyframe-seek', '/m/a.mp4', '/w/1.1.mov.part'))
    ).toEqual([
      ...[
        '-copyts',
        '-noaccurate_seek',
        '-ss',
        '1200000us',
        '-itsoffset',
        '-1400000us',
        '-i',
        'file:/m/a.mp4'
      ],
      ...[
        '-map',
        '0:0',
        '-filter:v',
        'settb=1/12800,trim=start_pts=0:end_pts=10240,showinfo=checksum=0,setparams=range=tv'
      ],
      ...['-c:v', 'dnxhd', '-profile:v', 'dnxhr_sq', '-pix_fmt', 'yuv422p', '-frames:v', '20'],
      ...['-fps_mode', 'passthrough', '-enc_time_base:v', '1:25', '-video_track_timescale', '12800'],
      ...['-write_tmcd', '0', '-f', 'mov', 'file:/w/1.1.mov.part']
    ])
  })

  test('aims a second earlier, or does not seek at all, where that was not exact', () => {
    const seek = (strategy: 'early-seek' | 'from-start') =>
      chunkCommand(preset, spec(preset), strategy, 'a', 'b').inputs[0]!.options
    expect(seek('early-seek')).toContain('200000us')
    expect(seek('from-start')).toEqual(['-copyts', '-noaccurate_seek', '-itsoffset', '-1400000us'])
  })

  test('that ends with the source has no other end', () => {
    const { outputs } = chunkCommand(preset, { ...spec(preset), endTicks: null }, 'from-start', 'a', 'b')
    expect(outputs[0]!.options.join(' ')).toContain('trim=start_pts=0,showinfo')
  })

  test('and one run give the encoder the same picture and options', () => {
    for (const of of [preset, h264]) {
      const chunk = chunkCommand(of, spec(of), 'from-start', 'a', 'b').outputs[0]!.options
      const whole = wholeCommand(of, { ...spec(of), ...untold }, 'a', 'b').outputs[0]!.options
      const encoder = (options: readonly string[]) =>
        options
          .slice(options.indexOf('-c:v'), options.indexOf('-fps_mode'))
          .filter((option) => option !== '20')
      expect(encoder(chunk).filter((option) => option !== '-frames:v')).toEqual(encoder(whole))
    }
  })
})

test('one run keeps all audio, tags and times', () => {
  expect(
    toArguments(
      wholeCommand(
        h264,
        {
          ...{ videoIndex: 0, timeBase, picture: pictureOf(h264) },
          ...{ ...untold, timecode: '01:00:00:00', reel: 'A001' }
        },
        'a',
        'b'
      )
    )
  ).toEqual([
    ...['-i', 'file:a', '-map', '0:0', '-map', '0:1', '-map_metadata', '0', '-map_chapters', '0'],
    ...[
      '-filter:v',
      'scale=960:540:flags=bicubic:in_range=tv:out_range=tv,format=yuv420p,setsar=1,setparams=range=tv:colorspace=bt709'
    ],
    ...['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-preset', 'fast', '-crf', '20', '-g', '50'],
    ...['-fps_mode', 'passthrough', '-enc_time_base:v', '1:25', '-video_track_timescale', '12800'],
    ...[
      '-filter:a',
      'aresample=async=1',
      '-c:a',
      'aac',
      '-b:a:0',
      '192k',
      '-metadata:s:v:0',
      'reel_name=A001'
    ],
    ...['-timecode', '01:00:00:00'],
    ...['-movie_timescale', '192000', '-movflags', '+faststart', '-f', 'mp4', 'file:b']
  ])
})

test('audio is encoded whole, without the video', () => {
  const sound = { audio, frameClock: null }
  expect(toArguments(audioCommand(preset, sound, '/m/a.mp4', '/w/2.1.mov.part'))).toEqual([
    ...['-i', 'file:/m/a.mp4', '-map', '0:1', '-map_chapters', '-1'],
    ...['-filter:a', 'aresample=async=1', '-c:a', 'pcm_s24le'],
    ...['-movie_timescale', '48000', '-f', 'mov', 'file:/w/2.1.mov.part']
  ])
})

test('audio waits for the join in a container that counts samples', () => {
  expect(audioFormat({ container: 'mkv', audioCodec: 'pcm_s24le' })).toBe('mov')
  expect(audioFormat({ container: 'mxf', audioCodec: 'pcm_s24le' })).toBe('mov')
  expect(audioFormat({ container: 'mkv', audioCodec: 'flac' })).toBe('mp4')
  expect(audioFormat({ container: 'mp4', audioCodec: 'aac' })).toBe('mp4')
})

const tags = { language: 'fra', title: 'Ton', dispositions: ['default', 'forced'] }
const joined: JoinSpec = {
  videoOffsetUs: 10_022,
  startUs: 0,
  timeBase: { num: 1, den: 90000 },
  timecode: '01:00:00;02',
  reel: 'A001',
  ofMov: true,
  chapters: true,
  frameClock: null,
  frameRate: '30000/1001',
  video: { language: null, title: null, dispositions: ['default'] },
  audio: [{ ...tags, sampleRate: 48000 }]
}
const files = {
  list: '/w/l.ffconcat',
  audio: { path: '/w/a.mov', startsUs: [7000] },
  source: '/m/s.ts',
  target: '/m/.o.mov'
}
const joining = (of: Preset, spec: JoinSpec, more = {}) =>
  toArguments(joinCommand(of, spec, { ...files, ...more })).join(' ')

test('a join copies chunks and audio, and says what the source says of itself', () => {
  const of: Preset = { ...preset, codec: 'libx265', tag: 'hvc1' }
  expect(toArguments(joinCommand(of, joined, files))).toEqual([
    ...['-copyts', '-f', 'concat', '-auto_convert', '0', '-itsoffset', '10022us', '-i'],
    ...['file:/w/l.ffconcat', '-ignore_editlist', '1', '-itsoffset', '7000us', '-i', 'file:/w/a.mov'],
    ...['-itsoffset', '0us', '-i', 'file:/m/s.ts', '-map', '0:v:0', '-map', '1:a:0'],
    ...['-map_metadata', '2', '-map_chapters', '2', '-c', 'copy', '-tag:v', 'hvc1'],
    ...['-bsf:v', 'setts=pts=PTS:dts=DTS:duration=round(1001/30000/TB)'],
    ...['-video_track_timescale', '90000', '-disposition:v:0', 'default'],
    ...['-metadata:s:v:0', 'reel_name=A001', '-metadata:s:a:0', 'language=fra', '-metadata:s:a:0'],
    ...['title=Ton', '-disposition:a:0', 'default+forced', '-timecode', '01:00:00;02'],
    ...['-movie_timescale', '720000', '-f', 'mov', 'file:/m/.o.mov']
  ])
})

test('a join reads the audio once for every time at which streams begin', () => {
  const audio = { path: '/w/a.mov', startsUs: [0, 500_000, 0] }
  const text = joining(preset, joined, { audio })
  expect(text.split('-i file:/w/a.mov')).toHaveLength(3)
  expect(text).toContain('-map 0:v:0 -map 1:a:0 -map 2:a:1 -map 1:a:2 -map_metadata 3')
})

test('a join leaves out what only MOV says, and marks no stream that the source does not', () => {
  const text = joining(preset, {
    ...joined,
    ofMov: false,
    video: { ...joined.video, dispositions: [] }
  })
  expect(text).toContain('-metadata:s:v:0 handler_name= -metadata:s:v:0 vendor_id=')
  expect(text).toContain('-metadata:s:a:0 handler_name=')
  expect(text).toContain('-disposition:v:0 0')
})

test('chapters of a source that does not begin at 0 are moved as one run moves them', () => {
  expect(joining(preset, { ...joined, startUs: 1_400_000 })).toContain(
    '-itsoffset -1400000us -i file:/m/s.ts'
  )
})

test('MKV has no clocks to choose, and its timecode is a tag of file and video', () => {
  const mkv: Preset = { ...preset, container: 'mkv' }
  const text = joining(mkv, joined)
  expect(text).not.toMatch(/timescale|setts|-r /)
  expect(text).toContain('-timecode 01:00:00;02 -metadata:s:v:0 timecode=01:00:00;02')
  expect(text).toContain('-f matroska file:')
  const { picture } = spec(mkv)
  const run = wholeCommand(mkv, { ...spec(mkv), ...untold, picture }, 'a', 'b')
  expect(toArguments(run).join(' ')).not.toContain('timescale')
})

describe('MXF counts in frames', () => {
  const mxf: Preset = { ...preset, container: 'mxf', audioSampleRate: 48000 }
  const frameClock = { rate: '30000/1001', startUs: 21_000, frames: 60 }

  test('and sound is as long as the picture, from the same moment', () => {
    const text = toArguments(audioCommand(mxf, { audio, frameClock }, 'a', 'b')).join(' ')
    // 21 ms are 1008 samples; 61 frames of 1001/30000 s are 97,697.6.
    expect(text).toContain('-filter:a aresample=48000:async=1:first_pts=1008,apad=whole_len=97698')
    expect(text).toContain('-f mov file:b')
  })

  test('in one run by a filter that moves no frame, in a join by the rate', () => {
    const run = toArguments(wholeCommand(mxf, { ...spec(mxf), ...untold, frameClock }, 'a', 'b')).join(' ')
    expect(run).toContain(',fps=30000/1001 ')
    expect(run).toContain('-enc_time_base:v 1001:30000')
    expect(run).toContain('first_pts=1008')
    expect(joining(mxf, { ...joined, frameClock })).toContain('-c copy -r 30000/1001')
  })
})

describe('an encoder is told', () => {
  const options = (of: Preset) =>
    chunkCommand(
      of,
      { ...spec(of), picture: pictureOf(of) },
      'from-start',
      'a',
      'b'
    ).outputs[0]!.options.join(' ')

  test('to make every frame a keyframe of a constant quantizer, and x264 not to describe itself', () => {
    const intra: Preset = { ...h264, height: 'source', intra: true, qp: 20, crf: null, keyframeSeconds: null }
    expect(options(intra)).toContain('-qp 20 -g 1 -bsf:v filter_units=remove_types=6')
    expect(options({ ...intra, codec: 'libx265' })).toMatch(/-qp 20 -g 1 -x265-params info=0/)
  })

  test('the data rate by which it finds the kind of classic DNxHD', () => {
    expect(options({ ...preset, profile: 'dnxhd_sq' })).toContain('-profile:v dnxhd -b:v 120M')
  })

  test('to put AV1 into MP4, which MOV cannot hold', () => {
    const av1: Preset = { ...preset, codec: 'libsvtav1', profile: null, pixelFormat: 'yuv420p' }
    expect(options(av1)).toContain('-f mp4')
  })
})

test('chunks of all-intra H.264 and HEVC begin where the encoder of one run would be in the same state', () => {
  expect(chunkStep({ codec: 'libx264', intra: true })).toBe(32)
  expect(chunkStep({ codec: 'libx265', intra: true })).toBe(31)
  expect(chunkStep({ codec: 'libx264', intra: false })).toBe(1)
  expect(chunkStep({ codec: 'dnxhd', intra: false })).toBe(1)
})
