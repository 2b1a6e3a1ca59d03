import stringWidth from 'string-width'

/** A frame of a terminal as `tmux capture-pane -e` gives it. */
export interface Frame {
  text: string
  /** How long it stays. */
  ms: number
}

const cell = { width: 8.4, height: 17 }
const margin = 12
const background = '#14161b'
const foreground = '#d7dae0'

/** The colours that the screen uses, by the number of their escape sequence. */
const colours: Readonly<Record<number, string>> = {
  31: '#ff6b68',
  32: '#7ec97b',
  33: '#e5b567',
  36: '#6cc7d8'
}

interface Look {
  fill: string
  bold: boolean
  faint: boolean
  inverse: boolean
}

const plain: Look = { fill: foreground, bold: false, faint: false, inverse: false }

function looked(look: Look, codes: readonly number[]): Look {
  let next = look
  for (const code of codes) {
    if (code === 0) next = plain
    else if (code === 1) next = { ...next, bold: true }
    else if (code === 2) next = { ...next, faint: true }
    else if (code === 7) next = { ...next, inverse: true }
    else if (code === 22) next = { ...next, bold: false, faint: false }
    else if (code === 27) next = { ...next, inverse: false }
    else if (code === 39) next = { ...next, fill: foreground }
    else if (colours[code] !== undefined) next = { ...next, fill: colours[code] }
  }
  return next
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** The frames one after another, for ever, as an SVG that needs no script. What cannot animate shows one in the middle. */
export function svgOf(frames: readonly Frame[], size: { columns: number; rows: number }): string {
  const width = Math.ceil(size.columns * cell.width + 2 * margin)
  const height = Math.ceil(size.rows * cell.height + 2 * margin)
  const totalMs = frames.reduce((sum, { ms }) => sum + ms, 0)
  let fromMs = 0
  const still = Math.floor(frames.length / 2)
  const groups = frames.map(({ text, ms }, index) => {
    const [from, to] = [fromMs / totalMs, (fromMs + ms) / totalMs]
    fromMs += ms
    const times = `keyTimes="0;${from.toFixed(4)};${to.toFixed(4)};1" values="none;inline;none;none"`
    const animate =
      frames.length === 1
        ? ''
        : `<animate attributeName="display" calcMode="discrete" dur="${totalMs}ms" repeatCount="indefinite" ${from === 0 ? `keyTimes="0;${to.toFixed(4)}" values="inline;none"` : times}/>`
    return `<g${index === still ? '' : ' display="none"'}>${animate}${linesOf(text)}</g>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    '<title>The screen of proxima-node while three machines encode two clips</title>',
    `<rect width="100%" height="100%" rx="8" fill="${background}"/>`,
    `<g font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" xml:space="preserve">`,
    ...groups,
    '</g></svg>',
    ''
  ].join('\n')
}

function linesOf(text: string): string {
  let look = plain
  return text
    .split('\n')
    .map((line, row) => {
      let column = 0
      const parts: string[] = []
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is read
      for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is read
        const codes = /^\u001b\[([\d;]*)m$/.exec(part)
        if (codes) {
          look = looked(look, (codes[1] || '0').split(';').map(Number))
          continue
        }
        if (part.trim() !== '') parts.push(piece(part, row, column, look))
        column += stringWidth(part)
      }
      return parts.join('')
    })
    .join('\n')
}

function piece(text: string, row: number, column: number, look: Look): string {
  const x = (margin + column * cell.width).toFixed(1)
  const y = (margin + (row + 0.8) * cell.height).toFixed(1)
  const length = (stringWidth(text) * cell.width).toFixed(1)
  const style = `${look.bold ? ' font-weight="bold"' : ''}${look.faint ? ' opacity="0.6"' : ''}`
  const box = look.inverse
    ? `<rect x="${x}" y="${(margin + row * cell.height).toFixed(1)}" width="${length}" height="${cell.height}" fill="${look.fill}"/>`
    : ''
  const fill = look.inverse ? background : look.fill
  return `${box}<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs" fill="${fill}"${style}>${escaped(text)}</text>`
}
