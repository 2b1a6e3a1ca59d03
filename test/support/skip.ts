import type { TestContext } from 'vitest'

declare module 'vitest' {
  interface TaskMeta {
    /** Printed by `npm test` beside the name of a test that was skipped. */
    skipReason?: string
  }
}

/** Skips the running test and keeps the reason for the report. To be called before the test makes anything. */
export function skip(context: TestContext, reason: string): never {
  context.task.meta.skipReason = reason
  return context.skip(reason)
}
