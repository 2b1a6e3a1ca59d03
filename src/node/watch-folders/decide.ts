import type { JobRecord, QueueLine } from '../../model/index.ts'
import type { KnownFile, Moment, Patience, SeenFile, WaitingFile } from './files.ts'

/** What a look leads to. */
export interface Decision {
  waiting: Map<string, WaitingFile>
  /** To be queued now, by name. */
  ripe: readonly SeenFile[]
  lookAgainInMs: number
}

/** So many are queued after one look: the others follow after the next, which comes at once. */
const maxRipe = 50
const soonestMs = 250

const { compare } = new Intl.Collator('en', { numeric: true })

/**
 * Decides what of a folder is ripe: what was not dealt with as it is now, and whose size and time stayed the same over
 * two looks at least and for the whole of the settle time. The calendar's time is only held against `minAgeMs`, and
 * only in a file's favour: a clock that jumps, or that of a server, can neither starve a file nor end its settling.
 * @param complete false when part of the folder could not be read: what was not seen there goes on waiting
 */
export function decide(
  known: ReadonlyMap<string, KnownFile>,
  before: ReadonlyMap<string, WaitingFile>,
  { files, complete }: { files: readonly SeenFile[]; complete: boolean },
  { nowMs, wallMs }: Moment,
  { settleMs, minAgeMs, intervalMs }: Patience
): Decision {
  const waiting = new Map(complete ? [] : before)
  const ripe: SeenFile[] = []
  let lookAgainInMs = intervalMs
  for (const file of files) {
    const dealt = known.get(file.path)
    if (dealt && isSame(dealt, file)) {
      waiting.delete(file.path)
      continue
    }
    const last = before.get(file.path)
    const stays = last !== undefined && isSame(last, file)
    const now: WaitingFile = stays
      ? { ...last, looks: last.looks + 1 }
      : { ...identity(file), sinceMs: nowMs, looks: 1, tries: 0, notBeforeMs: nowMs, reason: '' }
    const quietMs = nowMs - now.sinceMs
    const settlesInMs = settleMs - quietMs
    const agesInMs = minAgeMs - Math.max(quietMs, wallMs - file.mtimeMs)
    const laterMs = now.notBeforeMs - nowMs
    const waitsMs = Math.max(settlesInMs, agesInMs, laterMs, now.looks < 2 ? soonestMs : 0)
    waiting.set(file.path, {
      ...now,
      reason: now.tries > 0 ? now.reason : whyNot(file, last, settlesInMs, agesInMs)
    })
    // Somebody's placeholder: it tells nothing of what will be there.
    if (file.sizeBytes === 0) continue
    if (waitsMs <= 0) ripe.push(file)
    else lookAgainInMs = Math.min(lookAgainInMs, Math.max(soonestMs, waitsMs))
  }
  ripe.sort((a, b) => compare(a.path, b.path))
  if (ripe.length > maxRipe) lookAgainInMs = soonestMs
  return { waiting, ripe: ripe.slice(0, maxRipe), lookAgainInMs }
}

const identity = ({ sizeBytes, mtimeMs }: SeenFile) => ({ sizeBytes, mtimeMs })

export const isSame = (
  a: Pick<SeenFile, 'sizeBytes' | 'mtimeMs'>,
  b: Pick<SeenFile, 'sizeBytes' | 'mtimeMs'>
): boolean => a.sizeBytes === b.sizeBytes && a.mtimeMs === b.mtimeMs

function whyNot(
  file: SeenFile,
  last: WaitingFile | undefined,
  settlesInMs: number,
  agesInMs: number
): string {
  if (file.sizeBytes === 0) return 'it is empty'
  if (last !== undefined && file.sizeBytes !== last.sizeBytes) return 'it still grows'
  if (last !== undefined && file.mtimeMs !== last.mtimeMs) return 'it is still written'
  if (settlesInMs <= 0 && agesInMs > 0) return 'it is too new yet'
  return 'it must stay unchanged for a while'
}

