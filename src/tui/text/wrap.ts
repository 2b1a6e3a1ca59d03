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
