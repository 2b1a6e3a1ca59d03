import { basename, dirname } from 'node:path'
import { Document, isMap, type Pair, Scalar } from 'yaml'
import type { PresetLine, PresetView } from '../../model/index.ts'
import { type Column, renderTable } from './table.ts'

const columns: readonly Column[] = [
  { title: 'NAME' },
  { title: 'WHAT IT IS FOR', shrink: 'end' },
  { title: 'CODEC' },
  { title: 'FILE' },
  { title: 'SIZE' },
  { title: 'HERE', shrink: 'end' },
  { title: 'FROM', shrink: 'middle' }
]

/** The listing of `presets`. */
export const presetsTable = (presets: readonly PresetLine[], width: number | null): string[] =>
  renderTable(columns, presets.map(presetRow), width)

function presetRow(preset: PresetLine): string[] {
  const { name, description, codec, container, height, error, whyNot } = preset
  return [
    name,
    description,
    codec ?? '',
    container ?? '',
    sizeOf(height),
    error !== null ? 'not usable' : whyNot === null ? 'yes' : `no: ${whyNot}`,
    preset.builtIn ? 'built-in' : preset.source
  ]
}

function sizeOf(height: PresetLine['height']): string {
  if (height === null) return ''
  return typeof height === 'number' ? `≤ ${height} lines` : height === 'source' ? 'full' : height
}

/** A preset as YAML, each key with where its value comes from. */
export function presetText({ preset, source, origins, match, chosen }: PresetView): string[] {
  const document = new Document(match === null ? preset : { ...(preset as object), match })
  document.commentBefore = ` ${source}${chosen === null ? '' : `\n chosen for this file: ${chosen}`}`
  if (isMap(document.contents)) {
    for (const pair of document.contents.items as Pair[]) {
      const key = String(pair.key)
      const from = origins[key]
      if (from === undefined || from === source) continue
      const comment = ` ${from === null ? 'default' : placeOf(from, source)}`
      if (pair.value instanceof Scalar) pair.value.comment = comment
      else if (pair.key instanceof Scalar) pair.key.commentBefore = comment
    }
  }
  return String(document).trimEnd().split('\n')
}

/** The name of a preset of the same folder, else its file. */
const placeOf = (file: string, source: string): string =>
  dirname(file) === dirname(source) ? basename(file).replace(/\.ya?ml$/, '') : file
