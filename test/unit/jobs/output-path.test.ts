import { describe, expect, test } from 'vitest'
import { outputPath } from '../../../src/jobs/transcode/output-path.ts'

const wish = {
  outDir: null,
  nameTemplate: null,
  layout: null,
  preset: 'dnxhr_sq',
  extension: 'mov',
  projectFolder: null,
  part: null
}
const layouts = {
  place: async () => ({ kind: 'path', path: '/nas/Proxy/laid_out.mov' }) as const
}
const at = (source: string, more = {}) => outputPath({ ...wish, source, ...more }, layouts)

describe('an output', () => {
  test('goes where the layout says', async () => {
    expect(await at('/nas/a.mp4')).toEqual({
      kind: 'path',
      path: '/nas/Proxy/laid_out.mov'
    })
  })

  test('goes where --out says, under the name of its source', async () => {
    expect(await at('/nas/A001.C002.mp4', { outDir: '/out' })).toEqual({
      kind: 'path',
      path: '/out/A001.C002.mov'
    })
  })

  test('is named by the template, in the folder of the layout', async () => {
    expect(await at('/nas/a.mp4', { nameTemplate: '{stem}_{preset}' })).toEqual({
      kind: 'path',
      path: '/nas/Proxy/a_dnxhr_sq.mov'
    })
  })

  test('of a part has its frames in the name, wherever it goes', async () => {
    const part = { start: 30, end: 75 }
    expect(await at('/nas/a.mp4', { part })).toMatchObject({ path: '/nas/Proxy/laid_out_30-74.mov' })
    expect(await at('/nas/a.mp4', { part, outDir: '/out', nameTemplate: '{stem}_p' })).toMatchObject({
      path: '/out/a_p_30-74.mov'
    })
  })

  test('is not placed where the layout has no place for it', async () => {
    const wrong = { kind: 'wrong', message: 'no folder of proxies', hint: 'set paths.proxyRoot' } as const
    expect(await outputPath({ ...wish, source: '/nas/a.mp4' }, { place: async () => wrong })).toEqual(wrong)
  })

  test.each(['../{stem}', 'x/{stem}', '.{stem}', '', '{date}', '{stem'])(
    'is not named %j',
    async (nameTemplate) => {
      expect(await at('/nas/a.mp4', { nameTemplate })).toMatchObject({ kind: 'wrong' })
    }
  )
})
