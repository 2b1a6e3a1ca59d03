import { defineConfig } from 'vitest/config'

/** One project a kind of test, so that each can be run and timed alone. */
const project = (name: string, options: { timeoutMs: number; serial?: boolean }) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    environment: 'node' as const,
    testTimeout: options.timeoutMs,
    hookTimeout: options.timeoutMs,
    ...(options.serial ? { fileParallelism: false } : {})
  }
})

export default defineConfig({
  test: {
    projects: [
      project('unit', { timeoutMs: 30_000 }),
      project('acceptance', { timeoutMs: 120_000 }),
      project('simulation', { timeoutMs: 600_000 }),
      project('lan', { timeoutMs: 300_000, serial: true }),
      project('e2e', { timeoutMs: 300_000, serial: true })
    ]
  }
})
