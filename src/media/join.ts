import { type TimeBase, toMicros } from './time-base.ts'

/** A chunk to be joined: a file beside the list, and how long it lasts; null: as long as it says itself. */
export interface ChunkFile {
  file: string
  durationUs: number | null
}

/** Frames `[start, end)`. */
export interface FrameRange {
  start: number
  end: number
}

/**
 * The exact length of each chunk in microseconds, null for the last. Each is the difference of two positions rounded
 * from the first frame on, so that errors never add up; without lengths the concat demuxer's guesses drift by up to
 * 80 ms.
 * @param times of every frame, in ticks
 * @throws RangeError when the ranges do not cover the frames exactly once, in order
 */
export function chunkDurations(
  ranges: readonly FrameRange[],
  times: readonly number[],
  timeBase: TimeBase
): (number | null)[] {
  const position = (index: number): number => toMicros(times[index]! - times[0]!, timeBase)
  let next = 0
  const durations = ranges.map(({ start, end }) => {
    if (start !== next || end <= start || end > times.length) {
      throw new RangeError(`the chunks do not follow each other at frame ${next}: one is ${start} to ${end}`)
    }
    next = end
    return end < times.length ? position(end) - position(start) : null
  })
  if (next !== times.length) throw new RangeError(`frames ${next} to ${times.length} are in no chunk`)
  return durations
}

/**
 * The list for ffmpeg's concat demuxer.
 * @throws RangeError when a name is not that of a chunk: nothing else may stand in the list
 */
export function concatList(chunks: readonly ChunkFile[]): string {
  const lines = chunks.flatMap(({ file, durationUs }) => {
    if (!/^\d+\.\d+\.[a-z0-9]+$/.test(file)) throw new RangeError(`${file} is not the name of a chunk`)
    return durationUs === null ? [`file '${file}'`] : [`file '${file}'`, `duration ${durationUs}us`]
  })
  return `${['ffconcat version 1.0', ...lines].join('\n')}\n`
}
