import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs } from '../../../../src/node/mesh/backoff.ts'
import { queryEveryMs } from '../../../../src/node/mesh/discovery.ts'
import { stoodStill, vitalityOf } from '../../../../src/node/mesh/liveness.ts'

test('suspect after 2 missed statuses, lost after 3', () => {
  const after = [0, 2_000, 4_000, 4_900, 5_100, 6_900, 7_100]
  expect(after.map((silentMs) => vitalityOf(silentMs, 2_000))).toEqual([
    'alive',
    'alive',
    'alive',
    'alive',
    'suspect',
    'suspect',
    'lost'
  ])
})

test('a process that was frozen itself does not judge others', () => {
  expect(stoodStill(520, 500, 2_000)).toBe(false)
  expect(stoodStill(60_000, 500, 2_000)).toBe(true)
})

test('redialling waits longer and longer, within its limits, and never in step', () => {
  const limits = { minMs: 500, maxMs: 10_000 }
  expect([1, 2, 3, 4, 5, 6, 50].map((n) => backoffMs(n, limits, () => 0.5))).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000
  ])
  fc.assert(
    fc.property(
      fc.nat(),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      (failures, random) => {
        const waitMs = backoffMs(failures, limits, () => random)
        expect(waitMs).toBeGreaterThanOrEqual(375)
        expect(waitMs).toBeLessThanOrEqual(12_500)
      }
    )
  )
})

test('mDNS traffic stays bounded as the mesh grows', () => {
  expect(queryEveryMs(3, () => 0.5)).toBe(10_000)
  expect(queryEveryMs(100, () => 0.5)).toBe(50_000)
})
