import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { choosePreset } from '../../../src/media/presets/index.ts'
import {
  bitDepthOf,
  type Match,
  matchFacts,
  matchSchema,
  whyNoMatch
} from '../../../src/media/presets/match.ts'
import type { SourceStreams } from '../../../src/media/source.ts'
import { source } from './samples.ts'

const uhd = (
  change: Partial<SourceStreams['video']> = {},
  path = '/media/day 1/A001_C004.MOV'
): SourceStreams => {
  return {
    ...source,
    path,
    durationUs: 12_000_000,
    video: {
      ...source.video,
      ...{ codec: 'hevc', width: 3840, height: 2160, rotation: 0, pixelFormat: 'yuv422p10le' },
      ...{ averageRate: '30000/1001', fieldOrder: null },
      ...change
    }
  }
}
const colour = { range: null, primaries: null, matrix: null }

test.each<[Match, Partial<SourceStreams['video']>]>([
  [{ width: 3840, height: { min: 2000 } }, {}],
  [{ pixels: { min: 8_000_000, max: 9_000_000 } }, {}],
  [{ width: 2160, height: 3840 }, { rotation: 90 }],
  [{ fps: 29.97 }, {}],
  [{ fps: { max: 23.976 } }, { averageRate: '24000/1001' }],
  [{ codec: ['prores', 'H265'] }, {}],
  [{ container: 'mp4' }, {}],
  [{ file: '*.mov' }, {}],
  [{ file: ['b*', 'A001_*'] }, {}],
  [{ file: '**/day 1/*' }, {}],
  [{ bitDepth: { min: 10 }, hasAlpha: false, interlaced: false, hdr: false }, {}],
  [{ hasAlpha: true }, { pixelFormat: 'yuva444p12le' }],
  [{ interlaced: true }, { fieldOrder: 'tt' }],
  [{ hdr: true }, { colour: { ...colour, transfer: 'smpte2084' } }],
  [{ hdr: true }, { colour: { ...colour, transfer: 'arib-std-b67' } }],
  [{ seconds: 12 }, {}]
])('%j holds of a source like %j', (match, change) => {
  expect(whyNoMatch(matchSchema.parse(match), matchFacts(uhd(change)))).toBeNull()
})

test.each<[Match, string]>([
  [{ width: { max: 1920 } }, 'width is not at most 1920'],
  [{ width: 3840, height: 1080 }, 'height is not 1080'],
  [{ fps: { min: 50 } }, 'fps is not at least 50'],
  [{ pixels: { min: 1, max: 2 } }, 'pixels is not 1 to 2'],
  [{ codec: ['h264', 'prores'] }, 'codec is not h264 or prores'],
  [{ container: 'mxf' }, 'container is not mxf'],
  [{ file: 'day*' }, 'file is not day*'],
  [{ interlaced: true }, 'interlaced is not true']
])('%j does not, and is told so', (match, words) => {
  expect(whyNoMatch(matchSchema.parse(match), matchFacts(uhd()))).toBe(words)
})

test('a condition on a rate that is not known does not hold', () => {
  const facts = matchFacts(uhd({ averageRate: null, frameRate: null }))
  expect(whyNoMatch({ fps: { min: 0 } }, facts)).toBe('fps is not at least 0')
})

test('the depth of samples is read from the name of their format', () => {
  const formats = [
    'yuv420p',
    'yuvj422p',
    'yuv422p10le',
    'p010le',
    'gray16be',
    'rgb48le',
    'gbrp12le',
    'x2rgb10le',
    'rgb24',
    'y210le'
  ]
  expect(formats.map(bitDepthOf)).toEqual([8, 8, 10, 10, 16, 16, 12, 10, 8, 10])
})

describe('--preset auto', () => {
  let folder = ''
  const folders = () => [join(folder, 'user'), join(folder, 'built-in')]
  const write = (place: string, name: string, match: string) =>
    writeFile(
      join(folder, place, `${name}.yaml`),
      `codec: dnxhd\nprofile: dnxhr_sq\npixelFormat: yuv422p\ndescription: x\n${match}`
    )
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'proxima-auto-'))
    for (const place of ['user', 'built-in', 'none']) await mkdir(join(folder, place))
    await write('built-in', 'any', 'match: { width: { min: 1 } }')
    await write('user', 'large', 'match: { width: { min: 2000 } }')
    await write('user', 'large_hevc', 'match: { width: { min: 2000 }, codec: hevc }')
    await write('user', 'also_hevc', 'match: { height: { min: 2000 }, codec: hevc }')
    await write('user', 'dailies', 'match: { file: "D*" }\npriority: 5')
    await write('user', 'by_name', '')
    await writeFile(join(folder, 'user', 'broken.yaml'), 'match: { width: 3840 }\n')
  })
  afterAll(() => rm(folder, { recursive: true }))

  test('takes the one with most conditions, and of equals the first by name', async () => {
    const chosen = await choosePreset(uhd(), folders())
    expect(chosen.preset.name).toBe('also_hevc')
    expect(chosen.why).toBe('height at least 2000, codec hevc')
    expect((await choosePreset(uhd({ codec: 'h264' }), folders())).preset.name).toBe('large')
  })

  test('takes a higher priority before that', async () => {
    expect((await choosePreset(uhd({}, '/media/d1.mov'), folders())).preset.name).toBe('dailies')
  })

  test('looks at the built-in ones only when a person has no rules', async () => {
    const small = uhd({ width: 640, height: 360 })
    await expect(choosePreset(small, folders())).rejects.toMatchObject({
      code: 'no-match',
      message:
        'no preset matches /media/day 1/A001_C004.MOV (640x360, hevc, 29.97 fps): also_hevc: height is not at least ' +
        '2000; dailies: file is not D*; large: width is not at least 2000; large_hevc: width is not at least 2000',
      hint: expect.stringContaining('Name a preset')
    })
    const chosen = await choosePreset(small, [join(folder, 'none'), join(folder, 'built-in')])
    expect(chosen.preset.name).toBe('any')
  })

  test('is refused when there are no rules at all', async () => {
    await expect(choosePreset(uhd(), [join(folder, 'none')])).rejects.toMatchObject({
      code: 'no-match',
      message: 'no preset has `match` rules, by which `--preset auto` chooses'
    })
  })

  test.each<[string, Partial<SourceStreams['video']>]>([
    ['dnxhr_lb_half', {}],
    ['dnxhr_sq', { width: 1920, height: 1080 }],
    ['prores_lt', { width: 1920, height: 1080, fieldOrder: 'tt' }],
    ['prores_4444', { pixelFormat: 'yuva444p12le', width: 1920, height: 1080 }],
    ['prores_proxy', { width: 1920, height: 1080, colour: { ...colour, transfer: 'arib-std-b67' } }],
    ['prores_proxy_half', { colour: { ...colour, transfer: 'smpte2084' } }]
  ])('of the built-in ones takes %s for %j', async (name, change) => {
    const builtIn = new URL('../../../presets', import.meta.url).pathname
    expect((await choosePreset(uhd(change), [builtIn])).preset.name).toBe(name)
  })
})
