import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { PeerId } from '../../model/index.ts'
import { type PairContext, proofOf, sameProof } from '../../protocol/index.ts'
import { hostPortOf, parseHostPort } from './address.ts'
import { MeshError } from './errors.ts'
import { peerIdSchema } from './schemas.ts'

const prefix = 'proxima-invite:'
const tokenBytes = 16
const maxInviteAddresses = 8

export interface Invite {
  inviter: PeerId
  /** 128 bits, good once. */
  token: Uint8Array
  /** Plain multiaddr text, best first. */
  addresses: string[]
}

const bodySchema = z.tuple([
  z.literal(1),
  peerIdSchema,
  z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  z.array(z.string().max(255)).max(maxInviteAddresses)
])

/** One line without spaces, to copy: `proxima-invite:` and base64url of a small JSON array. */
export function encodeInvite(invite: Invite): string {
  const token = Buffer.from(invite.token).toString('base64url')
  const hosts = invite.addresses.slice(0, maxInviteAddresses).map(hostPortOf)
  return prefix + Buffer.from(JSON.stringify([1, invite.inviter, token, hosts])).toString('base64url')
}

/** The invite of a line; line breaks that copying brought in do not matter. Throws MeshError `invite-malformed`. */
export function parseInvite(line: string): Invite {
  const malformed = () =>
    new MeshError('invite-malformed', 'This is not a whole invite', {
      hint: `Copy the full line that \`proxima-node mesh invite\` printed; it starts with ${prefix}`
    })
  const text = line.replaceAll(/\s+/g, '')
  if (!text.startsWith(prefix) || text.length > 8_192) throw malformed()
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(text.slice(prefix.length), 'base64url').toString('utf8'))
  } catch {
    throw malformed()
  }
  const parsed = bodySchema.safeParse(value)
  if (!parsed.success) throw malformed()
  const [, inviter, token, hosts] = parsed.data
  const addresses = hosts.map(parseHostPort).filter((address) => address !== null)
  if (addresses.length === 0) throw malformed()
  return { inviter, token: Buffer.from(token, 'base64url'), addresses }
}

/** Enough for a person who invites a room full of machines; each stays in memory until used or expired. */
const maxOpenInvites = 64

/** The invites that are open here. They live in memory only: a restart closes them. Times are monotonic. */
export class OpenInvites {
  readonly #open: { token: Uint8Array; expiresMs: number }[] = []

  /** A new token, good once within `ttlMs`. Throws MeshError `too-many-invites`. */
  issue(nowMs: number, ttlMs: number): Uint8Array {
    this.#expire(nowMs)
    if (this.#open.length >= maxOpenInvites) {
      throw new MeshError('too-many-invites', `${maxOpenInvites} invites are open already`, {
        hint: 'Use one of them, or wait until they expire.'
      })
    }
    const token = randomBytes(tokenBytes)
    this.#open.push({ token, expiresMs: nowMs + ttlMs })
    return token
  }

  anyOpen(nowMs: number): boolean {
    this.#expire(nowMs)
    return this.#open.length > 0
  }

  /** The token that makes this proof, taken out: it is used now. Null when it is wrong, used or expired. */
  redeem(proof: string, context: PairContext, nowMs: number): Uint8Array | null {
    this.#expire(nowMs)
    const index = this.#open.findIndex(({ token }) => sameProof(proof, proofOf(token, 'joiner', context)))
    return index < 0 ? null : this.#open.splice(index, 1)[0]!.token
  }

  clear(): void {
    this.#open.length = 0
  }

  #expire(nowMs: number): void {
    for (let i = this.#open.length - 1; i >= 0; i--)
      if (this.#open[i]!.expiresMs <= nowMs) this.#open.splice(i, 1)
  }
}
