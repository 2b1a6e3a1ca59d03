import { fileURLToPath } from 'node:url'
import { defaultTranscodeSettings, type TranscodeSettings } from '../jobs/transcode/index.ts'
import type { Home } from './home.ts'
import type { Settings } from './settings/index.ts'

/** The presets that came with the program, two folders up both from `src/node` and from `dist/node`. */
const builtInPresets = fileURLToPath(new URL('../../presets', import.meta.url))

/** What the transcode kind is told of this machine's settings. A person's own presets win over the built-in ones. */
export const transcodeSettings = (settings: Settings, home: Home): TranscodeSettings => ({
  ...defaultTranscodeSettings,
  ffmpegPath: settings.ffmpeg.path,
  ffprobePath: settings.ffmpeg.ffprobePath,
  niceness: settings.ffmpeg.niceness,
  worthDurationMs: settings.chunking.worthDurationMs,
  minChunkMs: settings.chunking.minDurationMs,
  presetFolders: [home.presets, builtInPresets],
  overrides: settings.overrides
})
