import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isJobId,
  isLeaseId,
  isPeerId,
  isRootId,
  jobIdFrom,
  leaseIdOf,
  parseLeaseId
} from '../../../src/model/index.ts'

const jobIds = fc.uint8Array({ minLength: 10, maxLength: 10 }).map(jobIdFrom)

describe('job ids', () => {
  it('are made of random bytes and recognised', () => {
    fc.assert(fc.property(jobIds, (id) => isJobId(id) && id.length === 10))
  })

  it('use 5 bits of every byte, so that 50 bits differ', () => {
    expect(jobIdFrom(new Uint8Array(10))).toBe('0000000000')
    expect(jobIdFrom(new Uint8Array(10).fill(31))).toBe('zzzzzzzzzz')
    const all = new Set(Array.from({ length: 32 }, (_, i) => jobIdFrom(new Uint8Array(10).fill(i))))
    expect(all.size).toBe(32)
  })

  it('are not made of too little', () => {
    expect(() => jobIdFrom(new Uint8Array(9))).toThrow('a job id needs 10 random bytes')
  })
})

describe('lease ids', () => {
  it('say job, task and attempt, and back', () => {
    const keys = fc.record({
      jobId: jobIds,
      taskNo: fc.nat(999_999_999),
      attempt: fc.nat(999_999)
    })
    fc.assert(
      fc.property(keys, (key) => {
        const id = leaseIdOf(key)
        expect(isLeaseId(id)).toBe(true)
        expect(parseLeaseId(id)).toEqual(key)
      })
    )
  })

  it.each([
    '',
    'aaaaaaaaaa',
    'aaaaaaaaaa.1',
    'aaaaaaaaaa.1.1.1',
    'aaaaaaaaaa.-1.1',
    'aaaaaaaaaa.1.1\n',
    'aaaaaaaaaa.1e3.1',
    'aaaaaaaaaa.1.1234567',
    'aaaaaaaaa.1.1',
    'AAAAAAAAAA.1.1',
    '../../../.1.1'
  ])('are not %j', (text) => {
    expect(isLeaseId(text)).toBe(false)
    expect(parseLeaseId(text)).toBeNull()
  })
})

describe('no id', () => {
  it('can be a path, an option or a line of its own', () => {
    const shapes = [isJobId, isLeaseId, isPeerId, isRootId]
    const evil = ['/', '\\', '..', '-', ':', ' ', '\n', '\0', '%', '~', '*']
    fc.assert(
      fc.property(fc.string({ maxLength: 90 }), fc.constantFrom(...evil), fc.nat(90), (text, bad, at) => {
        const attempt = text.slice(0, at) + bad + text.slice(at)
        for (const isId of shapes) expect(isId(attempt)).toBe(false)
      })
    )
    for (const good of ['aaaaaaaaaa', 'aaaaaaaaaa.1.1', '12D3KooW'.padEnd(52, 'a'), '0123456789abcdef'])
      for (const bad of evil) {
        for (const isId of shapes) {
          expect(isId(bad + good)).toBe(false)
          expect(isId(good + bad)).toBe(false)
          expect(isId(good.slice(0, -bad.length) + bad)).toBe(false)
        }
      }
  })
})

describe('peer and root ids', () => {
  it('have their alphabets and lengths', () => {
    expect(isPeerId('12D3KooWAbcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUV')).toBe(true)
    expect(isPeerId('short')).toBe(false)
    expect(isPeerId(`12D3KooW${'0'.repeat(44)}`)).toBe(false)
    expect(isRootId('0123456789abcdef')).toBe(true)
    expect(isRootId('0123456789ABCDEF')).toBe(false)
    expect(isRootId('0123456789abcdef0')).toBe(false)
  })
})
