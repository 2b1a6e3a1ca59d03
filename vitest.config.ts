import { defineConfig } from 'vitest/config'

/**
 * One project a kind of test, so that each can be run and timed alone. Those that make things outside their own
 * process (namespaces, mounts, nodes) run one file at a time and are checked to leave nothing behind.
 */
const project = (name: string, options: { timeoutMs: number; outside?: boolean }) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    environment: 'node' as const,
    testTimeout: options.timeoutMs,
    hookTimeout: options.timeoutMs,
    ...(options.outside
      ? {
          fileParallelism: false,
          setupFiles: ['test/support/leave-nothing.ts'],
          globalSetup: ['test/support/sweep.ts']
        }
      : {})
  }
})

export default defineConfig({
  test: {
    projects: [
      project('unit', { timeoutMs: 30_000 }),
      project('acceptance', { timeoutMs: 120_000 }),
      project('media', { timeoutMs: 900_000 }),
      project('simulation', { timeoutMs: 600_000 }),
      project('lan', { timeoutMs: 300_000, outside: true }),
      project('e2e', { timeoutMs: 300_000, outside: true }),
      project('tui', { timeoutMs: 120_000, outside: true })
    ]
  }
})
