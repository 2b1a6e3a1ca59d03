import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type {
  GrantedLease,
  JobId,
  LeaseUp,
  NodeStatus,
  PeerId,
  PeerMessage,
  RootId
} from '../../../src/model/index.ts'
import { leaseIdOf } from '../../../src/model/index.ts'
import { boundLog, helloSchema, logAnswerSchema, statementSchema } from '../../../src/protocol/index.ts'
import { encodeMessage } from '../../../src/protocol/json.ts'
import { leaseMessageSchema } from '../../../src/protocol/lease/index.ts'
import { logFrameBytes } from '../../../src/protocol/limits.ts'
import { fromWire, toWire } from '../../../src/protocol/peer-message.ts'
import { boundReply, proofQuestionSchema, proofReplySchema } from '../../../src/protocol/preflight/index.ts'
import { cleanText } from '../../../src/protocol/schemas.ts'
import { boundStatus, nodeStatusSchema, statusMessageSchema } from '../../../src/protocol/status/index.ts'
import { stealMessageSchema } from '../../../src/protocol/steal/index.ts'

const peer = '12D3KooWKnDdG3iXw9eTFijk3EWSunZcFi54Zka4wmtqtt6rPxc8' as PeerId
const other = '12D3KooWGzQpyrHuNEioYqJAe97oGQ1x5gMT5Nu2mf8EnkzjJADb' as PeerId
const jobId = '0123456789' as JobId
const leaseId = leaseIdOf({ jobId, taskNo: 3, attempt: 2 })

const status: NodeStatus = {
  peerId: peer,
  name: 'tower',
  version: '0.1.0',
  bootId: 'abc',
  cores: 8,
  memoryBytes: 16e9,
  slots: { total: 2, busy: 1 },
  encoders: ['dnxhd', 'prores_ks'],
  roots: ['00112233445566aa' as RootId],
  tags: ['fast'],
  ffmpegVersion: '5.1.9-0+deb12u1',
  state: 'awake',
  reason: null,
  offers: [
    {
      jobId,
      priority: 5,
      readyTasks: 3,
      lateTasks: 0,
      ageMs: 10,
      needs: { encoders: ['dnxhd'], roots: [], tags: [], ffmpeg: '5.1', ownerOnly: false }
    }
  ],
  running: [{ leaseId, kind: 'encode-chunk', ownerId: other, progress: { units: 1, fps: 2.5, sizeBytes: 3 } }]
}

const lease: GrantedLease = {
  leaseId,
  jobId,
  taskNo: 3,
  attempt: 2,
  jobKind: 'transcode',
  taskKind: 'encode-chunk',
  range: { start: 0, end: 48 },
  pool: 'slot',
  ttlMs: 15_000,
  payload: { args: ['-i', 'x'], nested: [[1]] }
}

/** What the other end makes of a message, after JSON. */
const sent = (message: unknown): unknown => JSON.parse(new TextDecoder().decode(encodeMessage(message)))

describe('status', () => {
  test('arrives as it was sent', () => {
    expect(nodeStatusSchema.parse(sent(boundStatus(status)))).toEqual(status)
  })

  test('is made fit to be sent, whatever the node says', () => {
    const wild: NodeStatus = {
      ...status,
      name: `\u001b[31m${'x'.repeat(500)}`,
      reason: 'no\nspace',
      encoders: Array.from({ length: 900 }, (_, i) => `enc${i}`),
      offers: Array.from({ length: 90 }, () => status.offers[0]!),
      running: Array.from({ length: 300 }, () => ({
        ...status.running[0]!,
        progress: { units: -1, fps: Number.NaN, sizeBytes: Number.POSITIVE_INFINITY }
      }))
    }
    const arrived = nodeStatusSchema.parse(sent(boundStatus(wild)))
    expect(arrived.offers).toHaveLength(32)
    expect(arrived.running[0]?.progress).toEqual({ units: 0, fps: 0, sizeBytes: 0 })
    expect(arrived.name).not.toContain('\u001b')
  })

  test.each([
    ['a peer id that is none', { peerId: '../../etc' }],
    ['a root that is no id', { roots: ['../x'] }],
    ['an encoder that is an option', { encoders: ['-i'.repeat(40)] }],
    ['too many tags', { tags: Array.from({ length: 100 }, () => 't') }],
    ['a negative number of slots', { slots: { total: -1, busy: 0 } }],
    ['an unknown state', { state: 'asleep?' }]
  ])('is refused with %s', (_what, wrong) => {
    expect(nodeStatusSchema.safeParse({ ...status, ...wrong }).success).toBe(false)
  })

  test('what an owner says against its peers is bounded, and may be left out by older versions', () => {
    const doubts = Array.from({ length: 65 }, () => ({ peerId: status.peerId, jobs: 3 }))
    expect(nodeStatusSchema.parse({ ...status, doubts: doubts.slice(1) }).doubts).toHaveLength(64)
    expect(nodeStatusSchema.safeParse({ ...status, doubts }).success).toBe(false)
    expect(nodeStatusSchema.safeParse({ ...status, doubts: [{ peerId: 'x', jobs: -1 }] }).success).toBe(false)
    expect('doubts' in nodeStatusSchema.parse(status)).toBe(false)
  })

  test('an unknown kind of status message is refused, an unknown field ignored', () => {
    const rosterDigest = 'a'.repeat(64)
    expect(statusMessageSchema.safeParse({ kind: 'shout' }).success).toBe(false)
    expect(statusMessageSchema.parse({ kind: 'alive', rosterDigest, newer: 1 })).toEqual({
      kind: 'alive',
      rosterDigest
    })
  })
})

