import { expect, test } from 'vitest'
import { sameSource } from '../../../src/media/files.ts'

test('a source is the same by its size and the second of its last change', () => {
  const planned = { sizeBytes: 9, mtimeMs: 1_700_000_000_999 }
  expect(sameSource(planned, { sizeBytes: 9, mtimeMs: 1_700_000_000_000 })).toBe(true)
  expect(sameSource(planned, { sizeBytes: 9, mtimeMs: 1_700_000_001_000 })).toBe(false)
  expect(sameSource(planned, { ...planned, sizeBytes: 8 })).toBe(false)
})
