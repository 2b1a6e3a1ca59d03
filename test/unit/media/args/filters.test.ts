import { describe, expect, test } from 'vitest'
import { chunkFilters } from '../../../../src/media/args/chunk.ts'
import { fieldOptions, hdrParameters } from '../../../../src/media/args/colour.ts'
import { sourceOptions, videoFilters } from '../../../../src/media/args/filters.ts'
import { picturePlan } from '../../../../src/media/picture.ts'
import type { Preset } from '../../../../src/media/presets/index.ts'
import type { VideoStream } from '../../../../src/media/source.ts'
import { preset, source } from '../samples.ts'

const pictureOf = (of: Partial<Preset>, video: Partial<VideoStream> = {}) =>
  picturePlan({ ...preset, ...of }, { ...source.video, ...video }, source.frames, 0)
const filtersOf = (of: Partial<Preset>, video: Partial<VideoStream> = {}) =>
  videoFilters(pictureOf(of, video))
const interlaced = { fieldOrder: 'tt' }

describe('filters', () => {
  test('of a picture that stays as it is only say what it is', () => {
    expect(filtersOf({})).toEqual(['setparams=range=tv'])
  })

  test('scale, and keep square pixels square', () => {
    expect(filtersOf({ height: 540 })).toEqual([
      'scale=960:540:flags=bicubic:in_range=tv:out_range=tv',
      'format=yuv422p',
      'setsar=1',
      'setparams=range=tv:colorspace=bt709'
    ])
    expect(filtersOf({ height: 540 }, { sampleAspect: '64:45' })).not.toContain('setsar=1')
  })

  test('convert levels explicitly, and whenever they are full', () => {
    const full = { colour: { ...source.video.colour, range: 'pc' as const } }
    expect(filtersOf({}, full)[0]).toBe('scale=1920:1080:flags=bicubic:in_range=pc:out_range=tv')
    expect(filtersOf({ levels: 'source' }, full)[0]).toContain('in_range=pc:out_range=pc')
  })

  test('keep fields apart, of frames that have them', () => {
    expect(filtersOf({ codec: 'prores_ks' }, interlaced)[0]).toContain('interl=-1')
    expect(filtersOf({ codec: 'prores_ks' }, { ...interlaced, codec: 'mjpeg' })[0]).toBe('setfield=tff')
    expect(filtersOf({ codec: 'prores_ks' }, interlaced).join()).not.toContain('crop')
  })

  test('give prores_aw lines to read beyond the picture', () => {
    const filters = filtersOf({ codec: 'prores_aw' }, interlaced)
    expect(filters).toContain('pad=iw:1088:0:0')
    expect(filters).toContain('crop=iw:1080:0:0')
    expect(filtersOf({ codec: 'prores_aw' }, { ...interlaced, height: 1088 }).join()).not.toContain('pad')
    expect(filtersOf({ codec: 'prores_aw' }).join()).not.toContain('pad')
  })

  test('make whole pictures of fields', () => {
    const filters = filtersOf({ fields: 'deinterlace' }, interlaced)
    expect(filters[0]).toContain('bwdif=mode=send_frame')
    expect(filters.join()).not.toContain('interl=')
    expect(filtersOf({ fields: 'deinterlace' }).join()).not.toContain('bwdif')
  })

  test('make a constant rate before the size', () => {
    expect(filtersOf({ frameRate: '30000/1001', height: 540 }).slice(0, 2)).toEqual([
      'fps=30000/1001',
      expect.stringContaining('scale=')
    ])
  })

  test('name full formats without their levels, which are said beside them', () => {
    const filters = filtersOf({ codec: 'mjpeg', pixelFormat: 'yuvj422p', levels: 'full' })
    expect(filters).toEqual([
      'scale=1920:1080:flags=bicubic:in_range=tv:out_range=pc:in_color_matrix=bt709:out_color_matrix=smpte170m',
      'format=yuv422p',
      'setparams=range=pc:colorspace=smpte170m'
    ])
  })
})

describe('a chunk of a picture whose filters look around', () => {
  const spec = {
    timeBase: { num: 1, den: 12_800 },
    endTicks: 1024,
    picture: pictureOf({ fields: 'deinterlace' }, interlaced),
    context: { fromTicks: -512, untilTicks: 1536 }
  }

  test('is trimmed after them, and proved before', () => {
    const filters = chunkFilters(spec)
    expect(filters.slice(0, 3)).toEqual([
      'settb=1/12800',
      'trim=start_pts=-512:end_pts=1536',
      'showinfo=checksum=0'
    ])
    expect(filters.slice(3, 6)).toEqual([
      expect.stringContaining('bwdif'),
      'settb=1/12800',
      'trim=start_pts=0:end_pts=1024'
    ])
  })

  test('ends with the source where that ends', () => {
    const filters = chunkFilters({ ...spec, endTicks: null, context: { fromTicks: -512, untilTicks: null } })
    expect(filters).toContain('trim=start_pts=-512')
    expect(filters).toContain('trim=start_pts=0')
  })
})

test('a picture that keeps its rotation is not turned when it is decoded', () => {
  expect(sourceOptions(pictureOf({ rotation: 'keep' }))).toEqual(['-noautorotate'])
  expect(sourceOptions(pictureOf({}))).toEqual([])
})

test('encoders that know fields are told of them', () => {
  expect(fieldOptions('libx264', { interlaced: true })).toEqual(['-flags:v', '+ildct+ilme'])
  expect(fieldOptions('prores_ks', { interlaced: true })).toEqual(['-flags:v', '+ildct'])
  expect(fieldOptions('mjpeg', { interlaced: true })).toEqual([])
  expect(fieldOptions('libx264', { interlaced: false })).toEqual([])
})

test('HDR10 metadata is told in the units of each encoder', () => {
  const mastering = [13250, 34500, 7500, 3000, 34000, 16000, 15635, 16450, 10_000_000, 50]
  const hdr = { mastering, contentLight: [1000, 400] }
  expect(hdrParameters('libx265', { hdr })).toEqual([
    'master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)',
    'max-cll=1000,400'
  ])
  expect(hdrParameters('libsvtav1', { hdr })).toEqual([
    'mastering-display=G(0.265,0.69)B(0.15,0.06)R(0.68,0.32)WP(0.3127,0.329)L(1000,0.005)',
    'content-light=1000,400'
  ])
  expect(hdrParameters('libx264', { hdr })).toEqual([])
  expect(hdrParameters('libx265', { hdr: null })).toEqual([])
})
