import { z } from 'zod'
import { colourNames, type PackedTimes, scalerMatrices } from '../../media/index.ts'
import { isRootId, type MediaRef, whyBadRootPath } from '../../model/index.ts'

/** What the payloads of a transcode are made of. */

export const tick = z.number().int().min(Number.MIN_SAFE_INTEGER).max(Number.MAX_SAFE_INTEGER)
export const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
export const hash = z.string().regex(/^[0-9a-f]{64}$/)

/** A path on a shared root, as it may travel: relative, and never out of its root. */
const sharedPath = z.string().refine((path) => whyBadRootPath(path) === null, 'not a path within a root')
const rootRef = z.object({ root: z.custom<string>().refine(isRootId, 'not a root'), path: sharedPath })
const localRef = z.object({ local: z.string().min(1).max(4096) })
export const mediaRef = z.union([rootRef, localRef]) as z.ZodType<MediaRef>

export const timeBase = z.object({
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

const levels = z.enum(['tv', 'pc'])
const colour = z.object({
  levels: z.object({ from: levels, to: levels }),
  matrices: z.object({ from: z.enum(scalerMatrices).nullable(), to: z.enum(scalerMatrices) }).nullable(),
  tags: z.object({
    range: levels.nullable(),
    primaries: z.enum(colourNames.primaries).nullable(),
    transfer: z.enum(colourNames.transfer).nullable(),
    matrix: z.enum(colourNames.matrix).nullable()
  })
})

const hdr = z.object({
  mastering: z
    .array(
      z
        .number()
        .int()
        .min(0)
        .max(2 ** 31)
    )
    .length(10)
    .readonly()
    .nullable(),
  contentLight: z.array(z.number().int().min(0).max(65_535)).length(2).readonly().nullable()
})

/** Defaults are what a plan of an older version means. */
export const picture = z.object({
  width: z.number().int().min(1).max(32_768),
  height: z.number().int().min(1).max(32_768),
  scaled: z.boolean(),
  squarePixels: z.boolean().default(false),
  pixelFormat: z.string().regex(/^[a-z0-9]{1,32}$/),
  rotation: z.enum(['apply', 'keep']).default('apply'),
  interlaced: z.boolean(),
  deinterlaced: z.boolean().default(false),
  setField: z.enum(['tff', 'bff']).nullable().default(null),
  linesBelow: z.number().int().min(0).max(64).default(0),
  colour: colour.nullable().default(null),
  hdr: hdr.nullable().default(null),
  constantRate: z
    .string()
    .regex(/^[1-9]\d{0,5}(\/1001)?$/)
    .nullable()
    .default(null),
  gopFrames: z.number().int().min(1).max(9999).nullable(),
  encoderTimeBase: timeBase
})

export const audioTrack = z.object({
  index: z.number().int().min(0).max(9999),
  channels: z.number().int().min(0).max(256),
  sampleRate: z.number().int().min(0).max(10_000_000)
})

export const timecode = z
  .string()
  .regex(/^\d\d:[0-5]\d:[0-5]\d[:;.]\d{2,3}$/)
  .nullable()

export const packedTimes: z.ZodType<PackedTimes> = z.union([
  z.object({
    first: tick,
    count,
    runs: z.array(z.tuple([tick, count]))
  }),
  z.object({ first: tick, count, deflated: z.base64() })
])

export const proof = z.object({ count, firstPts: tick, lastPts: tick, ptsDigest: hash })

/** Of what an older version planned there is none, nor any other container than MOV and MP4. */
export const frameClock = z
  .object({
    rate: z.string().regex(/^[1-9]\d{0,5}(\/1001)?$/),
    startUs: tick,
    frames: count
  })
  .nullable()
  .default(null)

export const frameRate = z
  .string()
  .regex(/^[1-9]\d{0,9}\/[1-9]\d{0,9}$/)
  .nullable()
  .default(null)

export const videoIndex = z.number().int().min(0).max(9999)

/** Frames `[start, end)` of the source, and the timecode of the first. */
export const sourcePart = z
  .object({ start: count, end: count, timecode })
  .refine(({ start, end }) => start < end, 'no frames')

/** A tape's or card's name. It travels, so it is of few characters. */
export const reelName = z
  .string()
  .regex(/^[\w .-]{1,64}$/)
  .nullable()

/** What `tagText` and `reelName` hold at most. */
export const tagLimit = 1000
export const reelLimit = 64

export const pictureSize = z.object({
  width: z.number().int().min(1).max(32_768),
  height: z.number().int().min(1).max(32_768)
})

export const identity = z.object({ sizeBytes: count, mtimeMs: z.number() })

/** Text from the source's own metadata. Only the owner writes it into a file, as the value of a named tag. */
const tagText = z.string().max(tagLimit).nullable()
export const streamTags = z.object({
  language: tagText,
  title: tagText,
  dispositions: z.array(z.string().regex(/^[a-z_]{1,32}$/)).max(32)
})
