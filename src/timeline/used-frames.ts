import type { TimelineMedia, UsedRange } from './model.ts'
import {
  add,
  ceil,
  compare,
  floor,
  multiply,
  type Rational,
  rational,
  round,
  subtract,
  zero
} from './rational.ts'
import { isDropFrame, timecodeToTime } from './timecode.ts'

/** What is known of the found file itself, from probing it. */
export interface FileFacts {
  rate: Rational
  frameCount: number
  startTimecode: string | null
}

/** Frames `[from, to)` of a file, counted from 0. */
export interface FrameSpan {
  from: number
  to: number
}

/**
 * The parts of a file that a timeline uses, with handles, in order and without overlap. A use whose range is not told
 * (or does not lie in the file at all) counts as the whole file.
 * @param options.handleFrames kept before and after each used part
 * @param options.disabled also what is switched off
 */
export function usedFrames(
  media: TimelineMedia,
  file: FileFacts,
  options: { handleFrames: number; disabled?: boolean }
): FrameSpan[] {
  const spans = media.uses
    .filter((use) => use.enabled || options.disabled)
    .map(({ range }) => (range === null ? null : framesOf(range, file)))
  if (spans.some((span) => span === null)) return [{ from: 0, to: file.frameCount }]
  const wide = spans
    .flatMap((span) => (span === null ? [] : [span]))
    .map(({ from, to }) => ({
      from: Math.max(0, from - options.handleFrames),
      to: Math.min(file.frameCount, to + options.handleFrames)
    }))
    .sort((left, right) => left.from - right.from)
  const merged: FrameSpan[] = []
  for (const span of wide) {
    const last = merged.at(-1)
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to)
    else merged.push({ ...span })
  }
  return merged
}

/**
 * What an edit says of a file that the file does not bear out: a use `not-told` or `outside` the file makes all of it
 * used; `beyond` are pictures before its first frame or after its last one, by more than one frame, which programs count
 * differently.
 */
export type UseDoubt = 'not-told' | 'outside' | 'beyond'

/** The gravest doubt about what is used of a file, or null. */
export function doubtOf(media: TimelineMedia, file: FileFacts): UseDoubt | null {
  const uses = media.uses.filter((use) => use.enabled)
  if (uses.some(({ range }) => range === null)) return 'not-told'
  if (uses.some(({ range }) => range !== null && framesOf(range, file) === null)) return 'outside'
  const isBeyond = uses.some(({ range, track }) => {
    const bounds = range === null || track === 'audio' ? null : secondsOf(range, file)
    if (bounds === null) return false
    const end = multiply(bounds.end, file.rate)
    return multiply(bounds.start, file.rate).num < 0 || compare(end, rational(file.frameCount + 1)) > 0
  })
  return isBeyond ? 'beyond' : null
}

/** The frames of one range; null when it does not lie in the file. Part of a frame counts as all of it. */
function framesOf(range: UsedRange, file: FileFacts): FrameSpan | null {
  const bounds = secondsOf(range, file)
  if (bounds === null) return null
  const from = Math.max(0, floor(snapped(multiply(bounds.start, file.rate))))
  const to = Math.min(file.frameCount, ceil(snapped(multiply(bounds.end, file.rate))))
  return from < to ? { from, to } : null
}

/** The whole number of frames that is meant: between rates programs round times to some decimals. */
function snapped(frames: Rational): Rational {
  const whole = rational(round(frames))
  const difference = subtract(frames, whole)
  return Math.abs(difference.num) * 1000 < difference.den ? whole : frames
}

function secondsOf(range: UsedRange, file: FileFacts): { start: Rational; end: Rational } | null {
  if (range.clock === 'first-frame') {
    return { start: range.start, end: add(range.start, range.duration) }
  }
  const origin = file.startTimecode === null ? zero : timecodeToTime(file.startTimecode, file.rate)
  if (origin === null) return null
  if (range.clock === 'media') {
    const start = subtract(range.start, origin)
    return { start, end: add(start, range.duration) }
  }
  const drop = file.startTimecode !== null && isDropFrame(file.startTimecode)
  const from = timecodeToTime(range.from, file.rate, drop)
  const to = timecodeToTime(range.to, file.rate, drop)
  return from === null || to === null ? null : { start: subtract(from, origin), end: subtract(to, origin) }
}

/** The start timecode of a part, as a time. */
export const partStart = (file: FileFacts, span: FrameSpan): Rational | null => {
  const origin = file.startTimecode === null ? null : timecodeToTime(file.startTimecode, file.rate)
  return origin === null
    ? null
    : add(origin, multiply(rational(span.from), rational(file.rate.den, file.rate.num)))
}