describe('messages between schedulers', () => {
  const messages: PeerMessage[] = [
    { kind: 'steal', from: peer, request: { requestId: 1, slots: 2, io: 1 } },
    { kind: 'grant', from: peer, answer: { requestId: 1, leases: [lease] } },
    {
      kind: 'lease-up',
      from: peer,
      message: { kind: 'heartbeat', leases: [{ leaseId, progress: { units: 1, fps: 2, sizeBytes: 3 } }] }
    },
    {
      kind: 'lease-up',
      from: peer,
      message: { kind: 'outcome', leaseId, outcome: { kind: 'finished', result: null } }
    },
    {
      kind: 'lease-up',
      from: peer,
      message: {
        kind: 'outcome',
        leaseId,
        outcome: { kind: 'failed', error: 'line 1\nline 2', fault: 'worker' }
      }
    },
    {
      kind: 'lease-up',
      from: peer,
      message: { kind: 'outcome', leaseId, outcome: { kind: 'returned', reason: 'stopping' } }
    },
    { kind: 'lease-down', from: peer, message: { kind: 'acknowledged', leaseId } },
    { kind: 'lease-down', from: peer, message: { kind: 'stop', leaseId, reason: 'canceled' } }
  ]

  test.each(messages)('$kind arrives as it was sent, from whom the connection says', (message) => {
    const wire = toWire(message)
    const schema = wire.channel === 'steal' ? stealMessageSchema : leaseMessageSchema
    const onWire = sent(wire.message)
    expect(JSON.stringify(onWire)).not.toContain(peer)
    expect(fromWire(other, schema.parse(onWire))).toEqual({ ...message, from: other })
  })

  test('a lease whose parts name another lease is refused', () => {
    const grant = (wrong: object) => ({
      kind: 'grant',
      answer: { requestId: 1, leases: [{ ...lease, ...wrong }] }
    })
    expect(stealMessageSchema.safeParse(grant({})).success).toBe(true)
    for (const wrong of [
      { attempt: 3 },
      { taskNo: 4 },
      { jobId: 'zzzzzzzzzz' },
      { leaseId: '../../x.1.1' },
      { jobKind: '../transcode' },
      { range: { start: 9, end: 9 } },
      { ttlMs: 0 },
      { payload: undefined }
    ]) {
      expect(stealMessageSchema.safeParse(grant(wrong)).success).toBe(false)
    }
  })

  test('a long error keeps its end, where the cause is', () => {
    const message: LeaseUp = {
      kind: 'outcome',
      leaseId,
      outcome: { kind: 'failed', error: `${'x'.repeat(100_000)}the cause`, fault: 'task' }
    }
    const wire = toWire({ kind: 'lease-up', from: peer, message })
    const arrived = leaseMessageSchema.parse(sent(wire.message))
    expect(JSON.stringify(arrived)).toContain('the cause')
  })

  test('whatever arrives is parsed or refused, never thrown at the reader', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const schema of [
          stealMessageSchema,
          leaseMessageSchema,
          statusMessageSchema,
          helloSchema,
          statementSchema
        ]) {
          expect(typeof schema.safeParse(value).success).toBe('boolean')
        }
      })
    )
  })
})

describe('log', () => {
  test('any log fits into one answer after bounding, its last lines kept', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 2_000 }), { maxLength: 400 }),
        fc.array(fc.string({ maxLength: 5_000 }), { maxLength: 20 }),
        (lines, command) => {
          const log = boundLog({ lines, command })
          const bytes = encodeMessage({ log })
          expect(bytes.byteLength).toBeLessThanOrEqual(logFrameBytes)
          expect(logAnswerSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes))).success).toBe(true)
          expect(log.lines.length).toBeLessThanOrEqual(200)
        }
      ),
      { numRuns: 30 }
    )
    expect(boundLog({ lines: Array.from({ length: 300 }, (_, i) => `${i}`), command: [] }).lines.at(-1)).toBe(
      '299'
    )
  })
})

describe('preflight', () => {
  test('a question carries what its kind says, of a kind with a plain name', () => {
    const question = { jobKind: 'transcode', payload: { any: ['thing'] } }
    expect(proofQuestionSchema.parse({ ...question, more: 1 })).toEqual(question)
    for (const wrong of [{ ...question, jobKind: '../x' }, { jobKind: 'transcode' }, null])
      expect(proofQuestionSchema.safeParse(wrong).success).toBe(false)
  })

  test('an answer is one line within its bounds, whatever a tool said', () => {
    expect(boundReply({ reason: null })).toEqual({ reason: null })
    expect(boundReply({ reason: '\n' })).toEqual({ reason: 'it cannot' })
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 4_000 }), (reason) => {
        const reply = boundReply({ reason })
        expect(proofReplySchema.parse(reply)).toEqual(reply)
        expect(reply.reason).not.toMatch(/[\p{Cc}\u2028]/u)
      })
    )
  })
})

describe('cleanText', () => {
  test('leaves nothing that moves a cursor, breaks a line or turns the writing round', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(cleanText(text, 64)).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
        expect(cleanText(text, 64).length).toBeLessThanOrEqual(64)
      })
    )
    expect(cleanText('  Schnitt-Büro 東京\u001b[2J ', 64)).toBe('Schnitt-Büro 東京 [2J')
  })
})
