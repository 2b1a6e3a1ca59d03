import { z } from 'zod'
import { checkArguments } from './arguments.ts'

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
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.]{0,31}$/, 'only letters, digits, _ and . may stand here')

const freeArguments = z
  .array(z.union([z.string(), z.number().transform(String)]))
  .max(32)
  .superRefine((args, context) => {
    const problem = checkArguments(args)
    if (problem) context.addIssue({ code: 'custom', message: problem, path: [] })
  })

/** The keys of a preset file. All are optional there: `extends` may give them, and the rest have defaults. */
const keys = {
  description: z.string().max(200),
  codec: z.enum(videoCodecs),
  profile: z.union([word, z.number().int().min(0).max(99).transform(String)]).nullable(),
  pixelFormat: word,
  height: z.union([z.enum(['source', 'half', 'quarter']), z.number().int().min(16).max(8640)]),
  /** `source` passes every frame at its own time; a rate makes a constant one. */
  frameRate: z.union([
    z.literal('source'),
    z
      .union([z.number(), z.string()])
      .transform(String)
      .pipe(z.string().regex(/^[1-9]\d{0,2}$|^[1-9]\d{3,5}\/1001$/, 'a rate is like 25 or 30000/1001'))
  ]),
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
  speed: word.nullable(),
  keyframeSeconds: z.number().min(0.1).max(60).nullable(),
  tag: z
    .string()
    .regex(/^[A-Za-z0-9]{4}$/, 'a tag has four letters or digits')
    .nullable(),
  audioCodec: z.enum(audioCodecs),
  audioKbitPerChannel: z.number().int().min(16).max(320).nullable(),
  audioSampleRate: z.union([z.literal('source'), z.literal(48000)]),
  container: z.enum(containers),
  fastStart: z.boolean(),
  /** How closely what was made is looked at, beyond counts, times, parameters and hashes. */
  verify: z.enum(['standard', 'decode', 'quality']),
  /** With `verify: quality`: the least that the worst frame may score, 0 to 100 (VMAF, or SSIM where there is none). */
  qualityFloor: z.number().min(0).max(100),
  args: freeArguments
}

export const presetFileSchema = z.strictObject({ extends: presetName, ...keys }).partial()
export type PresetFile = z.infer<typeof presetFileSchema>

export const presetKeys: readonly string[] = ['extends', ...Object.keys(keys)]

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
 */
export const presetSchema = z
  .preprocess(withDefaults, z.object({ name: presetName, ...keys }))
  .superRefine((preset, context) => {
    const problem = whyImpossible(preset)
    if (problem) context.addIssue({ code: 'custom', message: problem, path: [] })
  })
export type Preset = z.infer<typeof presetSchema>

function withDefaults(preset: unknown): unknown {
  return typeof preset === 'object' && preset !== null ? { ...presetDefaults, ...preset } : preset
}

/** Combinations that no file can have, in words for a person. */
function whyImpossible(preset: {
  codec: VideoCodec
  audioCodec: AudioCodec
  container: Container
  crf: number | null
  audioKbitPerChannel: number | null
}): string | null {
  const { codec, audioCodec, container } = preset
  if (container === 'mp4' && (codec === 'dnxhd' || codec.startsWith('prores'))) {
    return `${codec} cannot be put into MP4: use \`container: mov\``
  }
  if (container === 'mp4' && audioCodec.startsWith('pcm_')) {
    return `${audioCodec} cannot be put into MP4: use \`container: mov\`, or \`audioCodec: aac\``
  }
  if (preset.crf !== null && codec !== 'libx264' && codec !== 'libx265') {
    return `\`crf\` means nothing to ${codec}`
  }
  if (preset.audioKbitPerChannel !== null && audioCodec !== 'aac') {
    return `\`audioKbitPerChannel\` means nothing to ${audioCodec}`
  }
  return null
}

/** Encoders that a preset needs and that not every ffmpeg has; PCM always works. */
export const encodersOf = ({ codec, audioCodec }: Pick<Preset, 'codec' | 'audioCodec'>): string[] =>
  audioCodec === 'none' || audioCodec.startsWith('pcm_') ? [codec] : [codec, audioCodec]
