import {
  type EventLevel,
  type EventRow,
  eventBlockSize,
  eventBlocks,
  type Fact,
  type JobId,
  type JobLink,
  type JobRecord,
  type PeerId,
  type SteerOrder
} from '../model/index.ts'

export interface HappeningsCollaborators {
  wallClock: () => Date
  /** Jobs as they were before the facts. */
  jobs: () => ReadonlyMap<JobId, JobRecord>
}

type Told = Pick<EventRow, 'level' | 'text'> & Partial<Pick<EventRow, 'jobId' | 'task' | 'peerId'>>

/** The newest things that happened, in words, for screens. Not durable: the ledger is. */
export class Happenings {
  readonly #with: HappeningsCollaborators
  readonly #blocks: { block: number; events: EventRow[] }[] = []
  readonly #goneAt = new Map<PeerId, string>()
  #seq = 0

  constructor(collaborators: HappeningsCollaborators) {
    this.#with = collaborators
  }

  /** Number of the newest event; 0 before the first. */
  get newest(): number {
    return this.#seq
  }

  /** Blocks that hold anything newer than event number `seq`, oldest first. */
  since(seq: number): readonly { block: number; events: readonly EventRow[] }[] {
    return this.#blocks.filter(({ events }) => (events.at(-1)?.seq ?? 0) > seq)
  }

  /** When a peer was lost, unless it is back. */
  goneAt(peerId: string): string | null {
    return this.#goneAt.get(peerId as PeerId) ?? null
  }

