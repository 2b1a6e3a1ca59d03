import {
  autoName,
  describePreset,
  findTools,
  listPresets,
  MediaError,
  type MediaTools,
  mediaCapabilities,
  missingHardware,
  presetCommand,
  type ResolvedPreset,
  type TranscodeSettings,
  whyNotRunning
} from '../jobs/transcode/index.ts'
import type { CheckView, Json, OutputLayouts, PresetLine, PresetView } from '../model/index.ts'
import { presetLine } from './preset-lines.ts'

/** What the node asks of the media tools beside running jobs. */
export interface MediaDesk {
  /** Null when there is no ffmpeg. */
  ffmpegVersion(): Promise<string | null>
  /** Of those that presets can name, the encoders that passed a trial here. Empty when there is no ffmpeg. */
  workingEncoders(): Promise<string[]>
  /** Null while ffmpeg runs, or where there never was one; else why it does not. `encoders`: each is tried anew. */
  whyNotEncoding(encoders: boolean): Promise<string | null>
  presets(): Promise<PresetLine[]>
  /** `auto` needs a file. Throws MediaError with one line for a person. */
  preset(name: string, forFile: string | null): Promise<PresetView>
  checks(): Promise<CheckView[]>
}

export function openMediaDesk(settings: TranscodeSettings, layouts: OutputLayouts): MediaDesk {
  let hadOne = false
  return {
    ffmpegVersion: async () => {
      const version = (await orNone(findTools(settings)))?.ffmpeg.version ?? null
      hadOne ||= version !== null
      return version
    },
    workingEncoders: async () => (await orNone(mediaCapabilities(settings)))?.encoders ?? [],
    whyNotEncoding: async (encoders) => {
      try {
        return await whyNotRunning(settings, encoders)
      } catch (error) {
        if (!(error instanceof MediaError && error.code === 'no-ffmpeg')) throw error
        // A machine without ffmpeg is no ill one: it owns, and works for nobody.
        return hadOne ? error.message : null
      }
    },
    presets: async () => {
      const listings = await listPresets(settings.presetFolders)
      const capabilities = await orNone(mediaCapabilities(settings))
      const builtIn = settings.presetFolders.at(-1)
      return listings.map((listing) => presetLine(listing, capabilities, listing.folder === builtIn))
    },
    preset: async (name, forFile) => {
      if (forFile !== null) {
        const { command, chosen, ...resolved } = await presetCommand(settings, layouts, name, forFile)
        return { ...viewOf(resolved), command, chosen }
      }
      if (name === autoName) {
        throw new MediaError(
          'preset-unknown',
          '`auto` chooses by the source, and none is given',
          'Name a file: `proxima-node presets auto --for FILE`.'
        )
      }
      return { ...viewOf(await describePreset(name, settings.presetFolders)), command: null, chosen: null }
    },
    checks: () => checkMedia(settings)
  }
}

const viewOf = ({ preset, file, origins, match }: ResolvedPreset) => ({
  preset: preset as unknown as Json,
  source: file,
  origins: { ...origins },
  match: match as unknown as Json
})

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
  return [...(await checkTools(settings)), ...(await checkPresets(settings))]
}

async function checkTools(settings: TranscodeSettings): Promise<CheckView[]> {
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
            ? 'all that presets can name'
            : `no working ${missing.map(({ encoder }) => encoder).join(', ')}: presets that use them fail here`
      },
      ...(await missingHardware(settings)).map(
        ({ name, why }): CheckView => ({
          name: 'hardware',
          status: 'warn',
          message: `the overrides name ${name} for decoding, which cannot be used (software decodes): ${why}`
        })
      )
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

/** Built-in presets are right; a person's own may have a mistake. */
async function checkPresets({ presetFolders }: TranscodeSettings): Promise<CheckView[]> {
  const wrong = (await listPresets(presetFolders)).flatMap(({ error }) => (error === null ? [] : [error]))
  return wrong.map((message) => ({ name: 'presets', status: 'warn', message }))
}

const toolCheck = (name: string, { version, path, origin }: MediaTools['ffmpeg']): CheckView => ({
  name,
  status: 'ok',
  message: `${version} (${origin}: ${path})`
})
