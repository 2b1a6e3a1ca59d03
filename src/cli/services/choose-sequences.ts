import type { EditView } from '../../model/index.ts'
import type { CommandContext } from '../context.ts'
import { CliError } from '../errors.ts'
import { sequenceList } from '../output/clips.ts'
import { baseName, clean } from '../output/format.ts'
import { isTerminal, pickNumbers } from './pick-numbers.ts'

/** Which sequences of a timeline are meant. */
export interface SequenceWish {
  /** Names; none: the only one there is. */
  sequences: readonly string[]
  all: boolean
  /** Ask at the terminal. */
  pick: boolean
}

const otherwise = 'Name some with --sequence, or take --all'

/**
 * The places of the sequences that are meant. Where there are several and none is named, a person at a terminal is
 * asked.
 * @throws CliError `usage` with the names that there are
 */
export async function chooseSequences(
  context: CommandContext,
  view: EditView,
  wish: SequenceWish
): Promise<number[]> {
  const places = view.sequences.map((_, at) => at)
  if (wish.sequences.length > 0) return named(view, wish.sequences)
  if (wish.all || places.length <= 1) return places
  if (!wish.pick && !isTerminal()) {
    throw new CliError('usage', `${baseName(view.file)} has ${places.length} sequences: ${namesOf(view)}`, {
      hint: otherwise
    })
  }
  const { print } = context
  for (const line of sequenceList(view, print.width)) print.note(line)
  const numbers = places.map((at) => at + 1)
  const picked = await pickNumbers(context, 'Which sequences? (numbers, or all)', numbers, otherwise)
  return picked.map((number) => number - 1)
}

function named(view: EditView, wanted: readonly string[]): number[] {
  const places = new Set<number>()
  for (const name of wanted) {
    const same = view.sequences.flatMap((sequence, at) => (sequence.name === name ? [at] : []))
    if (same.length === 0) {
      throw new CliError('usage', `${baseName(view.file)} has no sequence ${clean(name)}`, {
        hint: `Its sequences are: ${namesOf(view) || 'none'}`
      })
    }
    for (const at of same) places.add(at)
  }
  return [...places]
}

const namesOf = (view: EditView): string => clean(view.sequences.map(({ name }) => name).join(', '))
