import { z } from 'zod'
import {
  type ControlMethod,
  type ControlMethods,
  type ControlStream,
  type ControlStreams,
  isJobId,
  maxSlots,
  outputLayouts
} from '../../model/index.ts'

/** Longest text in a request: paths are at most 4 KiB on Linux, invites about 1 KiB. */
const text = z.string().max(8192)
const nothing = z.object({}).transform((): Record<string, never> => ({}))
const duration = z
  .number()
  .finite()
  .positive()
  .max(24 * 3_600_000)
const priority = z.number().int().min(-1000).max(1000)
const slots = z.number().int().min(0).max(maxSlots)
const ids = z.union([z.literal('all'), z.array(text).min(1).max(10_000)])

const origin = z.object({
  kind: z.enum(['timeline', 'resolve', 'watch']),
  file: text.exactOptional(),
  sequence: text.exactOptional(),
  mediaId: text.exactOptional()
})

const frame = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER)
const part = z
  .object({
    start: frame,
    end: frame,
    timecode: z
      .string()
      .regex(/^\d\d:[0-5]\d:[0-5]\d[:;.]\d{2,3}$/)
      .nullable()
  })
  .refine(({ start, end }) => start < end, { error: 'a part without frames' })

const queueParams = z.object({
  sources: z.array(text.min(1)).min(1).max(20_000),
  preset: text.min(1),
  outDir: text.min(1).nullable(),
  nameTemplate: text.min(1).nullable(),
  layout: z.enum(outputLayouts).nullable().optional(),
  priority,
  force: z.boolean(),
  keep: z.boolean().default(false),
  origins: z.record(text.min(1), origin).optional(),
  parts: z.record(text.min(1), z.array(part).min(1).max(10_000)).optional(),
  noChunk: z.boolean(),
  chunkMs: duration.nullable(),
  worthChunkingMs: z.number().finite().nonnegative().nullable(),
  tags: z.array(text.min(1)).max(64),
  batchId: z.string().refine(isJobId, { error: 'not the id of a batch' }).optional()
})

const patterns = z.array(text.min(1)).max(256)

/** A watched folder: what a command asks for, and what is kept of it. */
export const watchParams = z.object({
  dir: text.min(1),
  rules: z.object({
    extensions: z.array(text.min(1)).max(256).nullable(),
    only: patterns,
    skip: patterns,
    recursive: z.boolean(),
    settleMs: z.number().finite().nonnegative(),
    minAgeMs: z.number().finite().nonnegative()
  }),
  queue: queueParams.omit({ sources: true, origins: true, batchId: true })
})

/** What each method accepts. Unknown fields are ignored; a wrong one refuses the request. */
export const methodParams: { readonly [M in ControlMethod]: z.ZodType<ControlMethods[M]['params']> } = {
  info: nothing,
  queue: queueParams,
  plan: queueParams,
  jobs: nothing,
  job: z.object({ id: text }),
  log: z.object({ id: text, task: text.nullable() }),
  peers: nothing,
  act: z.object({ action: z.enum(['pause', 'resume', 'cancel', 'retry', 'purge']), ids }),
  unblock: z.object({ id: text, peer: text.min(1) }),
  priority: z.object({ ids, priority }),
  share: z.object({ path: text.min(1), name: text.min(1).nullable() }),
  roots: nothing,
  unshare: z.object({ root: text.min(1) }),
  meshCreate: z.object({ name: text.min(1).nullable() }),
  meshInvite: nothing,
  meshJoin: z.object({ invite: text.min(1) }),
  meshList: nothing,
  meshRemove: z.object({ peer: text.min(1) }),
  meshLeave: nothing,
  doctor: nothing,
  backUpLedger: z.object({ path: text.min(1) }),
  presets: nothing,
  preset: z.object({ name: text.min(1), forFile: text.min(1).nullable() }),
  drain: z.object({ on: z.boolean() }),
  slots: z.object({ total: slots }),
  steer: z.object({
    peer: text.min(1),
    order: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('drain'), on: z.boolean() }),
      z.object({ kind: z.literal('slots'), total: slots })
    ])
  }),
  watches: nothing,
  watchFolder: watchParams,
  unwatchFolder: z.object({ watch: text.min(1) }),
  link: z.object({ dir: text.min(1).nullable(), replace: z.boolean() }),
  stop: nothing
}

export const streamParams: { readonly [S in ControlStream]: z.ZodType<ControlStreams[S]['params']> } = {
  watchJobs: z.object({ ids: z.array(text).max(20_000).nullable() }),
  screen: nothing,
  chunks: z.object({ id: text }),
  peerScreen: z.object({ peer: text.min(1) }),
  peerChunks: z.object({ peer: text.min(1), id: text })
}

const id = z.number().int().positive().max(Number.MAX_SAFE_INTEGER)

/** The envelope of a request line. */
export const requestSchema = z.union([
  z.object({ id, cancel: z.literal(true) }),
  z.object({ id, method: z.string().max(64), params: z.json() })
])

export const isMethod = (name: string): name is ControlMethod => Object.hasOwn(methodParams, name)
export const isStream = (name: string): name is ControlStream => Object.hasOwn(streamParams, name)

/** `sources[3]: expected string` from the first issue of a failed parse. */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  if (!issue) return 'not understood'
  const path = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
  return path === '' ? issue.message : `${path.replace(/^\./, '')}: ${issue.message}`
}
