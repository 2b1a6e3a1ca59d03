import type { Key } from 'ink'
import type { KeyName, KeyPress } from './keys.ts'

const named = (name: KeyName): KeyPress => ({ name, text: '' })

const controls: Readonly<Record<string, KeyName>> = {
  a: 'ctrl-a',
  c: 'ctrl-c',
  e: 'ctrl-e',
  u: 'ctrl-u',
  w: 'ctrl-w'
}

/** What Ink heard as the keys that were pressed: a terminal may send several at once. */
export function keysOf(input: string, key: Key): KeyPress[] {
  if (key.upArrow) return [named('up')]
  if (key.downArrow) return [named('down')]
  if (key.leftArrow) return [named('left')]
  if (key.rightArrow) return [named('right')]
  if (key.pageUp) return [named('page-up')]
  if (key.pageDown) return [named('page-down')]
  if (key.home) return [named('home')]
  if (key.end) return [named('end')]
  if (key.return) return [named('enter')]
  if (key.escape) return [named('esc')]
  if (key.tab) return [named(key.shift ? 'back-tab' : 'tab')]
  if (key.backspace) return [named('backspace')]
  if (key.delete) return [named('delete')]
  if (key.ctrl) {
    const name = controls[input]
    return name === undefined ? [] : [named(name)]
  }
  // A terminal sends Alt with a key as Esc and the key, and so do fast fingers.
  const before = key.meta ? [named('esc')] : []
  return [...before, ...Array.from(input, keyOfCharacter).filter((press) => press !== null)]
}

const characters: Readonly<Record<string, KeyName>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\u0003': 'ctrl-c',
  '\u0008': 'backspace',
  '\u007f': 'backspace'
}

function keyOfCharacter(text: string): KeyPress | null {
  const name = characters[text]
  if (name !== undefined) return named(name)
  return text < ' ' ? null : { name: 'text', text }
}
