import { describe, expect, test } from 'vitest'
import {
  constantRate,
  dnxhdFrameBytes,
  dnxhdMbits,
  type NamedRate,
  namedRate,
  outputRate,
  whyIllegal
} from '../../../src/media/legal.ts'
import { source } from './samples.ts'

const dnxhd = (profile: string, container: 'mov' | 'mxf' = 'mov') =>
  ({ codec: 'dnxhd', profile, container }) as const
const hd = { width: 1920, height: 1080, interlaced: false }
const hd720 = { width: 1280, height: 720, interlaced: false }

describe('a rate', () => {
  test('has its name however a container writes it', () => {
    expect(namedRate('25/1')).toBe('25')
    expect(namedRate('2997/100')).toBe('30000/1001')
    expect(namedRate('23976/1000')).toBe('24000/1001')
    expect(namedRate('24/1')).toBe('24')
    expect(namedRate('359/12')).toBeNull()
    expect(namedRate(null)).toBeNull()
  })

  test('is constant when every frame is within a tick of its place', () => {
    const ms = { num: 1, den: 1000 }
    const film = Array.from({ length: 500 }, (_, i) => 21 + Math.round((i * 1001) / 24))
    expect(constantRate(film, ms, null)).toBe('24000/1001')
    expect(constantRate(film.toSpliced(100, 1), ms, '24000/1001')).toBeNull()
    expect(constantRate([40], ms, '25')).toBe('25')
  })

  test('is the one that is made, else that of the frames, else the word of the source', () => {
    const vfr = { ...source, frames: { ...source.frames, pts: [0, 512, 1100, 1536] } }
    expect(outputRate({ frameRate: '30000/1001' }, vfr)).toBe('30000/1001')
    expect(outputRate({ frameRate: 'source' }, source)).toBe('25')
    expect(outputRate({ frameRate: 'source' }, vfr)).toBeNull()
    expect(outputRate({ frameRate: 'source' }, { video: source.video })).toBe('25')
  })
})

describe('classic DNxHD', () => {
  test.each<[string, typeof hd, NamedRate, number, number]>([
    ['dnxhd_lb', hd, '25', 36, 188_416],
    ['dnxhd_lb', hd, '60000/1001', 90, 188_416],
    ['dnxhd_sq', hd, '24000/1001', 115, 606_208],
    ['dnxhd_sq', hd, '25', 120, 606_208],
    ['dnxhd_hq', hd, '30000/1001', 220, 917_504],
    ['dnxhd_444', hd, '24', 350, 1_835_008],
    ['dnxhd_sq', { ...hd, interlaced: true }, '25', 120, 606_208],
    ['dnxhd_hqx', { ...hd, interlaced: true }, '30000/1001', 220, 917_504],
    ['dnxhd_sq', hd720, '50', 120, 303_104],
    ['dnxhd_hq', hd720, '60000/1001', 220, 458_752]
  ])('%s of %j at %s is %d Mbit/s', (profile, shape, rate, mbits, bytes) => {
    const [num, den = 1] = rate.split('/').map(Number)
    expect(whyIllegal(dnxhd(profile), shape, rate)).toBeNull()
    expect(dnxhdMbits({ profile }, shape, num! / den)).toBe(mbits)
    expect(dnxhdFrameBytes(dnxhd(profile), shape)).toBe(bytes)
  })

  test('says at which rates it exists', () => {
    expect(whyIllegal(dnxhd('dnxhd_sq'), hd, '30')).toBe(
      'DNxHD SQ 1080p exists at 23.976, 24, 25, 29.97, 50, 59.94 and 60 fps; this source has 30 fps. DNxHR SQ (preset dnxhr_sq) takes any size and rate'
    )
    expect(whyIllegal(dnxhd('dnxhd_sq'), hd, null)).toContain('has no constant rate of these')
    expect(whyIllegal(dnxhd('dnxhd_hq'), { ...hd, interlaced: true }, '50')).toContain(
      'DNxHD HQ 1080i exists at 25 and 29.97 fps; this source has 50 fps'
    )
  })

  test('says at which sizes it exists', () => {
    expect(whyIllegal(dnxhd('dnxhd_lb'), hd720, '25')).toBe(
      'DNxHD LB exists at 1920x1080; this picture would be 1280x720. DNxHR SQ (preset dnxhr_sq) takes any size and rate'
    )
    expect(whyIllegal(dnxhd('dnxhd_sq'), { width: 2048, height: 1080, interlaced: false }, '24')).toContain(
      'exists at 1920x1080, 1920x1080 interlaced and 1280x720; this picture would be 2048x1080'
    )
  })

  test('is not DNxHR, which has any size and rate', () => {
    expect(whyIllegal(dnxhd('dnxhr_sq'), { width: 700, height: 500, interlaced: false }, null)).toBeNull()
  })
})

test('DNxHD in MXF has square pixels, as ffmpeg writes it', () => {
  const wide = { ...hd, squarePixels: false }
  expect(whyIllegal(dnxhd('dnxhr_sq', 'mxf'), wide, '25')).toContain('its pixels are not square')
  expect(whyIllegal(dnxhd('dnxhr_sq'), wide, '25')).toBeNull()
})

test('MXF holds constant rates with a name, and says so', () => {
  expect(whyIllegal(dnxhd('dnxhr_sq', 'mxf'), hd, '30')).toBeNull()
  expect(whyIllegal(dnxhd('dnxhr_sq', 'mxf'), hd, null)).toBe(
    'MXF holds pictures at a constant 23.976, 24, 25, 29.97, 30, 50, 59.94 and 60 fps; this source has no constant rate of these. `container: mov` takes any, and a preset with `frameRate: 25` makes a constant rate'
  )
})
