import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LonelyWatch } from '../../../../src/node/mesh/lonely.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function setUp() {
  const state = { lonely: true, told: 0 }
  const watch = new LonelyWatch(15_000, {
    isLonely: () => state.lonely,
    onLonely: () => {
      state.told++
    }
  })
  return { state, watch }
}

test('tells once after 15 s without a peer, however often it is asked to look', () => {
  const { state, watch } = setUp()
  for (let s = 0; s < 60; s++) {
    watch.look()
    vi.advanceTimersByTime(1_000)
    expect(state.told).toBe(s < 14 ? 0 : 1)
  }
})

test('says nothing to a node that is alone by itself, or met somebody in time', () => {
  const { state, watch } = setUp()
  watch.look()
  vi.advanceTimersByTime(14_000)
  state.lonely = false
  watch.look()
  vi.advanceTimersByTime(60_000)
  expect(state.told).toBe(0)
})

test('tells again when all were lost again', () => {
  const { state, watch } = setUp()
  watch.look()
  vi.advanceTimersByTime(15_000)
  state.lonely = false
  watch.look()
  state.lonely = true
  watch.look()
  vi.advanceTimersByTime(15_000)
  expect(state.told).toBe(2)
})
