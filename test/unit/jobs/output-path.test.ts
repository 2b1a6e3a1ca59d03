import { describe, expect, test } from 'vitest'
import { outputPath } from '../../../src/jobs/transcode/output-path.ts'

const wish = { outDir: null, nameTemplate: null, proxyRoot: null, preset: 'dnxhr_sq', extension: 'mov' }
const at = (source: string, more = {}) => outputPath(source, { ...wish, ...more })

describe('an output', () => {
  test('goes beside its source, into Proxy, under the same name', () => {
    expect(at('/nas/day1/A001.C002.mp4')).toEqual({ kind: 'path', path: '/nas/day1/Proxy/A001.C002.mov' })
  })

  test('goes where --out says', () => {
    expect(at('/nas/a.mp4', { outDir: '/out' })).toEqual({ kind: 'path', path: '/out/a.mov' })
  })

  test('mirrors all of its source’s folders under the proxy root, so that two drives never meet', () => {
    const proxyRoot = '/proxies'
    expect(at('/nas/day1/a.mp4', { proxyRoot })).toEqual({ kind: 'path', path: '/proxies/nas/day1/a.mov' })
    expect(at('/usb/day1/a.mp4', { proxyRoot })).toEqual({ kind: 'path', path: '/proxies/usb/day1/a.mov' })
  })

  test('is named by the template', () => {
    expect(at('/nas/a.mp4', { nameTemplate: '{stem}_{preset}' })).toMatchObject({
      path: '/nas/Proxy/a_dnxhr_sq.mov'
    })
  })

  test.each(['../{stem}', 'x/{stem}', '.{stem}', '', '{date}', '{stem'])(
    'is not named %j',
    (nameTemplate) => {
      expect(at('/nas/a.mp4', { nameTemplate })).toMatchObject({ kind: 'wrong' })
    }
  )
})
