import { describe, expect, it } from 'vitest'
import { blockedLine } from '../../../../src/cli/output/jobs.ts'

describe('a machine that a job was taken from', () => {
  it('is named with the time and the reason', () => {
    const since = new Date(2026, 0, 2, 14, 3, 58).toISOString()
    const peer = { peerId: 'p', name: 'mac', reason: 'it failed 3 tasks of this job in a row' }
    expect(blockedLine({ ...peer, since })).toBe('mac since 14:03:58: it failed 3 tasks of this job in a row')
    expect(blockedLine({ ...peer, since: null })).toBe('mac: it failed 3 tasks of this job in a row')
  })
})
