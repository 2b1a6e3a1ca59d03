import { createHash, randomBytes } from 'node:crypto'
import type { PeerId } from '../../model/index.ts'
import {
  cleanText,
  maxNameChars,
  maxStatements,
  type RosterData,
  type Statement
} from '../../protocol/index.ts'
import { type Identity, signBytes, verifyBytes } from './identity.ts'

/**
 * A mesh's membership: a set of signed statements that only grows. Every function here is pure.
 *
 * A statement counts when its signer was made a member by a chain of statements that starts at the founder. A removal
 * is final for that key, whoever vouches again, but what the removed one had vouched for stays: rosters are merged by
 * union, in any order, and must come out the same everywhere.
 */
export interface Roster {
  readonly meshId: string
  readonly founder: PeerId
  /** By kind, peer and signer: each may say each thing of each peer once. */
  readonly statements: ReadonlyMap<string, Statement>
}

const keyOf = (statement: Statement): string => `${statement.kind} ${statement.peer} ${statement.by}`

/** What is signed. JSON of an array of strings: unambiguous, and bound to the mesh. */
export function signedBytes(meshId: string, statement: Omit<Statement, 'sig'>): Uint8Array {
  const { kind, peer, name, by } = statement
  return new TextEncoder().encode(JSON.stringify(['proxima-roster/1', meshId, kind, peer, name, by]))
}

export function signStatement(
  identity: Identity,
  meshId: string,
  said: Pick<Statement, 'kind' | 'peer' | 'name'>
): Statement {
  const statement = { ...said, name: cleanText(said.name, maxNameChars), by: identity.peerId }
  return { ...statement, sig: signBytes(identity, signedBytes(meshId, statement)) }
}

/** A new mesh that holds its founder alone. */
export function foundMesh(
  identity: Identity,
  name: string,
  meshId = randomBytes(16).toString('hex')
): Roster {
  const statement = signStatement(identity, meshId, { kind: 'member', peer: identity.peerId, name })
  return { meshId, founder: identity.peerId, statements: new Map([[keyOf(statement), statement]]) }
}

/** Everyone who is or was a member: reachable from the founder by vouches. */
function rootedIn(founder: PeerId, statements: Iterable<Statement>): Set<PeerId> {
  const rooted = new Set<PeerId>([founder])
  const vouches = [...statements].filter((statement) => statement.kind === 'member')
  for (let before = 0; before < rooted.size; ) {
    before = rooted.size
    for (const vouch of vouches) if (rooted.has(vouch.by)) rooted.add(vouch.peer)
  }
  return rooted
}

export interface Merged {
  roster: Roster
  /** Whether anything was new. */
  changed: boolean
  /** Statements that were forged, of no chain from the founder, or too many. */
  refused: number
}

/** The union of what is known and what a peer says, as far as it counts. */
export function mergeStatements(roster: Roster, incoming: readonly Statement[]): Merged {
  const candidates = new Map(roster.statements)
  let refused = 0
  for (const statement of incoming) {
    const key = keyOf(statement)
    const known = candidates.get(key)
    // One signer, two names for the same peer: the smaller wins, on every node.
    if (known && known.name <= statement.name) continue
    if (!verifyBytes(statement.by, signedBytes(roster.meshId, statement), statement.sig)) refused++
    else candidates.set(key, statement)
  }
  const rooted = rootedIn(roster.founder, candidates.values())
  const statements = new Map(roster.statements)
  let changed = false
  for (const [key, statement] of candidates) {
    if (statements.get(key) === statement) continue
    const room = statements.has(key) || statements.size < maxStatements
    if (!rooted.has(statement.by) || !room) refused++
    else {
      statements.set(key, statement)
      changed = true
    }
  }
  return { roster: changed ? { ...roster, statements } : roster, changed, refused }
}

/** The members now: peer id → name. */
export function membersOf(roster: Roster): Map<PeerId, string> {
  const removed = new Set<PeerId>()
  const names = new Map<PeerId, string>()
  for (const statement of roster.statements.values()) {
    if (statement.kind === 'removed') removed.add(statement.peer)
    else {
      const name = cleanText(statement.name, maxNameChars)
      const known = names.get(statement.peer)
      if (known === undefined || name < known) names.set(statement.peer, name)
    }
  }
  for (const peer of removed) names.delete(peer)
  return names
}

export const isRemoved = (roster: Roster, peer: PeerId): boolean =>
  [...roster.statements.values()].some((statement) => statement.kind === 'removed' && statement.peer === peer)

/** Equal for equal rosters: SHA-256 over what is said, in a fixed order (signatures left out). */
export function digestOf(roster: Roster): string {
  const said = [...roster.statements.values()].map(({ kind, peer, name, by }) =>
    JSON.stringify([kind, peer, name, by])
  )
  return createHash('sha256')
    .update(JSON.stringify([roster.meshId, roster.founder, said.sort()]))
    .digest('hex')
}

export const toData = (roster: Roster): RosterData => ({
  meshId: roster.meshId,
  founder: roster.founder,
  statements: [...roster.statements.values()]
})

/** A roster from outside: every statement is verified, and the founder must have founded it. Null when it did not. */
export function fromData(data: RosterData): Roster | null {
  const empty: Roster = { meshId: data.meshId, founder: data.founder, statements: new Map() }
  const { roster } = mergeStatements(empty, data.statements)
  const founded = [...roster.statements.values()].some(
    (statement) =>
      statement.kind === 'member' && statement.peer === data.founder && statement.by === data.founder
  )
  return founded ? roster : null
}
