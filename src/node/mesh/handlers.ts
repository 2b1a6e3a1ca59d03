import type { Connection, Stream, StreamHandler } from '@libp2p/interface'
import type { Libp2p } from 'libp2p'
import type { LeaseId, PeerId, SteerOrder, WatchQuestion } from '../../model/index.ts'
import {
  answer,
  answerWatch,
  asProtocolError,
  boundLog,
  boundReply,
  type Hello,
  helloProtocol,
  logProtocol,
  PeerRates,
  type ProofQuestion,
  type ProofReply,
  pairProtocolId,
  preflightProtocol,
  preflightRate,
  type RequestProtocol,
  type RosterData,
  requestRate,
  rosterProtocol,
  type SteerReply,
  steerProtocol,
  steerRate,
  type TaskLog,
  type WatchAdmission,
  watchProtocolId,
  watchRate
} from '../../protocol/index.ts'
import type { Faults } from './faults.ts'
import type { Inviter } from './inviter.ts'
import { channelId, type LibLine, type LibSession } from './lib-line.ts'
import { channelNames } from './line.ts'
import type { Links } from './links.ts'
import type { MeshHandlers } from './types.ts'
import { WatchDoor } from './watch-door.ts'

export interface HandlerCollaborators {
  faults: Faults
  links: Links<LibLine>
  inviter: Inviter
  nowMs: () => number
  isMember: (peer: PeerId) => boolean
  ownHello: () => Hello
  /** Merges a peer's roster and returns this node's. */
  exchangeRoster: (peer: PeerId, roster: RosterData) => Promise<RosterData>
  readLog: (leaseId: LeaseId, from: PeerId) => Promise<TaskLog | null>
  /** Whether this node could run tasks of a job. */
  prove: (question: ProofQuestion, from: PeerId) => Promise<ProofReply>
  watchStallMs: number
  /** What a watcher is told. */
  watched: MeshHandlers['onWatch']
  /** Does what a member says of how much work to take. */
  steered: (order: SteerOrder, from: PeerId) => Promise<SteerReply>
}

const unfit = 'the two machines run different versions of proxima-node: install the same on both'

/**
 * Registers what this node answers. Each handler asks again whether the other end is a member and is known by its
 * connection: the gater's answer may be older than a removal.
 */
export async function registerHandlers(host: Libp2p, collaborators: HandlerCollaborators): Promise<void> {
  const { faults, links, inviter, nowMs, isMember, ownHello } = collaborators
  const { exchangeRoster, readLog, prove, watched, steered } = collaborators
  const usualRates = new PeerRates(requestRate)

  const forMembers =
    (
      protocol: string,
      handle: (session: LibSession, stream: Stream) => void | Promise<void>
    ): StreamHandler =>
    async (stream, connection) => {
      const peer = connection.remotePeer.toString() as PeerId
      const session = links.sessionOf(connection.id)
      if (!session || !isMember(peer)) {
        faults.count(peer, protocol, 'not-a-member', 'it is not a member')
        stream.abort(new Error('not a member'))
        return
      }
      try {
        await handle(session, stream)
      } catch (error) {
        const known = asProtocolError(error, protocol)
        if (known.code !== 'stream-closed') faults.count(peer, protocol, known.code, known.message)
      }
    }
  /** False, and the stream reset, for a peer above its pace. */
  const isInPace = (protocol: string, rates: PeerRates, session: LibSession, stream: Stream): boolean => {
    if (rates.tryTake(session.peer, nowMs())) return true
    faults.count(session.peer, protocol, 'too-fast', 'it asks too often')
    stream.abort(new Error('too many requests'))
    return false
  }
  const isFit = (session: LibSession): boolean => session.hello !== null && session.refusal === null
  const request = <Q, A>(
    protocol: RequestProtocol<Q, A>,
    reply: (session: LibSession, question: Q) => Promise<A> | A,
    rates: PeerRates = usualRates
  ): Promise<void> =>
    host.handle(
      protocol.id,
      forMembers(protocol.id, async (session, stream) => {
        if (!isInPace(protocol.id, rates, session, stream)) return
        await answer(protocol, stream, (question) => reply(session, question))
      }),
      { maxInboundStreams: 16, maxOutboundStreams: 16 }
    )

  await request(helloProtocol, (session, hello) => {
    session.greetedBy(hello)
    return ownHello()
  })
  await request(rosterProtocol, (session, roster) => exchangeRoster(session.peer, roster))
  await request(logProtocol, async (session, { leaseId }) => {
    const log = await readLog(leaseId, session.peer)
    return { log: log && boundLog(log) }
  })
  await request(
    preflightProtocol,
    async (session, question) => {
      // Trials cost: only who could be worked for gets any.
      if (!isFit(session)) throw new Error('this stream is not expected')
      return boundReply(await prove(question, session.peer))
    },
    new PeerRates(preflightRate)
  )
  await request(
    steerProtocol,
    (session, order) =>
      isFit(session) ? steered(order, session.peer) : { kind: 'refused' as const, reason: unfit },
    new PeerRates(steerRate)
  )
  const watchDoor = new WatchDoor(watched)
  const watchRates = new PeerRates(watchRate)
  await host.handle(
    watchProtocolId,
    forMembers(watchProtocolId, async (session, stream) => {
      if (!isInPace(watchProtocolId, watchRates, session, stream)) return
      const admit = (question: WatchQuestion): WatchAdmission =>
        isFit(session) ? watchDoor.admit(question, session.peer) : { kind: 'refused', reason: unfit }
      await answerWatch(stream, admit, collaborators.watchStallMs)
    }),
    { maxInboundStreams: 16, maxOutboundStreams: 16 }
  )
  for (const name of channelNames) {
    const handler = forMembers(channelId(name), (session, stream) => {
      const isExpected = session.accept(name, () => session.line.keep(name, stream))
      if (!isExpected) stream.abort(new Error('this stream is not expected'))
    })
    await host.handle(channelId(name), handler, { maxInboundStreams: 4, maxOutboundStreams: 4 })
  }
  const onPair = (stream: Stream, connection: Connection) => inviter.pair(stream, connection)
  await host.handle(pairProtocolId, onPair, { maxInboundStreams: 1, maxOutboundStreams: 2 })
}
