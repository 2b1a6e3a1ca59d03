import {
  type JobRecord,
  type LeaseKey,
  leaseIdOf,
  noProgress,
  type PeerId,
  type StealRequest,
  type Task
} from '../model/index.ts'
import type { Jobs } from './apply.ts'
import { type CutShare, nextPiece } from './cut.ts'
import { type Draft, withEntry } from './draft.ts'
import {
  fitPeers,
  hopefulPeers,
  lostWith,
  needsOf,
  othersCouldTry,
  whyNotFileWork,
  whyNotPeer,
  whyUnsuited
} from './fit.ts'
import { memo } from './memo.ts'
import { isCooling, isHindered } from './owner-failures.ts'
import { isOpenProof, proofOf } from './proof.ts'
import { pickStraggler } from './straggler.ts'
import { isOpen, isUnshaped, summaryOf } from './summary.ts'

interface Room {
  slot: number
  io: number
}

/**
 * A node asks for tasks: picks them, writes the leases, and answers (also when there is nothing).
 * Most urgent job first; within a job what was tried before, then new pieces, then what took peers down; and when
 * there is none of these, a second copy of a straggler.
 */
export function answerSteal(draft: Draft, from: PeerId, request: StealRequest): void {
  const room: Room = { slot: clampRoom(request.slots), io: clampRoom(request.io) }
  const leases: LeaseKey[] = []
  if (draft.state.started && !draft.state.stopping && isKnown(draft, from)) {
    for (const { id } of openJobs(draft)) takeFromJob(draft, id, from, room, leases)
    if (leases.length === 0) copyStraggler(draft, from, room, leases)
  }
  draft.order({
    kind: 'grant-leases',
    to: from,
    requestId: request.requestId,
    leases,
    ttlMs: draft.settings.leaseTtlMs
  })
}

/** A request for more rooms than any machine has is a mistake, or malice. */
const clampRoom = (rooms: number): number => Math.max(0, Math.min(64, Math.floor(rooms) || 0))

const isKnown = (draft: Draft, peer: PeerId): boolean => peer === draft.self || draft.state.peers.has(peer)

const open = memo<Jobs, readonly JobRecord[]>()

/**
 * Jobs with something to hand out, most urgent first: by priority, then in the order of queueing.
 * Remembered, since every step asks and only facts change it.
 */
export function openJobs({ state: { jobs } }: Pick<Draft, 'state'>): readonly JobRecord[] {
  const known = open.get(jobs)
  if (known) return known
  const found = [...jobs.values()]
    .filter((job) => isOpen(job) && job.plan !== null)
    .sort((a, b) => b.priority - a.priority || a.seq - b.seq)
  open.set(jobs, found)
  return found
}

function takeFromJob(
  draft: Draft,
  jobId: JobRecord['id'],
  from: PeerId,
  room: Room,
  leases: LeaseKey[]
): void {
  const job = draft.job(jobId)!
  if (room.slot + room.io === 0) return
  const able = whyNotPeer(draft.state, job, from) === null
  // Joining needs no encoder: whoever may not encode a job of its own can still end it.
  const joins = from === draft.self ? whyNotFileWork(draft.state, job) === null : able
  if (!(able || joins) || isHindered(draft.state, job, from, draft.nowMs)) return
  // Joins are the owner's alone: they cannot be left to others.
  const cooling = isCooling(draft.state, job, from, draft.nowMs)
  if (isUnshaped(job)) {
    if (!able || cooling || room.slot === 0) return
    if (!shapeJob(draft, job)) return
  }
  const ready = readyTasksFor(draft, draft.job(jobId)!, from).filter(({ pool }) =>
    pool === 'io' ? joins : able
  )
  const take = (tasks: readonly Task[]): void => {
    for (const task of tasks) {
      if (room[task.pool] === 0 || (cooling && !task.ownerOnly)) continue
      room[task.pool] -= 1
      leases.push(grant(draft, jobId, task.no, from))
    }
  }
  take(ready.filter((task) => !isSetAside(task)))
  while (able && room.slot > 0 && !cooling) {
    const taskNo = cutPiece(draft, draft.job(jobId)!, from)
    if (taskNo === null) break
    room.slot -= 1
    leases.push(grant(draft, jobId, taskNo, from))
  }
  take(ready.filter(isSetAside))
}

/** True while fellow members may still be found, or one that just came has not said yet what it can do. */
function othersMayCome({ state, nowMs, settings }: Draft): boolean {
  const isNew = (sinceMs: number): boolean => nowMs - sinceMs < settings.settleMs
  if (state.self.fellowMembers > 0 && isNew(state.startedAtMs)) return true
  return [...state.peers.values()].some((peer) => peer.status === null && isNew(peer.connectedAtMs))
}

/** True while a peer that seems fit may still say that it can take part: a whole file is never shared again. */
function proofsMayCome({ state, nowMs, settings }: Draft, job: JobRecord): boolean {
  const waitsSinceMs = state.waitingSinceMs.get(job.id) ?? nowMs
  return [...state.peers.values()].some(({ peerId, status }) => {
    const proof = proofOf(state, job.id, peerId)
    if ((status?.slots.total ?? 0) === 0 || !isOpenProof(proof)) return false
    const inTime = nowMs - (proof?.firstAskedMs ?? waitsSinceMs) < settings.proofWaitMs
    return inTime && whyUnsuited(state, job, peerId) === null
  })
}

