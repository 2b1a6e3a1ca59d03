import { describe, expect, test } from 'vitest'
import { whatIsLost } from '../../../src/media/losses.ts'
import type { Preset } from '../../../src/media/presets/index.ts'
import type { SourceStreams, VideoStream } from '../../../src/media/source.ts'
import { preset, source } from './samples.ts'

const lost = (
  change: Partial<SourceStreams>,
  recipe: Partial<Preset> = {},
  kept = source.audio
): string[] => {
  const streams = { ...source, ...change }
  return whatIsLost(streams, { ...preset, ...recipe }, kept)
}
const video = (change: Partial<VideoStream>): Partial<SourceStreams> => ({
  video: { ...source.video, ...change }
})

describe('what an output will not have', () => {
  test('is nothing of a plain source', () => {
    expect(lost({})).toEqual([])
  })

  test('is every stream that is neither the picture nor sound, by its number and codec', () => {
    const otherStreams = [
      { index: 2, kind: 'data', codec: 'gpmd' },
      { index: 3, kind: 'cover', codec: 'png' },
      { index: 4, kind: 'subtitle', codec: 'subrip' },
      { index: 5, kind: 'video', codec: 'h264' },
      { index: 6, kind: 'attachment', codec: null }
    ] as const
    expect(lost({ otherStreams })).toEqual([
      'a data stream (stream 2, gpmd)',
      'a cover picture (stream 3, png)',
      'subtitles (stream 4, subrip)',
      'a further video stream (stream 5, h264)',
      'an attachment (stream 6)'
    ])
  })

  test('is sound that cannot be decoded, and all sound where the preset makes none', () => {
    expect(lost({}, {}, [])).toEqual(['an audio stream that ffmpeg cannot decode (stream 1, aac)'])
    expect(lost({}, { audioCodec: 'none' })).toEqual(['the sound: sample makes files without any'])
    expect(lost({ audio: [] }, { audioCodec: 'none' }, [])).toEqual([])
  })

  test('is transparency, but not for a pixel format that has it', () => {
    expect(lost(video({ pixelFormat: 'yuva444p10le' }))).toEqual(['transparency: yuv422p has none'])
    expect(lost(video({ pixelFormat: 'yuva444p10le' }), { pixelFormat: 'yuva444p10le' })).toEqual([])
  })

  test('is the fields of an interlaced picture where the preset deinterlaces', () => {
    expect(lost(video({ fieldOrder: 'tt' }), { fields: 'deinterlace' })).toEqual([
      'fields: each pair becomes one whole picture'
    ])
    expect(lost(video({ fieldOrder: 'tt' }), { fields: 'keep' })).toEqual([])
  })

  test('is HDR10 mastering data where the codec writes none, and Dolby Vision everywhere', () => {
    const hdr = { mastering: null, contentLight: [1000, 400] }
    expect(lost(video({ hdr }))).toEqual([
      'HDR10 mastering data: dnxhd writes none (the colour tags are kept)'
    ])
    expect(lost(video({ hdr }), { codec: 'libx265' })).toEqual([])
    expect(lost(video({ dolbyVision: true }), { codec: 'libx265' })).toEqual(['Dolby Vision metadata'])
  })

  test('is a rotation that shall be kept where the container has no word for it', () => {
    const turned = video({ turned: true, rotation: 90 })
    const keep = { rotation: 'keep' } as const
    expect(lost(turned, { ...keep, container: 'mkv' })).toEqual([
      'the note that the picture is to be turned: mkv has none'
    ])
    expect(lost(turned, { ...keep, container: 'mov' })).toEqual([])
    expect(lost(turned, { container: 'mkv' })).toEqual([])
  })

  test('is a reel name in MP4 and MXF, and in MOV without a timecode', () => {
    const reel = video({ reel: 'A001' })
    expect(lost(reel)).toEqual(['the reel name A001: mov without a timecode holds none'])
    expect(lost({ ...reel, timecode: '01:00:00:00' })).toEqual([])
    expect(lost({ ...reel, timecode: '01:00:00:00' }, { container: 'mp4' })).toEqual([
      'the reel name A001: mp4 holds none'
    ])
    expect(lost(reel, { container: 'mkv' })).toEqual([])
  })

  test('is what MXF has no room for: languages, titles, chapters', () => {
    const titled = source.audio.map((stream) => ({ ...stream, title: 'Ambience' }))
    expect(lost({ audio: titled, chapters: 3 }, { container: 'mxf' }, titled)).toEqual([
      'titles of streams: mxf holds none',
      'languages of streams: mxf holds none',
      '3 chapters: mxf holds none'
    ])
  })
})
