import { describe, expect, it } from 'vitest'
import { withoutWallClock } from '../../simulation/wall-clock.ts'

describe('a run without a wall clock', () => {
  it.each<[string, () => unknown]>([
    ['the time of day', () => Date.now()],
    ['a date of now', () => new Date()],
    ['chance', () => Math.random()],
    ['the process clock', () => performance.now()]
  ])('is a violation of S11 when somebody asks for %s', (_, ask) => {
    expect(() => withoutWallClock(ask)).toThrow(/^S11/)
  })

  it('still has dates that are made of numbers', () => {
    expect(withoutWallClock(() => new Date(0).toISOString())).toBe('1970-01-01T00:00:00.000Z')
  })

  it('gives the clock back, also after a violation', () => {
    const { Date: real } = globalThis
    expect(() => withoutWallClock(() => Date.now())).toThrow()
    expect(globalThis.Date).toBe(real)
    expect(Date.now()).toBeGreaterThan(1_600_000_000_000)
    expect(Math.random()).toBeLessThan(1)
    expect(performance.now()).toBeGreaterThan(0)
  })
})
