import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ScreenOrder } from '../../../src/tui/orders.ts'
import { initialScreen } from '../../../src/tui/state.ts'
import { ScreenStore } from '../../../src/tui/store.ts'
import { peerRow, sceneNowMs } from '../../support/scene.ts'
import { press } from './kit.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function opened() {
  const orders: ScreenOrder[] = []
  const store = new ScreenStore(
    initialScreen({ columns: 80, rows: 24, nowMs: sceneNowMs, folder: '/', notify: 'off' }),
    (order) => orders.push(order)
  )
  let drawn = 0
  store.subscribe(() => {
    drawn += 1
  })
  const news = (i: number) => store.dispatch({ kind: 'told', parts: [{ kind: 'peer', row: peerRow(i) }] })
  return { store, orders, news, drawn: () => drawn }
}

describe('ScreenStore', () => {
  it('draws news four times a second at most, and misses none of it', () => {
    const { store, news, drawn } = opened()
    news(0)
    expect(drawn()).toBe(1)
    for (let i = 1; i < 9; i++) {
      news(i)
      vi.advanceTimersByTime(25)
    }
    expect(drawn()).toBe(1)
    vi.advanceTimersByTime(50)
    expect(drawn()).toBe(2)
    expect(store.shown().feed.peers.size).toBe(9)
    vi.advanceTimersByTime(5_000)
    expect(drawn()).toBe(2)
  })

  it('answers keys at once, with the news that waits', () => {
    const { store, news, drawn } = opened()
    news(0)
    news(1)
    store.dispatch({ kind: 'pressed', key: press('3') })
    expect(drawn()).toBe(2)
    expect(store.shown()).toBe(store.state)
    expect(store.shown().feed.peers.size).toBe(2)
    vi.advanceTimersByTime(1_000)
    expect(drawn()).toBe(2)
  })

  it('hands on what is wanted', () => {
    const { store, orders } = opened()
    store.dispatch({ kind: 'pressed', key: press('q') })
    expect(orders).toEqual([{ kind: 'quit', stopNode: false }])
  })

  it('tells nobody any more once it is closed', () => {
    const { store, news, drawn } = opened()
    news(0)
    news(1)
    store.close()
    vi.advanceTimersByTime(1_000)
    expect(drawn()).toBe(1)
  })
})
