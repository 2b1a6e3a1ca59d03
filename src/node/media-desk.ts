import {
  findTools,
  listPresets,
  loadPreset,
  MediaError,
  type MediaTools,
  mediaCapabilities,
  presetCommand,
  type TranscodeSettings
} from '../jobs/transcode/index.ts'
import type { CheckView, Json, PresetLine, PresetView } from '../model/index.ts'

/** What the node asks of the media tools beside running jobs. */
export interface MediaDesk {
  /** Null when there is no ffmpeg. */
  ffmpegVersion(): Promise<string | null>
  /** Of all presets, the encoders that passed a trial here. Empty when there is no ffmpeg. */
  workingEncoders(): Promise<string[]>
  presets(): Promise<PresetLine[]>
  preset(name: string, forFile: string | null): Promise<PresetView>
  checks(): Promise<CheckView[]>
}

export function openMediaDesk(settings: TranscodeSettings): MediaDesk {
  return {
    ffmpegVersion: async () => (await orNone(findTools(settings)))?.ffmpeg.version ?? null,
    workingEncoders: async () => (await orNone(mediaCapabilities(settings)))?.encoders ?? [],
    presets: async () =>
      (await listPresets(settings.presetFolders)).map(({ name, description, source, error }) => ({
        name,
        description: error ?? description,
        source
      })),
    preset: async (name, forFile) => {
      if (forFile === null) return { preset: await loadPreset(name, settings.presetFolders), command: null }
      const { preset, command } = await presetCommand(settings, name, forFile)
      return { preset: preset as unknown as Json, command }
    },
    checks: () => checkMedia(settings)
  }
}

/** A machine without ffmpeg is a member like any other: it just gets no work. */
async function orNone<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof MediaError && error.code === 'no-ffmpeg') return null
    throw error
  }
}

async function checkMedia(settings: TranscodeSettings): Promise<CheckView[]> {
  try {
    const { tools, missing } = await mediaCapabilities(settings)
    return [
      toolCheck('ffmpeg', tools.ffmpeg),
      toolCheck('ffprobe', tools.ffprobe),
      {
        name: 'encoders',
        status: missing.length === 0 ? 'ok' : 'warn',
        message:
          missing.length === 0
            ? 'all that the presets use'
            : `no working ${missing.join(', ')}: presets that use them fail here`
      }
    ]
  } catch (error) {
    if (!(error instanceof MediaError)) throw error
    return [
      {
        name: 'ffmpeg',
        status: 'fail',
        message: error.hint ? `${error.message}: ${error.hint}` : error.message
      }
    ]
  }
}

const toolCheck = (name: string, { version, path, origin }: MediaTools['ffmpeg']): CheckView => ({
  name,
  status: 'ok',
  message: `${version} (${origin}: ${path})`
})
