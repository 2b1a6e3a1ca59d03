import { defineConfig } from 'vitest/config'

/**
 * One project a kind of test, so that each can be run and timed alone. Those that make things outside their own
 * process (namespaces, mounts, nodes) are checked to leave nothing behind, and run one file at a time, but for those
 * whose machines mostly wait for one another.
 */
const project = (
  name: string,
  options: { timeoutMs: number; outside?: boolean; workers?: number; isolate?: boolean }
) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    environment: 'node' as const,
    testTimeout: options.timeoutMs,
    hookTimeout: options.timeoutMs,
    isolate: options.isolate ?? true,
    ...(options.outside
      ? {
          maxWorkers: options.workers ?? 1,
          setupFiles: ['test/support/leave-nothing.ts'],
          globalSetup: ['test/support/sweep.ts']
        }
      : {})
  }
})

export default defineConfig({
  test: {
    projects: [
      // Pure, as what they test: no file needs modules of its own, and to load them anew took most of the time.
      project('unit', { timeoutMs: 30_000, isolate: false }),
      project('acceptance', { timeoutMs: 120_000 }),
      project('media', { timeoutMs: 900_000 }),
      project('simulation', { timeoutMs: 600_000 }),
      project('lan', { timeoutMs: 300_000, outside: true, workers: 3 }),
      project('faults', { timeoutMs: 3 * 3_600_000, outside: true }),
      project('e2e', { timeoutMs: 300_000, outside: true, workers: 3 }),
      project('tui', { timeoutMs: 120_000, outside: true })
    ]
  }
})
