/** Runs batches of seeds, as main.ts hands them out, on a core of its own. */
import { parentPort } from 'node:worker_threads'
import { runSeeds } from './run-seeds.ts'
import { production } from './subject.ts'
import type { RunOptions } from './world.ts'

export interface Batch {
  from: number
  count: number
  options: RunOptions
}

parentPort?.on('message', ({ from, count, options }: Batch) => {
  parentPort?.postMessage(runSeeds(from, count, production, options))
})
