import type {
  LeaseId,
  NodeStatus,
  PeerId,
  ProofAnswer,
  SteerOrder,
  WatchNews,
  WatchQuestion
} from '../../model/index.ts'
import {
  ask,
  asProtocolError,
  type Logger,
  logProtocol,
  type ProofQuestion,
  preflightProtocol,
  steerProtocol,
  type TaskLog,
  watchPeer,
  watchProtocolId
} from '../../protocol/index.ts'
import { MeshError } from './errors.ts'
import type { LibLine, LibSession } from './lib-line.ts'
import type { Links } from './links.ts'

export interface QuestionsCollaborators {
  logger: Logger
  nowMs: () => number
  links: Pick<Links<LibLine>, 'link'>
  /** As people call it. */
  nameOf: (peer: PeerId) => string
}

const sameVersion = 'install the same version on all machines'
const noPreflight = `its proxima-node does not know preflight: ${sameVersion}`

/** What this node asks of other members, on streams of their own. */
export class Questions {
  readonly #with: QuestionsCollaborators

  constructor(collaborators: QuestionsCollaborators) {
    this.#with = collaborators
  }

  async log(peer: PeerId, leaseId: LeaseId, signal?: AbortSignal): Promise<TaskLog | null> {
    const session = this.#fit(peer)
    const unreachable = (why: string, cause?: unknown) =>
      new MeshError('peer-unreachable', `The log is on ${this.#with.nameOf(peer)}, ${why}`, {
        hint: 'Try again when it is back.',
        cause
      })
    if (!session) throw unreachable('which is not connected')
    try {
      return (await ask(logProtocol, session.line.connection, { leaseId }, signal)).log
    } catch (error) {
      const known = asProtocolError(error, 'log')
      throw unreachable(`which did not send it: ${known.message}`, known)
    }
  }

  async proof(peer: PeerId, question: ProofQuestion): Promise<ProofAnswer> {
    const session = this.#fit(peer)
    if (!session) return { kind: 'unanswered' }
    try {
      const { reason } = await ask(preflightProtocol, session.line.connection, question)
      return reason === null ? { kind: 'can' } : { kind: 'cannot', reason }
    } catch (error) {
      const known = asProtocolError(error, preflightProtocol.id)
      if (known.code === 'unsupported') return { kind: 'cannot', reason: noPreflight }
      this.#with.logger.debug({ peer, code: known.code }, `a proof was not answered: ${known.message}`)
      return { kind: 'unanswered' }
    }
  }

  async *watch(peer: PeerId, question: WatchQuestion, signal: AbortSignal): AsyncGenerator<WatchNews> {
    const { connection } = this.#here(peer).line
    try {
      yield* watchPeer(connection, question, signal, this.#with.nowMs)
    } catch (error) {
      throw this.#told(peer, 'shown', error, watchProtocolId)
    }
  }

  async steer(peer: PeerId, order: SteerOrder): Promise<NodeStatus> {
    const { connection } = this.#here(peer).line
    const reply = await ask(steerProtocol, connection, order).catch((error: unknown) => {
      throw this.#told(peer, 'steered', error, steerProtocol.id)
    })
    if (reply.kind === 'refused') throw this.#refused(peer, reply.reason)
    return { ...reply.status, peerId: peer }
  }

  /** The connection to a peer that may be asked; null when there is none. */
  #fit(peer: PeerId): LibSession | null {
    const session = this.#with.links.link(peer)?.active
    return session && session.refusal === null ? session : null
  }

  #here(peer: PeerId): LibSession {
    const active = this.#with.links.link(peer)?.active ?? null
    const name = this.#with.nameOf(peer)
    if (active === null) {
      throw new MeshError('peer-unreachable', `${name} is not connected`, {
        hint: `Is it switched on, and does its node run? \`proxima-node peer ${name}\` tells more`,
        exitStatus: 3
      })
    }
    if (active.refusal !== null) throw this.#refused(peer, active.refusal)
    return active
  }

  #refused(peer: PeerId, reason: string): MeshError {
    const name = this.#with.nameOf(peer)
    return new MeshError('peer-refused', `${name} said no: ${reason}`, { exitStatus: 3 })
  }

  #told(peer: PeerId, what: 'shown' | 'steered', error: unknown, protocol: string): MeshError {
    const known = asProtocolError(error, protocol)
    const name = this.#with.nameOf(peer)
    if (known.code === 'refused') return this.#refused(peer, known.message)
    if (known.code === 'unsupported') {
      const message = `${name} cannot be ${what} from here: its proxima-node is older`
      return new MeshError('peer-refused', message, { hint: `I${sameVersion.slice(1)}`, exitStatus: 3 })
    }
    const did =
      known.code === 'timed-out'
        ? 'did not answer in time'
        : known.code === 'stream-closed'
          ? 'hung up'
          : `said what this machine does not understand (${known.message})`
    return new MeshError('peer-unreachable', `${name} ${did}`, {
      hint: `See \`proxima-node peer ${name}\``,
      exitStatus: 3,
      cause: known
    })
  }
}