/**
 * Decides how the job is laid out, now that somebody takes the first of it. False: not yet, because fellow members
 * may still be on their way, a moment after the start, or say that they can take part.
 */
function shapeJob(draft: Draft, job: JobRecord): boolean {
  const plan = job.plan!
  let shape: 'split' | 'whole'
  if (!plan.split) shape = 'whole'
  else if (!plan.whole) shape = 'split'
  else if (fitPeers(draft.state, job).length > 0) shape = 'split'
  else if (needsOf(job).ownerOnly) shape = 'whole'
  else if (othersMayCome(draft) || proofsMayCome(draft, job)) return false
  else shape = 'whole'

  draft.record({ kind: 'job-shaped', jobId: job.id, shape })
  const tasks = shape === 'split' ? plan.split!.tasks : [plan.whole!]
  const firstStage = shape === 'split' ? 0 : plan.whole!.stage
  for (const task of tasks) {
    const { nextTaskNo } = draft.job(job.id)!
    draft.record({
      kind: 'task-created',
      jobId: job.id,
      taskNo: nextTaskNo,
      task,
      range: null,
      ready: task.stage <= firstStage
    })
  }
  return true
}

/** Ready tasks that this worker may have, in the order of their numbers. */
function readyTasksFor(draft: Draft, job: JobRecord, from: PeerId): Task[] {
  return summaryOf(job).readyTasks.filter((task) => {
    if (task.ownerOnly && from !== draft.self) return false
    const failedHere = task.attempts.some(
      ({ peerId, status }) => peerId === from && (status === 'failed' || status === 'rejected')
    )
    return !(failedHere && othersCouldTry(draft.state, job, task, from))
  })
}

/** A task that two peers went down with waits until nothing else of its job is left to hand out. */
const isSetAside = (task: Task): boolean => lostWith(task).size >= 2

function cutPiece(draft: Draft, job: JobRecord, from: PeerId): number | null {
  const work = job.plan?.split?.work
  if (!work || job.remaining.length === 0) return null
  const range = nextPiece(job.remaining, work, shareOf(draft, job, from))
  if (!range) return null
  const taskNo = job.nextTaskNo
  draft.record({
    kind: 'task-created',
    jobId: job.id,
    taskNo,
    task: { kind: work.kind, stage: 0, ownerOnly: false, pool: 'slot', final: false },
    range,
    ready: true
  })
  return taskNo
}

/**
 * What part of all fit slots' speed one slot of this worker is, with those that may turn out to be fit. Unmeasured slots
 * count as the mean of the others.
 */
function shareOf(draft: Draft, job: JobRecord, from: PeerId): CutShare {
  const { self, speeds } = draft.state
  const nodes = hopefulPeers(draft.state, job).map(({ peerId, status }) => ({
    peerId,
    slots: status!.slots.total
  }))
  if (whyNotPeer(draft.state, job, self.peerId) === null)
    nodes.push({ peerId: self.peerId, slots: self.slots })
  if (!nodes.some(({ peerId }) => peerId === from)) nodes.push({ peerId: from, slots: 1 })

  const known = nodes.flatMap(({ peerId }) => speeds.get(`${job.id}/${peerId}`) ?? [])
  const mean = known.length > 0 ? known.reduce((sum, speed) => sum + speed, 0) / known.length : 1
  const speedOf = (peerId: PeerId): number => speeds.get(`${job.id}/${peerId}`) ?? mean
  const total = nodes.reduce((sum, { peerId, slots }) => sum + slots * speedOf(peerId), 0)
  return {
    share: total > 0 ? speedOf(from) / total : 1,
    slots: nodes.reduce((sum, { slots }) => sum + slots, 0),
    measured: speeds.has(`${job.id}/${from}`)
  }
}

function copyStraggler(draft: Draft, from: PeerId, room: Room, leases: LeaseKey[]): void {
  if (room.slot === 0) return
  for (const job of openJobs(draft)) {
    if (whyNotPeer(draft.state, job, from) !== null || isCooling(draft.state, job, from, draft.nowMs))
      continue
    const task = pickStraggler(draft.state, job, from, draft.nowMs)
    if (!task) continue
    leases.push(grant(draft, job.id, task.no, from))
    return
  }
}

/** Writes a lease: durable before the answer leaves (S3). */
function grant(draft: Draft, jobId: JobRecord['id'], taskNo: number, to: PeerId): LeaseKey {
  const job = draft.job(jobId)!
  const task = job.tasks[taskNo - job.tasks[0]!.no]!
  const peer = draft.state.peers.get(to)
  const key: LeaseKey = { jobId, taskNo, attempt: task.attempts.length + 1 }
  draft.record({
    kind: 'lease-granted',
    ...key,
    peerId: to,
    peerName: to === draft.self ? draft.state.self.name : (peer?.name ?? to)
  })
  draft.set({
    clocks: withEntry(draft.state.clocks, leaseIdOf(key), {
      peerId: to,
      bootId: peer?.bootId ?? null,
      grantedAtMs: draft.nowMs,
      expiresAtMs: draft.nowMs + draft.settings.leaseTtlMs,
      progress: noProgress
    })
  })
  return key
}
