import { generateKeyPairSync } from 'node:crypto'
import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Identity, identityOf } from '../../../../src/node/mesh/identity.ts'
import {
  digestOf,
  foundMesh,
  fromData,
  isRemoved,
  membersOf,
  mergeStatements,
  type Roster,
  signStatement,
  toData
} from '../../../../src/node/mesh/roster.ts'
import { maxStatements, type Statement } from '../../../../src/protocol/index.ts'

function newIdentity(): Identity {
  const { privateKey } = generateKeyPairSync('ed25519')
  const { d, x } = privateKey.export({ format: 'jwk' })
  const raw = Buffer.concat([Buffer.from(d!, 'base64url'), Buffer.from(x!, 'base64url')])
  return identityOf(privateKeyFromRaw(raw) as Ed25519PrivateKey)
}

const people = Array.from({ length: 6 }, newIdentity)
const [founder, anna, bert, cleo] = people as [Identity, Identity, Identity, Identity]
const mesh = foundMesh(founder, 'founder')
const vouch = (by: Identity, who: Identity, name = 'n') =>
  signStatement(by, mesh.meshId, { kind: 'member', peer: who.peerId, name })
const removal = (by: Identity, who: Identity) =>
  signStatement(by, mesh.meshId, { kind: 'removed', peer: who.peerId, name: '' })
const withAll = (...statements: Statement[]): Roster => mergeStatements(mesh, statements).roster
const idsOf = (roster: Roster) => [...membersOf(roster).keys()]

describe('who is a member', () => {
  test('a new mesh holds its founder alone', () => {
    expect([...membersOf(mesh)]).toEqual([[founder.peerId, 'founder']])
  })

  test('a member is whoever was vouched for by a chain from the founder', () => {
    const roster = withAll(vouch(founder, anna, 'anna'), vouch(anna, bert, 'bert'))
    expect(idsOf(roster)).toEqual([founder.peerId, anna.peerId, bert.peerId])
    expect(membersOf(roster).get(bert.peerId)).toBe('bert')
  })

  test('a stranger cannot make members, not even of himself', () => {
    const { roster, changed, refused } = mergeStatements(mesh, [vouch(bert, bert), vouch(bert, cleo)])
    expect([idsOf(roster), changed, refused]).toEqual([[founder.peerId], false, 2])
  })

  test('a stranger cannot remove anybody', () => {
    expect(idsOf(withAll(removal(bert, founder)))).toEqual([founder.peerId])
  })

  test('a removal is final, whoever vouches again, and however often', () => {
    const roster = withAll(vouch(founder, anna), removal(founder, anna), vouch(founder, anna, 'again'))
    expect(idsOf(roster)).toEqual([founder.peerId])
    expect(isRemoved(roster, anna.peerId)).toBe(true)
  })

  test('whom a removed one had invited stays', () => {
    const roster = withAll(vouch(founder, anna), vouch(anna, bert), removal(founder, anna))
    expect(idsOf(roster)).toEqual([founder.peerId, bert.peerId])
  })

  test('the founder can be removed, and the mesh goes on', () => {
    const roster = withAll(vouch(founder, anna), removal(anna, founder))
    expect(idsOf(roster)).toEqual([anna.peerId])
  })

  test('names come out without control characters', () => {
    const sneaky = { ...vouch(founder, anna), name: 'a\u001b[2Jb' }
    expect(mergeStatements(mesh, [sneaky]).changed).toBe(false)
    expect(membersOf(withAll(vouch(founder, anna, 'a\u001b[2Jb'))).get(anna.peerId)).toBe('a [2Jb')
  })
})

