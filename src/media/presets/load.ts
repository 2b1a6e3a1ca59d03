import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { MediaError, messageOf, systemCodeOf } from '../errors.ts'
import { whyImpossible } from './impossible.ts'
import type { Match } from './match.ts'
import { nearest, type PresetLayer, parsePresetFile } from './parse.ts'
import { type Preset, type PresetFile, presetName, presetSchema } from './schema.ts'

/** A preset with everything that it extends, and what is known of it besides its output. */
export interface ResolvedPreset {
  preset: Preset
  /** What a source must be for `--preset auto`; null: it is chosen by name only. */
  match: Match | null
  /** 0 unless it says so; higher goes first among presets that match. */
  priority: number
  /** The file that it comes from, and which of the folders that is in. */
  file: string
  folder: string
  /** By key, the file that gives its value, or null: it is the default. */
  origins: Readonly<Record<string, string | null>>
}

/** A preset, or why there is none of that name. */
export interface PresetListing {
  name: string
  /** The file that it comes from, and which of the folders that is in. */
  file: string
  folder: string
  /** Null when it cannot be used: `error` says why. */
  resolved: ResolvedPreset | null
  error: string | null
}

/** What `--preset` takes for "choose by the source": no preset may be called so. */
export const autoName = 'auto'

const ending = /\.ya?ml$/
const maxDepth = 8

/** Preset files by name, as they were found; an earlier folder wins. */
interface Shelf {
  files: Map<string, string>
  /** Folders that cannot be read, with the reason. */
  closed: Map<string, string>
  layers: Map<string, Promise<PresetLayer>>
}

async function openShelf(folders: readonly string[]): Promise<Shelf> {
  const shelf: Shelf = { files: new Map(), closed: new Map(), layers: new Map() }
  for (const folder of folders) {
    let names: string[]
    try {
      names = await readdir(folder)
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT')
        shelf.closed.set(folder, `the presets cannot be read: ${messageOf(error)}`)
      continue
    }
    for (const file of names.sort()) {
      const name = file.replace(ending, '')
      if (ending.test(file) && !file.startsWith('.') && !shelf.files.has(name)) {
        shelf.files.set(name, join(folder, file))
      }
    }
  }
  return shelf
}

/** Every preset, by name. What cannot be used is listed with the reason, and hinders no other. */
export async function listPresets(folders: readonly string[]): Promise<PresetListing[]> {
  const shelf = await openShelf(folders)
  const listings: PresetListing[] = [...shelf.closed].map(([folder, error]) => ({
    name: basename(folder),
    file: folder,
    folder,
    resolved: null,
    error
  }))
  for (const [name, file] of [...shelf.files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const about = { name, file, folder: dirname(file) }
    try {
      listings.push({ ...about, resolved: await resolvePreset(name, shelf, folders), error: null })
    } catch (error) {
      listings.push({ ...about, resolved: null, error: messageOf(error) })
    }
  }
  return listings
}

/**
 * One preset with everything it extends.
 * @throws MediaError `preset-unknown` with the nearest known name, `preset-invalid` with file, line and column
 */
export async function loadPreset(name: string, folders: readonly string[]): Promise<Preset> {
  return (await describePreset(name, folders)).preset
}

/**
 * The same, with where each of its keys comes from.
 * @throws as `loadPreset`
 */
export async function describePreset(name: string, folders: readonly string[]): Promise<ResolvedPreset> {
  const shelf = await openShelf(folders)
  // One of this name may be in a folder that cannot be read now, and would win.
  for (const [folder, why] of shelf.closed) throw invalid(`${folder}: ${why}`)
  return resolvePreset(name, shelf, folders)
}

const invalid = (message: string): MediaError => new MediaError('preset-invalid', message)

/** @throws MediaError as `loadPreset` */
async function resolvePreset(
  name: string,
  shelf: Shelf,
  folders: readonly string[]
): Promise<ResolvedPreset> {
  const layers = await layersOf(name, shelf, folders)
  const top = layers[0]!
  const merged: PresetFile = {}
  const givers = new Map<string, PresetLayer>()
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer.keys)) {
      // When a preset is chosen is its own affair: only a preset that stands in for another of its name takes that on.
      const own = key === 'extends' || key === 'match' || key === 'priority'
      if (own && !(key !== 'extends' && nameOf(layer) === name)) continue
      if (givers.has(key)) continue
      Object.assign(merged, { [key]: value })
      givers.set(key, layer)
    }
  }
  const { match = null, priority = 0, ...output } = merged
  const parsed = presetSchema.safeParse({ ...output, name })
  if (!parsed.success)
    throw invalid(`${top.file}: the key \`${String(parsed.error.issues[0]!.path[0])}\` is missing`)
  const problem = whyImpossible(parsed.data)
  if (problem !== null) {
    const giver = givers.get(problem.key)
    throw invalid(`${giver === undefined ? top.file : giver.placeOf(problem.key)}: ${problem.message}`)
  }
  return {
    preset: parsed.data,
    match,
    priority,
    file: top.file,
    folder: dirname(top.file),
    origins: Object.fromEntries(
      Object.keys(parsed.data).flatMap((key) =>
        key === 'name' ? [] : [[key, givers.get(key)?.file ?? null]]
      )
    )
  }
}

