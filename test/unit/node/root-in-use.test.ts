import { describe, expect, it } from 'vitest'
import type { JobRecord, RootId } from '../../../src/model/index.ts'
import { refuseInUse } from '../../../src/node/root-in-use.ts'
import type { SchedulerState } from '../../../src/scheduler/index.ts'
import { job } from '../jobs/samples.ts'
import { grantedLease } from './kit.ts'

const nas = { id: '0011223344556677', name: 'nas' }
const other = { id: '8899aabbccddeeff', name: 'tape' }

const jobsOn = (status: JobRecord['status']) => {
  const needs = { ...job.request.needs, roots: [nas.id as RootId] }
  return new Map([[job.id, { ...job, status, plan: null, request: { ...job.request, needs } }]])
}

const holding = (status: 'running' | 'ended'): SchedulerState['holds'] => {
  const lease = grantedLease({}, { payload: { source: { root: nas.id, path: 'a.mov' } } })
  const hold = { lease, status } as unknown as SchedulerState['holds'] extends ReadonlyMap<unknown, infer H>
    ? H
    : never
  return new Map([[lease.leaseId, hold]])
}

describe('a root that is to be taken back', () => {
  it('stays while unfinished jobs need it', () => {
    expect(() => refuseInUse(nas, jobsOn('paused'))).toThrow('nas stays: an unfinished job needs it')
    expect(() => refuseInUse(nas, jobsOn('completed'))).not.toThrow()
    expect(() => refuseInUse(other, jobsOn('active'))).not.toThrow()
  })

  it('stays while a task that needs it runs here for anybody', () => {
    expect(() => refuseInUse(nas, new Map(), holding('running'))).toThrow('runs a task that needs it')
    expect(() => refuseInUse(nas, new Map(), holding('ended'))).not.toThrow()
    expect(() => refuseInUse(other, new Map(), holding('running'))).not.toThrow()
  })
})
