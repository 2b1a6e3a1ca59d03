import { describe, expect, it } from 'vitest'
import { ChangeFilter } from '../../../../src/cli/services/change-filter.ts'
import { jobView } from '../../../support/control.ts'

const at = (units: number, done = 0) =>
  jobView('A', {
    progress: { units, totalUnits: 100, fps: 1, leftMs: null },
    tasks: { total: 4, done, running: 1 }
  })

describe('ChangeFilter', () => {
  it('lets one line through per change of status', () => {
    const filter = new ChangeFilter([jobView('A', { status: 'queued' })], 'state')
    const told = ['queued', 'active', 'active', 'joining', 'completed'] as const
    expect(told.map((status) => filter.isNews(jobView('A', { status }), 0))).toEqual([
      false,
      true,
      false,
      true,
      true
    ])
  })

  it('lets a new note through, but not that there is none any more', () => {
    const filter = new ChangeFilter([jobView('A', { note: 'alone' })], 'state')
    const notes = ['alone', 'no machine can take it', 'no machine can take it', null]
    expect(notes.map((note) => filter.newsOf(jobView('A', { note }), 0))).toEqual([null, 'note', null, null])
  })

  it('tells a job that it has not heard of', () => {
    expect(new ChangeFilter([], 'state').isNews(at(0), 0)).toBe(true)
  })

  it('lets progress through once a second, and the end of a task at once', () => {
    const filter = new ChangeFilter([], 'progress')
    expect(filter.isNews(at(1), 0)).toBe(true)
    expect(filter.isNews(at(2), 500)).toBe(false)
    expect(filter.isNews(at(3, 1), 600)).toBe(true)
    expect(filter.isNews(at(4, 1), 1500)).toBe(false)
    expect(filter.isNews(at(4, 1), 1700)).toBe(true)
    expect(filter.isNews(at(4, 1), 9000)).toBe(false)
  })
})
