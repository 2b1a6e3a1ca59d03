import { z } from 'zod'
import { type PackedTimes, presetSchema } from '../../media/index.ts'
import { isRootId, type Json, type MediaRef, whyBadRootPath } from '../../model/index.ts'
import { TranscodeError } from './errors.ts'

/**
 * Everything that the transcode kind writes into a job, a lease or a result, and the schemas by which it is read again.
 * A lease and a result may come from another machine: what does not fit is refused, and nothing in them is a path, a
 * file name or an option (files are found by references and by the numbers of the lease).
 */

const tick = z.number().int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER)
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const hash = z.string().regex(/^[0-9a-f]{64}$/)

/** A path on a shared root, as it may travel: relative, and never out of its root. */
const sharedPath = z.string().refine((path) => whyBadRootPath(path) === null, 'not a path within a root')
const rootRef = z.object({ root: z.custom<string>().refine(isRootId, 'not a root'), path: sharedPath })
const localRef = z.object({ local: z.string().min(1).max(4096) })
const mediaRef = z.union([rootRef, localRef]) as z.ZodType<MediaRef>

const timeBase = z.object({
  num: z
    .number()
    .int()
    .min(1)
    .max(2 ** 31),
  den: z
    .number()
    .int()
    .min(1)
    .max(2 ** 31)
})

const picture = z.object({
  width: z.number().int().min(1).max(32_768),
  height: z.number().int().min(1).max(32_768),
  scaled: z.boolean(),
  interlaced: z.boolean(),
  gopFrames: z.number().int().min(1).max(9999).nullable(),
  encoderTimeBase: timeBase
})

const audioTrack = z.object({
  index: z.number().int().min(0).max(9999),
  channels: z.number().int().min(0).max(256),
  sampleRate: z.number().int().min(0).max(10_000_000)
})

const timecode = z
  .string()
  .regex(/^\d\d:[0-5]\d:[0-5]\d[:;.]\d{2,3}$/)
  .nullable()

const packedTimes: z.ZodType<PackedTimes> = z.union([
  z.object({
    first: tick,
    count,
    runs: z.array(z.tuple([tick, count]))
  }),
  z.object({ first: tick, count, deflated: z.base64() })
])

const proof = z.object({ count, firstPts: tick, lastPts: tick, ptsDigest: hash })

const videoIndex = z.number().int().min(0).max(9999)

/** A tape's or card's name. It travels, so it is of few characters. */
const reelName = z
  .string()
  .regex(/^[\w .-]{1,64}$/)
  .nullable()

/** What `tagText` and `reelName` hold at most. */
export const tagLimit = 1000
export const reelLimit = 64

const identity = z.object({ sizeBytes: count, mtimeMs: z.number() })

/** Text from the source's own metadata. Only the owner writes it into a file, as the value of a named tag. */
const tagText = z.string().max(tagLimit).nullable()
const streamTags = z.object({
  language: tagText,
  title: tagText,
  dispositions: z.array(z.string().regex(/^[a-z_]{1,32}$/)).max(32)
})

/** `JobRequest.payload` */
export const requestPayload = z.object({
  source: mediaRef,
  output: mediaRef,
  preset: presetSchema,
  force: z.boolean(),
  /** The only file that may be replaced without `force`: an output of this node's that is out of date. */
  replaces: identity.nullable().default(null),
  noChunk: z.boolean(),
  chunkMs: z.number().positive().nullable(),
  worthChunkingMs: z.number().min(0).nullable(),
  /** Folders of the output's path that did not exist when the job was queued. */
  newFolders: count
})
export type RequestPayload = z.infer<typeof requestPayload>

/** `JobPlan.payload` */
export const planPayload = z.object({
  /** The source as it was when it was probed. */
  sourceFile: identity,
  videoIndex,
  timeBase,
  /** Start of the container: what ffmpeg takes off every time. */
  startUs: tick,
  startTicks: tick,
  /** Every frame's time, where they are known exactly; else null, and the job is one piece. */
  times: packedTimes.nullable(),
  frames: count,
  /** Added to a seek where the demuxer itself aims earlier. */
  seekPaddingUs: count,
  picture,
  audio: z.array(audioTrack.extend({ tags: streamTags })).max(256),
  timecode,
  reel: reelName,
  videoTags: streamTags
})
export type PlanPayload = z.infer<typeof planPayload>

const chunkPayload = z.object({
  kind: z.literal('encode-chunk'),
  source: mediaRef,
  output: mediaRef,
  preset: presetSchema,
  spec: z.object({
    videoIndex,
    timeBase,
    picture,
    seekUs: tick.nullable(),
    originUs: tick,
    endTicks: tick.nullable(),
    frames: count
  }),
  proof
})
export type ChunkPayload = z.infer<typeof chunkPayload>

const audioPayload = z.object({
  kind: z.literal('encode-audio'),
  source: mediaRef,
  output: mediaRef,
  preset: presetSchema,
  audio: z.array(audioTrack).min(1).max(256)
})
export type AudioPayload = z.infer<typeof audioPayload>

const filePayload = z.object({
  kind: z.literal('encode-file'),
  source: mediaRef,
  output: mediaRef,
  preset: presetSchema,
  spec: z.object({
    videoIndex,
    timeBase,
    picture,
    audio: z.array(audioTrack).max(256),
    timecode,
    reel: reelName
  }),
  frames: count
})
export type FilePayload = z.infer<typeof filePayload>

const joinPayload = z.object({
  kind: z.literal('join'),
  source: mediaRef,
  output: mediaRef,
  preset: presetSchema,
  /** As planned: what says so much of itself in the output must still be the same. */
  sourceFile: identity,
  spec: z.object({
    videoOffsetUs: tick,
    timeBase,
    timecode,
    reel: reelName,
    video: streamTags,
    audio: z.array(streamTags.extend({ sampleRate: count }))
  }),
  /** Task, attempt and length in microseconds (null: the last) of each chunk, in order. */
  chunks: z.array(z.tuple([count, count, count.nullable()])).min(1),
  /** Task and attempt of the audio. */
  audio: z.tuple([count, count]).nullable(),
  frames: count
})
export type JoinPayload = z.infer<typeof joinPayload>

export const leasePayload = z.discriminatedUnion('kind', [
  chunkPayload,
  audioPayload,
  filePayload,
  joinPayload
])
export type LeasePayload = z.infer<typeof leasePayload>

/** What an attempt delivers. What its files hold is not said: the owner reads that itself. */
export const resultPayload = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('chunk'),
    sizeBytes: count,
    sha256: hash,
    frames: count,
    /** How it was cut. */
    strategy: z.string().max(32)
  }),
  z.object({ kind: z.literal('audio'), sizeBytes: count, sha256: hash }),
  z.object({ kind: z.literal('file'), identity, frames: count })
])
export type ResultPayload = z.infer<typeof resultPayload>

/**
 * Reads a payload with its schema.
 * @throws TranscodeError `bad-payload`
 */
export function parsePayload<T>(schema: z.ZodType<T>, payload: Json, of: string): T {
  const parsed = schema.safeParse(payload)
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  throw new TranscodeError('bad-payload', `${of} is not understood: ${path.join('.')} ${message}`)
}

/** Payloads are plain data; this says so to the compiler, which cannot see it of interfaces. */
export const asJson = (payload: RequestPayload | PlanPayload | LeasePayload | ResultPayload): Json =>
  payload as unknown as Json
