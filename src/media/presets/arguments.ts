import type { VideoCodec } from './schema.ts'

interface ArgumentRule {
  value: RegExp
  /** Encoders that heed it: ffmpeg passes over an option that an encoder does not know. */
  codecs: readonly VideoCodec[]
}

const x264: readonly VideoCodec[] = ['libx264']
const x26x: readonly VideoCodec[] = ['libx264', 'libx265']
const lossy: readonly VideoCodec[] = ['libx264', 'libx265', 'libsvtav1']
const all: readonly VideoCodec[] = [
  ...['dnxhd', 'prores_aw', 'prores_ks', 'libx264', 'libx265', 'libsvtav1', 'mjpeg']
] as VideoCodec[]

/**
 * The free arguments that a preset may have: options of encoders that change the picture's quality and nothing else,
 * each with the shape of its value. Nothing here names a file, a protocol, a filter or another stream.
 */
const argumentRules: Readonly<Record<string, ArgumentRule>> = {
  '-aq-mode': { value: /^[0-4]$/, codecs: x264 },
  '-aq-strength': { value: /^\d(\.\d{1,2})?$/, codecs: x264 },
  '-bf': { value: /^\d{1,2}$/, codecs: x26x },
  '-bits_per_mb': { value: /^\d{1,4}$/, codecs: ['prores_ks'] },
  '-bufsize': { value: /^\d{1,9}[kM]?$/, codecs: x26x },
  '-color_primaries': { value: /^[a-z0-9-]{1,20}$/, codecs: all },
  '-color_range': { value: /^(tv|pc)$/, codecs: all },
  '-color_trc': { value: /^[a-z0-9-]{1,20}$/, codecs: all },
  '-colorspace': { value: /^[a-z0-9-]{1,20}$/, codecs: all },
  '-g': { value: /^\d{1,4}$/, codecs: lossy },
  '-keyint_min': { value: /^\d{1,4}$/, codecs: x26x },
  '-level': { value: /^\d(\.\d)?$/, codecs: x264 },
  '-maxrate': { value: /^\d{1,9}[kM]?$/, codecs: x26x },
  '-q:v': { value: /^\d{1,2}$/, codecs: ['mjpeg', 'prores_ks'] },
  '-qmax': { value: /^\d{1,2}$/, codecs: ['libx264', 'libsvtav1', 'mjpeg', 'dnxhd'] },
  '-qmin': { value: /^\d{1,2}$/, codecs: ['libx264', 'libsvtav1', 'mjpeg', 'dnxhd'] },
  '-quant_mat': { value: /^[a-z]{1,10}$/, codecs: ['prores_ks'] },
  '-rc-lookahead': { value: /^\d{1,3}$/, codecs: x264 },
  '-refs': { value: /^\d{1,2}$/, codecs: x26x },
  '-tune': { value: /^[a-z]{1,20}$/, codecs: x26x },
  '-vendor': { value: /^[A-Za-z0-9]{4}$/, codecs: ['prores_aw', 'prores_ks'] }
}

/** Encoders that heed an argument of the allow-list. */
export const argumentCodecs = (option: string): readonly VideoCodec[] => argumentRules[option]?.codecs ?? []

/** Why a list of arguments is not allowed, or null. */
export function checkArguments(args: readonly string[]): string | null {
  for (let i = 0; i < args.length; i += 2) {
    const option = args[i]!
    const value = args[i + 1]
    const rule = Object.hasOwn(argumentRules, option) ? argumentRules[option] : undefined
    if (!rule)
      return `the argument ${option} is not allowed (allowed: ${Object.keys(argumentRules).join(' ')})`
    if (value === undefined) return `the argument ${option} has no value`
    if (!rule.value.test(value)) return `${value} is no value for the argument ${option}`
  }
  return null
}
