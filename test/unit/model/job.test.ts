import { describe, expect, it } from 'vitest'
import { isEnded, isRootRef, jobStatuses, type RootId } from '../../../src/model/index.ts'

describe('a job has ended', () => {
  it('when it is completed, failed or canceled, and not before', () => {
    expect(jobStatuses.filter(isEnded)).toEqual(['completed', 'failed', 'canceled'])
  })
})

describe('a media reference', () => {
  it('is of a root or of this machine alone', () => {
    expect(isRootRef({ root: '0123456789abcdef' as RootId, path: 'a/b.mov' })).toBe(true)
    expect(isRootRef({ local: '/home/ann/b.mov' })).toBe(false)
  })
})
