import PQueue from 'p-queue'
import {
  type Encoder,
  encoderNames,
  findTools,
  forgetTrials,
  type MediaTools,
  tryEncoder,
  tryHardware,
  tryTool
} from '../../media/index.ts'
import type { TranscodeSettings } from './settings.ts'

export interface MediaCapabilities {
  tools: MediaTools
  /** Of the encoders that presets can name, those that passed their trial. */
  encoders: string[]
  /** The others, each with what its trial said. */
  missing: { encoder: string; why: string }[]
}

/** A trial is a short process; more at once only make a busy machine busier. */
const trialsAtOnce = 2

/**
 * What this machine's ffmpeg can do for presets, whoever has them. Takes part of a second the first time.
 * @throws MediaError `no-ffmpeg`
 */
export async function mediaCapabilities(
  settings: Pick<TranscodeSettings, 'ffmpegPath' | 'ffprobePath'>
): Promise<MediaCapabilities> {
  const tools = await findTools(settings)
  const queue = new PQueue({ concurrency: trialsAtOnce })
  const trials = await queue.addAll(
    encoderNames.map((encoder: Encoder) => async () => ({
      encoder,
      why: await tryEncoder(tools.ffmpeg.path, encoder)
    }))
  )
  return {
    tools,
    encoders: trials.flatMap(({ encoder, why }) => (why === null ? [encoder] : [])),
    missing: trials.flatMap(({ encoder, why }) => (why === null ? [] : [{ encoder, why }]))
  }
}

/**
 * Runs this machine's ffmpeg now.
 * @param encoders also tries every encoder anew; what is known of them from then on is what came of it
 * @returns null when it runs, and can encode what any preset names; else why not, in one line
 * @throws MediaError `no-ffmpeg`
 */
export async function whyNotRunning(
  settings: Pick<TranscodeSettings, 'ffmpegPath' | 'ffprobePath'>,
  encoders: boolean
): Promise<string | null> {
  const { ffmpeg } = await findTools(settings)
  const why = await tryTool(ffmpeg.path)
  if (why !== null) return `its ffmpeg does not run: ${why}`
  if (!encoders) return null
  forgetTrials()
  const { encoders: working, missing } = await mediaCapabilities(settings)
  return working.length > 0 ? null : `its ffmpeg encodes nothing: ${missing[0]?.why ?? 'no encoder'}`
}

/**
 * Of the hardware that this machine's overrides name for decoding, what cannot be used, with the reason.
 * @throws MediaError `no-ffmpeg`
 */
export async function missingHardware(
  settings: Pick<TranscodeSettings, 'ffmpegPath' | 'ffprobePath' | 'overrides'>
): Promise<{ name: string; why: string }[]> {
  const { ffmpeg } = await findTools(settings)
  const names = new Set(settings.overrides.flatMap(({ keys }) => keys.hardwareDecode ?? []))
  const missing: { name: string; why: string }[] = []
  for (const name of names) {
    const why = await tryHardware(ffmpeg.path, name)
    if (why !== null) missing.push({ name, why })
  }
  return missing
}
