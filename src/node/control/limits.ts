/** Bounds of the local socket. Its clients are this user's own commands: the limits guard against bugs and stalls. */
export interface ControlLimits {
  /** Longest request line: 20,000 sources of about 200 characters. */
  maxLineBytes: number
  /** Bytes waiting for a client that does not read, beyond which it is dropped. */
  maxOutgoingBytes: number
  /** Requests and streams of one client under way at once. */
  maxInFlight: number
  /** Events waiting in a stream that does not coalesce, beyond which its client is dropped. */
  maxWaitingEvents: number
  maxClients: number
}

export const defaultLimits: ControlLimits = {
  maxLineBytes: 4 * 1024 * 1024,
  maxOutgoingBytes: 8 * 1024 * 1024,
  maxInFlight: 64,
  maxWaitingEvents: 1024,
  maxClients: 64
}

/** How long a connecting command waits for the node's first word. */
export const helloTimeoutMs = 5_000
