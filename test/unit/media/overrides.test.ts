import { describe, expect, test } from 'vitest'
import { asWorkerDoes } from '../../../src/media/args/worker.ts'
import { type Override, overridesFor, presetSchema } from '../../../src/media/presets/index.ts'
import { talkAt } from '../../../src/media/talk.ts'

const preset = presetSchema.parse({
  ...{ name: 'portable_proxy', codec: 'libx264', pixelFormat: 'yuv420p', height: 1080, crf: 20 }
})
const usual = { threads: null, logLevel: null, hardwareDecode: null, niceness: null }
const of = (...overrides: [string, Override['keys']][]) =>
  overridesFor(
    preset,
    overrides.map(([presets, keys]) => ({ presets, keys }))
  )

describe('overrides', () => {
  test('leave everything as usual where there are none', () => {
    expect(of()).toEqual({ apply: usual, unfit: null })
    expect(of(['*archive', { threads: 1 }], ['portable', { threads: 2 }])).toEqual({
      apply: usual,
      unfit: null
    })
  })

  test('apply key by key, the last match winning', () => {
    expect(
      of(
        ['*', { threads: 1, niceness: 19 }],
        ['*proxy', { threads: 2, logLevel: 'error' }],
        ['portable_pr?xy', { threads: 'auto', hardwareDecode: 'vaapi' }],
        ['*archive', { threads: 8 }]
      ).apply
    ).toEqual({ threads: 'auto', niceness: 19, logLevel: 'error', hardwareDecode: 'vaapi' })
  })

  test.each<[Override['keys'], string]>([
    [{ height: 720 }, 'height'],
    [{ codec: 'libx265' }, 'codec'],
    [{ pixelFormat: 'yuv422p' }, 'pixelFormat'],
    [{ frameRate: '25' }, 'frameRate'],
    [{ crf: 30 }, 'crf'],
    [{ profile: 'high' }, 'profile'],
    [{ args: ['-bf', '0'] }, 'args'],
    [{ container: 'mp4' }, 'container'],
    [{ threads: 2, speed: 'slow' }, 'speed']
  ])('that would change the output make the machine unfit: %j', (keys, key) => {
    expect(of(['*proxy', keys]).unfit).toBe(`its overrides change \`${key}\` for presets like *proxy`)
  })

  test('that say what the preset says anyway change nothing', () => {
    expect(of(['*', { height: 1080, codec: 'libx264', args: [] }]).unfit).toBeNull()
  })

  test('are taken back by a later null', () => {
    expect(of(['*', { height: 720, threads: 2 }], ['portable*', { height: null, threads: null }])).toEqual({
      apply: usual,
      unfit: null
    })
  })
})

test('threads and hardware go to every input and output, before their own options', () => {
  const command = {
    inputs: [{ options: ['-copyts'], source: 'file:a' }],
    outputs: [{ options: ['-c:v', 'dnxhd'], target: 'file:b' }]
  }
  expect(asWorkerDoes(command, { threads: 2, hardwareDecode: 'vaapi' })).toEqual({
    inputs: [
      { options: ['-filter_threads', '2', '-threads', '2', '-hwaccel', 'vaapi', '-copyts'], source: 'file:a' }
    ],
    outputs: [{ options: ['-threads', '2', '-c:v', 'dnxhd'], target: 'file:b' }]
  })
  expect(asWorkerDoes(command, { threads: 'auto', hardwareDecode: null })).toEqual(command)
})

describe('ffmpeg’s talk', () => {
  const lines = [
    '[Parsed_showinfo_1 @ 0x5] [info] n:   0 pts:      0 pts_time:0',
    '[info] Stream mapping:',
    '[mov @ 0x7] [warning] odd times',
    '[error] Conversion failed!',
    'x265 [info]: says its own',
    '[fatal] no memory'
  ]

  test('is taken as it is at the usual level and above', () => {
    expect(talkAt(null).level).toBe('info')
    expect(talkAt('debug').read('[mov @ 0x7] text')).toEqual({ text: '[mov @ 0x7] text', wanted: true })
  })

  test('is heard whole but kept in part at a quieter level', () => {
    const { level, read } = talkAt('warning')
    expect(level).toBe('level+info')
    expect(lines.map((line) => read(line).wanted)).toEqual([false, false, true, true, false, true])
    expect(lines.map((line) => read(line).text)).toEqual([
      '[Parsed_showinfo_1 @ 0x5] n:   0 pts:      0 pts_time:0',
      'Stream mapping:',
      '[mov @ 0x7] odd times',
      'Conversion failed!',
      'x265 [info]: says its own',
      'no memory'
    ])
    expect(lines.some((line) => talkAt('quiet').read(line).wanted)).toBe(false)
  })
})
