import type { KeyPress } from './keys.ts'

/** A line of text being typed, with the place where the next character goes. */
export interface TextField {
  readonly text: string
  /** In UTF-16 units, never inside a character. */
  readonly at: number
}

export const emptyField: TextField = { text: '', at: 0 }
export const fieldOf = (text: string): TextField => ({ text, at: text.length })

const segmenter = new Intl.Segmenter()

/** The field after a key; the same object when the key means nothing to it. Line breaks of a paste become spaces. */
export function editText(field: TextField, key: KeyPress): TextField {
  const { text, at } = field
  const [before, after] = [text.slice(0, at), text.slice(at)]
  switch (key.name) {
    case 'text': {
      const typed = key.text.replace(/[\r\n\t]+/g, ' ')
      return { text: before + typed + after, at: at + typed.length }
    }
    case 'backspace': {
      const kept = before.slice(0, before.length - lastLength(before))
      return { text: kept + after, at: kept.length }
    }
    case 'delete':
      return { text: before + after.slice(firstLength(after)), at }
    case 'left':
      return { text, at: at - lastLength(before) }
    case 'right':
      return { text, at: at + firstLength(after) }
    case 'home':
    case 'ctrl-a':
      return { text, at: 0 }
    case 'end':
    case 'ctrl-e':
      return { text, at: text.length }
    case 'ctrl-u':
      return { text: after, at: 0 }
    case 'ctrl-w': {
      const kept = before.replace(/\S*\s*$/, '')
      return { text: kept + after, at: kept.length }
    }
    default:
      return field
  }
}

const lastLength = (text: string): number => Array.from(segmenter.segment(text)).at(-1)?.segment.length ?? 0
const firstLength = (text: string): number => {
  const [first] = segmenter.segment(text)
  return first?.segment.length ?? 0
}
