import type {
  ChunkMap,
  ChunkRun,
  EventRow,
  JobRow,
  JobStatus,
  JobView,
  NodeInfo,
  PeerRow,
  PeerView,
  ScreenPart
} from '../../src/model/index.ts'
import { jobView, nodeInfo } from './control.ts'

/** A moment of a studio's mesh, made up: what a screen is tested and measured with. Times are fixed. */
export const sceneNowMs = Date.parse('2026-03-01T12:04:30.000Z')

export const sceneNode: NodeInfo = { ...nodeInfo, peerId: peerId(0), name: 'editroom' }

const names = [
  'editroom',
  'tower',
  'nuc',
  'laptop',
  'mac',
  'render1',
  'render2',
  'nas',
  'édition',
  'grade',
  'audio',
  'dailies'
]

/** Ids as long as real ones. */
export function peerId(i: number): string {
  return `12D3KooWSceneSceneSceneSceneSceneSceneScene${String(i).padStart(8, 'P')}`
}

/** A machine's row. */
export function peerRow(i: number, change: Partial<PeerView> = {}, row: Partial<PeerRow> = {}): PeerRow {
  const peer: PeerView = {
    peerId: peerId(i),
    name: names[i] ?? `box${i}`,
    status: i === 0 ? 'self' : 'connected',
    state: 'awake',
    reason: null,
    version: '0.1.0',
    ffmpegVersion: '7.0',
    encoders: ['libx264', 'dnxhd', 'prores_ks'],
    slots: { total: 3, busy: 3 },
    roots: ['a1b2c3d4e5f60718'],
    cores: 12,
    addresses: [`/ip4/192.168.1.${20 + i}/tcp/47470`],
    running: [{ leaseId: `k3j5m8n2p4.${140 + i}.1`, kind: 'encode-chunk', fps: 80 + i }],
    ...change
  }
  return { peer, taken: 20 + i, done: 18 + i, failed: 0, goneAt: null, ...row }
}

/** A job's row. */
export function jobRow(id: string, change: Partial<JobView> = {}, row: Partial<JobRow> = {}): JobRow {
  const job = jobView(id, { batch: `b${id}`, ...change })
  return { job, chunks: null, fps: job.progress.fps, left: null, ...row }
}

/** The job under way in the scene, and the chunks of it. */
export const sceneJobId = 'k3j5m8n2p4'

const run = (
  state: ChunkRun['state'],
  count: number,
  peer: number | null,
  firstTask: number | null
): ChunkRun => ({
  state,
  count,
  peer,
  firstTask
})

export const sceneChunks: ChunkMap = {
  jobId: sceneJobId,
  runs: [
    run('done', 146, 0, 1),
    run('encoding', 3, 0, 147),
    run('encoding', 2, 1, 150),
    run('second', 1, 2, 152),
    run('encoding', 1, 2, 153),
    run('verifying', 2, 1, 154),
    run('failed', 1, null, 156),
    run('waiting', 44, null, null)
  ],
  uncut: 44,
  side: [
    { id: '200', kind: 'encode-audio', state: 'done', peer: 0 },
    { id: '201', kind: 'join', state: 'waiting', peer: null }
  ],
  peers: [
    { peerId: peerId(0), name: 'editroom' },
    { peerId: peerId(1), name: 'tower' },
    { peerId: peerId(3), name: 'laptop' }
  ],
  gone: false
}

const event = (
  seq: number,
  level: EventRow['level'],
  text: string,
  more: Partial<EventRow> = {}
): EventRow => ({
  seq,
  at: new Date(sceneNowMs - (20 - seq) * 11_000).toISOString(),
  level,
  text,
  jobId: null,
  task: null,
  peerId: null,
  ...more
})

