import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadSettings } from '../../../../src/node/settings/index.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'proxima-overrides-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const load = (yaml: string, env: NodeJS.ProcessEnv = {}) => {
  writeFileSync(join(home, 'config.yaml'), yaml)
  return loadSettings({ home, env, flags: {} }).overrides
}

it('reads a map of patterns in its order, also where names are numbers', () => {
  expect(
    load('overrides:\n  "*": { threads: 2 }\n  x720: { niceness: 3 }\n  7: { threads: 1 }\n  lone:\n')
  ).toEqual([
    { presets: '*', keys: { threads: 2 } },
    { presets: 'x720', keys: { niceness: 3 } },
    { presets: '7', keys: { threads: 1 } },
    { presets: 'lone', keys: {} }
  ])
})

it('reads a list, in which a pattern may come twice', () => {
  expect(
    load('overrides:\n  - "*": { threads: 2 }\n  - a*: { height: 720 }\n  - "*": { threads: auto }\n')
  ).toEqual([
    { presets: '*', keys: { threads: 2 } },
    { presets: 'a*', keys: { height: 720 } },
    { presets: '*', keys: { threads: 'auto' } }
  ])
})

it('takes an empty one as nothing said, and a variable over the file', () => {
  expect(load('overrides:\n')).toEqual([])
  expect(load('overrides: { a: { threads: 1 } }', { PROXIMA_OVERRIDES: '{ "*": { threads: 3 } }' })).toEqual([
    { presets: '*', keys: { threads: 3 } }
  ])
})

it.each([
  [
    'overrides:\n  "*":\n    treads: 2',
    '3:5',
    'overrides for "*" cannot say treads',
    'Did you mean threads?'
  ],
  ['overrides:\n  "*": { vertical_res: 2 }', '2:10', 'cannot say vertical_res', 'Did you mean height?'],
  [
    'overrides:\n  - a: {}\n    b: { verify: decode }',
    '3:10',
    'overrides for "b" cannot say verify',
    'They can say threads'
  ],
  [
    'overrides:\n  "*":\n    threads: many',
    '3:14',
    'overrides for "*": threads must be auto, or a number from 1 to 256, not "many"',
    ''
  ],
  ['overrides:\n  "*": { codec: dnx }', '2:17', 'overrides for "*": codec must be one of dnxhd', ''],
  ['overrides:\n  "*": { hardwareDecode: "-i" }', '2:26', 'must be a name of `ffmpeg -hwaccels`', ''],
  ['overrides:\n  "*": 5', '2:8', 'must hold keys, like { threads: 2 }', ''],
  ['overrides:\n  "a b": {}', '2:3', 'must have patterns of letters', ''],
  ['overrides: 5', '1:12', 'overrides must be a map of patterns, or a list of such', ''],
  [
    'overrides:\n  *proxy: { threads: 2 }',
    '2:',
    'config.yaml:2:',
    'Put a pattern that begins with * in quotes: "*proxy".'
  ]
])('names the place of a mistake and what would be right: %j', (yaml, place, words, hint) => {
  expect(() => load(yaml)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(`${join(home, 'config.yaml')}:${place}`),
      hint: expect.stringContaining(hint)
    })
  )
  expect(() => load(yaml)).toThrow(words)
})
