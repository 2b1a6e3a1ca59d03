import { describe, expect, it } from 'vitest'
import { nearest } from '../../../src/cli/nearest.ts'

describe('nearest', () => {
  it('finds what was probably meant, and nothing where nothing is near', () => {
    const known = ['queue', 'jobs', 'peers']
    expect(['quee', 'JOBS', 'peer', 'xyzzyabc'].map((typed) => nearest(typed, known))).toEqual([
      'queue',
      'jobs',
      'peers',
      null
    ])
    expect(nearest('queue', [])).toBeNull()
  })
})