export const sceneEvents: readonly EventRow[] = [
  event(1, 'info', 'A001_C004.mov queued with dnxhr_sq', { jobId: sceneJobId }),
  event(2, 'info', 'A001_C004.mov is shared out in chunks', { jobId: sceneJobId }),
  event(3, 'good', 'nuc is here', { peerId: peerId(2) }),
  event(4, 'warn', 'A001_C004.mov #139 was rejected, from laptop, attempt 1: 239 of 240 frames', {
    jobId: sceneJobId,
    task: '139'
  }),
  event(5, 'bad', 'old.avi failed: task 17 (encode-chunk) failed 3 times on 3 machines: Invalid data found', {
    jobId: 'f3f3f3f3f3'
  }),
  event(6, 'warn', 'mac is gone: nothing was heard from it for 6 s', { peerId: peerId(4) })
]

/** A busy mesh with something of everything. */
export const sceneParts: readonly ScreenPart[] = [
  { kind: 'node', node: sceneNode },
  {
    kind: 'job',
    row: jobRow(
      sceneJobId,
      {
        source: '/mnt/nas/day1/A001_C004.mov',
        output: '/mnt/nas/day1/Proxy/A001_C004.mov',
        progress: { units: 17_520, totalUnits: 24_000, fps: 311, leftMs: 20_800 },
        tasks: { total: 159, done: 147, running: 7 },
        startedAt: '2026-03-01T12:01:00.000Z'
      },
      { chunks: { done: 146, total: 200, estimated: true }, left: { minMs: 20_800, maxMs: 31_000 } }
    )
  },
  {
    kind: 'job',
    row: jobRow('f3f3f3f3f3', {
      source: '/mnt/nas/day1/old.avi',
      status: 'failed',
      error: 'task 17 (encode-chunk) failed 3 times on 3 machines: Invalid data found when processing input',
      progress: { units: 700, totalUnits: 2_400, fps: 0, leftMs: null },
      endedAt: '2026-03-01T12:03:00.000Z'
    })
  },
  ...(['active', 'completed', 'queued', 'paused'] as const satisfies readonly JobStatus[]).map(
    (status, i): ScreenPart => ({
      kind: 'job',
      row: jobRow(
        `d2d2d2d2d${i}`,
        {
          batch: 'day2',
          source: `/mnt/nas/day2/été ${i + 1} の素材.mov`,
          preset: 'prores_proxy',
          status,
          priority: status === 'active' ? 5 : 0,
          note: status === 'queued' ? 'no machine can take it: tower: it is draining' : null,
          progress: {
            units: status === 'completed' ? 1_000 : status === 'active' ? 250 : 0,
            totalUnits: 1_000,
            fps: status === 'active' ? 101.4 : 0,
            leftMs: null
          },
          endedAt: status === 'completed' ? '2026-03-01T12:02:00.000Z' : null
        },
        status === 'active'
          ? { left: { minMs: 74_000, maxMs: 190_000 }, chunks: { done: 2, total: 9, estimated: false } }
          : {}
      )
    })
  ),
  { kind: 'peer', row: peerRow(0) },
  { kind: 'peer', row: peerRow(1, { state: 'draining' }) },
  { kind: 'peer', row: peerRow(2, { cores: 4, slots: { total: 2, busy: 0 }, running: [] }) },
  { kind: 'peer', row: peerRow(3, { cores: 4, slots: { total: 2, busy: 2 } }, { failed: 3 }) },
  {
    kind: 'peer',
    row: peerRow(
      4,
      {
        status: 'lost',
        state: null,
        reason: 'nothing was heard from it for 6 s',
        running: [],
        cores: null,
        slots: { total: 0, busy: 0 }
      },
      { goneAt: new Date(sceneNowMs - 14_000).toISOString() }
    )
  },
  {
    kind: 'peer',
    row: peerRow(5, {
      status: 'incompatible',
      state: null,
      reason: 'it runs version 0.0.9, this node 0.1.0: install the same on both',
      running: [],
      slots: { total: 0, busy: 0 }
    })
  },
  { kind: 'events', block: 0, events: sceneEvents },
  { kind: 'synced' }
]
