import { openLedger } from '../../src/ledger/index.ts'
import type { Fact, PeerId } from '../../src/model/index.ts'

/**
 * Cuts all that remains of the one job in a ledger into pieces of a frame each, half of them done, as if a mesh had
 * worked at it for hours. By the ledger's own facts.
 * @returns how many tasks the job has then
 */
export function fillLedger(path: string, tasks: number): number {
  const ledger = openLedger({ path, wallClock: () => new Date() })
  try {
    const [job] = [...ledger.load().values()]
    const sample = job?.tasks.find(({ kind, status }) => kind === 'encode-chunk' && status === 'done')
    const done = sample?.attempts.find(({ status }) => status === 'done')
    if (!job || !sample || !done) throw new Error(`no chunk of a job is done in ${path}`)
    const { kind, stage, ownerOnly, pool, final } = sample
    const facts: Fact[] = []
    let taskNo = Math.max(...job.tasks.map(({ no }) => no))
    let left = tasks - job.tasks.length
    for (const { start, end } of job.remaining) {
      for (let frame = start; frame < end && left > 0; frame++, left--) {
        taskNo += 1
        const key = { jobId: job.id, taskNo }
        const range = { start: frame, end: frame + 1 }
        facts.push({
          kind: 'task-created',
          ...key,
          task: { kind, stage, ownerOnly, pool, final },
          range,
          ready: true
        })
        if (left % 2 === 0) continue
        const peerId: PeerId = done.peerId
        facts.push({ kind: 'lease-granted', ...key, attempt: 1, peerId, peerName: done.peerName })
        facts.push({ kind: 'task-done', ...key, attempt: 1, result: sample.result! })
      }
    }
    ledger.commit(facts)
    return [...ledger.load().values()][0]!.tasks.length
  } finally {
    ledger.close()
  }
}
