import { expect, test } from 'vitest'
import { MediaError } from '../../../src/media/errors.ts'

test('a preset that is not there is wrong usage, whichever command is told of it; a bad file is a failure', () => {
  expect(new MediaError('preset-unknown', 'there is no preset "nope"').exitStatus).toBe(2)
  expect(new MediaError('preset-invalid', 'mine.yaml:1:1: there is no key colour').exitStatus).toBe(2)
  expect(new MediaError('truncated', 'a.mov is cut short').exitStatus).toBe(1)
})
