import { Violation } from './checkers/violation.ts'

const why = (what: string): never => {
  throw new Violation('S11', `${what} was asked: the wall clock and chance decide nothing`)
}

const RealDate = Date

/** Reading the time of day is a violation; dates made of numbers or text are not. */
class TrappedDate extends RealDate {
  constructor(...parts: [] | [string | number | Date]) {
    if (parts.length === 0) why('new Date()')
    super(...(parts as [number]))
  }
  static override now(): number {
    return why('Date.now()')
  }
}

/**
 * S11: runs a simulated mesh in a process whose wall clock and randomness are traps: whoever asks them is told on.
 * What the scheduler decides can so neither depend on a clock that is a year off, nor on one that jumps.
 */
export function withoutWallClock<T>(run: () => T): T {
  const { random } = Math
  const { now } = performance
  globalThis.Date = TrappedDate as DateConstructor
  Math.random = () => why('Math.random()')
  performance.now = () => why('performance.now()')
  try {
    return run()
  } finally {
    globalThis.Date = RealDate
    Math.random = random
    performance.now = now
  }
}
