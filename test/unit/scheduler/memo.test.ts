import { describe, expect, it } from 'vitest'
import { memo } from '../../../src/scheduler/memo.ts'

describe('what is remembered with an object', () => {
  it('is found with that object, and can be replaced', () => {
    const lengths = memo<object, number>()
    const key = { text: 'abc' }
    expect(lengths.get(key)).toBeUndefined()
    lengths.set(key, 3)
    lengths.set(key, 4)
    expect(lengths.get(key)).toBe(4)
  })

  it('is not taken along by a copy of it, nor seen by a comparison', () => {
    const lengths = memo<object, number>()
    const key = { text: 'abc' }
    lengths.set(key, 3)
    expect(lengths.get({ ...key })).toBeUndefined()
    expect(key).toStrictEqual({ text: 'abc' })
    expect(JSON.stringify(key)).toBe('{"text":"abc"}')
  })

  it('is kept apart from what another memo remembers with the same object', () => {
    const [one, other] = [memo<object, number>(), memo<object, string>()]
    const key = new Map()
    one.set(key, 1)
    expect(other.get(key)).toBeUndefined()
    other.set(key, 'b')
    expect([one.get(key), other.get(key)]).toEqual([1, 'b'])
  })
})
