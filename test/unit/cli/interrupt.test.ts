import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { listenForInterrupt } from '../../../src/cli/interrupt.ts'

function scene() {
  const source = new EventEmitter()
  const seen = { left: 0, now: 0 }
  const interrupt = listenForInterrupt(
    source,
    () => {
      seen.left += 1
    },
    () => seen.now
  )
  return { source, seen, interrupt }
}

describe('listenForInterrupt', () => {
  it('aborts with the signal’s name', () => {
    const { source, interrupt } = scene()
    expect(interrupt.signal.aborted).toBe(false)
    source.emit('SIGINT')
    expect(interrupt.signal.reason).toBe('SIGINT')
    expect(interrupt.by).toBe('SIGINT')
  })

  it('takes the echoes of one Ctrl-C through npx and the launcher as one', () => {
    const { source, seen } = scene()
    source.emit('SIGINT')
    seen.now = 900
    source.emit('SIGINT')
    source.emit('SIGTERM')
    expect(seen.left).toBe(0)
  })

  it('leaves at once when asked again later', () => {
    const { source, seen } = scene()
    source.emit('SIGINT')
    seen.now = 1100
    source.emit('SIGINT')
    expect(seen.left).toBe(1)
  })

  it('takes the loss of the launcher for a polite kill', () => {
    const { source, interrupt } = scene()
    source.emit('disconnect')
    expect(interrupt.by).toBe('SIGTERM')
  })
})
