import { brief, placeAt, TimelineError, type TimelineErrorCode } from '../errors.ts'
import type { ReadOptions, TimelineSequence } from '../model.ts'

/** The text of one timeline file, and how it shall be read. */
export interface TimelineText {
  /** Its name without folders, for sequences that have none of their own. */
  fileName: string
  text: string
  options: ReadOptions
}

export interface ReadText {
  version: string | null
  sequences: TimelineSequence[]
}

/** An error at a place of the text. */
export const errorAt = (
  source: TimelineText,
  offset: number,
  code: TimelineErrorCode,
  message: string,
  hint: string | null = null
): TimelineError => new TimelineError(code, message, { hint, place: placeAt(source.text, offset) })

/** A sequence in sequences: runs `walk` unless the sequence contains itself, which is an error. */
export class NestingGuard {
  readonly #open: string[] = []
  readonly #source: TimelineText

  constructor(source: TimelineText) {
    this.#source = source
  }

  /** @throws TimelineError `cycle` */
  enter(name: string, offset: number, walk: () => void): void {
    const at = this.#open.indexOf(name)
    if (at !== -1) {
      const chain = brief([...this.#open.slice(at), name].join(' > '), 200)
      throw errorAt(
        this.#source,
        offset,
        'cycle',
        `the sequence ${brief(name)} contains itself (${chain})`,
        unnest
      )
    }
    this.#open.push(name)
    walk()
    this.#open.pop()
  }
}

const unnest = 'take it out of itself in the editing program and export again'
