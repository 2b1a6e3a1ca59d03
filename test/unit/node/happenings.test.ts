import { describe, expect, it } from 'vitest'
import {
  eventBlockSize,
  eventBlocks,
  type Fact,
  type JobLink,
  type JobOrigin
} from '../../../src/model/index.ts'
import { Happenings, tell } from '../../../src/node/happenings.ts'
import { Bench, benchWithJob, jobA, nuc, requestOf, splitPlan } from '../scheduler/kit.ts'

const wallClock = () => new Date('2026-03-01T12:00:00.000Z')
const paused: Fact = { kind: 'job-paused', jobId: jobA }

const texts = (happenings: Happenings, since = 0) =>
  happenings.since(since).flatMap(({ events }) => events.map(({ text }) => text))

describe('Happenings', () => {
  it('tells facts in words, with the job, the task and the machine that they are of', () => {
    const bench = new Bench({ self: { slots: 0 } }).connect(nuc).given(splitPlan())
    const lease = bench.stealOne(nuc)
    const happenings = new Happenings({ wallClock, jobs: () => bench.state.jobs })
    happenings.facts([
      { kind: 'job-queued', jobId: jobA, seq: 1, request: requestOf() },
      {
        kind: 'attempt-ended',
        jobId: jobA,
        taskNo: lease.taskNo,
        attempt: 1,
        status: 'rejected',
        error: '49 of 50 frames'
      },
      { kind: 'job-failed', jobId: jobA, error: 'it failed 3 times' }
    ])
    expect(happenings.since(0)[0]?.events).toMatchObject([
      { seq: 1, level: 'info', text: 'clip.mov queued with dnxhr_sq', jobId: jobA, task: null },
      {
        level: 'warn',
        text: `clip.mov #${lease.taskNo} was rejected, from nuc, attempt 1: 49 of 50 frames`,
        task: String(lease.taskNo),
        peerId: nuc
      },
      { level: 'bad', text: 'clip.mov failed: it failed 3 times' }
    ])
  })

  it('names what was finished, and its output where that is called otherwise', () => {
    const done: Fact = { kind: 'job-completed', jobId: jobA }
    const told = (output: string) =>
      tell(done, new Bench().given(splitPlan(), jobA, { source: '/m/clip.mov', output }).job)?.text
    expect(told('/m/Proxy/clip.mov')).toBe('clip.mov is finished')
    expect(told('/m/Proxy/clip.mxf')).toBe('clip.mov is finished: clip.mxf')
  })

  it('does not tell of progress that the list shows, nor of attempts that lost a race', () => {
    const quiet: Fact[] = [
      { kind: 'lease-granted', jobId: jobA, taskNo: 1, attempt: 1, peerId: nuc, peerName: 'nuc' },
      { kind: 'task-done', jobId: jobA, taskNo: 1, attempt: 1, result: null },
      { kind: 'attempt-ended', jobId: jobA, taskNo: 1, attempt: 1, status: 'superseded', error: null }
    ]
    expect(quiet.map((fact) => tell(fact, undefined))).toEqual([null, null, null])
  })

  it('tells what came of links: of waiting ones only where somebody asked for them', () => {
    const told = (state: JobLink['state'], reason: string | null, origin?: JobOrigin) => {
      const link: JobLink = {
        state,
        reason,
        hint: null,
        project: { id: 'p1', name: 'Film' },
        clips: state === 'linked' ? [{ mediaId: 'mA', name: 'A', state, reason }] : [],
        proxyIdentity: null
      }
      const { job } = benchWithJob()
      const asked = { ...job, request: { ...job.request, ...(origin ? { origin } : {}) } }
      return tell({ kind: 'link-changed', jobId: jobA, link }, asked)?.text ?? null
    }
    expect(told('linked', null)).toBe('clip.mov is linked in Film (A)')
    expect(told('refused', '99 frames')).toBe('clip.mov is not linked in Film: 99 frames')
    expect(told('pending', 'it is closed', { kind: 'resolve' })).toBe(
      'clip.mov is linked later: it is closed'
    )
    expect([told('pending', null, { kind: 'resolve' }), told('pending', 'it is closed')]).toEqual([
      null,
      null
    ])
    expect(told('not-in-project', null)).toBeNull()
  })

  it('gives out what is newer than was seen, in blocks that come again as they fill', () => {
    const happenings = new Happenings({ wallClock, jobs: () => new Map() })
    happenings.facts([paused, paused])
    expect(happenings.newest).toBe(2)
    expect(happenings.since(2)).toEqual([])
    happenings.facts([paused])
    expect(happenings.since(2)).toMatchObject([{ block: 0, events: [{ seq: 1 }, { seq: 2 }, { seq: 3 }] }])
  })

  it('keeps a bounded number of events', () => {
    const happenings = new Happenings({ wallClock, jobs: () => new Map() })
    for (let i = 0; i < 5_000; i++) happenings.facts([paused])
    expect(texts(happenings).length).toBeLessThanOrEqual(eventBlockSize * eventBlocks)
    expect(happenings.since(0).at(-1)?.events.at(-1)?.seq).toBe(5_000)
  })

  it('remembers when a machine went, until it is back', () => {
    const happenings = new Happenings({ wallClock, jobs: () => new Map() })
    happenings.peerDisconnected(nuc, 'nuc', 'nothing was heard from it for 6 s')
    expect(happenings.goneAt(nuc)).toBe('2026-03-01T12:00:00.000Z')
    happenings.peerConnected(nuc, 'nuc', null)
    expect(happenings.goneAt(nuc)).toBeNull()
    expect(texts(happenings)).toEqual(['nuc is gone: nothing was heard from it for 6 s', 'nuc is here'])
  })
})
