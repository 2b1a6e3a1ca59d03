import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PeerRates, RateLimiter } from '../../../src/protocol/rate-limit.ts'

test('a burst passes, then only the pace', () => {
  const limiter = new RateLimiter({ perSecond: 10, burst: 5 }, 0)
  const passed = (atMs: number, tries: number) =>
    Array.from({ length: tries }, () => limiter.tryTake(atMs)).filter(Boolean).length
  expect(passed(0, 20)).toBe(5)
  expect(passed(1_000, 20)).toBe(5)
  expect(passed(1_100, 20)).toBe(1)
})

test('never more than burst and pace allow, whenever it is asked', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }), (gaps) => {
      const limiter = new RateLimiter({ perSecond: 20, burst: 7 }, 0)
      let nowMs = 0
      let passed = 0
      for (const gap of gaps) {
        nowMs += gap
        if (limiter.tryTake(nowMs)) passed++
      }
      expect(passed).toBeLessThanOrEqual(7 + (nowMs * 20) / 1000 + 1e-6)
    })
  )
})

test('on credit, the waiting keeps the pace', () => {
  const limiter = new RateLimiter({ perSecond: 100, burst: 2 }, 0)
  expect([limiter.take(0), limiter.take(0), limiter.take(0), limiter.take(0)]).toEqual([0, 0, 10, 20])
})

test('a clock that goes back gives nothing', () => {
  const limiter = new RateLimiter({ perSecond: 10, burst: 1 }, 1_000)
  expect(limiter.tryTake(1_000)).toBe(true)
  expect(limiter.tryTake(0)).toBe(false)
  expect(limiter.tryTake(1_050)).toBe(false)
})

test('one peer above its pace does not slow another', () => {
  const rates = new PeerRates({ perSecond: 1, burst: 2 })
  expect([1, 2, 3].map(() => rates.tryTake('a', 0))).toEqual([true, true, false])
  expect(rates.tryTake('b', 0)).toBe(true)
})
