import type {
  LeaseId,
  NodeStatus,
  PeerId,
  PeerMessage,
  ProofAnswer,
  SteerOrder,
  WatchNews,
  WatchQuestion
} from '../../model/index.ts'
import type { Logger, ProofQuestion, ProofReply, SteerReply, TaskLog } from '../../protocol/index.ts'

export interface MeshSettings {
  /** The node's own folder; it must exist. identity.key, roster.json and addresses.json are kept there. */
  home: string
  /** This node's name, for people. */
  name: string
  /** Software version. */
  version: string
  /** New with every start of the process. */
  bootId: string
  ffmpegVersion: string | null
  /** What must be equal for two nodes to give each other work. Default: the version's series (`0.3`, `2`). */
  agreement?: string
  listen: {
    /** An IP address of this machine; `0.0.0.0` for all. */
    host: string
    port: number
    /** A port that a person asked for must be had; another is replaced by a free one when it is taken. */
    explicit: boolean
  }
  /** `HOST:PORT` of nodes to dial wherever they are. */
  peers: readonly string[]
  mdns: {
    enabled: boolean
    /** Also on the loopback interface, for several nodes on one machine without a network. */
    loopback: boolean
    /** UDP port; 5353 unless a test wants to be alone. */
    port?: number
  }
  timings?: Partial<MeshTimings>
}

/** Milliseconds. The defaults are DESIGN section 6; tests shorten them. */
export interface MeshTimings {
  /** A status at least this often; also the unit of suspicion. */
  statusMs: number
  /** Statuses that changed are pushed at most this often. */
  statusThrottleMs: number
  /** The larger peer id leaves the dialling to the smaller for this long. */
  otherDialMs: number
  redialMinMs: number
  redialMaxMs: number
  /** From an open connection to a peer that counts: hello and channels. */
  greetMs: number
  inviteMs: number
  /** How long a stranger may stay connected without pairing, while an invite is open. */
  strangerMs: number
  /** A watcher that does not read for this long is dropped. */
  watchStallMs: number
  /** Alone for this long although the roster has others: say what to check. */
  lonelyMs: number
  /** How often the interfaces are looked at. */
  interfacesMs: number
}

export const defaultTimings: MeshTimings = {
  statusMs: 2_000,
  statusThrottleMs: 200,
  otherDialMs: 1_500,
  redialMinMs: 500,
  redialMaxMs: 10_000,
  greetMs: 8_000,
  inviteMs: 10 * 60_000,
  strangerMs: 5_000,
  watchStallMs: 10_000,
  lonelyMs: 15_000,
  interfacesMs: 2_000
}

export type LinkState = 'connected' | 'connecting' | 'suspect' | 'lost' | 'incompatible' | 'offline'

/** Another member as this node sees it now. */
export interface MeshPeer {
  peerId: PeerId
  name: string
  state: LinkState
  /** Why it is not `connected`, for people. */
  reason: string | null
  /** Where it was reached or is expected, as multiaddr text. */
  addresses: string[]
  /** The last status heard from it since it was last connected. */
  status: NodeStatus | null
  version: string | null
  ffmpegVersion: string | null
  bootId: string | null
}

export interface MeshMember {
  peerId: PeerId
  name: string
  self: boolean
}

export interface PeerIntroduction {
  name: string
  bootId: string
  version: string
  ffmpegVersion: string | null
  /** False: shown with the reason, never given work, and no messages flow. */
  compatible: boolean
  reason: string | null
}

