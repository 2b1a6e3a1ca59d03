import { Worker } from 'node:worker_threads'
import { addCounts, type SeedsResult } from './run-seeds.ts'
import type { Batch } from './worker.ts'

/** Seeds that a worker gets at a time: a fraction of a second. */
const batchSeeds = 50
/** Most of what a run makes is garbage at once: a large nursery spares half of the collector's work. */
const nurseryMb = 64

/** Runs seeds on several cores, up to the first that breaks something. */
export async function runEverywhere(
  { from, count, workers, options }: Batch & { workers: number },
  onProgress: (clean: number) => void
): Promise<SeedsResult> {
  const total: SeedsResult = { clean: 0, ended: {}, failure: null }
  let next = from
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('worker.ts', import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: nurseryMb }
    })
    try {
      while (next < from + count && !total.failure) {
        const batch: Batch = { from: next, count: Math.min(batchSeeds, from + count - next), options }
        next += batch.count
        const result = await askWorker(worker, batch)
        total.clean += result.clean
        addCounts(total.ended, result.ended)
        total.failure ??= result.failure
        onProgress(total.clean)
      }
    } finally {
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  return total
}

function askWorker(worker: Worker, batch: Batch): Promise<SeedsResult> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (result: SeedsResult) => {
      worker.off('error', reject)
      resolve(result)
    })
    worker.postMessage(batch)
  })
}
