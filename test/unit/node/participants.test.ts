import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Participant, ProofAnswer } from '../../../src/model/index.ts'
import type { MeshPeer } from '../../../src/node/mesh/index.ts'
import { Participants } from '../../../src/node/participants.ts'
import {
  Bench,
  jobA,
  jobB,
  laptop,
  mac,
  needs,
  nuc,
  requestOf,
  splitPlan,
  tower,
  wholePlan
} from '../scheduler/kit.ts'

const member = (peerId: MeshPeer['peerId'], reason: string | null = null): MeshPeer => ({
  peerId,
  name: peerId,
  state: reason === null ? 'connected' : 'offline',
  reason,
  addresses: [],
  status: null,
  version: null,
  ffmpegVersion: null,
  bootId: null
})

/** A node whose job is queued; `laptop` is a member that is not there. */
function node(
  bench: Bench,
  answer: (peerId: string) => Promise<ProofAnswer> = async () => ({ kind: 'can' })
) {
  const wanted: string[] = []
  const waits: Promise<void>[] = []
  const participants = new Participants({
    state: () => bench.state,
    turn: (event) => {
      if (event.kind === 'proofs-wanted') wanted.push(event.jobId)
      bench.turn(event)
    },
    members: () => [member(nuc), member(mac), member(laptop, 'it was stopped')],
    proofsAnswered: async () => void (await Promise.all(waits)),
    met: Promise.resolve(),
    askProof: (peerId) => answer(peerId)
  })
  return { participants, wanted, waits }
}

const told = (participants: readonly Participant[]): string[] =>
  participants.map(({ name, reason }) => `${name}: ${reason ?? 'takes part'}`)

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('who takes part in a job', () => {
  it('is told of every member, this node first, with the reason why not', async () => {
    const bench = new Bench({ self: { slots: 0 } }).connect(nuc).connect(mac, { encoders: [] })
    bench.queue()
    const { participants, wanted } = node(bench)
    expect(told(await participants.ofQueued(jobA))).toEqual([
      'tower: it has no slots',
      'nuc: takes part',
      'mac: its ffmpeg has no working encoder dnxhd',
      'laptop: it was stopped'
    ])
    expect(wanted).toEqual([jobA])
    expect((await participants.ofQueued(jobA)).map(({ self }) => self)).toEqual([true, false, false, false])
  })

  it('is asked once for jobs of a batch that are alike, and anew for others', async () => {
    const bench = new Bench()
    bench.queue(jobA, { batchId: 'one' })
    bench.queue(jobB, { batchId: 'one' })
    const { participants, wanted } = node(bench)
    await participants.ofQueued(jobA)
    await participants.ofQueued(jobB)
    expect(wanted).toEqual([jobA])
    const other = 'dddddddddd' as typeof jobA
    bench.queue(other, { batchId: 'one', preset: 'h264' })
    await participants.ofQueued(other)
    expect(wanted).toEqual([jobA, other])
  })

  it('is not waited for longer than a few seconds', async () => {
    const bench = new Bench().connect(nuc)
    bench.proves = false
    bench.queue()
    const { participants, waits } = node(bench)
    waits.push(new Promise(() => {}))
    const answer = participants.ofQueued(jobA)
    await vi.advanceTimersByTimeAsync(3_000)
    expect(told(await answer)).toContain('nuc: it has not said yet whether it can')
  })

  it('is who worked on it, when it ends before all have answered', async () => {
    const bench = new Bench().connect(nuc).connect(mac, { encoders: [] }).given(wholePlan())
    const { participants, waits } = node(bench)
    const answered = Promise.withResolvers<void>()
    waits.push(answered.promise)
    const answer = participants.ofQueued(jobA)
    await vi.advanceTimersByTimeAsync(1)
    const lease = bench.stealOne(tower)
    bench.finish(tower, lease)
    bench.turn({ kind: 'output-published', lease, verdict: { ok: true } })
    expect(bench.job.status).toBe('completed')
    answered.resolve()
    expect(told(await answer).slice(0, 3)).toEqual([
      'tower: takes part',
      'nuc: it had not said whether it can when the job ended',
      'mac: its ffmpeg has no working encoder dnxhd'
    ])
  })

  it('is nobody once it has ended', () => {
    const bench = new Bench()
    bench.queue()
    bench.command('cancel')
    expect(node(bench).participants.now(bench.job)).toEqual([])
  })
})

describe('why a connected member gets no work', () => {
  it('is the first reason of the jobs here, unless it takes part in one or may still', () => {
    const bench = new Bench().connect(nuc, { encoders: [] })
    const { participants } = node(bench)
    expect(participants.whyNoWork(nuc)).toBeNull()
    bench.given(splitPlan()).given(splitPlan(), jobB)
    expect(participants.whyNoWork(nuc)).toBe(
      `it gets nothing of job ${jobA}: its ffmpeg has no working encoder dnxhd`
    )
    expect(participants.whyNoWork(laptop)).toBeNull()
    bench.proves = false
    bench.hearStatus(nuc)
    expect(participants.whyNoWork(nuc)).toBeNull()
  })
})

describe('who would take part in a job that is only planned', () => {
  it('is asked of those who seem fit, and nothing is kept', async () => {
    const bench = new Bench().connect(nuc).connect(mac, { tags: ['gpu'] })
    const asked: string[] = []
    const { participants } = node(bench, async (peerId) => {
      asked.push(peerId)
      return { kind: 'cannot', reason: 'its disk is full' }
    })
    const plan = splitPlan({}, { needs: { ...needs, tags: ['gpu'] } })
    expect(told(await participants.ofPreview({ request: requestOf(), plan }))).toEqual([
      'tower: it does not carry tag gpu',
      'nuc: it does not carry tag gpu',
      'mac: its disk is full',
      'laptop: it was stopped'
    ])
    expect(asked).toEqual([mac])
    expect(bench.state.proofs.size).toBe(0)
  })

  it('is not waited for longer than a few seconds', async () => {
    const bench = new Bench().connect(nuc)
    const { participants } = node(bench, (peerId) =>
      peerId === tower ? Promise.resolve({ kind: 'can' }) : new Promise(() => {})
    )
    const answer = participants.ofPreview({ request: requestOf(), plan: splitPlan() })
    await vi.advanceTimersByTimeAsync(3_000)
    expect(told(await answer).slice(0, 2)).toEqual([
      'tower: takes part',
      'nuc: it has not said yet whether it can'
    ])
  })
})
