import { describe, expect, test } from 'vitest'
import { audioCommand, chunkCommand, joinCommand, wholeCommand } from '../../../../src/media/args/index.ts'
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
const spec = (of: Preset) => ({
  videoIndex: 0,
  timeBase,
  picture: pictureOf(of),
  seekUs: 1_200_000,
  originUs: 1_400_000,
  endTicks: 10_240,
  frames: 20
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
      ...['-map', '0:0', '-filter:v', 'settb=1/12800,trim=start_pts=0:end_pts=10240,showinfo=checksum=0'],
      ...['-c:v', 'dnxhd', '-profile:v', 'dnxhr_sq', '-pix_fmt', 'yuv422p', '-frames:v', '20'],
      ...['-fps_mode', 'passthrough', '-enc_time_base:v', '1:25', '-video_track_timescale', '12800'],
      ...['-f', 'mov', 'file:/w/1.1.mov.part']
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
      const whole = wholeCommand(of, { ...spec(of), audio, timecode: null, reel: null }, 'a', 'b').outputs[0]!
        .options
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
        { videoIndex: 0, timeBase, picture: pictureOf(h264), audio, timecode: '01:00:00:00', reel: 'A001' },
        'a',
        'b'
      )
    )
  ).toEqual([
    ...['-i', 'file:a', '-map', '0:0', '-map', '0:1', '-map_metadata', '0', '-map_chapters', '0'],
    ...['-filter:v', 'scale=960:540:flags=bicubic,format=yuv420p'],
    ...['-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-preset', 'fast', '-crf', '20', '-g', '50'],
    ...['-fps_mode', 'passthrough', '-enc_time_base:v', '1:25', '-video_track_timescale', '12800'],
    ...['-c:a', 'aac', '-b:a:0', '192k', '-metadata:s:v:0', 'reel_name=A001'],
    ...['-timecode', '01:00:00:00'],
    ...['-movie_timescale', '192000', '-movflags', '+faststart', '-f', 'mp4', 'file:b']
  ])
})

test('audio is encoded whole, without the video', () => {
  expect(toArguments(audioCommand(preset, audio, '/m/a.mp4', '/w/2.1.mov.part'))).toEqual([
    ...['-i', 'file:/m/a.mp4', '-map', '0:1', '-map_chapters', '-1', '-c:a', 'pcm_s24le'],
    ...['-movie_timescale', '48000', '-f', 'mov', 'file:/w/2.1.mov.part']
  ])
})

test('a join copies chunks and audio, and says what the source says of itself', () => {
  const tags = { language: 'fra', title: 'Ton', dispositions: ['default', 'forced'] }
  const join = joinCommand(
    { ...preset, codec: 'libx265', tag: 'hvc1' },
    {
      videoOffsetUs: 10_022,
      timeBase: { num: 1, den: 90000 },
      timecode: '01:00:00;02',
      reel: 'A001',
      video: { language: null, title: null, dispositions: ['default'] },
      audio: [{ ...tags, sampleRate: 48000 }]
    },
    { list: '/w/l.ffconcat', audio: '/w/a.mov', source: '/m/s.ts', target: '/m/.o.mov' }
  )
  expect(toArguments(join)).toEqual([
    ...['-copyts', '-f', 'concat', '-itsoffset', '10022us', '-i', 'file:/w/l.ffconcat'],
    ...['-i', 'file:/w/a.mov', '-i', 'file:/m/s.ts', '-map', '0:v:0', '-map', '1:a'],
    ...['-map_metadata', '2', '-map_chapters', '2', '-c', 'copy', '-tag:v', 'hvc1'],
    ...['-video_track_timescale', '90000', '-disposition:v:0', 'default'],
    ...[
      '-metadata:s:v:0',
      'reel_name=A001',
      '-metadata:s:a:0',
      'language=fra',
      '-metadata:s:a:0',
      'title=Ton'
    ],
    ...['-disposition:a:0', 'default+forced', '-timecode', '01:00:00;02'],
    ...['-movie_timescale', '720000', '-f', 'mov', 'file:/m/.o.mov']
  ])
})
