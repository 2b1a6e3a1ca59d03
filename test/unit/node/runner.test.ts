import { describe, expect, it } from 'vitest'
import type { JobKind, RunContext } from '../../../src/model/index.ts'
import { leaseIdOf } from '../../../src/model/index.ts'
import { Runner } from '../../../src/node/runner.ts'
import { TaskLogs } from '../../../src/node/task-logs.ts'
import type { Event } from '../../../src/scheduler/index.ts'
import { fakeKind, Gate, grantedLease, kindsOf, settled } from './kit.ts'

const finished = { kind: 'finished', result: 'file' } as const
const progress = { units: 3, fps: 25, sizeBytes: 100 }

/** Logs that stay in memory, with what was closed. */
class FakeLogs extends TaskLogs {
  readonly closed: string[] = []

  constructor() {
    super({ folder: '', maxBytes: 1e9, maxAgeMs: 1e9 }, { wallClock: () => new Date(), onError: () => {} })
  }

  override async close(leaseId: Parameters<TaskLogs['close']>[0]): Promise<void> {
    this.closed.push(leaseId)
  }
}

function makeRunner(kind: Partial<JobKind>) {
  const events: Event[] = []
  const errors: string[] = []
  const troubles: string[] = []
  const logs = new FakeLogs()
  const runner = new Runner({
    kinds: kindsOf(fakeKind(kind)),
    logs,
    turn: (event) => events.push(event),
    onError: (error, what) => errors.push(`${what}: ${(error as Error).message}`),
    onTrouble: () => troubles.push('trouble')
  })
  return { runner, events, errors, troubles, logs }
}

describe('running a task', () => {
  it('ends in one event with what the job kind says', async () => {
    const { runner, events, errors } = makeRunner({ run: async () => finished })
    const lease = grantedLease()
    runner.start(lease, false)
    await runner.idle()
    expect(events).toEqual([{ kind: 'task-ended', leaseId: lease.leaseId, outcome: finished }])
    expect(errors).toEqual([])
  })

  it('hands the lease to the job kind, and tells progress as it comes', async () => {
    const seen: unknown[] = []
    const { runner, events } = makeRunner({
      run: async (lease, { onProgress, isOwn }) => {
        seen.push([lease, isOwn])
        onProgress(progress)
        return finished
      }
    })
    const lease = grantedLease()
    runner.start(lease, false)
    await runner.idle()
    expect(seen).toEqual([[lease, false]])
    expect(events.map(({ kind }) => kind)).toEqual(['task-progressed', 'task-ended'])
    expect(events[0]).toEqual({ kind: 'task-progressed', leaseId: lease.leaseId, progress })
  })

  it('keeps the log and the command where they can be read while it runs', async () => {
    const gate = new Gate<typeof finished>()
    const { runner, logs } = makeRunner({
      run: (_, { onLog, onCommand }) => {
        onCommand(['ffmpeg', '-i', 'clip.mov'])
        onLog('frame 1')
        return gate.wait()
      }
    })
    const lease = grantedLease()
    runner.start(lease, false)
    expect(await logs.read(lease.leaseId)).toEqual({
      lines: ['frame 1'],
      command: ['ffmpeg', '-i', 'clip.mov']
    })
    gate.open(finished)
    await runner.idle()
  })

  it('tells that it has ended only when its log is kept', async () => {
    const { runner, events, logs } = makeRunner({ run: async () => finished })
    const kept = new Gate<void>()
    logs.close = () => kept.wait()
    runner.start(grantedLease(), false)
    await settled()
    expect(events).toEqual([])
    kept.open()
    await runner.idle()
    expect(events).toHaveLength(1)
  })

  it('that throws is the machine’s trouble: it fails, is told of, and takes nothing down', async () => {
    const { runner, events, errors, logs } = makeRunner({
      run: async () => {
        throw new Error('undefined is not a function')
      }
    })
    const { leaseId } = grantedLease()
    runner.start(grantedLease(), false)
    await runner.idle()
    const outcome = { kind: 'failed', error: 'undefined is not a function', fault: 'worker' }
    expect(events).toEqual([{ kind: 'task-ended', leaseId, outcome }])
    expect(errors).toEqual([`run ${leaseId}: undefined is not a function`])
    expect(logs.closed).toEqual([leaseId])
  })

  it('of a kind that this version does not know fails with words', async () => {
    const { runner, events } = makeRunner({})
    runner.start(grantedLease({}, { jobKind: 'blender' }), false)
    await runner.idle()
    expect(events).toMatchObject([
      { outcome: { kind: 'failed', error: 'this node does not know blender jobs', fault: 'worker' } }
    ])
  })
})

