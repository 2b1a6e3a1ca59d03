import { join } from 'node:path'
import { z } from 'zod'
import type { PeerId } from '../../model/index.ts'
import { type RosterData, rosterSchema } from '../../protocol/index.ts'
import { readIfThere, writeFileAtomic } from '../atomic-file.ts'
import { MeshError } from './errors.ts'
import type { Identity } from './identity.ts'
import {
  digestOf,
  foundMesh,
  fromData,
  membersOf,
  mergeStatements,
  type Roster,
  signStatement,
  toData
} from './roster.ts'

const fileSchema = z.object({ version: z.literal(1) }).and(rosterSchema)

/** The roster on disk and in memory: what it says in memory is on disk first. `onChange` hears when its mesh was left for another. */
export class RosterStore {
  readonly #path: string
  readonly #identity: Identity
  readonly #onChange: (left: boolean) => void
  #roster: Roster
  #members: ReadonlyMap<PeerId, string>
  #digest: string
  #writing: Promise<unknown> = Promise.resolve()

  private constructor(path: string, identity: Identity, roster: Roster, onChange: (left: boolean) => void) {
    this.#path = path
    this.#identity = identity
    this.#onChange = onChange
    this.#roster = roster
    this.#members = membersOf(roster)
    this.#digest = digestOf(roster)
  }

  /**
   * Reads `<home>/roster.json`; a first start founds a mesh of its own, named after nobody but this node.
   * Throws MeshError `roster-unreadable` rather than forget whom to trust.
   */
  static async load(
    home: string,
    identity: Identity,
    name: string,
    onChange: (left: boolean) => void
  ): Promise<RosterStore> {
    const path = join(home, 'roster.json')
    const hint = 'Restore it from a backup; or delete it to start a mesh of your own, and be invited again.'
    const unreadable = (why: string, cause?: unknown) =>
      new MeshError('roster-unreadable', `The roster ${path} ${why}`, { hint, cause })
    let text: string | null
    try {
      text = await readIfThere(path)
    } catch (cause) {
      throw unreadable(`cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
    }
    if (text === null) {
      const store = new RosterStore(path, identity, foundMesh(identity, name), onChange)
      await store.#write(store.#roster)
      return store
    }
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (cause) {
      throw unreadable('is damaged: it is not JSON', cause)
    }
    const parsed = fileSchema.safeParse(value)
    if (!parsed.success) {
      const issue = parsed.error.issues[0]
      throw unreadable(`is damaged: ${issue?.path.join('.')}: ${issue?.message}`)
    }
    const roster = fromData(parsed.data)
    if (!roster) throw unreadable('is damaged: its founder did not sign it')
    return new RosterStore(path, identity, roster, onChange)
  }

  get meshId(): string {
    return this.#roster.meshId
  }
  /** Peer id → name, this node included while it is a member. */
  get members(): ReadonlyMap<PeerId, string> {
    return this.#members
  }
  get digest(): string {
    return this.#digest
  }
  get data(): RosterData {
    return toData(this.#roster)
  }

  has(peer: PeerId): boolean {
    return this.#members.has(peer)
  }

  /** Takes over what a peer says, as far as it counts. Returns how many statements were refused. */
  async merge(data: RosterData): Promise<number> {
    if (data.meshId !== this.#roster.meshId || data.founder !== this.#roster.founder)
      return data.statements.length
    return this.#inTurn(async () => {
      const { roster, changed, refused } = mergeStatements(this.#roster, data.statements)
      if (changed) await this.#become(roster)
      return refused
    })
  }

  /** Vouches for a peer. False when its key was removed, or the roster is full. */
  async vouch(peer: PeerId, name: string): Promise<boolean> {
    await this.#say('member', peer, name)
    return this.has(peer)
  }

  /** Removes a peer's key for good. */
  remove(peer: PeerId): Promise<void> {
    return this.#say('removed', peer, '')
  }

  /** The roster as it would be without a peer; nothing changes by it. */
  without(peer: PeerId): RosterData {
    const said = signStatement(this.#identity, this.#roster.meshId, { kind: 'removed', peer, name: '' })
    return toData(mergeStatements(this.#roster, [said]).roster)
  }

  /** Leaves for a new mesh of this node alone. */
  refound(name: string): Promise<void> {
    return this.#inTurn(() => this.#become(foundMesh(this.#identity, name)))
  }

  /** Leaves for another mesh. False when its roster is not sound, or this node or the inviter is not in it. */
  async adopt(data: RosterData, inviter: PeerId): Promise<boolean> {
    const roster = fromData(data)
    const members = roster && membersOf(roster)
    if (!roster || !members?.has(this.#identity.peerId) || !members.has(inviter)) return false
    await this.#inTurn(() => this.#become(roster))
    return true
  }

  async #say(kind: 'member' | 'removed', peer: PeerId, name: string): Promise<void> {
    await this.#inTurn(async () => {
      const statement = signStatement(this.#identity, this.#roster.meshId, { kind, peer, name })
      const { roster, changed } = mergeStatements(this.#roster, [statement])
      if (changed) await this.#become(roster)
    })
  }

  async #become(roster: Roster): Promise<void> {
    await this.#write(roster)
    const left = roster.meshId !== this.#roster.meshId
    this.#roster = roster
    this.#members = membersOf(roster)
    this.#digest = digestOf(roster)
    this.#onChange(left)
  }

  #write(roster: Roster): Promise<void> {
    return writeFileAtomic(this.#path, `${JSON.stringify({ version: 1, ...toData(roster) }, null, 1)}\n`)
  }

  /** Changes follow each other: each sees what the one before wrote. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = this.#writing.then(change)
    this.#writing = result.catch(() => null)
    return result
  }
}
