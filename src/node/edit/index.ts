import {
  autoName,
  describePreset,
  MediaError,
  outputPath,
  projectFolderOf,
  streamFacts,
  videoFacts
} from '../../jobs/transcode/index.ts'
import type { OutputLayouts, SourcePart } from '../../model/index.ts'
import { realFiles } from '../../timeline/index.ts'
import { openHome } from '../home.ts'
import { createOutputLayouts } from '../output-layouts.ts'
import { realOrSame } from '../real-places.ts'
import { readResolve, resolveOpener } from '../resolve/index.ts'
import { loadSettings } from '../settings/index.ts'
import { openStorage } from '../storage/index.ts'
import { transcodeSettings } from '../transcode-settings.ts'
import { EditDesk, type EditReader } from './desk.ts'
import { searchFolders } from './file-index.ts'
import type { PlacingWish } from './types.ts'
import { writeNew } from './write-new.ts'

/**
 * What reads timelines and finds their media, with the settings and roots of a home.
 * @throws SettingsError, StorageError
 */
export async function openEditDesk(
  folder: string,
  flags: Readonly<Record<string, unknown>>
): Promise<EditReader> {
  const home = openHome(folder)
  const settings = loadSettings({ home: home.folder, env: process.env, flags })
  const storage = await openStorage(
    { home: home.folder, rootsFile: home.roots, workFolder: home.work },
    { wallClock: () => new Date() }
  )
  const media = transcodeSettings(settings, home)
  return new EditDesk(
    {
      map: settings.paths.map,
      layout: settings.paths.layout,
      filters: settings.queue.filters,
      ownFolders: [home.folder, settings.paths.proxyRoot].filter((path) => path !== null),
      system: process.platform === 'win32' ? 'windows' : 'posix'
    },
    {
      files: realFiles,
      roots: () => storage.roots(),
      probeFrames: (path, signal) => videoFacts(media, path, signal),
      probe: (path, signal) => streamFacts(media, path, signal),
      placing: (wish) => placing(wish, media.presetFolders, createOutputLayouts(settings.paths)),
      resolve: (choice, signal) => readResolve(resolveOpener(settings, signal), choice),
      search: searchFolders,
      realPath: realOrSame,
      writeNew
    }
  )
}

/** Null for a preset that is unusable, too: the node says why when something is queued with it. */
async function placing(
  { preset, outDir, nameTemplate, layout = null, origins }: PlacingWish,
  presetFolders: readonly string[],
  layouts: OutputLayouts
): Promise<((source: string, part: SourcePart | null) => Promise<string | null>) | null> {
  if (preset === autoName) return null
  const resolved = await describePreset(preset, presetFolders).catch((error: unknown) => {
    if (error instanceof MediaError) return null
    throw error
  })
  if (resolved === null) return null
  const { name, container: extension } = resolved.preset
  return async (source, part) => {
    const projectFolder = projectFolderOf(origins?.[source])
    const place = await outputPath(
      { source, outDir, nameTemplate, layout, preset: name, extension, projectFolder, part },
      layouts
    )
    // What is wrong with it is told when it is queued.
    return place.kind === 'path' ? place.path : null
  }
}

export type { EditReader } from './desk.ts'
export type {
  ChosenEdit,
  FilteredSources,
  FindWishes,
  FoundClips,
  MadeProxy,
  PlacingWish,
  SearchedFile,
  SearchProgress
} from './types.ts'
