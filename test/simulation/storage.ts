import {
  type JobId,
  type Json,
  type LeaseId,
  type LeaseKey,
  leaseIdOf,
  type UnitRange
} from '../../src/model/index.ts'
import { must } from './checkers.ts'

/** What a pretend encode left on the pretend shared disk. */
export interface SimFile {
  leaseId: LeaseId
  /** The frames that are really in it; a wrong encode has others. */
  range: UnitRange | null
  garbage: boolean
  /** Of a joined or whole file: the ranges it was made of, in order. */
  parts: readonly UnitRange[] | null
}

export interface SimSpec {
  totalUnits: number
  msPerUnit: number
}

/** The pretend NAS, seen by all: files by the attempt that wrote them, and what was published. */
export class SimStorage {
  readonly files = new Map<LeaseId, SimFile>()
  readonly specs = new Map<JobId, SimSpec>()
  /** Attempts whose file was verified, for S4. */
  readonly verified = new Set<string>()
  readonly published = new Map<JobId, { leaseId: LeaseId; times: number }>()

  /** The result that a worker tells; enough to tell a wrong file from a right one. */
  resultOf(file: SimFile): Json {
    return {
      leaseId: file.leaseId,
      garbage: file.garbage,
      range: file.range as Json,
      parts: file.parts as Json
    }
  }

  /** What the owner's verification finds. */
  verify(lease: LeaseKey, range: UnitRange | null): string | null {
    const file = this.files.get(leaseIdOf(lease))
    if (!file) return 'the file is not there'
    if (file.garbage) return 'the file is garbage'
    if (range && (file.range?.start !== range.start || file.range.end !== range.end)) return 'wrong frames'
    this.verified.add(leaseIdOf(lease))
    return null
  }

  /** S4, S5: what is published holds every frame once, in order, from verified files; and a job has one output. */
  publish(lease: LeaseKey, generation: string): void {
    const file = this.files.get(leaseIdOf(lease))
    const total = this.specs.get(lease.jobId)!.totalUnits
    const before = this.published.get(lease.jobId)
    must(file !== undefined, 'S4', () => `${leaseIdOf(lease)} is published but not there`)
    must(this.verified.has(leaseIdOf(lease)), 'S4', () => `${leaseIdOf(lease)} is published but not verified`)
    let at = 0
    for (const { start, end } of file!.parts ?? []) {
      must(start === at, 'S5', () => `output of ${generation} goes on at ${start} after ${at}`)
      at = end
    }
    must(at === total, 'S5', () => `output of ${generation} has ${at} of ${total} frames`)
    must(!before || before.leaseId === file!.leaseId, 'S5', () => `job ${lease.jobId} was published twice`)
    this.published.set(lease.jobId, { leaseId: file!.leaseId, times: (before?.times ?? 0) + 1 })
  }

  clean(jobId: JobId): void {
    for (const leaseId of [...this.files.keys()])
      if (leaseId.startsWith(`${jobId}.`)) this.files.delete(leaseId)
  }
}
