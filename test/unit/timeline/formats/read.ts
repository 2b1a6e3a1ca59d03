import {
  readTimelineText,
  type Timeline,
  TimelineError,
  type TimelineSequence
} from '../../../../src/timeline/index.ts'
import type { ReadOptions } from '../../../../src/timeline/model.ts'

/** The only sequence of a text. */
export function onlySequence(fileName: string, text: string, options?: ReadOptions): TimelineSequence {
  const { sequences }: Timeline = readTimelineText(fileName, text, options)
  if (sequences.length !== 1) throw new Error(`${sequences.length} sequences`)
  return sequences[0]!
}

/** The error that reading a text ends in. */
export function errorOf(fileName: string, text: string): TimelineError {
  try {
    readTimelineText(fileName, text)
  } catch (error) {
    if (error instanceof TimelineError) return error
    throw error
  }
  throw new Error('it was read')
}

/** `kind name ×count` of what was skipped. */
export const skippedOf = (sequence: TimelineSequence): string[] =>
  sequence.skipped.map(({ kind, name, count }) => `${kind} ${name} ×${count}`)