/** The preset's own file, the one that it extends, and so on. */
async function layersOf(name: string, shelf: Shelf, folders: readonly string[]): Promise<PresetLayer[]> {
  const layers: PresetLayer[] = []
  let next: string | undefined = name
  let files: ReadonlyMap<string, string> = shelf.files
  while (next !== undefined) {
    const file = files.get(next)
    const before: PresetLayer | undefined = layers.at(-1)
    if (file === undefined) throw unknownPreset(next, [...files.keys()], before)
    if (layers.some((layer) => layer.file === file) || layers.length >= maxDepth) {
      const chain = [...layers.map(nameOf), next].join(' → ')
      throw invalid(`${before!.placeOf('extends')}: the preset extends itself: ${chain}`)
    }
    const layer = await readLayer(file, shelf)
    layers.push(layer)
    // A user's preset may extend the built-in one of its own name.
    files = layer.keys.extends === next ? (await openShelf(foldersAfter(file, folders))).files : shelf.files
    next = layer.keys.extends
  }
  return layers
}

const nameOf = ({ file }: PresetLayer): string => basename(file).replace(ending, '')

const foldersAfter = (file: string, folders: readonly string[]): readonly string[] =>
  folders.slice(folders.findIndex((folder) => dirname(file) === join(folder)) + 1)

function unknownPreset(name: string, known: readonly string[], by: PresetLayer | undefined): MediaError {
  const near = nearest(name, known)
  return new MediaError(
    by === undefined ? 'preset-unknown' : 'preset-invalid',
    by === undefined
      ? `there is no preset ${JSON.stringify(name)}`
      : `${by.placeOf('extends')}: it extends ${JSON.stringify(name)}, which does not exist`,
    near === null ? `Known are: ${[...known].sort().join(', ')}.` : `Did you mean ${near}?`
  )
}

/** @throws MediaError `preset-invalid` */
function readLayer(file: string, shelf: Shelf): Promise<PresetLayer> {
  let layer = shelf.layers.get(file)
  if (!layer) {
    layer = readPresetFile(file)
    shelf.layers.set(file, layer)
  }
  return layer
}

async function readPresetFile(file: string): Promise<PresetLayer> {
  const name = basename(file).replace(ending, '')
  if (name === autoName)
    throw invalid(`${file}: \`--preset auto\` chooses by the source: give the preset another name`)
  const named = presetName.safeParse(name)
  if (!named.success) throw invalid(`${file}: ${named.error.issues[0]!.message}`)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw invalid(`${file} cannot be read: ${messageOf(error)}`)
  }
  return parsePresetFile(text, file)
}
