import { describe, expect, test } from 'vitest'
import type { ChunkMap, EventRow, JobRow, PeerRow, ScreenPart, WatchNews } from '../../../src/model/index.ts'
import { encodeMessage } from '../../../src/protocol/json.ts'
import { maxChunkRuns, maxWatchParts, watchFrameBytes } from '../../../src/protocol/limits.ts'
import { steerOrderSchema, steerReplySchema } from '../../../src/protocol/steer/index.ts'
import {
  boundChunks,
  boundPart,
  intoBatches,
  watchNewsSchema,
  watchQuestionSchema
} from '../../../src/protocol/watch/index.ts'
import { newsOnWire, watchReplySchema } from '../../../src/protocol/watch/messages.ts'
import { jobRow, peerRow, sceneChunks, sceneParts } from '../../support/scene.ts'

/** What the other end makes of news, after JSON. */
const arrived = (news: WatchNews): WatchNews =>
  watchNewsSchema.parse(JSON.parse(new TextDecoder().decode(encodeMessage(newsOnWire(news)))))

/** In UTF-8 as long as text can be. */
const long = (chars: number): string => '節'.repeat(chars)

const wildJob = (): JobRow =>
  jobRow('one', {
    source: `/${long(9_000)}`,
    output: long(9_000),
    error: `\u001b[2J${long(50_000)}`,
    note: long(5_000),
    warnings: Array.from({ length: 90 }, () => long(5_000))
  })

const wildPeer = (): PeerRow =>
  peerRow(1, {
    name: long(500),
    reason: 'no\nspace',
    encoders: Array.from({ length: 900 }, (_, i) => `e${i}`.padEnd(64, 'x')),
    addresses: Array.from({ length: 90 }, () => long(900)),
    running: Array.from({ length: 900 }, () => ({ leaseId: 'k3j5m8n2p4.1.1', kind: 'encode-chunk', fps: 1 }))
  })

const wildEvents: EventRow[] = Array.from({ length: 64 }, (_, i) => ({
  seq: i + 1,
  at: '2026-03-01T12:04:30.000Z',
  level: 'bad',
  text: long(20_000),
  jobId: 'k3j5m8n2p4',
  task: '1',
  peerId: null
}))

const wildMap: ChunkMap = {
  ...sceneChunks,
  runs: Array.from({ length: 50_000 }, (_, i) => ({
    state: 'verifying',
    count: 99_999,
    peer: i % 900,
    firstTask: 999_999_999
  })),
  side: Array.from({ length: 900 }, (_, i) => ({
    id: `${i}`,
    kind: 'encode-audio',
    state: 'done',
    peer: 899
  })),
  peers: Array.from({ length: 900 }, (_, i) => ({ peerId: `${i}`.padEnd(52, 'x'), name: long(200) }))
}

describe('news of a watched node', () => {
  test('arrive as they were sent', () => {
    const parts: WatchNews = { kind: 'parts', parts: sceneParts.map(boundPart) }
    expect(arrived(parts)).toEqual({ kind: 'parts', parts: sceneParts })
    expect(arrived({ kind: 'chunks', map: boundChunks(sceneChunks) })).toEqual({
      kind: 'chunks',
      map: sceneChunks
    })
  })

  test('are made fit to be sent, whatever the node shows', () => {
    const parts: ScreenPart[] = [
      { kind: 'job', row: wildJob() },
      { kind: 'peer', row: wildPeer() },
      { kind: 'events', block: 3, events: wildEvents },
      { kind: 'synced' }
    ]
    const batches = intoBatches(parts.map(boundPart))
    expect(batches.flat().map(({ kind }) => kind)).toEqual(['job', 'peer', 'events', 'synced'])
    for (const batch of batches) {
      expect(encodeMessage({ kind: 'parts', parts: batch }).byteLength).toBeLessThan(watchFrameBytes)
      expect(JSON.stringify(arrived({ kind: 'parts', parts: batch }))).not.toContain('\\u001b')
    }
    const map = boundChunks(wildMap)
    expect(encodeMessage(newsOnWire({ kind: 'chunks', map })).byteLength).toBeLessThan(watchFrameBytes)
    const there = arrived({ kind: 'chunks', map })
    expect(there.kind === 'chunks' && there.map.runs).toHaveLength(maxChunkRuns)
    // Who does not fit into the list of peers is nobody, not somebody else.
    expect(map.runs[899]?.peer).toBeNull()
    expect(map.runs[255]?.peer).toBe(255)
  })

  test('go out in messages of a bounded number of parts', () => {
    const many = Array.from(
      { length: maxWatchParts * 2 + 1 },
      (_, i): ScreenPart => ({
        kind: 'job-gone',
        id: `${i}`
      })
    )
    expect(intoBatches(many).map((batch) => batch.length)).toEqual([maxWatchParts, maxWatchParts, 1])
    expect(intoBatches([])).toEqual([])
  })

  test.each([
    ['a part of no kind', { kind: 'parts', parts: [{ kind: 'order' }] }],
    ['too many parts', { kind: 'parts', parts: Array(maxWatchParts + 1).fill({ kind: 'synced' }) }],
    [
      'an unknown job status',
      { kind: 'parts', parts: [{ kind: 'job', row: jobRow('a', { status: 'x' as never }) }] }
    ],
    ['a negative count', { kind: 'chunks', map: { ...sceneChunks, runs: [['done', -1, 0, 1]] } }],
    ['a run of the wrong shape', { kind: 'chunks', map: sceneChunks }]
  ])('are refused with %s', (_what, news) => {
    expect(watchNewsSchema.safeParse(news).success).toBe(false)
  })

  test('are asked for by what they are of, and a job by its whole id', () => {
    expect(watchQuestionSchema.parse({ what: 'screen', newer: 1 })).toEqual({ what: 'screen' })
    for (const wrong of [{ what: 'files' }, { what: 'chunks' }, { what: 'chunks', jobId: '../x' }])
      expect(watchQuestionSchema.safeParse(wrong).success).toBe(false)
    expect(watchReplySchema.parse({ kind: 'refused', reason: 'no\u001b[2J' })).toEqual({
      kind: 'refused',
      reason: 'no [2J'
    })
  })
})

describe('an order of how much work to take', () => {
  test('is one of two, within bounds', () => {
    expect(steerOrderSchema.parse({ kind: 'drain', on: true })).toEqual({ kind: 'drain', on: true })
    expect(steerOrderSchema.parse({ kind: 'slots', total: 256 })).toEqual({ kind: 'slots', total: 256 })
    for (const wrong of [
      { kind: 'stop' },
      { kind: 'drain', on: 'yes' },
      { kind: 'slots', total: 257 },
      { kind: 'slots', total: 1.5 }
    ])
      expect(steerOrderSchema.safeParse(wrong).success).toBe(false)
  })

  test('is answered with a status, or with words', () => {
    expect(steerReplySchema.safeParse({ kind: 'done' }).success).toBe(false)
    expect(steerReplySchema.parse({ kind: 'refused', reason: 'it\nstops' })).toEqual({
      kind: 'refused',
      reason: 'it stops'
    })
  })
})
