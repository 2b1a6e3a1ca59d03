import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  codecRules,
  describePreset,
  listPresets,
  loadPreset,
  presetSchema
} from '../../../src/media/presets/index.ts'
import { parsePresetFile } from '../../../src/media/presets/parse.ts'

const builtIn = new URL('../../../presets', import.meta.url).pathname
let folder = ''
let user = ''
const files: Readonly<Record<string, string>> = {
  'dnxhr_sq.yaml': 'extends: dnxhr_sq\nheight: half\n',
  'mine.yml': 'extends: prores_lt\ndescription: Mine\ncodec: prores_ks\nprofile: 3\nargs: [-quant_mat, hq]\n',
  'loop.yaml': 'extends: pool\n',
  'pool.yaml': 'extends: loop\n',
  'bare.yaml': 'codec: dnxhd\n',
  'orphan.yaml': 'extends: prores_hx\n',
  'wrong.yaml': 'extends: dnxhr_sq\ncontainer: mp4\n',
  'later.yaml': 'extends: wrong\ndescription: the mistake is in the other file\n',
  'auto.yaml': 'extends: dnxhr_sq\n',
  'two words.yaml': 'extends: dnxhr_sq\n',
  'bomb.yaml': `a: &a [x]\n${Array.from({ length: 120 }, () => 'b: *a').join('\n')}\n`,
  'broken.yaml': 'codec: [\n'
}
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-presets-'))
  user = join(folder, 'user')
  await mkdir(user)
  for (const [file, text] of Object.entries(files)) await writeFile(join(user, file), text)
  await mkdir(join(user, 'folder.yaml'))
})
afterAll(() => rm(folder, { recursive: true }))

const load = (name: string) => loadPreset(name, [user, builtIn])

describe('the built-in presets', () => {
  test('are all right, and each says what it is for', async () => {
    const listed = await listPresets([builtIn])
    expect(listed.flatMap(({ error }) => error ?? [])).toEqual([])
    expect(listed.filter(({ resolved }) => resolved?.preset.description === '')).toEqual([])
    expect(listed.length).toBeGreaterThan(30)
  })

  test('use every codec and container that a preset can name', async () => {
    const presets = (await listPresets([builtIn])).flatMap(({ resolved }) => resolved?.preset ?? [])
    expect(new Set(presets.map(({ codec }) => codec))).toEqual(new Set(Object.keys(codecRules)))
    expect(new Set(presets.map(({ container }) => container))).toEqual(new Set(['mov', 'mp4', 'mkv', 'mxf']))
  })

  test('survive the way to another machine', async () => {
    for (const { resolved } of await listPresets([builtIn])) {
      const preset = resolved?.preset
      expect(presetSchema.parse(JSON.parse(JSON.stringify(preset)))).toEqual(preset)
    }
  })

  test('of the version before are what they were', async () => {
    const six = ['dnxhr_lb', 'dnxhr_sq', 'prores_lt', 'prores_proxy', 'h264_proxy', 'h265_archive']
    const presets = await Promise.all(six.map((name) => loadPreset(name, [builtIn])))
    expect(
      presets.map(({ codec, profile, pixelFormat, height, crf, container }) =>
        [codec, profile, pixelFormat, height, crf, container].join(' ')
      )
    ).toEqual([
      'dnxhd dnxhr_lb yuv422p source  mov',
      'dnxhd dnxhr_sq yuv422p source  mov',
      'prores_aw 1 yuv422p10le source  mov',
      'prores_aw 0 yuv422p10le source  mov',
      'libx264  yuv420p 1080 20 mp4',
      'libx265  yuv420p10le source 20 mp4'
    ])
  })
})

