import type { GrantedLease, JobKind, LeaseKey } from '../../../src/model/index.ts'
import { leaseIdOf } from '../../../src/model/index.ts'
import { jobA } from '../scheduler/kit.ts'

const unexpected = (what: string) => (): never => {
  throw new Error(`${what} was not expected`)
}

/** A job kind of which nothing is expected but what is given. */
export const fakeKind = (given: Partial<JobKind> = {}): JobKind => ({
  name: 'pretend',
  prepare: unexpected('prepare'),
  preview: unexpected('preview'),
  plan: unexpected('plan'),
  taskPayload: () => null,
  proofPayload: () => null,
  prove: unexpected('prove'),
  run: unexpected('run'),
  verify: unexpected('verify'),
  collect: unexpected('collect'),
  publish: unexpected('publish'),
  clean: unexpected('clean'),
  discard: unexpected('discard'),
  ...given
})

export const kindsOf = (...kinds: readonly JobKind[]): ReadonlyMap<string, JobKind> =>
  new Map(kinds.map((kind) => [kind.name, kind]))

export function grantedLease(key: Partial<LeaseKey> = {}, change: Partial<GrantedLease> = {}): GrantedLease {
  const full = { jobId: jobA, taskNo: 2, attempt: 1, ...key }
  return {
    ...full,
    leaseId: leaseIdOf(full),
    jobKind: 'pretend',
    taskKind: 'encode-chunk',
    range: { start: 0, end: 50 },
    pool: 'slot',
    ttlMs: 15_000,
    payload: null,
    ...change
  }
}

/** What was begun and not yet answered, so that a test says when it ends. */
export class Gate<T> {
  readonly #waiting: PromiseWithResolvers<T>[] = []

  get waiting(): number {
    return this.#waiting.length
  }

  /** Called by what is to wait. */
  readonly wait = (): Promise<T> => {
    const waiting = Promise.withResolvers<T>()
    this.#waiting.push(waiting)
    return waiting.promise
  }

  /** The longest waiting one goes on. */
  open(value: T): void {
    this.#waiting.shift()!.resolve(value)
  }
}

/** Everything that was to happen at once, and what followed from it at once, has happened. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
