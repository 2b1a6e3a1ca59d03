import type { Connection } from '@libp2p/interface'
import type { PeerId } from '../../model/index.ts'
import type { RosterData } from '../../protocol/index.ts'
import { MeshError } from './errors.ts'
import { parseInvite } from './invite.ts'
import type { Inviter } from './inviter.ts'
import { joinMesh } from './joiner.ts'
import type { RosterStore } from './roster-store.ts'
import type { Mesh, MeshMember } from './types.ts'

export interface MembershipSettings {
  self: PeerId
  name: string
}

export interface MembershipCollaborators {
  roster: RosterStore
  inviter: Inviter
  /** Where others can reach this node now. */
  reachable: () => string[]
  dial: (peer: PeerId, addresses: readonly string[]) => Promise<Connection>
  /** This node is a member of the inviter's mesh now, and the inviter is at these addresses. */
  onJoined: (inviter: PeerId, addresses: readonly string[]) => void
}

/** What a person does to the membership of this machine's mesh. */
export class Membership implements Pick<Mesh, 'members' | 'invite' | 'join' | 'create'> {
  readonly #settings: MembershipSettings
  readonly #with: MembershipCollaborators
  #joining: PeerId | null = null

  constructor(settings: MembershipSettings, collaborators: MembershipCollaborators) {
    this.#settings = settings
    this.#with = collaborators
  }

  /** The inviter that is being asked now; the gater lets this node dial it. */
  get joining(): PeerId | null {
    return this.#joining
  }

  members(): MeshMember[] {
    return [...this.#with.roster.members]
      .map(([peerId, name]) => ({ peerId, name, self: peerId === this.#settings.self }))
      .sort((a, b) => a.name.localeCompare(b.name) || (a.peerId < b.peerId ? -1 : 1))
  }

  async invite(): Promise<{ invite: string; expiresAt: Date }> {
    if (!this.#with.roster.has(this.#settings.self)) {
      throw new MeshError(
        'not-a-member',
        'This machine was removed from its mesh and cannot invite others to it',
        {
          hint: 'Start a mesh of its own with `proxima-node mesh create`.'
        }
      )
    }
    return this.#with.inviter.issue(this.#with.reachable())
  }

  async join(
    line: string,
    options: { replace?: boolean } = {}
  ): Promise<{ meshId: string; inviterId: PeerId; inviterName: string }> {
    const { self, name } = this.#settings
    const { roster, reachable, dial, onJoined } = this.#with
    const invite = parseInvite(line)
    const { inviter } = invite
    if (inviter === self || roster.has(inviter)) {
      throw new MeshError('already-member', 'This machine is in the mesh of that invite already', {
        hint: 'If that machine was set up anew, run `proxima-node mesh create` here first, then join again.'
      })
    }
    const others = this.members().filter((member) => !member.self).length
    if (others > 0 && !options.replace) {
      const machines = others === 1 ? 'machine' : 'machines'
      throw new MeshError('mesh-has-members', `This machine is in a mesh with ${others} other ${machines}`, {
        hint: 'To leave it, run `proxima-node mesh create` first, then join again.'
      })
    }
    if (this.#joining !== null) {
      throw new MeshError('join-under-way', 'This machine is joining a mesh already', {
        hint: 'Wait for it to end.'
      })
    }
    this.#joining = inviter
    try {
      const inviterName = await joinMesh(invite, {
        self,
        name,
        addresses: reachable(),
        dial,
        adopt: (data) => roster.adopt(data, inviter)
      })
      onJoined(inviter, invite.addresses)
      return { meshId: roster.meshId, inviterId: inviter, inviterName }
    } finally {
      this.#joining = null
    }
  }

  async create(name: string | null = null): Promise<{ meshId: string }> {
    await this.#with.roster.refound(name ?? this.#settings.name)
    return { meshId: this.#with.roster.meshId }
  }

  /**
   * @param tell says it to the one that is removed, before it is cut off
   * @throws MeshError `unknown-peer`
   */
  async remove(peer: PeerId, tell: (data: RosterData) => Promise<unknown>): Promise<void> {
    const { roster } = this.#with
    if (peer === this.#settings.self || !roster.has(peer)) {
      throw new MeshError('unknown-peer', `${peer} is not another member of this mesh`, {
        hint: 'See `proxima-node mesh list`; this machine itself leaves with `proxima-node mesh leave`.',
        exitStatus: 2
      })
    }
    await tell(roster.without(peer))
    await roster.remove(peer)
  }
}
