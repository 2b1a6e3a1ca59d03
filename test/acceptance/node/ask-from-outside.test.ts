import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { answersFromOutside } from '../../../src/node/watch-folders/ask-from-outside.ts'

test('a process of its own finds out that storage answers, be it with an error', async () => {
  const questions = [[tmpdir()], ['/nowhere/at all'], [tmpdir(), process.execPath], ['-e']]
  expect(await Promise.all(questions.map(answersFromOutside))).toEqual([true, true, true, true])
})
