import { z } from 'zod'

/**
 * The JSON that scripts rely on, field by field, as DESIGN section 4 and `src/model/control.ts` promise it. More fields
 * may come; none of these may go or change its type. Written out here a second time on purpose: a contract that is
 * read from the code it binds would follow every slip.
 */
const time = z.iso.datetime()
const status = z.enum([
  'planning',
  'queued',
  'active',
  'joining',
  'verifying',
  'completed',
  'paused',
  'failed',
  'canceled'
])

const jobFields = {
  type: z.literal('job'),
  id: z.string().min(1),
  batch: z.string().min(1),
  kind: z.literal('transcode'),
  source: z.string().startsWith('/'),
  output: z.string().startsWith('/'),
  preset: z.string(),
  status,
  priority: z.number().int(),
  error: z.string().nullable(),
  progress: z.looseObject({
    units: z.number().int().min(0),
    totalUnits: z.number().int().min(0),
    fps: z.number().min(0),
    leftMs: z.number().min(0).nullable()
  }),
  note: z.string().nullable(),
  queuedAt: time,
  startedAt: time.nullable(),
  endedAt: time.nullable()
}

export const jobShape = z.looseObject({
  ...jobFields,
  tasks: z.looseObject({ total: z.number().int(), done: z.number().int(), running: z.number().int() })
})

export const jobWithTasksShape = z.looseObject({
  ...jobFields,
  shape: z.enum(['split', 'whole']).nullable(),
  tasks: z.array(
    z.looseObject({
      id: z.string(),
      kind: z.enum(['encode-chunk', 'encode-audio', 'encode-file', 'join']),
      status: z.enum(['waiting', 'ready', 'leased', 'done', 'failed', 'canceled']),
      range: z.looseObject({ start: z.number().int(), end: z.number().int() }).nullable(),
      error: z.string().nullable(),
      attempts: z.array(
        z.looseObject({
          attempt: z.number().int().min(1),
          peerId: z.string().min(32),
          peerName: z.string().min(1),
          status: z.enum([
            'running',
            'done',
            'failed',
            'rejected',
            'lost',
            'returned',
            'superseded',
            'hindered',
            'canceled'
          ]),
          startedAt: time,
          endedAt: time.nullable(),
          error: z.string().nullable()
        })
      )
    })
  )
})

export const jobsShape = z.looseObject({ jobs: z.array(jobShape) })

const peerShape = z.looseObject({
  peerId: z.string().min(32),
  name: z.string().min(1),
  status: z.enum(['self', 'connected', 'connecting', 'suspect', 'lost', 'incompatible', 'offline']),
  state: z.enum(['awake', 'asleep', 'draining', 'unhealthy']).nullable(),
  reason: z.string().nullable(),
  version: z.string().nullable(),
  ffmpegVersion: z.string().nullable(),
  encoders: z.array(z.string()),
  slots: z.looseObject({ total: z.number().int().min(0), busy: z.number().int().min(0) }),
  roots: z.array(z.string())
})

export const peersShape = z.looseObject({ self: peerShape, peers: z.array(peerShape) })

export const inviteShape = z.looseObject({ invite: z.string().regex(/^\S+$/), expiresAt: time })

export const doctorShape = z.looseObject({
  checks: z
    .array(
      z.looseObject({
        name: z.string().min(1),
        status: z.enum(['ok', 'warn', 'fail']),
        message: z.string().min(1)
      })
    )
    .min(1)
})

export const rootsShape = z.looseObject({
  roots: z.array(
    z.looseObject({
      id: z.string().regex(/^[0-9a-f]{16}$/),
      name: z.string(),
      path: z.string().startsWith('/'),
      visible: z.boolean(),
      reason: z.string().nullable()
    })
  )
})

export const presetsShape = z.looseObject({
  presets: z.array(z.looseObject({ name: z.string(), description: z.string().min(1), source: z.string() }))
})

export const presetForShape = z.looseObject({
  preset: z.looseObject({}),
  command: z.array(z.string()).min(5)
})

export const actShape = z.looseObject({
  results: z.array(
    z.looseObject({
      id: z.string(),
      ok: z.boolean(),
      status: z.union([status, z.literal('purged')]).nullable(),
      message: z.string().nullable()
    })
  )
})

export const logShape = z.looseObject({
  lines: z.array(z.string()),
  leaseId: z.string(),
  peerName: z.string(),
  command: z.array(z.string()).min(1)
})
