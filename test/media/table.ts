import type { Cell } from './cell.ts'
import { everyKind } from './choice.ts'
import type { Hour } from './record.ts'
import type { SeamQuality } from './seams.ts'

const decibels = ({ joinedDb, singleDb }: SeamQuality): string => {
  const difference = joinedDb - singleDb
  return `${joinedDb.toFixed(1)} (${difference < 0 ? '−' : '+'}${Math.abs(difference).toFixed(1)})`
}

/** Numbers the reasons that are told below a table. */
class Notes {
  readonly lines: string[] = []

  add(text: string): number {
    const known = this.lines.indexOf(text)
    return known >= 0 ? known + 1 : this.lines.push(text)
  }
}

function mark(cell: Cell | undefined, notes: Notes): string {
  if (cell === undefined) return ''
  const note = () => `[${notes.add(cell.reasons.map(escaped).join('; '))}]`
  switch (cell.verdict) {
    case 'equal': {
      const how = cell.seam === null ? '=' : `≈ ${decibels(cell.seam)}`
      return cell.pieces === 1 ? `${how} ¹` : how
    }
    case 'known':
    case 'differs':
      return `✗ ${note()}`
    case 'refused':
      return `refused ${note()}`
    case 'skipped':
      return `skipped ${note()}`
  }
}

/** Names of temporary folders differ from run to run. */
const escaped = (text: string): string => text.replace(/\/\S*\/(?=[^/\s]+)/g, '').replaceAll('|', '\\|')

/** One table a mesh: a row a kind, a column for each preset that all have, one for the others. */
export function cellTable(cells: readonly Cell[]): string[] {
  const notes = new Notes()
  const kinds = [...new Set(cells.map(({ kind }) => kind))]
  const rows = kinds.map((kind) => {
    const own = cells.filter((cell) => cell.kind === kind)
    const columns = everyKind.map((preset) =>
      mark(
        own.find((cell) => cell.preset === preset),
        notes
      )
    )
    const others = own
      .filter(({ preset }) => !everyKind.some((name) => name === preset))
      .map((cell) => `${cell.preset} ${mark(cell, notes)}`)
    return `| ${[kind, own[0]!.what, ...columns, others.join(', ')].join(' | ')} |`
  })
  return [
    `| kind | source | ${everyKind.join(' | ')} | others |`,
    `| --- | --- | ${everyKind.map(() => '---').join(' | ')} | --- |`,
    ...rows,
    ...(notes.lines.length === 0 ? [] : ['', ...notes.lines.map((text, i) => `${i + 1}. ${text}`)])
  ]
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

export function hourTable(hours: readonly Hour[]): string[] {
  return [
    '| preset | frames | chunks | planning | single run | all chunks, one after another | a chunk more than its share of the single run | join, verified |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...hours.map(({ preset, frames, chunks, planMs, singleMs, chunksMs, joinMs }) => {
      const overhead = `${Math.round((chunksMs - singleMs) / chunks)} ms`
      const columns = [
        preset,
        frames,
        chunks,
        seconds(planMs),
        seconds(singleMs),
        seconds(chunksMs),
        overhead,
        seconds(joinMs)
      ]
      return `| ${columns.join(' | ')} |`
    })
  ]
}

/** `228 cells: 200 equal, 20 …`: what a run came to. */
export function summary(cells: readonly Cell[]): string {
  const verdicts = ['equal', 'refused', 'known', 'differs', 'skipped'] as const
  const counts = verdicts
    .map((verdict) => [cells.filter((cell) => cell.verdict === verdict).length, verdict] as const)
    .filter(([count]) => count > 0)
  const words = {
    equal: 'hold',
    refused: 'refused as they must be',
    known: 'known not to hold',
    differs: 'do not hold',
    skipped: 'skipped'
  }
  const parts = counts.map(([count, verdict]) => `${count} ${words[verdict]}`)
  return `${cells.length} cells of ${new Set(cells.map(({ kind }) => kind)).size} kinds: ${parts.join(', ')}`
}

/** The page `docs/media-matrix.md`. */
export function page(
  cells: readonly Cell[],
  hours: readonly Hour[],
  about: { ms: number; versions: Readonly<Record<string, string>> }
): string {
  const meshes = [...new Set(cells.map(({ mesh }) => mesh))]
  const lines = [
    '# The matrix: source kinds and presets',
    '',
    'Written by `npm run test:media -- --out docs/media-matrix.md`; not edited by hand.',
    '',
    'Each cell is a source of that kind, made by ffmpeg, cut into four chunks (to a keyframe, to between keyframes, of',
    'one frame, and the rest) that two differently configured nodes encode, joined and verified by the production code,',
    'and held against the one ffmpeg command of `presets NAME --for FILE`. That single run is held against what the',
    'source was made of: the number drawn into every frame, its time, the size and shape shown, levels of known patches,',
    'the tone of every channel and when it is heard, tags, timecode, chapters.',
    '',
    '- `=` packet for packet equal, with times; sound to the sample; every stream, tag and number that ffprobe tells.',
    '- `≈ 42.8 (−2.6)` the same for long GOP, but for the packets: as many decoded frames at the same times, every chunk',
    '  begins with a keyframe. PSNR in dB of the worst frame beside a seam, and how far it is from the single run’s.',
    '- `¹` in one piece: where its frames are cannot be told without decoding.',
    '- `✗` does not hold, with the reason below; `refused` before queueing, with the words of the refusal.',
    '',
    `${summary(cells)}. ${Math.round(about.ms / 60_000)} minutes.`,
    ''
  ]
  for (const mesh of meshes) {
    lines.push(`## All nodes with ${about.versions[mesh] ?? mesh}`, '')
    lines.push(...cellTable(cells.filter((cell) => cell.mesh === mesh)), '')
  }
  if (hours.length > 0) lines.push('## An hour', '', ...hourTable(hours), '')
  return lines.join('\n')
}
