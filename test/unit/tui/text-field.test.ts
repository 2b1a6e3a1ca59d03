import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editText, emptyField, fieldOf } from '../../../src/tui/text-field.ts'
import { press } from './kit.ts'

const edited = (text: string, ...keys: string[]) =>
  keys.reduce((field, key) => editText(field, press(key)), fieldOf(text))

describe('editText', () => {
  it('types where the cursor is', () => {
    expect(edited('ac', 'Left', 'b')).toEqual({ text: 'abc', at: 2 })
  })

  it('takes whole characters away, also those of several code points', () => {
    expect(edited('a👩‍👩‍👧', 'Backspace')).toEqual({ text: 'a', at: 1 })
    expect(edited('é👍🏽x', 'Left', 'Left', 'Backspace')).toEqual({ text: '👍🏽x', at: 0 })
  })

  it('makes one line of what is pasted', () => {
    expect(edited('', 'one\r\ntwo\tthree').text).toBe('one two three')
  })

  it('clears to the start and by words', () => {
    expect(editText(fieldOf('one two'), { name: 'ctrl-w', text: '' })).toEqual({ text: 'one ', at: 4 })
    expect(editText(fieldOf('one two'), { name: 'ctrl-u', text: '' })).toEqual(emptyField)
  })

  it('keeps the cursor within the text, whatever is pressed', () => {
    const keys = fc.constantFrom('Left', 'Right', 'Home', 'End', 'Backspace', 'a', 'é', '👍🏽')
    fc.assert(
      fc.property(fc.array(keys, { maxLength: 60 }), (pressed) => {
        const { text, at } = edited('start', ...pressed)
        expect(at).toBeGreaterThanOrEqual(0)
        expect(at).toBeLessThanOrEqual(text.length)
      })
    )
  })
})