  /** Facts that are durable now. */
  facts(facts: readonly Fact[]): void {
    for (const fact of facts) {
      const told = tell(fact, this.#with.jobs().get(fact.jobId))
      if (told) this.#add({ jobId: fact.jobId, ...told })
    }
  }

  peerConnected(peerId: PeerId, name: string, reason: string | null): void {
    this.#goneAt.delete(peerId)
    if (reason === null) this.#add({ level: 'good', text: `${name} is here`, peerId })
    else this.#add({ level: 'warn', text: `${name} is here but gets no work: ${reason}`, peerId })
  }

  peerDisconnected(peerId: PeerId, name: string, reason: string): void {
    this.#goneAt.set(peerId, this.#with.wallClock().toISOString())
    this.#add({ level: 'warn', text: `${name} is gone: ${reason}`, peerId })
  }

  /** Of a watched folder. */
  watched(level: EventLevel, text: string): void {
    this.#add({ level, text })
  }

  /** A member told this node how much work to take. */
  steered(peerId: PeerId, name: string, order: SteerOrder): void {
    const what =
      order.kind === 'slots'
        ? `lets this machine run ${order.total} ${order.total === 1 ? 'task' : 'tasks'} at once`
        : order.on
          ? 'drains this machine: it takes no more work'
          : 'woke this machine: it takes work again'
    this.#add({ level: 'info', text: `${name} ${what}`, peerId })
  }

  /** This machine became unwell, or is well again. */
  health(reason: string | null): void {
    if (reason === null) this.#add({ level: 'good', text: 'this machine is well again and takes work' })
    else this.#add({ level: 'bad', text: `this machine is unwell and takes no work: ${reason}` })
  }

  #add(told: Told): void {
    const event: EventRow = {
      jobId: null,
      task: null,
      peerId: null,
      ...told,
      seq: ++this.#seq,
      at: this.#with.wallClock().toISOString()
    }
    const block = Math.floor((event.seq - 1) / eventBlockSize)
    const last = this.#blocks.at(-1)
    if (last?.block === block) last.events.push(event)
    else this.#blocks.push({ block, events: [event] })
    if (this.#blocks.length > eventBlocks) this.#blocks.shift()
  }
}

const baseName = (path: string): string => path.split(/[\\/]/).at(-1) || path

/** The output's name, where it says more than the source's. */
function outputTold(job: JobRecord | undefined): string {
  const output = job ? baseName(job.request.output) : ''
  return job === undefined || output === baseName(job.request.source) ? '' : `: ${output}`
}

/** A fact in words; null for those that only tell of progress. */
export function tell(fact: Fact, job: JobRecord | undefined): Told | null {
  const name = job ? baseName(job.request.source) : fact.jobId
  const line = (level: EventLevel, text: string, more: Partial<Told> = {}): Told => ({ level, text, ...more })
  switch (fact.kind) {
    case 'job-queued':
      return line('info', `${baseName(fact.request.source)} queued with ${fact.request.preset}`)
    case 'job-shaped':
      return line(
        'info',
        fact.shape === 'split' ? `${name} is shared out in chunks` : `${name} is encoded in one piece`
      )
    case 'attempt-ended':
      return attemptTold(fact, job, name)
    case 'task-failed':
      return line('bad', `${name} #${fact.taskNo} failed for good: ${fact.error}`, {
        task: String(fact.taskNo)
      })
    case 'peer-blocked':
      return line('warn', `${nameOfPeer(job, fact.peerId)} gets no more of ${name}: ${fact.reason}`, {
        peerId: fact.peerId
      })
    case 'peer-unblocked':
      return line('info', `${nameOfPeer(job, fact.peerId)} may try ${name} again`, { peerId: fact.peerId })
    case 'job-completed':
      return line('good', `${name} is finished${outputTold(job)}`)
    case 'job-failed':
      return line('bad', `${name} failed: ${fact.error}`)
    case 'job-canceled':
      return line('warn', `${name} was canceled`)
    case 'job-paused':
      return line('info', `${name} paused`)
    case 'job-resumed':
      return line('info', `${name} goes on`)
    case 'job-prioritized':
      return line('info', `${name} has priority ${fact.priority} now`)
    case 'job-retried':
      return line('info', `${name} starts again`)
    case 'link-changed':
      return linkTold(fact.link, name, job?.request.origin?.kind === 'resolve')
    case 'job-purged':
      return line('info', `job ${fact.jobId} was removed from the list`)
    default:
      return null
  }
}

/** @param isAsked it was queued to be linked: of others nobody waits for it */
function linkTold({ state, reason, project, clips }: JobLink, name: string, isAsked: boolean): Told | null {
  const where = project === null ? '' : ` in ${project.name}`
  const why = reason === null ? '' : `: ${reason}`
  switch (state) {
    case 'linked':
      return {
        level: 'good',
        text: `${name} is linked${where} (${clips.map((clip) => clip.name).join(', ')})`
      }
    case 'refused':
      return { level: 'warn', text: `${name} is not linked${where}${why}` }
    case 'pending':
      return reason === null || !isAsked ? null : { level: 'info', text: `${name} is linked later${why}` }
    case 'not-in-project':
      return null
  }
}

const endWords = {
  failed: ['warn', 'failed on'],
  rejected: ['warn', 'was rejected, from'],
  hindered: ['warn', 'was hindered on'],
  lost: ['warn', 'was lost with'],
  returned: ['info', 'was handed back by']
} as const

function attemptTold(
  fact: Extract<Fact, { kind: 'attempt-ended' }>,
  job: JobRecord | undefined,
  name: string
): Told | null {
  if (fact.status === 'superseded' || fact.status === 'canceled') return null
  const [level, words] = endWords[fact.status]
  const attempt = job?.tasks
    .find(({ no }) => no === fact.taskNo)
    ?.attempts.find((one) => one.attempt === fact.attempt)
  const peer = attempt?.peerName ?? 'a machine'
  const why = fact.error === null ? '' : `: ${fact.error}`
  return {
    level,
    text: `${name} #${fact.taskNo} ${words} ${peer}, attempt ${fact.attempt}${why}`,
    task: String(fact.taskNo),
    ...(attempt ? { peerId: attempt.peerId } : {})
  }
}

function nameOfPeer(job: JobRecord | undefined, peerId: PeerId): string {
  for (const { attempts } of job?.tasks ?? [])
    for (const attempt of attempts) if (attempt.peerId === peerId) return attempt.peerName
  return `…${peerId.slice(-8)}`
}