/** What the node does with what the mesh hears. Handlers must not throw; they are called in order. */
export interface MeshHandlers {
  /** Its hello was heard and its streams are open. Comes again, after a disconnect, when the peer was restarted. */
  onPeerConnected(peer: PeerId, introduction: PeerIntroduction): void
  onPeerDisconnected(peer: PeerId, reason: string): void
  /** `status.peerId` is the authenticated sender. */
  onStatus(peer: PeerId, status: NodeStatus): void
  /** `message.from` is the authenticated sender. */
  onMessage(message: PeerMessage): void
  /** The end of the log of a task that ran here, or null when nothing is known of it. */
  onLogRequest(leaseId: LeaseId, from: PeerId): Promise<TaskLog | null> | TaskLog | null
  /** A fit member asks whether this node could run tasks of a job. Rejects when it cannot say so now. */
  onProofRequest(question: ProofQuestion, from: PeerId): Promise<ProofReply>
  /** A fit member looks at this node: what it is told, bounded, until the signal aborts. Never throws. */
  onWatch(question: WatchQuestion, from: PeerId, signal: AbortSignal): AsyncIterable<WatchNews>
  /** A fit member tells this node how much work to take. */
  onSteer(order: SteerOrder, from: PeerId): Promise<SteerReply>
  /** Members now, this node included. */
  onRosterChanged(count: number): void
}

export interface MeshCollaborators extends MeshHandlers {
  logger: Logger
}

/** Everything between the node's turn and the other machines. */
export interface Mesh {
  readonly self: PeerId
  readonly meshId: string
  /** Where this node listens, as multiaddr text; empty before `start`. */
  readonly addresses: string[]
  /** Listens, discovers, dials. Throws MeshError `port-taken` or `address-unavailable`. Idempotent. */
  start(): Promise<void>
  /** Sends what waits to be sent, says goodbye and closes. Idempotent; a stopped mesh stays stopped. */
  stop(): Promise<void>
  /** What this node says of itself: pushed on change (throttled) and every 2 s. */
  setStatus(status: NodeStatus): void
  /** Best effort: dropped while the peer is not connected or does not read. `message.from` is ignored. */
  send(to: PeerId, message: PeerMessage): void
  /** Null when the peer knows nothing of that lease. Throws MeshError `peer-unreachable`. */
  requestLog(peer: PeerId, leaseId: LeaseId, signal?: AbortSignal): Promise<TaskLog | null>
  /** Asks a peer whether it could run tasks of a job. Never rejects: no answer is one. */
  askProof(peer: PeerId, question: ProofQuestion): Promise<ProofAnswer>
  /**
   * Looks at another member's node until it ends that or the signal aborts.
   * Throws MeshError `peer-unreachable`, `peer-refused`.
   */
  watch(peer: PeerId, question: WatchQuestion, signal: AbortSignal): AsyncIterable<WatchNews>
  /** Tells another member's node how much work to take; its status then. Throws MeshError as `watch` does. */
  steer(peer: PeerId, order: SteerOrder): Promise<NodeStatus>
  /** Every other member. */
  peers(): MeshPeer[]
  members(): MeshMember[]
  /** One line to copy to another machine; good once, for 10 minutes. */
  invite(): Promise<{ invite: string; expiresAt: Date }>
  /**
   * Joins the mesh of an invite. A mesh with other members is only left when `replace` says so.
   * Throws MeshError `invite-…`, `inviter-unreachable`, `already-member`, `mesh-has-members`.
   */
  join(
    invite: string,
    options?: { replace?: boolean }
  ): Promise<{ meshId: string; inviterId: PeerId; inviterName: string }>
  /** Leaves for a new mesh that holds this node alone. */
  create(name?: string | null): Promise<{ meshId: string }>
  /**
   * Removes a member's key for good: it is told, where it is connected, and cut off at once.
   * Throws MeshError `unknown-peer`.
   */
  remove(peer: PeerId): Promise<void>
  /**
   * Leaves the mesh for good: those who are connected are told, everything is closed, and identity and roster are
   * forgotten, so that the next start makes a new machine, alone, which may be invited again. Tells how many heard of it,
   * of how many. Throws MeshError `alone`.
   */
  leave(): Promise<{ told: number; others: number }>
  /** How often peers were refused for what they sent, by protocol and reason. */
  faults(): Record<string, number>
}
