import { z } from 'zod'
import { type Preset, presetSchema } from '../../media/index.ts'
import type { Json } from '../../model/index.ts'
import { TranscodeError } from './errors.ts'
import {
  audioTrack,
  count,
  frameClock,
  frameRate,
  hash,
  identity,
  mediaRef,
  packedTimes,
  picture,
  pictureSize,
  proof,
  reelName,
  sourcePart,
  streamTags,
  tick,
  timeBase,
  timecode,
  videoIndex
} from './payload-parts.ts'

/**
 * Everything that the transcode kind writes into a job, a lease or a result, and the schemas by which it is read again.
 * A lease and a result may come from another machine: what does not fit is refused, and nothing in them is a path, a
 * file name or an option (files are found by references and by the numbers of the lease).
 */

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
  newFolders: count,
  /** Null: the whole source. */
  part: sourcePart.nullable().default(null),
  /** What was seen when it was queued: what nodes are asked about before it is planned. Not of older versions. */
  seen: z.object({ sourceFile: identity, size: pictureSize, frames: count }).nullable().default(null)
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
  /** Of the source's frames, those of the job, and the keyframe from which the first is decoded. Null: all. */
  part: z.object({ start: count, end: count, keyframe: count }).nullable().default(null),
  /** The time of every frame of the source, where they are known exactly; else null, and the job is one piece. */
  times: packedTimes.nullable(),
  frames: count,
  /** `frames` is no estimate. */
  framesKnown: z.boolean().default(false),
  /** Added to a seek where the demuxer itself aims earlier. */
  seekPaddingUs: count,
  picture,
  audio: z.array(audioTrack.extend({ tags: streamTags })).max(256),
  timecode,
  reel: reelName,
  videoTags: streamTags,
  /** The source is of the MOV family. */
  ofMov: z.boolean().default(true),
  frameClock,
  /** What it says of itself. */
  frameRate
})
export type PlanPayload = z.infer<typeof planPayload>

/** Of a plan what is asked of nodes before they get work, and of files that were made by it: the rest may be long. */
export const plannedSource = planPayload.pick({ sourceFile: true }).extend({ picture: pictureSize })

/**
 * A plan as it was kept. One of an older version does not say which pixel format its picture has: the preset's.
 * @throws TranscodeError `bad-payload`
 */
export function parsePlan(
  payload: Json,
  { pixelFormat }: Pick<Preset, 'pixelFormat'>,
  of: string
): PlanPayload {
  const kept = z.looseObject({ picture: z.looseObject({}) }).safeParse(payload)
  if (!kept.success) return parsePayload(planPayload, payload, of)
  const { data } = kept
  const whole = { ...data, picture: { pixelFormat, ...data.picture } }
  return parsePayload(planPayload, whole as Json, of)
}

/** What a node is asked before it gets tasks of a job. What is null is not known yet. */
export const proofPayload = z.object({
  kind: z.literal('proof'),
  source: mediaRef,
  output: mediaRef,
  preset: presetSchema,
  sourceFile: identity.nullable(),
  /** Of the output's picture. */
  size: pictureSize.nullable(),
  /** About what a task writes. */
  bytes: count
})
export type ProofPayload = z.infer<typeof proofPayload>

/** The source as it was planned. An owner of an older version does not tell it. */
const plannedFile = identity.nullable().default(null)

const chunkPayload = z.object({
  kind: z.literal('encode-chunk'),
  source: mediaRef,
  output: mediaRef,
  preset: presetSchema,
  sourceFile: plannedFile,
  spec: z.object({
    videoIndex,
    timeBase,
    picture,
    seekUs: tick.nullable(),
    originUs: tick,
    endTicks: tick.nullable(),
    frames: count,
    context: z
      .object({ fromTicks: tick.max(0), untilTicks: tick.nullable() })
      .nullable()
      .default(null)
  }),
  proof
})
export type ChunkPayload = z.infer<typeof chunkPayload>

const audioPayload = z.object({
  kind: z.literal('encode-audio'),
  source: mediaRef,
  output: mediaRef,
  preset: presetSchema,
  sourceFile: plannedFile,
  audio: z.array(audioTrack).min(1).max(256),
  frameClock,
  /** In microseconds after the container's start; null: all. */
  part: z.object({ fromUs: tick, untilUs: tick }).nullable().default(null)
})
export type AudioPayload = z.infer<typeof audioPayload>

const filePayload = z.object({
  kind: z.literal('encode-file'),
  source: mediaRef,
  output: mediaRef,
  preset: presetSchema,
  sourceFile: plannedFile,
  spec: z.object({
    videoIndex,
    timeBase,
    picture,
    audio: z.array(audioTrack).max(256),
    timecode,
    reel: reelName,
    frameClock
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
    startUs: tick.default(0),
    timeBase,
    timecode,
    reel: reelName,
    ofMov: z.boolean().default(true),
    chapters: z.boolean().default(true),
    frameClock,
    frameRate,
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
export const asJson = (
  payload: RequestPayload | PlanPayload | ProofPayload | LeasePayload | ResultPayload
): Json => payload as unknown as Json
