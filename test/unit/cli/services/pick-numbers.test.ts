import { describe, expect, it } from 'vitest'
import { readNumbers } from '../../../../src/cli/services/pick-numbers.ts'

describe('an answer to a list', () => {
  it.each([
    ['2', [2]],
    ['3 1', [1, 3]],
    ['2-4, 1', [1, 2, 3, 4]],
    ['all', [1, 2, 3, 4]],
    ['', null],
    ['5', null],
    ['1 x', null],
    ['4-2', null]
  ])('%j chooses %j', (answer, chosen) => {
    expect(readNumbers(answer, [1, 2, 3, 4])).toEqual(chosen)
  })
})
