import { describe, expect, it } from 'vitest'
import type { OutputLayout } from '../../../../src/model/index.ts'
import {
  findCollisions,
  type LayoutRequest,
  layoutPlace,
  proxyHash,
  rational
} from '../../../../src/timeline/index.ts'
import { fcpProxyXml } from '../../../../src/timeline/layout/fcp-proxy-xml.ts'
import { readTimelineText } from '../../../../src/timeline/read.ts'
import { fakeFiles } from '../fake-files.ts'

const request = (known: Partial<LayoutRequest> = {}): LayoutRequest => ({
  source: '/mnt/nas/day 1/A001_C004.mov',
  extension: 'mov',
  preset: 'dnxhr_sq',
  ...known
})
const place = (layout: OutputLayout, known?: Partial<LayoutRequest>): string => {
  const result = layoutPlace(layout, request(known))
  return result.kind === 'path' ? result.path : `wrong: ${result.message}`
}
const hash = '0123456789abcdef0123456789abcdef'

describe('the place of a proxy', () => {
  it('mirrors the folders of the source, drives and shares too, so that none ever meet', () => {
    expect(place('mirror', { proxyRoot: '/proxies' })).toBe('/proxies/mnt/nas/day 1/A001_C004.mov')
    const windows = { proxyRoot: 'R:\\Proxies', source: 'D:\\media\\a.mxf' }
    expect(place('mirror', windows)).toBe('R:\\Proxies\\D\\media\\a.mov')
    expect(place('mirror', { ...windows, source: '\\\\server\\share\\media\\a.mxf' })).toBe(
      'R:\\Proxies\\server\\share\\media\\a.mov'
    )
    expect(place('mirror')).toBe('wrong: the layout mirror needs a folder for proxies')
  })

  it('is where DaVinci Resolve looks by itself: Proxy beside the source, same stem', () => {
    expect(place('resolve')).toBe('/mnt/nas/day 1/Proxy/A001_C004.mov')
    expect(place('resolve', { source: 'D:\\m\\a.b.mxf' })).toBe('D:\\m\\Proxy\\a.b.mov')
  })

  it('is where Premiere puts its own: Proxies beside the source, with _Proxy', () => {
    expect(place('premiere')).toBe('/mnt/nas/day 1/Proxies/A001_C004_Proxy.mov')
  })

  it('is beside the source for Final Cut, which finds it by an FCPXML', () => {
    expect(place('fcp')).toBe('/mnt/nas/day 1/Proxy/A001_C004.mov')
  })

  it('is named by the MD5 in the project for Kdenlive', () => {
    expect(place('kdenlive', { projectFolder: '/edit', hash, extension: 'mkv' })).toBe(
      `/edit/proxy/${hash}.mkv`
    )
    expect(place('kdenlive', { hash })).toMatch(/^wrong: .* folder of the project/)
    expect(place('kdenlive', { projectFolder: '/edit', hash: '../../x' })).toMatch(/^wrong: .*MD5/)
  })

  it('is named by the MD5 in the project for Shotcut, as mp4', () => {
    expect(place('shotcut', { projectFolder: '/edit', hash, extension: 'mp4' })).toBe(
      `/edit/proxies/${hash}.mp4`
    )
    expect(place('shotcut', { projectFolder: '/edit', hash })).toMatch(/^wrong: .*mp4/)
  })

  const sizes = (height: number, width = Math.round((height * 16) / 9), whole = [1920, 1080]) => ({
    source: { width: whole[0]!, height: whole[1]! },
    output: { width, height }
  })

  it('is in BL_proxy under the whole name of the file for Blender, as avi by name only', () => {
    const half = { picture: sizes(540) }
    expect(place('blender', half)).toBe('/mnt/nas/day 1/BL_proxy/A001_C004.mov/proxy_50.avi')
    expect(place('blender', { ...half, extension: 'mp4' })).toMatch(/proxy_50\.avi$/)
    expect(place('blender', { ...half, extension: 'mkv' })).toMatch(/^wrong: .*mov or mp4/)
  })

  it.each([
    ['proxy_25.avi', sizes(270)],
    ['proxy_75.avi', sizes(810)],
    ['proxy_100.avi', sizes(1080)],
    // Odd halves are rounded, down here and up by Blender.
    ['proxy_50.avi', sizes(538, 958, [1918, 1078])],
    ['proxy_25.avi', sizes(134, 238, [958, 538])]
  ])('tells its size for Blender: %s', (name, picture) => {
    expect(place('blender', { picture })).toBe(`/mnt/nas/day 1/BL_proxy/A001_C004.mov/${name}`)
  })

  it.each([
    [sizes(720), /1280x720 is none of these of 1920x1080/],
    [sizes(540, 720), /720x540 is none/],
    [undefined, /size of its picture is not known/]
  ])('is none of another size for Blender, which would draw it wrong', (picture, why) => {
    expect(place('blender', picture === undefined ? {} : { picture })).toMatch(why)
  })

  it('is what a template says', () => {
    const template = '{folder}/../LowRes/{parent}_{stem}_{preset}.{ext}'
    expect(place('custom', { template })).toBe('/mnt/nas/LowRes/day 1_A001_C004_dnxhr_sq.mov')
    expect(place('custom', { template: 'Low/{name}.{ext}' })).toBe('/mnt/nas/day 1/Low/A001_C004.mov.mov')
    expect(place('custom', { template: '{mirror}/{stem}.{ext}', proxyRoot: '/p' })).toBe(
      '/p/mnt/nas/day 1/A001_C004.mov'
    )
    expect(place('custom', { template: '{{{stem}}}.{ext}' })).toBe('/mnt/nas/day 1/{A001_C004}.mov')
  })

  it.each([
    ['{folder}/{stemm}.{ext}', /\{stemm\}, which is no field/],
    ['{folder}/{stem}{', /has \{, which/],
    ['{mirror}/{stem}.mov', /\{mirror\} is not known/],
    ['{folder}/', /no file name/],
    ['{folder}/{name}', /names the source itself/],
    ['{constructor}', /no field/]
  ])('is not to be had from the template %s', (template, why) => {
    expect(place('custom', { template })).toMatch(why)
  })

  it('needs an absolute source', () => {
    expect(place('resolve', { source: 'a.mov' })).toMatch(/no absolute path/)
  })
})

describe('the name by hash', () => {
  // The digests were made with md5sum of: yes abcdefghi | head -c SIZE (for the large one of its first and last part).
  const bytes = (sizeBytes: number): Buffer => Buffer.alloc(sizeBytes, 'abcdefghi\n')
  const digest = (sizeBytes: number): Promise<string> =>
    proxyHash('/a.mov', sizeBytes, fakeFiles({ '/a.mov': bytes(sizeBytes) }))

  it('is the MD5 of the whole of a file of up to 2,000,000 bytes', async () => {
    expect(await digest(10)).toBe('0b06c70869a30733379a72e2a8c03758')
    expect(await digest(2_000_000)).toBe('d583b1bc0aca19a179c196d1499bfe40')
  })

  it('is the MD5 of the first and last 1,000,000 bytes of a larger one', async () => {
    expect(await digest(2_000_003)).toBe('4c3034c3cbb51ce7c08899626d1d8a30')
  })
})

describe('two sources with one place', () => {
  it('are told together, also when only case or Unicode form differ', () => {
    const pairs = [
      { source: '/a.mov', output: '/Proxy/a.mov' },
      { source: '/a.mxf', output: '/Proxy/A.mov' },
      { source: '/\u00e9.mov', output: '/Proxy/\u00e9.mov' },
      { source: '/e\u0301.mov', output: '/Proxy/e\u0301.mov' },
      { source: '/b.mov', output: '/Proxy/b.mov' },
      { source: '/b.mov', output: '/Proxy/b.mov' }
    ]
    expect(findCollisions(pairs).map(({ sources }) => sources)).toEqual([
      ['/a.mov', '/a.mxf'],
      ['/\u00e9.mov', '/e\u0301.mov']
    ])
  })
})

describe('the FCPXML that links proxies', () => {
  const xml = fcpProxyXml('Proxies & more', [
    {
      name: 'A "1" & <2>',
      sourcePath: '/mnt/nas/day 1/A#1.mov',
      proxyPath: 'D:\\p\\A1.mov',
      width: 1920,
      height: 1080,
      rate: rational(24_000, 1001),
      duration: rational(1001, 100),
      startTime: rational(3600),
      dropFrame: false,
      audio: { channels: 2, sampleRate: 48_000 }
    }
  ])

  it('lists original and proxy of each source, and reads back as what it was', () => {
    const [event] = readTimelineText('x.fcpxml', xml).sequences
    expect(event).toMatchObject({ name: 'Proxies & more' })
    expect(event?.media).toMatchObject([
      {
        path: 'file:///mnt/nas/day%201/A%231.mov',
        aliases: ['A "1" & <2>'],
        startTimecode: '00:59:56:10',
        rate: rational(24_000, 1001),
        duration: rational(1001, 100)
      }
    ])
    expect(xml).toContain('<media-rep kind="proxy-media" src="file:///D:/p/A1.mov"/>')
  })
})
