import {
  encodersOf,
  findTools,
  listPresets,
  loadPreset,
  type MediaTools,
  workingEncoders
} from '../../media/index.ts'
import type { TranscodeSettings } from './settings.ts'

export interface MediaCapabilities {
  tools: MediaTools
  /** Those of the presets' encoders that passed their trial. */
  encoders: string[]
  /** Those that did not. */
  missing: string[]
}

/**
 * What this machine's ffmpeg can do for the presets that are here. Takes about a second the first time.
 * @throws MediaError `no-ffmpeg`
 */
export async function mediaCapabilities(
  settings: Pick<TranscodeSettings, 'ffmpegPath' | 'ffprobePath' | 'presetFolders'>
): Promise<MediaCapabilities> {
  const tools = await findTools(settings)
  const wanted = new Set<string>()
  for (const { name, error } of await listPresets(settings.presetFolders)) {
    if (error !== null) continue
    for (const encoder of encodersOf(await loadPreset(name, settings.presetFolders))) wanted.add(encoder)
  }
  const encoders = await workingEncoders(tools.ffmpeg.path, [...wanted])
  return { tools, encoders, missing: [...wanted].filter((encoder) => !encoders.includes(encoder)) }
}
