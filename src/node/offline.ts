import type { ControlHandlers } from './control/index.ts'
import { checkNode } from './doctor.ts'
import { openHome } from './home.ts'
import { openMediaDesk } from './media-desk.ts'
import { loadSettings } from './settings/index.ts'
import { openStorage } from './storage/index.ts'
import { transcodeSettings } from './transcode-settings.ts'

/** What commands can do with a home's files and this machine's tools while no node runs. */
export async function offlineControl(
  folder: string,
  flags: Readonly<Record<string, unknown>>
): Promise<Pick<ControlHandlers, 'share' | 'roots' | 'doctor' | 'presets' | 'preset'>> {
  const home = openHome(folder)
  const settings = loadSettings({ home: home.folder, env: process.env, flags })
  const storage = await openStorage(
    { home: home.folder, rootsFile: home.roots, workFolder: home.work },
    { wallClock: () => new Date() }
  )
  const desk = openMediaDesk(transcodeSettings(settings, home))
  return {
    share: ({ path, name }) => storage.share(path, name),
    roots: async () => ({ roots: await storage.roots() }),
    doctor: async () => ({ checks: await checkNode({ desk, storage, home }) }),
    presets: async () => ({ presets: await desk.presets() }),
    preset: ({ name, forFile }) => desk.preset(name, forFile)
  }
}
