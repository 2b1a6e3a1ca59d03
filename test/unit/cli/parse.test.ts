import { describe, expect, it } from 'vitest'
import { collectPeers, parseDuration, parseLength, parsePriority } from '../../../src/cli/parse.ts'

describe('parseDuration', () => {
  it.each([
    ['5', 5000],
    ['2.5', 2500],
    ['5s', 5000],
    ['500ms', 500],
    ['2m', 120_000],
    ['1.5h', 5_400_000],
    ['1:30', 90_000],
    ['1:02:03', 3_723_000],
    ['0', 0]
  ])('reads %s as %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.each(['', 'five', '-5', '5 s', '1:2', '5d', 'NaN', 'Infinity', '1e3', '25h'])('refuses %j', (text) => {
    expect(() => parseDuration(text)).toThrow()
  })
})

describe('parseLength', () => {
  it('refuses nothing at all', () => {
    expect(() => parseLength('0')).toThrow('more than 0')
  })
})

describe('parsePriority', () => {
  it('takes whole numbers of either sign within bounds', () => {
    expect(['5', '-5', '+7', '0'].map(parsePriority)).toEqual([5, -5, 7, 0])
    for (const text of ['1.5', 'x', '', '1001', '0x10'])
      expect(() => parsePriority(text)).toThrow('whole number')
  })
})

describe('collectPeers', () => {
  it('takes HOST:PORT several times', () => {
    expect(collectPeers('[fe80::1]:4870', collectPeers('nuc.lan:4870'))).toEqual([
      'nuc.lan:4870',
      '[fe80::1]:4870'
    ])
  })

  it.each(['nuc', 'nuc:', 'nuc:0', 'nuc:70000', ':4870', 'a b:1', 'fe80::1:4870', '-x y:1'])(
    'refuses %j',
    (text) => {
      expect(() => collectPeers(text)).toThrow('HOST:PORT')
    }
  )
})
