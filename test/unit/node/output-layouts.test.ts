import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { PlaceWish } from '../../../src/model/index.ts'
import { createOutputLayouts, type PathSettings } from '../../../src/node/output-layouts.ts'
import { fakeFiles } from '../timeline/fake-files.ts'

const nothing: PathSettings = { proxyRoot: null, layout: null, proxyTemplate: null }
const files = fakeFiles({ '/nas/day1/a.mp4': 'picture' })

const place = (settings: Partial<PathSettings>, wish: Partial<PlaceWish> = {}) =>
  createOutputLayouts({ ...nothing, ...settings }, files).place({
    source: '/nas/day1/a.mp4',
    layout: null,
    extension: 'mov',
    preset: 'dnxhr_sq',
    projectFolder: null,
    ...wish
  })

describe('the place of an output', () => {
  it('is beside its source, into Proxy, under the same name', async () => {
    expect(await place({}, { source: '/nas/day1/A001.C002.mp4' })).toEqual({
      kind: 'path',
      path: '/nas/day1/Proxy/A001.C002.mov'
    })
  })

  it('mirrors all of its source’s folders under the proxy root, so that two drives never meet', async () => {
    const settings = { proxyRoot: '/proxies' }
    expect(await place(settings)).toMatchObject({ path: '/proxies/nas/day1/a.mov' })
    expect(await place(settings, { source: '/usb/day1/a.mp4' })).toMatchObject({
      path: '/proxies/usb/day1/a.mov'
    })
  })

  it('is that of the settings, and that of the command before it', async () => {
    expect(await place({ layout: 'premiere' })).toMatchObject({ path: '/nas/day1/Proxies/a_Proxy.mov' })
    expect(await place({ layout: 'premiere' }, { layout: 'fcp' })).toMatchObject({
      path: '/nas/day1/Proxy/a.mov'
    })
  })

  it('is named by the hash of the source where the program looks for that', async () => {
    const hash = createHash('md5').update('picture').digest('hex')
    expect(await place({ layout: 'kdenlive' }, { projectFolder: '/edit' })).toMatchObject({
      path: `/edit/proxy/${hash}.mov`
    })
    expect(await place({ layout: 'custom', proxyTemplate: '/p/{hash}.{ext}' })).toMatchObject({
      path: `/p/${hash}.mov`
    })
  })

  it('reads nothing of a source that is refused anyway', async () => {
    const unread = { ...files, look: () => Promise.reject(new Error('it was read')) }
    const layouts = createOutputLayouts({ ...nothing, layout: 'shotcut' }, unread)
    const wish = {
      source: '/nas/day1/a.mp4',
      layout: null,
      extension: 'mp4',
      preset: 'p',
      projectFolder: null
    }
    expect(await layouts.place(wish)).toMatchObject({ kind: 'wrong' })
  })

  it('is told to be wrong where something is missing', async () => {
    expect(await place({ layout: 'kdenlive' })).toMatchObject({
      kind: 'wrong',
      message: expect.stringContaining('folder of the project')
    })
    expect(await place({ layout: 'custom' })).toMatchObject({
      kind: 'wrong',
      hint: 'set paths.proxyTemplate'
    })
    expect(await place({ layout: 'kdenlive' }, { projectFolder: '/e', source: '/gone.mov' })).toMatchObject({
      kind: 'wrong',
      message: expect.stringContaining('MD5')
    })
  })
})
