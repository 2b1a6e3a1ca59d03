import { planOf } from '../../../src/jobs/transcode/plan.ts'
import type { JobRecord, Json, Task } from '../../../src/model/index.ts'
import { preset, source } from '../media/samples.ts'

export const sourceRef = { root: '00000000000000aa', path: 'day1/a.mp4' }
export const outputRef = { root: '00000000000000aa', path: 'day1/Proxy/a.mov' }

/** A planned job of 100 frames with keyframes at 0, 30, 60 and 90. */
export const job: JobRecord = {
  id: '0123456789',
  seq: 1,
  request: {
    kind: 'transcode',
    batchId: 'b',
    source: '/nas/day1/a.mp4',
    output: '/nas/day1/Proxy/a.mov',
    preset: 'sample',
    priority: 0,
    needs: { encoders: [], roots: [], tags: [], ffmpeg: null, ownerOnly: false },
    payload: {
      source: sourceRef,
      output: outputRef,
      preset: preset as unknown as Json,
      force: false,
      noChunk: false,
      chunkMs: null,
      worthChunkingMs: null,
      newFolders: 1
    }
  },
  priority: 0,
  status: 'active',
  pausedFrom: null,
  plan: {
    totalUnits: 100,
    split: {
      work: {
        kind: 'encode-chunk',
        totalUnits: 100,
        cuts: [30, 60, 90],
        minUnits: 1,
        maxUnits: null,
        fixedUnits: null
      },
      tasks: []
    },
    whole: null,
    needs: { encoders: [], roots: [], tags: [], ffmpeg: null, ownerOnly: false },
    payload: planOf(source, { preset }) as unknown as Json
  },
  shape: 'split',
  remaining: [],
  tasks: [],
  nextTaskNo: 1,
  blocked: {},
  error: null,
  cleaned: false
} as unknown as JobRecord

export const task = (no: number, kind: string, range: Task['range'] = null, attempt = 0): Task => ({
  no,
  kind,
  stage: 0,
  ownerOnly: false,
  pool: 'slot',
  final: false,
  range,
  status: attempt === 0 ? 'ready' : 'done',
  attempts:
    attempt === 0 ? [] : [{ attempt, peerId: 'p' as never, peerName: 'p', status: 'done', error: null }],
  result: null,
  error: null
})
