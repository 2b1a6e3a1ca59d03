import { expect } from 'vitest'
import type { RunResult } from './run.ts'

/**
 * Checks that a command ended as a person can bear it: the exit status, nothing that looks like a stack trace, and one
 * line of words on standard error that says all of `says`.
 */
export function expectRefusal(
  result: RunResult,
  status: number,
  ...says: readonly (string | RegExp)[]
): void {
  const words = result.stderr.trim()
  expect(words).not.toMatch(/^\s+at .*:\d+:\d+/m)
  const complaints = words.split('\n').filter((line) => line.startsWith('proxima-node: '))
  expect(complaints, `stderr: ${words}\nstdout: ${result.stdout}`).toHaveLength(1)
  for (const what of says)
    expect(complaints[0]).toMatch(typeof what === 'string' ? new RegExp(literal(what)) : what)
  expect(result.status).toBe(status)
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
