import stringWidth from 'string-width'
import { clean } from './format.ts'

/** Long text in lines that fit, broken at spaces where there are some. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of clean(text).split(' ')) {
    let rest = word
    while (stringWidth(rest) > width) {
      if (line !== '') lines.push(line)
      line = ''
      const part = takeColumns(rest, width)
      lines.push(part)
      rest = rest.slice(part.length)
    }
    const longer = line === '' ? rest : `${line} ${rest}`
    if (stringWidth(longer) <= width) line = longer
    else {
      lines.push(line)
      line = rest
    }
  }
  if (line !== '') lines.push(line)
  return lines
}

/** `head` and a text behind it, which hangs below itself where it takes several lines. */
export function hanging(head: string, text: string, width: number): string[] {
  const indent = stringWidth(head)
  return wrap(text, Math.max(8, width - indent)).map(
    (line, i) => `${i === 0 ? head : ' '.repeat(indent)}${line}`
  )
}

/** Items side by side, three blanks apart, in as many lines as they need. */
export function flow(items: readonly string[], width: number): string[] {
  const lines: string[] = []
  for (const item of items) {
    const longer = lines.length === 0 ? item : `${lines.at(-1)}   ${item}`
    if (lines.length > 0 && stringWidth(longer) <= width) lines[lines.length - 1] = longer
    else lines.push(item)
  }
  return lines
}

function takeColumns(text: string, width: number): string {
  let used = 0
  let end = 0
  for (const character of text) {
    used += stringWidth(character)
    if (used > width && end > 0) break
    end += character.length
  }
  return text.slice(0, end)
}
