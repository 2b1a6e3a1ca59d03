export type MeshErrorCode =
  | 'identity-unreadable'
  | 'roster-unreadable'
  | 'port-taken'
  | 'address-unavailable'
  | 'bad-peer-address'
  | 'not-started'
  /** This machine was removed from the mesh it knows. */
  | 'not-a-member'
  | 'too-many-invites'
  | 'invite-malformed'
  /** Wrong, used and expired invites are refused alike. */
  | 'invite-refused'
  | 'inviter-unreachable'
  | 'already-member'
  | 'mesh-has-members'
  | 'join-under-way'
  | 'unknown-peer'
  | 'peer-unreachable'

/** What went wrong in the mesh, for a person: `message` says what happened to what, `hint` what to do next. */
export class MeshError extends Error {
  readonly code: MeshErrorCode
  readonly hint: string | null

  constructor(code: MeshErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'MeshError'
    this.code = code
    this.hint = options.hint ?? null
  }
}
