import { describe, expect, test } from 'vitest'
import { colourPlan, levelsOf, whyNotLevels } from '../../../src/media/colour.ts'
import type { Colour } from '../../../src/media/source.ts'
import { preset } from './samples.ts'

const untold: Colour = { range: null, primaries: null, transfer: null, matrix: null }
const hd: Colour = { range: 'tv', primaries: 'bt709', transfer: 'bt709', matrix: 'bt709' }
const video = (pixelFormat: string, colour: Partial<Colour> = {}, height = 1080) => ({
  pixelFormat,
  height,
  colour: { ...untold, ...colour }
})
const output = { pixelFormat: 'yuv422p', height: 1080 }
const full = { ...preset, levels: 'full' as const }
const asSource = { ...preset, levels: 'source' as const }

describe('levels', () => {
  test('that are not told are video, but for red, green and blue', () => {
    expect(levelsOf(video('yuv420p'))).toBe('tv')
    expect(levelsOf(video('yuv420p10le', { range: 'pc' }))).toBe('pc')
    expect(levelsOf(video('yuvj420p'))).toBe('pc')
    expect(levelsOf(video('gbrp', { range: 'tv' }))).toBe('pc')
  })

  test.each([
    ['video', preset, 'pc', { from: 'pc', to: 'tv' }],
    ['full', full, 'tv', { from: 'tv', to: 'pc' }],
    ['the source’s', asSource, 'pc', { from: 'pc', to: 'pc' }]
  ] as const)('become %s as the preset says, and the output says so', (_, of, range, levels) => {
    const plan = colourPlan(of, video('yuv420p', { range }), output)
    expect(plan.levels).toEqual(levels)
    expect(plan.tags.range).toBe(levels.to)
  })

  test('of ProRes are always video, because it cannot say otherwise', () => {
    const prores = { codec: 'prores_ks', levels: 'source' } as const
    expect(colourPlan(prores, video('yuvj420p'), output).levels.to).toBe('tv')
    expect(whyNotLevels({ ...prores, levels: 'full' })).toContain('levels: video')
    expect(whyNotLevels(full)).toBeNull()
  })

  test('of formats that are full by name are full', () => {
    expect(colourPlan(preset, video('yuv420p'), { ...output, pixelFormat: 'yuvj422p' }).levels.to).toBe('pc')
  })
})

describe('tags', () => {
  test('of the source are those of the output', () => {
    const hdr: Colour = { range: 'tv', primaries: 'bt2020', transfer: 'smpte2084', matrix: 'bt2020nc' }
    expect(colourPlan({ ...preset, codec: 'libx265' }, video('yuv420p10le', hdr), output).tags).toEqual(hdr)
  })

  test('are by another name in ProRes where it has one, and absent where it has none', () => {
    const prores = { ...preset, codec: 'prores_aw' } as const
    const tags = (colour: Partial<Colour>) => colourPlan(prores, video('yuv420p', colour), output).tags
    expect(tags({ transfer: 'smpte170m', matrix: 'bt470bg', primaries: 'bt470bg' })).toMatchObject({
      ...{ transfer: 'bt709', matrix: 'smpte170m', primaries: 'bt470bg' }
    })
    expect(tags({ transfer: 'log100', matrix: 'ycgco' })).toMatchObject({ transfer: null, matrix: null })
  })

  test('say BT.709 of a large picture that told nothing, when it is made small', () => {
    const small = { ...output, height: 540 }
    expect(colourPlan(preset, video('yuv420p'), small).tags.matrix).toBe('bt709')
    expect(colourPlan(preset, video('yuv420p'), output).tags.matrix).toBeNull()
    expect(colourPlan(preset, video('yuv420p', {}, 576), { ...output, height: 288 }).tags.matrix).toBeNull()
  })
})

describe('red, green and blue', () => {
  const h264 = { ...preset, codec: 'libx264' } as const

  test('become BT.709 in large pictures and BT.601 in small ones, and the output says so', () => {
    const plan = colourPlan(h264, video('gbrp'), output)
    expect(plan).toEqual({
      levels: { from: 'pc', to: 'tv' },
      matrices: { from: null, to: 'bt709' },
      tags: { range: 'tv', primaries: 'bt709', transfer: 'iec61966-2-1', matrix: 'bt709' }
    })
    expect(colourPlan(h264, video('rgb24'), { ...output, height: 480 }).tags.matrix).toBe('smpte170m')
  })

  test('stay what they are in a format of their own', () => {
    const plan = colourPlan(preset, video('gbrp10le'), { pixelFormat: 'gbrp10le', height: 1080 })
    expect(plan).toMatchObject({ levels: { from: 'pc', to: 'pc' }, matrices: null, tags: { matrix: null } })
  })

  test('become BT.709 in DNxHD of any size: its frames say nothing else', () => {
    expect(colourPlan(preset, video('rgb24'), { ...output, height: 480 }).matrices?.to).toBe('bt709')
  })
})

test('Motion JPEG is BT.601, so that other matrices are converted', () => {
  const jpeg = { codec: 'mjpeg', levels: 'full' } as const
  const made = { pixelFormat: 'yuvj422p', height: 1080 }
  expect(colourPlan(jpeg, video('yuv420p', hd), made)).toMatchObject({
    matrices: { from: 'bt709', to: 'smpte170m' },
    tags: { matrix: 'smpte170m' }
  })
  expect(colourPlan(jpeg, video('yuv420p'), made).matrices?.from).toBe('bt709')
  expect(colourPlan(jpeg, video('yuv420p', { matrix: 'bt470bg' }), made).matrices).toBeNull()
})
