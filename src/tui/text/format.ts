import stringWidth from 'string-width'

/** `0:42`, `12:03`, `1:02:03`; `-` for an unknown or endless time. Rounded up: a running job never shows 0:00. */
export function formatDuration(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms) || ms < 0) return '-'
  const total = Math.ceil(ms / 1000)
  const two = (n: number) => String(n).padStart(2, '0')
  const hours = Math.floor(total / 3600)
  const minutes = Math.floor((total % 3600) / 60)
  return hours > 0 ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`
}

/** How long a clip is, likewise, to the nearest second: `0:05` for 150 frames of 29.97. */
export const formatLength = (ms: number): string => formatDuration(Math.round(ms / 1000) * 1000)

const sizeUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** `999 B`, `1.5 kB`, `12 MB`: decimal units, two digits at least. */
export function formatSize(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < sizeUnits.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${sizeUnits[unit]}`
}

/** `73%`: rounded down, so that 100% means all; `-` while the total is unknown. */
export function formatPercent(done: number, total: number): string {
  if (total <= 0) return '-'
  return `${Math.floor(Math.min(1, Math.max(0, done / total)) * 100)}%`
}

/** `311 fps`, `8.4 fps`, or nothing when it stands still. */
export function formatFps(fps: number): string {
  if (!(fps > 0)) return ''
  return `${fps < 9.95 ? fps.toFixed(1) : Math.round(fps)} fps`
}

/** The wall-clock time of an ISO 8601 text as people here read it: `14:03:58`. */
export function formatTime(iso: string | null): string {
  if (iso === null) return '-'
  const date = new Date(iso)
  return Number.isNaN(date.getTime()) ? '-' : date.toTimeString().slice(0, 8)
}

/** Ids of peers share their beginnings: the end tells them apart. */
export const shortPeerId = (id: string): string => id.slice(-8)

/** The last component of a path of any system. */
export const baseName = (path: string): string => path.split(/[\\/]/).at(-1) || path

/**
 * Text from files, peers and tools without what would move the cursor, colour the terminal or break the line.
 */
export function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ')
}

const segmenter = new Intl.Segmenter()

/** `text` in at most `width` columns, cut at its end or in its middle with an ellipsis. */
export function fitText(text: string, width: number, where: 'end' | 'middle' = 'end'): string {
  if (stringWidth(text) <= width) return text
  if (width <= 0) return ''
  if (width === 1) return '…'
  const parts = Array.from(segmenter.segment(text), (part) => part.segment)
  const tail =
    where === 'middle' ? takeWidth(parts.toReversed(), Math.floor((width - 1) / 2)).toReversed() : []
  const head = takeWidth(parts, width - 1 - stringWidth(tail.join('')))
  return `${head.join('')}…${tail.join('')}`
}

function takeWidth(parts: readonly string[], width: number): string[] {
  const taken: string[] = []
  let used = 0
  for (const part of parts) {
    used += stringWidth(part)
    if (used > width) break
    taken.push(part)
  }
  return taken
}

/** `text` filled with spaces to `width` columns; never cut. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - stringWidth(text)))
  return align === 'left' ? text + fill : fill + text
}

/** `1 job`, `2 jobs`. */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`

/**
 * Time left between its best and its worst, no finer than it is known: `2:10`, `2–3 min`, `1.5–2 h`, `< 4 min`; `-` when
 * nothing is known.
 */
export function formatLeft(range: { minMs: number; maxMs: number } | null): string {
  if (range === null || !Number.isFinite(range.maxMs)) return '-'
  const { minMs, maxMs } = range
  if (maxMs <= minMs * 1.12 || maxMs - minMs < 4_000) return formatDuration(maxMs)
  if (maxMs < 90_000) return spanOf(minMs / 5_000, maxMs / 5_000, 5, 's')
  if (maxMs < 90 * 60_000) return spanOf(minMs / 60_000, maxMs / 60_000, 1, 'min')
  return spanOf(minMs / 1_800_000, maxMs / 1_800_000, 0.5, 'h')
}

function spanOf(low: number, high: number, step: number, unit: string): string {
  const [from, to] = [Math.floor(low) * step, Math.ceil(high) * step]
  if (from === 0) return `< ${to} ${unit}`
  return from === to ? `${to} ${unit}` : `${from}–${to} ${unit}`
}

const asciiOf: Readonly<Record<string, string>> = {
  '…': '~',
  '█': '#',
  '░': '-',
  '·': '.',
  '─': '-',
  '│': '|',
  '┌': '+',
  '┐': '+',
  '└': '+',
  '┘': '+',
  '▾': 'v',
  '▸': '>',
  '✓': '+',
  '–': '-',
  '’': "'",
  '→': '>',
  '←': '<',
  '↑': '^',
  '↓': 'v',
  '●': '*',
  '×': 'x',
  '▁': '_',
  '▂': '.',
  '▃': '-',
  '▄': '=',
  '▅': '+',
  '▆': 'x',
  '▇': 'X'
}

/** The same columns in ASCII alone, for terminals that draw nothing else; what has no likeness becomes `?`. */
export function toAscii(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences pass as they are
  if (/^[\u0000-\u007f]*$/.test(text)) return text
  return Array.from(segmenter.segment(text), ({ segment }) =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences pass as they are
    /^[\u0000-\u007f]+$/.test(segment)
      ? segment
      : (asciiOf[segment] ?? '?'.repeat(Math.max(0, stringWidth(segment))))
  ).join('')
}

/** `text` in exactly `width` columns: cut or filled. */
export const column = (
  text: string,
  width: number,
  options: { align?: 'left' | 'right'; cut?: 'end' | 'middle' } = {}
): string => pad(fitText(text, width, options.cut ?? 'end'), width, options.align ?? 'left')
