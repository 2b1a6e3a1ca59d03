import { describe, expect, it } from 'vitest'
import { ControlError, isExpected, toWireError } from '../../../../src/node/control/errors.ts'

describe('toWireError', () => {
  it('tells an error with a code as it is, first line only', () => {
    const error = Object.assign(new Error('no space on /mnt\n at stack'), {
      code: 'no-space',
      hint: 'Free some'
    })
    expect(toWireError(error)).toEqual({
      code: 'no-space',
      message: 'no space on /mnt',
      hint: 'Free some',
      exitStatus: 1
    })
    expect(isExpected(error)).toBe(true)
  })

  it('takes exit statuses of the contract only', () => {
    const withStatus = (exitStatus: unknown) =>
      toWireError(Object.assign(new Error('x'), { code: 'x', exitStatus })).exitStatus
    expect([2, 3, 1, 0, 130, 'two'].map(withStatus)).toEqual([2, 3, 1, 1, 1, 1])
  })

  it('calls bugs unexpected, and those of the runtime too', () => {
    expect(toWireError(new TypeError('x is not a function'))).toMatchObject({
      code: 'internal',
      exitStatus: 1
    })
    const runtime = Object.assign(new TypeError('The "path" argument'), { code: 'ERR_INVALID_ARG_TYPE' })
    expect(isExpected(runtime)).toBe(false)
    expect(toWireError('text')).toMatchObject({ code: 'internal', message: 'unexpected: text' })
  })

  it('keeps the node’s own words through a ControlError', () => {
    const wire = { code: 'unknown-job', message: 'no job x', hint: null, exitStatus: 1 as const }
    expect(toWireError(new ControlError('refused-by-node', wire))).toEqual(wire)
  })
})