describe('a user’s preset', () => {
  test('wins over the built-in one, and may extend it', async () => {
    expect(await load('dnxhr_sq')).toMatchObject({ codec: 'dnxhd', profile: 'dnxhr_sq', height: 'half' })
  })

  test('takes from those it extends what it does not say itself', async () => {
    expect(await load('mine')).toMatchObject({
      name: 'mine',
      codec: 'prores_ks',
      profile: '3',
      description: 'Mine',
      args: ['-quant_mat', 'hq']
    })
  })

  test('tells where each of its keys comes from', async () => {
    const { origins, file } = await describePreset('mine', [user, builtIn])
    expect(file).toBe(join(user, 'mine.yml'))
    expect(origins).toMatchObject({
      codec: join(user, 'mine.yml'),
      pixelFormat: join(builtIn, 'prores_proxy.yaml'),
      rotation: null
    })
  })

  test('takes on the rules of the one that it stands in for, and of no other', async () => {
    const stand = await describePreset('dnxhr_sq', [user, builtIn])
    expect(stand).toMatchObject({ match: { width: { min: 256 } }, priority: -10 })
    expect(await describePreset('dnxhr_hq', [builtIn])).toMatchObject({ match: null, priority: 0 })
  })

  test.each([
    ['loop', '/loop.yaml:1:10'.replace('loop', 'pool'), 'the preset extends itself: loop → pool → loop'],
    ['bare', '/bare.yaml', 'the key `pixelFormat` is missing'],
    ['orphan', '/orphan.yaml:1:10', 'it extends "prores_hx", which does not exist'],
    ['wrong', '/wrong.yaml:2:12', 'dnxhd cannot be put into MP4: use `container: mov, mkv or mxf`'],
    ['later', '/wrong.yaml:2:12', 'dnxhd cannot be put into MP4'],
    ['auto', '/auto.yaml', '`--preset auto` chooses by the source: give the preset another name'],
    ['two words', '/two words.yaml', 'a preset is named with letters, digits, _ and -'],
    ['folder', '/folder.yaml', 'cannot be read'],
    ['bomb', '/bomb.yaml', '']
  ])('%s is refused in one line, with its place', async (name, place, words) => {
    const refusal = await load(name).catch((error: Error) => error)
    expect(refusal).toMatchObject({
      code: 'preset-invalid',
      message: expect.stringContaining(`${user}${place}`)
    })
    expect(refusal).toMatchObject({ message: expect.stringContaining(words) })
    expect((refusal as Error).message).not.toContain('\n')
  })

  test('that extends what is not there is answered with the nearest name', async () => {
    await expect(load('orphan')).rejects.toMatchObject({ hint: 'Did you mean prores_hq?' })
  })

  test('with a mistake is listed with it, and hinders no other', async () => {
    const listed = await listPresets([user, builtIn])
    expect(listed.find(({ name }) => name === 'bare')).toMatchObject({
      resolved: null,
      error: expect.stringContaining('pixelFormat')
    })
    expect(listed.find(({ name }) => name === 'h264_proxy')?.error).toBeNull()
    expect(listed.length).toBeGreaterThan(40)
  })

  test('in a folder that cannot be read is told, and the built-in ones are still listed', async () => {
    const file = join(folder, 'no-folder')
    await writeFile(file, '')
    const [first, ...others] = await listPresets([file, builtIn])
    expect(first).toMatchObject({ name: 'no-folder', error: expect.stringContaining('cannot be read') })
    expect(others.every(({ error }) => error === null)).toBe(true)
    await expect(loadPreset('dnxhr_sq', [file, builtIn])).rejects.toMatchObject({ code: 'preset-invalid' })
  })

  test('that may not be read is refused with the reason', async ({ skip }) => {
    if (process.getuid?.() === 0) skip('root may read everything')
    await chmod(join(user, 'mine.yml'), 0)
    await expect(load('mine')).rejects.toMatchObject({ code: 'preset-invalid' })
    await chmod(join(user, 'mine.yml'), 0o644)
  })
})

