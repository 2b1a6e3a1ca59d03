import { expect, test } from 'vitest'
// @ts-expect-error scripts are plain JavaScript, without declarations
import { sumLine, tally } from '../../../scripts/tally.mjs'

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((one, index) => ({ status: one, fullName: `test ${index}`, meta: {} }))
})

test('counts passed, failed and skipped tests over all files', () => {
  const report = {
    testResults: [file('passed', 'passed', 'skipped'), file('failed', 'failed', 'passed', 'todo')]
  }
  expect(tally(1, report)).toEqual({ passed: 2, failed: 1, skipped: ['test 1', 'test 2'] })
})

test('a file that failed without a failed test counts as one failure', () => {
  expect(tally(1, { testResults: [file('failed'), file('failed', 'passed')] })).toMatchObject({
    passed: 1,
    failed: 2
  })
})

test('a run without tests, without a report, or that failed for another reason, failed once', () => {
  expect(tally(0, { testResults: [] })).toMatchObject({ failed: 1 })
  expect(tally(0, null)).toMatchObject({ failed: 1 })
  expect(tally(1, { testResults: [file('passed', 'passed')] })).toMatchObject({ passed: 1, failed: 1 })
})

test('the reason of a skipped test is kept', () => {
  const skipped = { status: 'skipped', fullName: ' needs root', meta: { skipReason: 'not root' } }
  expect(tally(0, { testResults: [{ status: 'passed', assertionResults: [skipped] }] }).skipped).toEqual([
    'needs root (not root)'
  ])
})

test('the last line names skipped tests only when there are some', () => {
  const one = { passed: 3, failed: 1, skipped: [] }
  expect(sumLine([one, one])).toBe('6 passed, 2 failed')
  expect(sumLine([one, { ...one, skipped: ['a', 'b'] }])).toBe('6 passed, 2 failed, 2 skipped')
})
