import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Nap } from '../../../../src/node/watch-folders/nap.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** How long a nap of 5 s lasts when `during` happens after 1 s. */
async function lasts(restMs: number, during: (nap: Nap) => void): Promise<number> {
  const nap = new Nap()
  const began = performance.now()
  let ended: number | null = null
  const paused = nap.pause(5_000, restMs).then(() => {
    ended = performance.now() - began
  })
  await vi.advanceTimersByTimeAsync(1_000)
  during(nap)
  await vi.advanceTimersByTimeAsync(10_000)
  await paused
  return ended!
}

it.each([
  ['its time when nothing happens', 0, () => {}, 5_000],
  ['half a second more when it is woken', 0, (nap: Nap) => nap.wake(), 1_500],
  ['as long as the rest that is due when it is woken', 3_000, (nap: Nap) => nap.wake(), 3_000],
  ['no longer than its time, however much rest is due', 9_000, (nap: Nap) => nap.wake(), 5_000],
  ['until it is ended', 9_000, (nap: Nap) => nap.end(), 1_000]
])('a nap lasts %s', async (_, restMs, during, expected) => {
  expect(await lasts(restMs, during)).toBe(expected)
})

it('a nap after the end lasts no time, and waking nobody does nothing', async () => {
  const nap = new Nap()
  nap.wake()
  nap.end()
  await nap.pause(5_000, 0)
  expect(vi.getTimerCount()).toBe(0)
})