describe('stopping a task', () => {
  it('aborts it with the reason; it still answers', async () => {
    const { runner, events } = makeRunner({
      run: (_, { signal }: RunContext) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve({ kind: 'returned', reason: signal.reason }))
        })
    })
    const lease = grantedLease()
    runner.start(lease, false)
    runner.stop(lease.leaseId, 'another result was taken')
    await runner.idle()
    expect(events).toMatchObject([{ outcome: { kind: 'returned', reason: 'another result was taken' } }])
  })

  it('leaves the others running', async () => {
    const gate = new Gate<typeof finished>()
    const aborted: string[] = []
    const { runner, events } = makeRunner({
      run: ({ leaseId }, { signal }) => {
        signal.addEventListener('abort', () => aborted.push(leaseId))
        return gate.wait()
      }
    })
    const [one, two] = [grantedLease({ taskNo: 1 }), grantedLease({ taskNo: 2 })]
    runner.start(one, false)
    runner.start(two, false)
    runner.stop(two.leaseId, 'not wanted')
    expect(aborted).toEqual([two.leaseId])
    gate.open(finished)
    gate.open(finished)
    await runner.idle()
    expect(events).toHaveLength(2)
  })

  it('that has ended, or never ran, does nothing', async () => {
    const { runner, events } = makeRunner({ run: async () => finished })
    const lease = grantedLease()
    runner.start(lease, false)
    await runner.idle()
    runner.stop(lease.leaseId, 'late')
    runner.stop(leaseIdOf({ ...lease, taskNo: 9 }), 'never')
    await runner.idle()
    expect(events).toHaveLength(1)
  })

  it('waits for everything that runs before it is idle', async () => {
    const gate = new Gate<typeof finished>()
    const { runner } = makeRunner({ run: () => gate.wait() })
    runner.start(grantedLease({ taskNo: 1 }), false)
    runner.start(grantedLease({ taskNo: 2 }), false)
    let idle = false
    const waiting = runner.idle().then(() => {
      idle = true
    })
    gate.open(finished)
    await settled()
    expect(idle).toBe(false)
    gate.open(finished)
    await waiting
    expect(idle).toBe(true)
    await runner.idle()
  })
})

describe('trouble of this machine’s own', () => {
  it('is told at once, so that roots and tools are looked at', async () => {
    const { runner, troubles } = makeRunner({
      run: async () => ({ kind: 'failed', error: 'No space left on device', fault: 'worker' })
    })
    runner.start(grantedLease(), true)
    await runner.idle()
    expect(troubles).toEqual(['trouble'])
  })

  it('is not what a task fails of', async () => {
    const { runner, troubles } = makeRunner({
      run: async () => ({ kind: 'failed', error: 'ffmpeg crashed', fault: 'task' })
    })
    runner.start(grantedLease(), true)
    await runner.idle()
    expect(troubles).toEqual([])
  })
})

describe('discarding what an attempt wrote', () => {
  it('is the job kind’s to do', async () => {
    const discarded: string[] = []
    const { runner } = makeRunner({ discard: async ({ leaseId }) => void discarded.push(leaseId) })
    runner.discard(grantedLease(), true)
    expect(discarded).toEqual([grantedLease().leaseId])
  })

  it('that fails is told, and hurts nothing', async () => {
    const { runner, errors } = makeRunner({
      discard: async () => {
        throw new Error('the NAS is away')
      }
    })
    runner.discard(grantedLease(), true)
    await settled()
    expect(errors).toEqual([`discard ${grantedLease().leaseId}: the NAS is away`])
  })

  it('of an unknown kind is nothing to do', () => {
    const { runner, errors } = makeRunner({})
    runner.discard(grantedLease({}, { jobKind: 'blender' }), false)
    expect(errors).toEqual([])
  })
})
