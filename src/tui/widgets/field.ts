import stringWidth from 'string-width'
import { clean, column } from '../text/format.ts'
import type { Style } from '../text/style.ts'
import type { TextField } from '../text-field.ts'

/** The text around the cursor, in at most `width` columns. The cursor is a cell of its own, also at the end. */
export function fieldText(field: TextField, width: number, isActive: boolean, style: Style): string {
  const text = clean(field.text)
  if (!isActive) return tail(text, width)
  const before = tail(text.slice(0, field.at), Math.max(0, width - 1))
  const [at = ' '] = text.slice(field.at)
  const room = width - stringWidth(before) - stringWidth(at)
  const after = head(text.slice(field.at + at.length), room)
  return before + (style.colour ? style.paint('cursor', at) : at === ' ' ? '_' : `[${at}]`) + after
}

/** ` name      text`. */
export const fieldLine = (
  name: string,
  field: TextField,
  { width, isActive, style }: { width: number; isActive: boolean; style: Style }
): string =>
  `${isActive ? style.paint('strong', ' > ') : '   '}${column(name, 14)}${fieldText(field, Math.max(1, width - 20), isActive, style)}`

function tail(text: string, width: number): string {
  const characters = [...text]
  let used = 0
  let from = characters.length
  while (from > 0 && used + stringWidth(characters[from - 1] as string) <= width) {
    from -= 1
    used += stringWidth(characters[from] as string)
  }
  return characters.slice(from).join('')
}

function head(text: string, width: number): string {
  let used = 0
  let result = ''
  for (const character of text) {
    used += stringWidth(character)
    if (used > width) break
    result += character
  }
  return result
}