describe('forged statements', () => {
  const honest = vouch(founder, anna, 'anna')

  test('change one thing in a signed statement and it does not count', () => {
    const forged: Statement[] = [
      { ...honest, peer: bert.peerId },
      { ...honest, name: 'root' },
      { ...honest, kind: 'removed' },
      { ...honest, by: anna.peerId },
      { ...honest, sig: `${honest.sig.startsWith('A') ? 'B' : 'A'}${honest.sig.slice(1)}` }
    ]
    for (const statement of forged) {
      const { changed, refused } = mergeStatements(mesh, [statement])
      expect([changed, refused]).toEqual([false, 1])
    }
  })

  test('a statement of another mesh does not count here', () => {
    const elsewhere = foundMesh(founder, 'founder')
    const statement = signStatement(founder, elsewhere.meshId, {
      kind: 'member',
      peer: anna.peerId,
      name: 'anna'
    })
    expect(mergeStatements(mesh, [statement]).changed).toBe(false)
  })

  test('any bytes as a signature are refused, not thrown at', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), (bytes) => {
        const sig = Buffer.from(bytes).toString('base64url')
        expect(mergeStatements(mesh, [{ ...honest, sig }]).changed).toBe(false)
      })
    )
  })
})

describe('merging', () => {
  /** Statements by anyone about anyone: honest ones, of strangers, forged, removals, doubled names. */
  const statements = fc.array(
    fc
      .record({
        by: fc.constantFrom(...people),
        who: fc.constantFrom(...people),
        kind: fc.constantFrom<Statement['kind'][]>('member', 'member', 'member', 'removed'),
        name: fc.constantFrom('x', 'y'),
        forged: fc.integer({ min: 0, max: 9 }).map((n) => n === 0)
      })
      .map(({ by, who, kind, name, forged }): Statement => {
        const statement = signStatement(by, mesh.meshId, { kind, peer: who.peerId, name })
        return forged ? { ...statement, by: founder.peerId, peer: cleo.peerId } : statement
      }),
    { maxLength: 25 }
  )

  test('nodes that heard the same in another order, in parts or twice have the same roster', () => {
    fc.assert(
      fc.property(statements, fc.integer({ min: 0, max: 25 }), (all, cut) => {
        // Statements that do not count yet are not kept: their sender says them again, and then they do.
        const exchange = (one: Roster, two: Roster) => mergeStatements(one, toData(two).statements).roster
        const whole = mergeStatements(mesh, all).roster
        const [early, late] = [all.slice(0, cut), all.slice(cut)]
        const left = mergeStatements(mergeStatements(mesh, late).roster, all).roster
        const right = mergeStatements(mergeStatements(mesh, [...early].reverse()).roster, [
          ...all,
          ...all
        ]).roster
        const met = exchange(exchange(left, right), whole)
        for (const roster of [left, right, met]) {
          expect(digestOf(roster)).toBe(digestOf(whole))
          expect(membersOf(roster)).toEqual(membersOf(whole))
        }
      }),
      { numRuns: 60 }
    )
  })

  test('nothing is ever taken back by merging', () => {
    fc.assert(
      fc.property(statements, statements, (first, second) => {
        const before = mergeStatements(mesh, first).roster
        const after = mergeStatements(before, second).roster
        for (const key of before.statements.keys()) expect(after.statements.has(key)).toBe(true)
        for (const { peerId } of people)
          if (isRemoved(before, peerId)) expect(idsOf(after)).not.toContain(peerId)
      }),
      { numRuns: 40 }
    )
  })

  test('a roster does not grow without bound', () => {
    const flood = Array.from({ length: maxStatements + 20 }, (_, i) => {
      const peer = `12D3KooW${i.toString().padStart(44, 'z').replaceAll('0', 'a')}` as typeof anna.peerId
      return signStatement(founder, mesh.meshId, { kind: 'member', peer, name: 'n' })
    })
    const { roster, refused } = mergeStatements(mesh, flood)
    expect(roster.statements.size).toBe(maxStatements)
    expect(refused).toBe(21)
  })
})

describe('a roster from outside', () => {
  test('comes back whole', () => {
    const roster = withAll(vouch(founder, anna), vouch(anna, bert), removal(bert, anna))
    const again = fromData(JSON.parse(JSON.stringify(toData(roster))))
    expect(again && digestOf(again)).toBe(digestOf(roster))
  })

  test('is refused when its founder did not found it', () => {
    expect(fromData({ ...toData(mesh), founder: anna.peerId })).toBeNull()
    expect(fromData({ ...toData(mesh), statements: [] })).toBeNull()
    expect(fromData({ ...toData(mesh), meshId: '0'.repeat(32) })).toBeNull()
  })
})