test('an unknown name is answered with the nearest one', async () => {
  await expect(load('dnxhd_sq')).rejects.toMatchObject({
    code: 'preset-unknown',
    hint: expect.stringMatching(/^Did you mean dnxh._/)
  })
  await expect(load('zzzzzzzzzzzzzzzz')).rejects.toMatchObject({
    hint: expect.stringContaining('h264_proxy')
  })
})

describe('a mistake in a file', () => {
  test.each([
    [
      'codec: dnxhd\npixelFromat: x',
      'p.yaml:2:1',
      '`pixelFromat` is not a key of a preset; did you mean `pixelFormat`?'
    ],
    ['vertical_res: 720', 'p.yaml:1:1', 'did you mean `height`?'],
    ['wallpaper: blue', 'p.yaml:1:1', 'known are extends, description, codec'],
    [
      'codec: dnxhd\nheight: tall',
      'p.yaml:2:9',
      '`height`: must be source, half, quarter, or a number of lines'
    ],
    ['container: mp5', 'p.yaml:1:12', '`container`: must be one of mov, mp4, mkv, mxf'],
    ['frameRate: 24000/1002', 'p.yaml:1:12', '`frameRate`: must be source, or a rate like 25 or 30000/1001'],
    ['audioSampleRate: 44100', 'p.yaml:1:18', '`audioSampleRate`: must be source or 48000'],
    ['rotation: turn', 'p.yaml:1:11', '`rotation`: must be one of apply, keep'],
    ['fields: drop', 'p.yaml:1:9', '`fields`: must be one of keep, deinterlace'],
    ['levels: tv', 'p.yaml:1:9', '`levels`: must be one of video, full, source'],
    ['intra: 1', 'p.yaml:1:8', '`intra`'],
    ['qp: 64', 'p.yaml:1:5', '`qp`'],
    ['tag: hvc', 'p.yaml:1:6', 'a tag has four letters or digits'],
    ['match:\n  widht: 3840', 'p.yaml:2:3', '`widht` is not a key of `match`; did you mean `width`?'],
    [
      'match:\n  width: { mni: 3840 }',
      'p.yaml:2:12',
      '`mni` is not a key of `match.width`; did you mean `min`?'
    ],
    [
      'match:\n  width: wide',
      'p.yaml:2:10',
      '`match.width`: must be a number of pixels, or { min: …, max: … }'
    ],
    [
      'match:\n  fps: { min: 60, max: 50 }',
      'p.yaml:2:8',
      '`match.fps`: must have a `min` that is not above its `max`'
    ],
    ['match: {}', 'p.yaml:1:8', '`match`: needs a condition'],
    ['match:\n  interlaced: sometimes', 'p.yaml:2:15', '`match.interlaced`: must be true or false'],
    ['match:\n  codec: []', 'p.yaml:2:10', '`match.codec`: must be a codec'],
    ['priority: high', 'p.yaml:1:11', '`priority`'],
    ['codec: [', 'p.yaml:1:9', ''],
    ['codec: dnxhd\ncodec: mjpeg', 'p.yaml:2:1', 'unique'],
    ['- a\n- b', 'p.yaml:1:1', 'a preset is made of keys'],
    ['profile: -i', 'p.yaml:1:10', 'only letters'],
    ['args: [-f, x]', 'p.yaml:1:7', '-f is not allowed'],
    ['args: [-bf]', 'p.yaml:1:7', 'has no value'],
    ['args: [-bf, "2 -i x"]', 'p.yaml:1:7', 'is no value'],
    ['args: [__proto__, x]', 'p.yaml:1:7', 'is not allowed']
  ])('%j is told with its place', (text, place, words) => {
    const refusal = caught(() => parsePresetFile(text, 'p.yaml'))
    expect(refusal.message).toMatch(new RegExp(`^${place}: `))
    expect(refusal.message).toContain(words)
    expect(refusal.message).not.toContain('\n')
  })
})

function caught(act: () => unknown): Error {
  try {
    act()
  } catch (error) {
    return error as Error
  }
  throw new Error('it was taken')
}
