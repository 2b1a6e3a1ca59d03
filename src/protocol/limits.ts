/** Sizes and paces of what goes over the wire. Every one bounds memory or work that a peer can cause. */

const kib = 1024

/** Control messages (DESIGN section 6): hello, status, log requests, pairing steps. */
export const controlFrameBytes = 64 * kib
/** Lease messages: a heartbeat of 512 leases, an outcome with the tail of a tool's log. */
export const leaseFrameBytes = 256 * kib
/** Grants carry payloads: a chunk of a variable-rate source lists its timestamps (about 10 bytes a frame). */
export const stealFrameBytes = 1024 * kib
/** A whole roster: `maxStatements` of about 400 bytes each fit. */
export const rosterFrameBytes = 512 * kib
/** 200 log lines of `maxLogLineChars`, in the worst encoding, and the command. */
export const logFrameBytes = 256 * kib

/** News of a watched node: a block of events in the longest words, or 12,000 runs of chunks. */
export const watchFrameBytes = 512 * kib
/** Parts are put together into one message up to about this size: what a single part may add fits beside it. */
export const watchBatchBytes = 128 * kib

/** Outgoing messages of one channel that wait for a slow reader; more are dropped and the sender is told. */
export const queuedFrames = 4

/** Nesting of any message; zod and JSON recurse, and a megabyte of `[` would exhaust the stack. */
export const maxJsonDepth = 64

/** Bytes that a reader keeps unparsed before it pauses its stream; below yamux's window, so the peer notices. */
export const readAheadBytes = 256 * kib

/** How long a request may take, from opening its stream to its answer. */
export const requestDeadlineMs = 5_000
/** A log may have to be read from a disk that sleeps. */
export const logDeadlineMs = 10_000
/** A node that is asked for the first time tries its encoder; a trial that takes longer is heard of when asked again. */
export const preflightDeadlineMs = 8_000

/** Messages a second that one peer may send on one kept channel, and how many at once; above that it is read slower. */
export const channelRate = { perSecond: 200, burst: 400 }
/** Request streams (hello, log, roster) a second from one peer, and how many at once; above that they are reset. */
export const requestRate = { perSecond: 10, burst: 40 }
/** Proofs that one peer may ask for, of its own count: a queue of short jobs must not hold up anything else. */
export const preflightRate = { perSecond: 10, burst: 80 }

/** Looks at a node that one peer may begin: a cursor that runs down the jobs begins one for each that it rests on. */
export const watchRate = { perSecond: 10, burst: 40 }
/** Orders that one peer may give: a person gives one. */
export const steerRate = { perSecond: 2, burst: 10 }
/** Screens that may watch one node, and as many looks at chunks. */
export const maxWatchers = 4

export const maxNameChars = 64
export const maxVersionChars = 128
export const maxReasonChars = 1_000
export const maxErrorChars = 16_000
export const maxAddresses = 16
export const maxAddressChars = 255
export const maxEncoders = 512
export const maxRoots = 64
export const maxTags = 64
export const maxRunning = 128
export const maxHeartbeatLeases = 512
export const maxGrantedLeases = 64
export const maxStatements = 1_000
export const maxLogLines = 200
export const maxLogLineChars = 600
export const maxCommandArgs = 512
export const maxCommandArgChars = 4_096
export const maxWatchParts = 128
export const maxPathChars = 4_096
export const maxEventChars = 1_000
export const maxJobErrorChars = 4_000
export const maxWarnings = 32
export const maxChunkRuns = 12_000
export const maxSideTasks = 256
export const maxChunkPeers = 256
