/** A rational number of seconds: what one tick of a stream's clock lasts. */
export interface TimeBase {
  num: number
  den: number
}

export const microseconds: TimeBase = { num: 1, den: 1_000_000 }

/** A time base from `1/12800`, or null when the text is none. */
export function parseTimeBase(text: string | undefined): TimeBase | null {
  const match = /^(\d+)\/(\d+)$/.exec(text ?? '')
  if (!match) return null
  const num = Number(match[1])
  const den = Number(match[2])
  return num > 0 && den > 0 ? { num, den } : null
}

export const formatTimeBase = ({ num, den }: TimeBase, separator = '/'): string => `${num}${separator}${den}`

/**
 * `value` ticks of `from` in ticks of `to`, rounded to the nearest and halves away from zero: the same numbers as
 * ffmpeg's `av_rescale_q`, in exact integers.
 */
export function rescale(value: number, from: TimeBase, to: TimeBase): number {
  const numerator = BigInt(value) * BigInt(from.num) * BigInt(to.den)
  const denominator = BigInt(from.den) * BigInt(to.num)
  const half = denominator / 2n
  const rounded = numerator < 0n ? -((-numerator + half) / denominator) : (numerator + half) / denominator
  return Number(rounded)
}

/** A time in ticks as integer microseconds. */
export const toMicros = (ticks: number, base: TimeBase): number => rescale(ticks, base, microseconds)

/** Microseconds from ffprobe's decimal seconds (`1.469978`), without going through a binary fraction of a second. */
export function microsOf(seconds: string | undefined): number | null {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(seconds ?? '')
  if (!match) return null
  const fraction = (match[3] ?? '').padEnd(6, '0').slice(0, 6)
  const value = Number(match[2]) * 1_000_000 + Number(fraction)
  return match[1] === '-' ? -value : value
}

/** The greatest common divisor of two whole numbers; never negative. */
export function gcd(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)]
  while (y !== 0) [x, y] = [y, x % y]
  return x
}

/** Ticks a second of a MOV track that holds every time of `base` exactly, at least 10,000 (as ffmpeg's own choice). */
export function trackTimescale(base: TimeBase): number {
  let scale = base.den / gcd(base.num, base.den)
  while (scale < 10_000) scale *= 2
  return scale
}

/** As large as it may get: a 32-bit number in the file, with room to spare. */
const maxMovieTimescale = 100_000_000

/**
 * Ticks a second of a MOV's own clock, in which the offsets and lengths of its tracks are kept: one that holds the
 * times of the video and the samples of the audio alike. In milliseconds, which is what ffmpeg does if nothing is said,
 * a track would begin up to half of one too early or late, and end so.
 * @param video null when the file has none
 */
export function movieTimescale(video: TimeBase | null, audio: readonly { sampleRate: number }[]): number {
  let scale = video === null ? 1000 : trackTimescale(video)
  for (const { sampleRate } of audio) {
    if (sampleRate <= 0) continue
    const shared = (scale / gcd(scale, sampleRate)) * sampleRate
    if (shared <= maxMovieTimescale) scale = shared
  }
  return scale
}
