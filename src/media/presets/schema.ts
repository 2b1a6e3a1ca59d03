import { z } from 'zod'
import { checkArguments } from './arguments.ts'
import { matchSchema } from './match.ts'

export const videoCodecs = [
  'dnxhd',
  'prores_aw',
  'prores_ks',
  'libx264',
  'libx265',
  'libsvtav1',
  'mjpeg'
] as const
export type VideoCodec = (typeof videoCodecs)[number]

export const audioCodecs = ['pcm_s16le', 'pcm_s24le', 'aac', 'alac', 'flac', 'none'] as const
export type AudioCodec = (typeof audioCodecs)[number]

export const containers = ['mov', 'mp4', 'mkv', 'mxf'] as const
export type Container = (typeof containers)[number]

export const presetName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'a preset is named with letters, digits, _ and -')

/** What may stand as a word among ffmpeg's arguments: never an option of its own, never a path. */
const word = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}$/, 'only letters, digits, _, - and . may stand here')

/** A word that YAML may have read as a number. */
const wordOrNumber = z.union([word, z.number().int().min(0).max(99).transform(String)], {
  error: 'only letters, digits, _, - and . may stand here'
})

const freeArguments = z
  .array(z.union([z.string(), z.number().transform(String)]))
  .max(32)
  .superRefine((args, context) => {
    const problem = checkArguments(args)
    if (problem) context.addIssue({ code: 'custom', message: problem, path: [] })
  })

const rateError = 'must be source, or a rate like 25 or 30000/1001'
const heightError = 'must be source, half, quarter, or a number of lines from 16 to 8640'

/** What a preset says of its output. All are optional in a file: `extends` may give them, and the rest have defaults. */
export const outputKeys = {
  description: z.string().max(200),
  codec: z.enum(videoCodecs),
  profile: wordOrNumber.nullable(),
  pixelFormat: word,
  height: z.union(
    [
      z.enum(['source', 'half', 'quarter']),
      z.int({ error: heightError }).min(16, { error: heightError }).max(8640, { error: heightError })
    ],
    { error: heightError }
  ),
  /** `source` passes every frame at its own time; a rate makes a constant one. */
  frameRate: z.union(
    [
      z.literal('source'),
      z
        .union([z.number(), z.string()])
        .transform(String)
        .pipe(z.string().regex(/^[1-9]\d{0,2}$|^[1-9]\d{3,5}\/1001$/, rateError))
    ],
    { error: rateError }
  ),
  /** Turn the picture upright, or keep it as it is stored and say in the file how to turn it. */
  rotation: z.enum(['apply', 'keep']),
  /** What becomes of interlaced pictures: fields and their order kept, or one whole picture from each frame. */
  fields: z.enum(['keep', 'deinterlace']),
  /** Data levels of the output: video (16–235), full (0–255), or as the source has them. */
  levels: z.enum(['video', 'full', 'source']),
  /** Every frame is a keyframe. */
  intra: z.boolean(),
  /** Constant quantizer: unlike `crf` it decides each frame alone, so chunks equal one run packet for packet. */
  qp: z.number().int().min(0).max(63).nullable(),
  crf: z.number().min(0).max(63).nullable(),
  speed: wordOrNumber.nullable(),
  keyframeSeconds: z.number().min(0.1).max(60).nullable(),
  tag: z
    .string()
    .regex(/^[A-Za-z0-9]{4}$/, 'a tag has four letters or digits')
    .nullable(),
  audioCodec: z.enum(audioCodecs),
  audioKbitPerChannel: z.number().int().min(16).max(320).nullable(),
  audioSampleRate: z.union([z.literal('source'), z.literal(48000)], { error: 'must be source or 48000' }),
  container: z.enum(containers),
  fastStart: z.boolean(),
  /** How closely what was made is looked at, beyond counts, times, parameters and hashes. */
  verify: z.enum(['standard', 'decode', 'quality']),
  /** With `verify: quality`: the least that the worst frame may score, 0 to 100 (VMAF, or SSIM where there is none). */
  qualityFloor: z.number().min(0).max(100),
  args: freeArguments
}

/** The keys of a preset file: those of its output, and what it says of itself. */
export const presetFileSchema = z
  .strictObject({
    extends: presetName,
    ...outputKeys,
    match: matchSchema,
    /** Among presets that match, those with a higher one are chosen first by `--preset auto`. */
    priority: z.number().int().min(-100).max(100)
  })
  .partial()
export type PresetFile = z.infer<typeof presetFileSchema>

export const presetKeys: readonly string[] = ['extends', ...Object.keys(outputKeys), 'match', 'priority']

export const presetDefaults = {
  description: '',
  profile: null,
  height: 'source',
  frameRate: 'source',
  rotation: 'apply',
  fields: 'keep',
  levels: 'video',
  intra: false,
  qp: null,
  crf: null,
  speed: null,
  keyframeSeconds: null,
  tag: null,
  // Loses nothing of 16-bit or 24-bit sound.
  audioCodec: 'pcm_s24le',
  audioKbitPerChannel: null,
  audioSampleRate: 'source',
  container: 'mov',
  fastStart: false,
  verify: 'standard',
  qualityFloor: 60,
  args: []
} as const

/**
 * A preset with everything resolved: plain JSON that travels with the job. Parsed again by whoever encodes, so that
 * nothing from a peer reaches ffmpeg unchecked. Keys that a job of an older version does not have get their defaults.
 * Combinations that no file can have are refused when a preset is read (`whyImpossible`), before anything is queued.
 */
export const presetSchema = z.preprocess(withDefaults, z.object({ name: presetName, ...outputKeys }))
export type Preset = z.infer<typeof presetSchema>

function withDefaults(preset: unknown): unknown {
  return typeof preset === 'object' && preset !== null ? { ...presetDefaults, ...preset } : preset
}

/** Encoders that not every ffmpeg has; PCM always works. */
export const encoderNames = [...videoCodecs, 'aac', 'alac', 'flac'] as const
export type Encoder = (typeof encoderNames)[number]

/** Those of them that a preset needs. */
export const encodersOf = ({ codec, audioCodec }: Pick<Preset, 'codec' | 'audioCodec'>): Encoder[] =>
  encoderNames.filter((encoder) => encoder === codec || encoder === audioCodec)
