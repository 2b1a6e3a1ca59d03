import { describe, expect, it } from 'vitest'
import { type SourceFilters, whyFactsFiltered, whyNameFiltered } from '../../../../src/node/edit/filters.ts'

const filters = (given: Partial<SourceFilters>): SourceFilters => ({
  extensions: [],
  rates: [],
  minDurationMs: 0,
  only: [],
  skip: [],
  ...given
})
const byName = (path: string, given: Partial<SourceFilters>) => whyNameFiltered(path, filters(given))

describe('filters of names', () => {
  it('let everything through when nothing is set', () => {
    expect(byName('/nas/a.mov', {})).toBeNull()
  })

  it('take endings with or without the dot, in any case', () => {
    expect(byName('/nas/a.MOV', { extensions: ['.mov', 'mxf'] })).toBeNull()
    expect(byName('/nas/a.mp4', { extensions: ['.mov', 'mxf'] })).toMatch(/^\.mp4 is not among/)
  })

  it('hold no clip’s name without an ending against the endings', () => {
    expect(byName('Interview', { extensions: ['mov'] })).toBeNull()
  })

  it('hold patterns against the name, those with a slash against the path, of any system', () => {
    expect(byName('/nas/day1/A001.mov', { only: ['a0*'] })).toBeNull()
    expect(byName('/nas/day1/A001.mov', { only: ['**/day2/**'] })).toMatch(/does not match/)
    expect(byName('N:\\nas\\day1\\A001.mov', { only: ['**/Day1/*'] })).toBeNull()
  })

  it('skip what any pattern names, whatever else lets it through', () => {
    expect(byName('/nas/a_wild.mov', { only: ['*.mov'], skip: ['*.mxf', '*_wild*'] })).toBe(
      'skipped by *_wild*'
    )
  })
})

describe('filters of facts', () => {
  const facts = { rate: { num: 24000, den: 1001 }, durationMs: 900 }

  it('know 23.976 and 24 apart', () => {
    expect(whyFactsFiltered(facts, filters({ rates: [25, 23.976] }))).toBeNull()
    expect(whyFactsFiltered(facts, filters({ rates: [24] }))).toBe('23.976 fps is not among the rates 24')
  })

  it('leave out what is shorter', () => {
    expect(whyFactsFiltered(facts, filters({ minDurationMs: 1000 }))).toBe('0.9 s is shorter than 1 s')
    expect(whyFactsFiltered({ ...facts, durationMs: 1000 }, filters({ minDurationMs: 1000 }))).toBeNull()
  })

  it('let through what is not known', () => {
    expect(
      whyFactsFiltered({ rate: null, durationMs: null }, filters({ rates: [24], minDurationMs: 5 }))
    ).toBeNull()
  })
})
