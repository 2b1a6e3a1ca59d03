import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ledger, openLedger } from '../../../src/ledger/index.ts'
import type {
  Fact,
  JobId,
  JobPlan,
  JobRequest,
  LinkState,
  PeerId,
  PlannedTask,
  UnitRange
} from '../../../src/model/index.ts'

export const jobId = (n: number): JobId => `jb${String(n).padStart(8, '0')}` as JobId
export const peerId = (n: number): PeerId =>
  `12D3KooW${String(n + 1)
    .repeat(40)
    .slice(0, 40)}` as PeerId

/** A folder that `remove` takes away, and ledgers in it on a clock that moves one second a commit. */
export function ledgerKit(): { folder: string; open: (name?: string) => Ledger; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'proxima-ledger-'))
  const opened: Ledger[] = []
  let seconds = 0
  return {
    folder,
    open: (name = 'ledger.db') => {
      const ledger = openLedger({
        path: join(folder, name),
        wallClock: () => new Date(Date.UTC(2030, 0, 1, 0, 0, seconds++))
      })
      opened.push(ledger)
      return ledger
    },
    remove: () => {
      for (const ledger of opened) ledger.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
}

export const needs = { encoders: ['dnxhd'], roots: [], tags: [], ffmpeg: null, ownerOnly: false }

export const request = (priority = 0): JobRequest => ({
  kind: 'transcode',
  batchId: 'batch',
  source: '/media/é a.mov',
  output: '/media/Proxy/é a.mov',
  preset: 'dnxhr_sq',
  priority,
  needs,
  payload: { any: ['thing', 1, null] }
})

export const chunk: PlannedTask = {
  kind: 'encode-chunk',
  stage: 0,
  ownerOnly: false,
  pool: 'slot',
  final: false
}
export const audio: PlannedTask = {
  kind: 'encode-audio',
  stage: 0,
  ownerOnly: false,
  pool: 'slot',
  final: false
}
export const join_: PlannedTask = { kind: 'join', stage: 1, ownerOnly: true, pool: 'io', final: true }
export const whole: PlannedTask = {
  kind: 'encode-file',
  stage: 0,
  ownerOnly: false,
  pool: 'slot',
  final: true
}

export const plan = (totalUnits = 100): JobPlan => ({
  totalUnits,
  split: {
    work: { kind: 'encode-chunk', totalUnits, cuts: null, minUnits: 1, maxUnits: null, fixedUnits: null },
    tasks: [audio, join_]
  },
  whole,
  needs,
  payload: { frames: [0, 1, 2] }
})

/** Facts of one job, without saying its id each time. */
export function factsOf(id: JobId) {
  return {
    queued: (seq = 1, priority = 0): Fact => ({
      kind: 'job-queued',
      jobId: id,
      seq,
      request: request(priority)
    }),
    planned: (totalUnits = 100): Fact => ({ kind: 'job-planned', jobId: id, plan: plan(totalUnits) }),
    shaped: (shape: 'split' | 'whole'): Fact => ({ kind: 'job-shaped', jobId: id, shape }),
    created: (taskNo: number, task: PlannedTask, range: UnitRange | null = null, ready = true): Fact => ({
      kind: 'task-created',
      jobId: id,
      taskNo,
      task,
      range,
      ready
    }),
    readied: (taskNo: number): Fact => ({ kind: 'task-readied', jobId: id, taskNo }),
    granted: (taskNo: number, attempt: number, peer = 1): Fact => ({
      kind: 'lease-granted',
      jobId: id,
      taskNo,
      attempt,
      peerId: peerId(peer),
      peerName: `box ${peer}`
    }),
    revived: (taskNo: number, attempt: number): Fact => ({
      kind: 'lease-revived',
      jobId: id,
      taskNo,
      attempt
    }),
    ended: (
      taskNo: number,
      attempt: number,
      status: Extract<Fact, { kind: 'attempt-ended' }>['status'],
      error: string | null = null
    ): Fact => ({ kind: 'attempt-ended', jobId: id, taskNo, attempt, status, error }),
    done: (taskNo: number, attempt: number): Fact => ({
      kind: 'task-done',
      jobId: id,
      taskNo,
      attempt,
      result: { file: `${taskNo}.mov` }
    }),
    taskFailed: (taskNo: number, error = 'broken'): Fact => ({
      kind: 'task-failed',
      jobId: id,
      taskNo,
      error
    }),
    blocked: (peer: number, reason = 'fails'): Fact => ({
      kind: 'peer-blocked',
      jobId: id,
      peerId: peerId(peer),
      reason
    }),
    unblocked: (peer: number): Fact => ({ kind: 'peer-unblocked', jobId: id, peerId: peerId(peer) }),
    failed: (error = 'no'): Fact => ({ kind: 'job-failed', jobId: id, error }),
    prioritized: (priority: number): Fact => ({ kind: 'job-prioritized', jobId: id, priority }),
    link: (state: LinkState, reason: string | null = null): Fact => ({
      kind: 'link-changed',
      jobId: id,
      link: {
        state,
        reason,
        hint: reason === null ? null : 'try again',
        project: state === 'pending' ? null : { id: 'p1', name: '映画' },
        clips: state === 'linked' ? [{ mediaId: 'mA', name: 'A', state: 'linked', reason: null }] : [],
        proxyIdentity: state === 'pending' ? null : '100 2'
      }
    }),
    is: (
      kind:
        | 'job-completed'
        | 'job-canceled'
        | 'job-paused'
        | 'job-resumed'
        | 'job-retried'
        | 'job-cleaned'
        | 'job-purged'
    ): Fact => ({ kind, jobId: id })
  }
}
