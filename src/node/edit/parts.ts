import type { VideoFacts } from '../../jobs/transcode/index.ts'
import type { SourcePart } from '../../model/index.ts'
import {
  doubtOf,
  type FrameSpan,
  formatTimecode,
  isDropFrame,
  multiply,
  partStart,
  type Rational,
  rational,
  round,
  type TimelineMedia,
  timecodeToTime,
  type UseDoubt,
  usedFrames
} from '../../timeline/index.ts'

/**
 * The parts of a file that are used together, with handles, each with the timecode of its first frame.
 * @param media the file, as each timeline tells of it
 * @returns null when all of it is used
 */
export function partsUsed(
  media: readonly TimelineMedia[],
  { rate: { num, den }, frameCount, startTimecode }: VideoFacts,
  handlesMs: number
): SourcePart[] | null {
  const rate = rational(num, den)
  const file = { rate, frameCount, startTimecode }
  const handleFrames = Math.ceil((handlesMs * num) / (1000 * den))
  const spans = joined(media.flatMap((one) => usedFrames(one, file, { handleFrames })))
  const [first] = spans
  if (first === undefined || (first.from === 0 && first.to === frameCount)) return null
  const dropFrame = startTimecode !== null && isDropFrame(startTimecode)
  return spans.map((span) => ({
    start: span.from,
    end: span.to,
    timecode: timecodeAt(partStart(file, span), rate, dropFrame)
  }))
}

const doubtWords: Readonly<Record<UseDoubt, string>> = {
  'not-told': 'is queued whole: the timeline does not tell which part of it is used (another speed?)',
  outside: 'is queued whole: what the timeline uses does not lie in it; is it the right file?',
  beyond: 'is shorter than what the timeline uses of it; is it the right file?'
}

/** What timelines say of a file that it does not bear out, in words for a person that begin with its name; or null. */
export function doubtAbout(
  media: readonly TimelineMedia[],
  { rate: { num, den }, frameCount, startTimecode }: VideoFacts
): string | null {
  const file = { rate: rational(num, den), frameCount, startTimecode }
  const doubts = media.map((one) => doubtOf(one, file))
  const gravest = (['not-told', 'outside', 'beyond'] as const).find((doubt) => doubts.includes(doubt))
  return gravest === undefined ? null : doubtWords[gravest]
}

/** In order, without overlap. */
function joined(spans: readonly FrameSpan[]): FrameSpan[] {
  const result: FrameSpan[] = []
  for (const span of [...spans].sort((left, right) => left.from - right.from)) {
    const last = result.at(-1)
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to)
    else result.push({ ...span })
  }
  return result
}

/** A clock begins again after 24 hours. */
function timecodeAt(time: Rational | null, rate: Rational, dropFrame: boolean): string | null {
  if (time === null) return null
  const day = timecodeToTime(dropFrame ? '24:00:00;00' : '24:00:00:00', rate)
  const frame = round(multiply(time, rate))
  const ofDay = day === null ? frame : frame % round(multiply(day, rate))
  return formatTimecode(ofDay, rate, dropFrame)
}
