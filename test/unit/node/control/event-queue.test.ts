import { describe, expect, it } from 'vitest'
import { EventQueue } from '../../../../src/node/control/event-queue.ts'

async function collect<T>(queue: EventQueue<T>): Promise<T[]> {
  const all: T[] = []
  for await (const event of queue) all.push(event)
  return all
}

describe('EventQueue', () => {
  it('replaces a waiting event of the same key in its place', async () => {
    const queue = new EventQueue<string>()
    queue.put('a1', 'a')
    queue.put('b1', 'b')
    queue.put('a2', 'a')
    queue.end(null)
    expect(await collect(queue)).toEqual(['a2', 'b1'])
  })

  it('keeps every event without a key', async () => {
    const queue = new EventQueue<number>()
    for (const n of [1, 2, 2, 3]) queue.put(n, null)
    queue.end(null)
    expect(await collect(queue)).toEqual([1, 2, 2, 3])
  })

  it('hands out what waits before it throws the error it ended with', async () => {
    const queue = new EventQueue<number>()
    queue.put(1, null)
    queue.end(new Error('gone'))
    queue.put(2, null)
    const seen: number[] = []
    await expect(
      (async () => {
        for await (const n of queue) seen.push(n)
      })()
    ).rejects.toThrow('gone')
    expect(seen).toEqual([1])
  })

  it('wakes a consumer that waits', async () => {
    const queue = new EventQueue<number>()
    const all = collect(queue)
    await Promise.resolve()
    queue.put(7, null)
    await Promise.resolve()
    queue.end(null)
    expect(await all).toEqual([7])
  })
})
