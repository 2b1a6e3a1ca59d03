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
  /** There is no other member. */
  | 'alone'
  | 'peer-unreachable'
  /** It is there, and said no to what it was asked. */
  | 'peer-refused'

/** What went wrong in the mesh, for a person: `message` says what happened to what, `hint` what to do next. */
export class MeshError extends Error {
  readonly code: MeshErrorCode
  readonly hint: string | null
  readonly exitStatus: 1 | 2 | 3

  constructor(
    code: MeshErrorCode,
    message: string,
    options: { hint?: string; exitStatus?: 1 | 2 | 3; cause?: unknown } = {}
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'MeshError'
    this.code = code
    this.hint = options.hint ?? null
    this.exitStatus = options.exitStatus ?? 1
  }
}
