import { streamFacts } from '../../jobs/transcode/index.ts'
import { realFiles } from '../../timeline/index.ts'
import { openHome } from '../home.ts'
import { readResolve, resolveOpener } from '../resolve/index.ts'
import { loadSettings } from '../settings/index.ts'
import { openStorage } from '../storage/index.ts'
import { transcodeSettings } from '../transcode-settings.ts'
import { EditDesk, type EditReader } from './desk.ts'
import { searchFolders } from './file-index.ts'

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
      filters: settings.queue.filters,
      system: process.platform === 'win32' ? 'windows' : 'posix'
    },
    {
      files: realFiles,
      roots: () => storage.roots(),
      probe: (path, signal) => streamFacts(media, path, signal),
      resolve: (choice, signal) => readResolve(resolveOpener(settings, signal), choice),
      search: searchFolders
    }
  )
}

export type { ChosenEdit, EditReader, FilteredSources, FindWishes, FoundClips } from './desk.ts'
