import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listPresets, loadPreset, presetSchema } from '../../../src/media/presets/index.ts'
import { parsePresetFile } from '../../../src/media/presets/load.ts'

const builtIn = new URL('../../../presets', import.meta.url).pathname
let folder = ''
let user = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-presets-'))
  user = join(folder, 'user')
  await mkdir(user)
  await writeFile(join(user, 'dnxhr_sq.yaml'), 'extends: dnxhr_sq\nheight: half\n')
  await writeFile(
    join(user, 'mine.yaml'),
    'extends: prores_lt\ndescription: Mine\nprofile: 3\nargs: [-quant_mat, hq]\n'
  )
  await writeFile(join(user, 'loop.yaml'), 'extends: pool\n')
  await writeFile(join(user, 'pool.yaml'), 'extends: loop\n')
  await writeFile(join(user, 'bare.yaml'), 'codec: dnxhd\n')
  await writeFile(join(user, 'orphan.yaml'), 'extends: prores_hq\n')
  await writeFile(join(user, 'wrong.yaml'), 'extends: dnxhr_sq\ncontainer: mp4\n')
})
afterAll(() => rm(folder, { recursive: true }))

const load = (name: string) => loadPreset(name, [user, builtIn])

describe('the built-in presets', () => {
  test('are the six that people count on, and all are right', async () => {
    const listed = await listPresets([builtIn])
    expect(listed.map(({ name }) => name)).toEqual([
      ...['dnxhr_lb', 'dnxhr_sq', 'h264_proxy', 'h265_archive', 'prores_lt', 'prores_proxy']
    ])
    expect(listed.filter(({ error, description }) => error !== null || description === '')).toEqual([])
  })

  test('survive the way to another machine', async () => {
    for (const { name } of await listPresets([builtIn])) {
      const preset = await loadPreset(name, [builtIn])
      expect(presetSchema.parse(JSON.parse(JSON.stringify(preset)))).toEqual(preset)
    }
  })
})

describe('a user’s preset', () => {
  test('wins over the built-in one, and may extend it', async () => {
    expect(await load('dnxhr_sq')).toMatchObject({ codec: 'dnxhd', profile: 'dnxhr_sq', height: 'half' })
  })

  test('takes from those it extends what it does not say itself', async () => {
    expect(await load('mine')).toMatchObject({
      name: 'mine',
      codec: 'prores_aw',
      profile: '3',
      description: 'Mine',
      args: ['-quant_mat', 'hq']
    })
  })

  test.each([
    ['loop', 'extends itself'],
    ['bare', 'the key `pixelFormat` is missing'],
    ['orphan', 'it extends "prores_hq", which does not exist'],
    ['wrong', 'dnxhd cannot be put into MP4']
  ])('%s is refused in words', async (name, words) => {
    await expect(load(name)).rejects.toThrow(words)
  })

  test('with a mistake is listed with it', async () => {
    const listed = await listPresets([user, builtIn])
    expect(listed.find(({ name }) => name === 'bare')?.error).toContain('pixelFormat')
  })
})

test('an unknown name is answered with the nearest one', async () => {
  await expect(load('dnxhd_sq')).rejects.toMatchObject({
    code: 'preset-unknown',
    hint: 'Did you mean dnxhr_sq?'
  })
  await expect(load('zzzzzzzzzzzzzzzz')).rejects.toMatchObject({
    hint: expect.stringContaining('h264_proxy')
  })
})

describe('a mistake in a file', () => {
  test.each([
    ['codec: dnxhd\npixelFromat: x', 'p.yaml:2:1', 'did you mean `pixelFormat`?'],
    ['codec: dnxhd\nheight: tall', 'p.yaml:2:9', '`height`'],
    ['codec: [', 'p.yaml:1:9: ', 'must be sufficiently indented'],
    ['- a\n- b', 'p.yaml:1:1', 'expected object'],
    ['profile: -i', 'p.yaml:1:10', 'only letters'],
    ['args: [-f, x]', 'p.yaml:1:7', '-f is not allowed'],
    ['args: [-bf]', 'p.yaml:1:7', 'has no value'],
    ['args: [-bf, "2 -i x"]', 'p.yaml:1:7', 'is no value'],
    ['args: [__proto__, x]', 'p.yaml:1:7', 'is not allowed']
  ])('%j is told with its place', (text, place, words) => {
    expect(() => parsePresetFile(text, 'p.yaml')).toThrow(place)
    expect(() => parsePresetFile(text, 'p.yaml')).toThrow(words)
  })
})
