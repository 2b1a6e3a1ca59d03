import {
  type JobId,
  type Json,
  type LeaseId,
  type LeaseKey,
  leaseIdOf,
  type PeerId,
  type UnitRange
} from '../../src/model/index.ts'
import { must } from './checkers/violation.ts'

/** What a pretend encode left on the pretend shared disk. */
export interface SimFile {
  leaseId: LeaseId
  /** The frames that are really in it; a wrong encode has others. */
  range: UnitRange | null
  garbage: boolean
  /** Of a joined or whole file: the ranges it was made of, in order. */
  parts: readonly UnitRange[] | null
  /** The process that wrote it: one that died will not tidy up. */
  writer: { peerId: PeerId; bootId: string }
}

export interface SimSpec {
  totalUnits: number
  msPerUnit: number
  /** Pieces of this many units, when the job is cut fine. */
  fixedUnits: number | null
  /** A frame that crashes every ffmpeg. */
  poison: number | null
  /** When its source is replaced by another; null: never. */
  replacedAtMs: number | null
}

/** The pretend NAS, seen by all: files by the attempt that wrote them. */
export class SimStorage {
  readonly files = new Map<JobId, Map<LeaseId, SimFile>>()
  readonly specs = new Map<JobId, SimSpec>()
  /** When each job's source was last looked at to plan it. */
  readonly plannedAtMs = new Map<JobId, number>()
  /** Attempts whose file was verified, for S4. */
  readonly verified = new Set<string>()

  write(jobId: JobId, file: SimFile): void {
    const files = this.files.get(jobId)
    if (files) files.set(file.leaseId, file)
    else this.files.set(jobId, new Map([[file.leaseId, file]]))
  }

  read(jobId: JobId, leaseId: LeaseId): SimFile | undefined {
    return this.files.get(jobId)?.get(leaseId)
  }

  remove(jobId: JobId, leaseId: LeaseId): void {
    this.files.get(jobId)?.delete(leaseId)
  }

  clean(jobId: JobId): void {
    this.files.delete(jobId)
  }

  /** The result that a worker tells; enough to tell a wrong file from a right one. */
  resultOf(file: SimFile): Json {
    const { leaseId, garbage, range, parts } = file
    return { leaseId, garbage, range: range as Json, parts: parts as Json }
  }

  /** Whether the source is another than the one that was planned. */
  isReplaced(jobId: JobId, nowMs: number): boolean {
    const at = this.specs.get(jobId)?.replacedAtMs ?? null
    return at !== null && at <= nowMs && (this.plannedAtMs.get(jobId) ?? 0) < at
  }

  /** What the owner's verification finds: why the file is not what was planned, or null. */
  verify(lease: LeaseKey, range: UnitRange | null): string | null {
    const leaseId = leaseIdOf(lease)
    const file = this.read(lease.jobId, leaseId)
    if (!file) return 'the file is not there'
    if (!isRight(file, range)) return file.garbage ? 'the file is garbage' : 'wrong frames'
    this.verified.add(leaseId)
    return null
  }

  /** The file that is about to appear under its final name, verified (S4). */
  toPublish(lease: LeaseKey): SimFile {
    const leaseId = leaseIdOf(lease)
    const file = this.read(lease.jobId, leaseId)
    must(file !== undefined, 'S4', () => `${leaseId} is published but not there`)
    must(this.verified.has(leaseId), 'S4', () => `${leaseId} is published but not verified`)
    return file!
  }
}

/** Whether a file holds what was asked for. */
export const isRight = (file: SimFile, range: UnitRange | null): boolean =>
  !file.garbage && (range === null || (file.range?.start === range.start && file.range.end === range.end))
