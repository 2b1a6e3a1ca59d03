import type { Key } from 'ink'
import { describe, expect, it } from 'vitest'
import { keysOf } from '../../../src/tui/read-keys.ts'

const key = (change: Partial<Key> = {}): Key => ({
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
  ...change
})

const names = (input: string, change: Partial<Key> = {}) =>
  keysOf(input, key(change)).map(({ name, text }) => (name === 'text' ? text : name))

describe('keysOf', () => {
  it('knows each of several characters that come at once', () => {
    expect(names('/old\r')).toEqual(['/', 'o', 'l', 'd', 'enter'])
    expect(names('é👍🏽'.normalize())).toEqual(['é', '👍', '🏽'])
  })

  it('takes Alt with a key for Esc and the key', () => {
    expect(names('x', { meta: true })).toEqual(['esc', 'x'])
  })

  it('tells Tab from Shift-Tab', () => {
    expect(names('', { tab: true })).toEqual(['tab'])
    expect(names('', { tab: true, shift: true })).toEqual(['back-tab'])
  })

  it('does not take unknown Ctrl keys and control characters for text', () => {
    expect(names('q', { ctrl: true })).toEqual([])
    expect(names('c', { ctrl: true })).toEqual(['ctrl-c'])
    expect(names('\u0001\u0003\u007f')).toEqual(['ctrl-c', 'backspace'])
  })
})
