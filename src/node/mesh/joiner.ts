import type { Connection } from '@libp2p/interface'
import type { PeerId } from '../../model/index.ts'
import { asProtocolError, pairAsJoiner, type RosterData } from '../../protocol/index.ts'
import { describeDialError } from './dialler.ts'
import { MeshError } from './errors.ts'
import type { Invite } from './invite.ts'

export interface JoinerCollaborators {
  self: PeerId
  name: string
  addresses: string[]
  dial: (peer: PeerId, addresses: string[]) => Promise<Connection>
  /** Makes the inviter's mesh this node's. False when the roster is not sound. */
  adopt: (roster: RosterData) => Promise<boolean>
}

const refused = (cause?: unknown) =>
  new MeshError('invite-refused', 'The invite was refused: it is wrong, was used already, or has expired', {
    hint: 'Ask for a new one: `proxima-node mesh invite` on a machine of that mesh.',
    cause
  })

/**
 * Joins the mesh of an invite. Returns the inviter's name once this node is a member there and here.
 * Throws MeshError `invite-refused`, `inviter-unreachable`.
 */
export async function joinMesh(invite: Invite, collaborators: JoinerCollaborators): Promise<string> {
  const { self, name, addresses, dial, adopt } = collaborators
  let connection: Connection
  try {
    connection = await dial(invite.inviter, invite.addresses)
  } catch (cause) {
    // Its gater hung up: no invite is open there. The same answer as to a wrong one.
    if (wasHungUp(cause)) throw refused(cause)
    const where = invite.addresses
      .map((address) => address.replace(/^\/\w+\/(.*)\/tcp\/(\d+)$/, '$1:$2'))
      .join(', ')
    throw new MeshError(
      'inviter-unreachable',
      `The inviting machine cannot be reached at ${where}: ${describeDialError(cause)}`,
      { hint: 'Check that its node is running and that both machines are on the same network.', cause }
    )
  }
  try {
    const result = await pairAsJoiner(
      connection,
      { self, inviter: invite.inviter, token: invite.token, name, addresses },
      async (roster) => {
        if (!(await adopt(roster))) {
          throw new MeshError('invite-refused', 'The inviting machine sent a roster that is not sound', {
            hint: 'Ask for an invite of another machine of that mesh.'
          })
        }
      }
    )
    if (result.kind === 'refused') throw refused()
    return result.inviterName
  } catch (error) {
    if (error instanceof MeshError || (error as NodeJS.ErrnoException).syscall) throw error
    throw refused(asProtocolError(error, 'pairing'))
  } finally {
    // The pairing's connection has no session; members meet on a new one.
    await connection.close().catch((error: Error) => connection.abort(error))
  }
}

const unreachable =
  /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|imeout|aborted/

/** Whether at least one address answered before it closed the connection. */
function wasHungUp(error: unknown): boolean {
  const all = error instanceof AggregateError ? error.errors : [error]
  return all.some(
    (one) => !unreachable.test(one instanceof Error ? `${one.name} ${one.message}` : String(one))
  )
}
