import { describe, expect, it } from 'vitest'
import type { WatchRules } from '../../../../src/model/index.ts'
import { isWanted } from '../../../../src/node/watch-folders/select.ts'

const rules = (change: Partial<WatchRules> = {}): WatchRules => ({
  extensions: null,
  only: [],
  skip: [],
  recursive: true,
  settleMs: 0,
  minAgeMs: 0,
  ...change
})

describe('a wanted file', () => {
  it.each([
    ['a.mov', true],
    ['day1/A.MXF', true],
    ['notes.txt', false],
    ['a.mov.part', false],
    ['.a.mov', false],
    ['mov', false]
  ])('is a video by its ending: %s %s', (path, wanted) => {
    expect(isWanted(path, rules())).toBe(wanted)
  })

  it.each([
    [{ extensions: ['mxf'] }, 'a.mov', false],
    [{ extensions: ['mxf'] }, 'A.MXF', true],
    [{ extensions: ['xyz'] }, 'a.xyz', true],
    [{ only: ['A*.mov'] }, 'day1/a001.MOV', true],
    [{ only: ['A*.mov'] }, 'day1/b001.mov', false],
    [{ only: ['day1/**'] }, 'day1/x/b001.mov', true],
    [{ only: ['day1/**'] }, 'day2/b001.mov', false],
    [{ only: ['./day1/*'] }, 'day1/b001.mov', true],
    [{ skip: ['*_proxy.*'] }, 'day1/a_proxy.mov', false],
    [{ only: ['*.mov'], skip: ['a*'] }, 'a.mov', false],
    [{ only: ['Über*'] }, 'U\u0308ber.mov', true]
  ])('fits the patterns %j: %s %s', (change, path, wanted) => {
    expect(isWanted(path, rules(change))).toBe(wanted)
  })
})