/** A file whose time changed but not its content was only touched: it keeps what became of it. */
export function isTouched(known: KnownFile | undefined, file: SeenFile, print: string): known is KnownFile {
  return known !== undefined && known.sizeBytes === file.sizeBytes && known.print === print
}

/** What became of a file that was to be queued. */
export type Outcome =
  | { kind: 'known'; known: KnownFile }
  /** Not the file's fault: tried again after a while. `tell`: nobody was told of this reason yet. */
  | { kind: 'later'; waiting: WaitingFile; tell: boolean }

const firstRetryMs = 15_000
const longestRetryMs = 15 * 60_000

/** Codes of refusals that nothing but another file (or other rules) can change. */
const lasting: ReadonlySet<string> = new Set([
  'not-a-file',
  'empty-file',
  'not-media',
  'no-video',
  'still-image',
  'truncated',
  'unreadable',
  'no-match',
  'not-encodable',
  'output-is-source',
  'output-of-another'
])

/** Takes the answer of `queue`. A refusal that may pass is tried again after 15 s, 30 s… 15 minutes. */
export function afterAnswer(
  answer: QueueLine,
  file: SeenFile,
  print: string,
  waited: WaitingFile | undefined,
  { nowMs, wallMs }: Moment
): Outcome {
  const at = new Date(wallMs).toISOString()
  const done = { ...identity(file), print, jobId: null, output: null, reason: null, at }
  switch (answer.kind) {
    case 'queued': {
      const { id, output } = answer.job
      return { kind: 'known', known: { ...done, outcome: 'queued', jobId: id, output } }
    }
    case 'exists': {
      const { output, message } = answer
      return { kind: 'known', known: { ...done, outcome: 'exists', output, reason: message } }
    }
    case 'refused': {
      const { code, message: reason } = answer.error
      if (lasting.has(code)) return { kind: 'known', known: { ...done, outcome: 'refused', reason } }
      const tries = (waited?.tries ?? 0) + 1
      const pauseMs = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(tries - 1, 16))
      const waiting: WaitingFile = {
        ...identity(file),
        sinceMs: waited?.sinceMs ?? nowMs,
        looks: waited?.looks ?? 1,
        tries,
        notBeforeMs: nowMs + pauseMs,
        reason
      }
      return { kind: 'later', waiting, tell: waited?.reason !== reason }
    }
  }
}

/**
 * What the last life of this node left half done: a file that was about to be queued has its job in the ledger, or it
 * was never made and the file waits anew; an older job is of what the file was before.
 * @param jobOf the newest job that this watch queued from a file, by the path within the folder
 */
export function takeUp(
  known: ReadonlyMap<string, KnownFile>,
  jobOf: (path: string) => JobRecord | undefined
): Map<string, KnownFile> {
  const taken = new Set([...known.values()].map(({ jobId }) => jobId))
  const next = new Map<string, KnownFile>()
  for (const [path, file] of known) {
    if (file.outcome !== 'queueing') next.set(path, file)
    else {
      const job = jobOf(path)
      const isIts =
        file.batchId === undefined ? !taken.has(job?.id ?? null) : job?.request.batchId === file.batchId
      if (job && isIts) {
        next.set(path, { ...file, outcome: 'queued', jobId: job.id, output: job.request.output })
      }
    }
  }
  return next
}

/** Rules changed: what was refused under the old ones is tried again, what was queued is not. */
export function underNewRules(known: ReadonlyMap<string, KnownFile>): Map<string, KnownFile> {
  return new Map([...known].filter(([, { outcome }]) => outcome !== 'refused'))
}

/** Of more files than are remembered, those that were dealt with first and are gone are forgotten. */
export function forgetGone(
  known: Map<string, KnownFile>,
  files: readonly SeenFile[],
  maxKnown: number
): void {
  if (known.size <= maxKnown) return
  const there = new Set(files.map(({ path }) => path))
  for (const path of known.keys()) {
    if (known.size <= maxKnown) return
    if (!there.has(path)) known.delete(path)
  }
}
