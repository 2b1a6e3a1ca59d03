import { createInterface } from 'node:readline/promises'
import type { CommandContext } from '../context.ts'
import { CliError } from '../errors.ts'

/**
 * Asks a person at the terminal for some of the numbers of a list: `1 3`, `2-4`, `all`.
 * @param otherwise what to do where there is no terminal to ask at
 * @throws CliError `usage` when there is none
 */
export async function pickNumbers(
  { interrupt, stderr }: CommandContext,
  question: string,
  numbers: readonly number[],
  otherwise = 'Name them with --timeline, or take --all'
): Promise<number[]> {
  if (!isTerminal()) {
    throw new CliError('usage', '--pick asks at a terminal, and there is none', { hint: otherwise })
  }
  // Asked on standard error: standard output may hold JSON.
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  try {
    for (;;) {
      const answer = await asking.question(`${question} `, { signal: interrupt.signal })
      const chosen = readNumbers(answer, numbers)
      if (chosen !== null) return chosen
      stderr.write('Numbers of the list, such as 1 3 or 2-4, or all.\n')
    }
  } finally {
    asking.close()
  }
}

/** Whether there is somebody to ask. */
export const isTerminal = (): boolean => process.stdin.isTTY === true

/** What an answer chooses, in the order of the list; null when it is none. */
export function readNumbers(answer: string, numbers: readonly number[]): number[] | null {
  const words = answer
    .trim()
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
  if (words.length === 0) return null
  const chosen = new Set<number>()
  for (const word of words) {
    const range = /^(\d+)(?:-(\d+))?$/.exec(word)
    if (word !== 'all' && range === null) return null
    const [from, to] =
      range === null
        ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
        : [Number(range[1]), Number(range[2] ?? range[1])]
    const inside = numbers.filter((number) => number >= from && number <= to)
    if (inside.length === 0) return null
    for (const number of inside) chosen.add(number)
  }
  return numbers.filter((number) => chosen.has(number))
}
