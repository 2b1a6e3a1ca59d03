import { expect, test } from 'vitest'
import { versionSeries, whyIncompatible } from '../../../src/protocol/hello/index.ts'

test('what must agree follows semantic versioning: the minor number while the major is 0', () => {
  expect(['0.1.0', '0.1.9', '0.2.0', '1.0.0', '1.9.3', 'nightly'].map(versionSeries)).toEqual([
    '0.1',
    '0.1',
    '0.2',
    '1',
    '1',
    'nightly'
  ])
})

test('equal protocol and agreement fit; anything else names both versions', () => {
  const self = { protocol: 1, agreement: '0.1', version: '0.1.0' }
  expect(whyIncompatible(self, { protocol: 1, agreement: '0.1', version: '0.1.7' })).toBeNull()
  for (const peer of [
    { protocol: 2, agreement: '0.1', version: '0.9.9' },
    { protocol: 1, agreement: '0.9', version: '0.9.9' }
  ]) {
    expect(whyIncompatible(self, peer)).toMatch(/0\.9\.9.*0\.1\.0.*install/)
  }
})
