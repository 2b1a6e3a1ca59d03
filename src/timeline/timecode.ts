import { ceil, divide, type Rational, rational } from './rational.ts'

/** A timecode as it is written, with its numbers apart. */
export interface Timecode {
  hours: number
  minutes: number
  seconds: number
  frames: number
  /** Written with `;` (or `,` or `.`) before the frames. */
  dropFrame: boolean
}

/** `01:00:00:00`, `01:00:00;02`, `01;00;00;02`. Null when it is no timecode. */
export function parseTimecode(text: string): Timecode | null {
  const match = /^\s*(\d{1,3})[:;.](\d{2})[:;.](\d{2})([:;.,])(\d{2,3})\s*$/.exec(text)
  if (match === null) return null
  const [, hours, minutes, seconds, separator, frames] = match
  const parsed = {
    hours: Number(hours),
    minutes: Number(minutes),
    seconds: Number(seconds),
    frames: Number(frames),
    dropFrame: separator !== ':'
  }
  return parsed.minutes > 59 || parsed.seconds > 59 ? null : parsed
}

/** Frames that a second of timecode counts: 30 at 29.97. */
export const nominalRate = (rate: Rational): number => ceil(rate)

/**
 * Drop-frame counting leaves out frame numbers (never frames) at rates near 29.97 and 59.94 only (SMPTE ST 12-1).
 * Files tell these as 30000/1001, or, where somebody typed 29.97, as 2997/100.
 */
const droppedPerMinute = (rate: Rational): number => {
  const nominal = nominalRate(rate)
  const isNear = nominal % 30 === 0 && rate.den > 1 && rate.num > 0.998 * nominal * rate.den
  return isNear ? (nominal / 30) * 2 : 0
}

/**
 * The number of the frame that a timecode names, from 00:00:00:00 on.
 * @param rate real frames per second (30000/1001, not 30)
 * @returns null when no such frame exists at this rate
 */
export function timecodeToFrame(timecode: Timecode, rate: Rational): number | null {
  const fps = nominalRate(rate)
  if (timecode.frames >= fps) return null
  const minutes = timecode.hours * 60 + timecode.minutes
  const counted = (minutes * 60 + timecode.seconds) * fps + timecode.frames
  const drop = timecode.dropFrame ? droppedPerMinute(rate) : 0
  if (drop > 0 && timecode.seconds === 0 && timecode.minutes % 10 !== 0 && timecode.frames < drop) return null
  return counted - drop * (minutes - Math.floor(minutes / 10))
}

/** The timecode of a frame number, `;` before the frames when frame numbers are dropped. */
export function formatTimecode(frame: number, rate: Rational, dropFrame = false): string {
  const fps = nominalRate(rate)
  const drop = dropFrame ? droppedPerMinute(rate) : 0
  let counted = frame
  if (drop > 0) {
    const tenMinutes = fps * 600 - drop * 9
    const rest = frame % tenMinutes
    const minutes = rest < fps * 60 ? 0 : 1 + Math.floor((rest - fps * 60) / (fps * 60 - drop))
    counted += drop * (9 * Math.floor(frame / tenMinutes) + minutes)
  }
  const two = (value: number): string => String(value).padStart(2, '0')
  const seconds = Math.floor(counted / fps)
  return [
    two(Math.floor(seconds / 3600)),
    two(Math.floor(seconds / 60) % 60),
    `${two(seconds % 60)}${drop > 0 ? ';' : ':'}${two(counted % fps)}`
  ].join(':')
}

/** Whether a timecode is written as one whose counting drops frame numbers. */
export const isDropFrame = (text: string): boolean => parseTimecode(text)?.dropFrame ?? false

/**
 * The time that a written timecode stands for: its frame number ÷ the rate, as ffprobe and editing programs count.
 * @param dropFrame it is counted so, however it is written: many EDLs have colons everywhere
 * @returns null when it is no timecode of this rate
 */
export function timecodeToTime(text: string, rate: Rational, dropFrame = false): Rational | null {
  const timecode = parseTimecode(text)
  const frame =
    timecode === null
      ? null
      : timecodeToFrame({ ...timecode, dropFrame: timecode.dropFrame || dropFrame }, rate)
  return frame === null ? null : divide(rational(frame), rate)
}
