import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { closest, distance } from 'fastest-levenshtein'
import { isMap, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { MediaError, messageOf, systemCodeOf } from '../errors.ts'
import { type Preset, type PresetFile, presetFileSchema, presetKeys, presetSchema } from './schema.ts'

export interface PresetListing {
  name: string
  description: string
  /** The file that it comes from. */
  source: string
  /** Why it cannot be used, or null. */
  error: string | null
}

const ending = '.yaml'
const maxDepth = 8

/**
 * Names of the presets and their files. A folder earlier in the list wins: the user's before the built-in one.
 * A folder that does not exist holds none.
 */
async function presetFiles(folders: readonly string[]): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const folder of folders) {
    let names: string[]
    try {
      names = await readdir(folder)
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') continue
      throw error
    }
    for (const file of names.sort()) {
      const name = file.slice(0, -ending.length)
      if (file.endsWith(ending) && !file.startsWith('.') && !files.has(name))
        files.set(name, join(folder, file))
    }
  }
  return files
}

/** Every preset, by name. Those with a mistake are listed with it. */
export async function listPresets(folders: readonly string[]): Promise<PresetListing[]> {
  const files = await presetFiles(folders)
  const listings: PresetListing[] = []
  for (const [name, source] of [...files].sort(([a], [b]) => a.localeCompare(b))) {
    try {
      const { description } = await resolvePreset(name, files, folders)
      listings.push({ name, description, source, error: null })
    } catch (error) {
      listings.push({ name, description: '', source, error: messageOf(error) })
    }
  }
  return listings
}

/**
 * One preset with everything it extends.
 * @throws MediaError `preset-unknown` with the nearest known name, `preset-invalid` with file, line and column
 */
export async function loadPreset(name: string, folders: readonly string[]): Promise<Preset> {
  return resolvePreset(name, await presetFiles(folders), folders)
}

async function resolvePreset(
  name: string,
  files: ReadonlyMap<string, string>,
  folders: readonly string[]
): Promise<Preset> {
  const merged: PresetFile = {}
  const path: string[] = []
  // A user's preset may extend the built-in one of its own name.
  let pool = files
  let next: string | undefined = name
  while (next !== undefined) {
    const file = pool.get(next)
    if (file === undefined) throw unknownPreset(next, [...pool.keys()], path.at(-1))
    if (path.length >= maxDepth || path.includes(file)) {
      throw new MediaError(
        'preset-invalid',
        `${path[0]}: the preset extends itself through ${path.join(', ')}`
      )
    }
    path.push(file)
    const layer: PresetFile = await readPresetFile(file)
    for (const [key, value] of Object.entries(layer)) {
      if (!Object.hasOwn(merged, key)) Object.assign(merged, { [key]: value })
    }
    pool = layer.extends === next ? await presetFiles(foldersAfter(file, folders)) : files
    next = layer.extends
  }
  const { extends: _, ...rest } = merged
  const parsed = presetSchema.safeParse({ ...rest, name })
  if (parsed.success) return parsed.data
  const { message, path: at } = parsed.error.issues[0]!
  const missing = at.length > 0 && !Object.hasOwn(merged, String(at[0]))
  throw new MediaError(
    'preset-invalid',
    missing ? `${path[0]}: the key \`${String(at[0])}\` is missing` : `${path[0]}: ${message}`
  )
}

const foldersAfter = (file: string, folders: readonly string[]): readonly string[] =>
  folders.slice(folders.findIndex((folder) => file.startsWith(join(folder, '/'))) + 1)

function unknownPreset(name: string, known: readonly string[], extendedBy: string | undefined): MediaError {
  const near = nearest(name, known)
  return new MediaError(
    'preset-unknown',
    extendedBy === undefined
      ? `there is no preset ${JSON.stringify(name)}`
      : `${extendedBy}: it extends ${JSON.stringify(name)}, which does not exist`,
    near === null ? `Known are: ${[...known].sort().join(', ')}.` : `Did you mean ${near}?`
  )
}

/** The candidate that is most like `word`, or null when none is like it. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  if (candidates.length === 0) return null
  const best = closest(word.toLowerCase(), [...candidates])
  return distance(word.toLowerCase(), best.toLowerCase()) <= Math.max(2, best.length / 2) ? best : null
}

async function readPresetFile(file: string): Promise<PresetFile> {
  return parsePresetFile(await readFile(file, 'utf8'), file)
}

/**
 * Parses the text of a preset file.
 * @throws MediaError `preset-invalid`: `file:line:column: what is wrong`, with the nearest known key
 */
export function parsePresetFile(text: string, file: string): PresetFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const syntax = document.errors[0]
  if (syntax)
    throw new MediaError(
      'preset-invalid',
      `${at(syntax.pos[0])}: ${syntax.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '')}`
    )
  const parsed = presetFileSchema.safeParse(document.toJS() ?? {})
  if (parsed.success) return parsed.data

  const issue = parsed.error.issues[0]!
  const key = issue.code === 'unrecognized_keys' ? issue.keys[0] : issue.path[0]
  const place =
    key === undefined ? 0 : offsetOf(document.contents, String(key), issue.code !== 'unrecognized_keys')
  throw new MediaError(
    'preset-invalid',
    `${at(place)}: ${wordsFor(issue, key === undefined ? null : String(key))}`
  )
}

function offsetOf(contents: unknown, key: string, ofValue: boolean): number {
  if (!isMap(contents)) return 0
  for (const { key: keyNode, value } of contents.items) {
    if (String(keyNode) !== key) continue
    const node = ofValue ? (value ?? keyNode) : keyNode
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)) {
      return Number(node.range[0])
    }
  }
  return 0
}

function wordsFor(issue: z.core.$ZodIssue, key: string | null): string {
  if (issue.code === 'unrecognized_keys') {
    const near = nearest(issue.keys[0]!, presetKeys)
    const hint = near === null ? `known are ${presetKeys.join(', ')}` : `did you mean \`${near}\`?`
    return `\`${issue.keys[0]}\` is not a key of a preset; ${hint}`
  }
  return key === null ? issue.message : `\`${key}\`: ${issue.message}`
}
