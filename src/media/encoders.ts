import { capture } from './capture.ts'
import { MediaError, messageOf } from './errors.ts'
import { identityOf } from './tools.ts'

/** Encoders of sound; all others are tried with a picture. */
const audioEncoders: readonly string[] = ['aac', 'alac', 'pcm_s16le', 'pcm_s24le']

/** Options without which an encoder refuses any trial. */
const trialOptions: Readonly<Record<string, readonly string[]>> = {
  dnxhd: ['-profile:v', 'dnxhr_sq', '-pix_fmt', 'yuv422p'],
  prores_aw: ['-pix_fmt', 'yuv422p10le'],
  prores_ks: ['-pix_fmt', 'yuv422p10le'],
  libx265: ['-pix_fmt', 'yuv420p', '-x265-params', 'log-level=error']
}

/** Outcome by ffmpeg's identity and encoder: null when it works, else the reason. */
const trials = new Map<string, Promise<string | null>>()

/** Arguments of a two-frame trial: an encoder that is listed may still lack its library, its device or its licence. */
function trialArguments(encoder: string): string[] {
  const isAudio = audioEncoders.includes(encoder)
  const source = isAudio ? 'sine=sample_rate=48000:duration=0.1' : 'testsrc2=size=640x360:rate=25'
  return [
    ...['-hide_banner', '-nostdin', '-v', 'error', '-f', 'lavfi', '-i', source],
    ...(isAudio ? ['-frames:a', '2', '-c:a', encoder] : ['-frames:v', '2', '-c:v', encoder]),
    ...(trialOptions[encoder] ?? []),
    ...['-f', 'null', '-']
  ]
}

/**
 * Tries an encoder for real. Outcomes are kept in memory until the ffmpeg file changes.
 * @returns null when it works, else the reason in one line
 */
export async function tryEncoder(ffmpegPath: string, encoder: string): Promise<string | null> {
  if (!/^[a-z0-9_]{1,40}$/.test(encoder)) return `${encoder} is not an encoder's name`
  let identity: string
  try {
    identity = await identityOf(ffmpegPath)
  } catch (error) {
    return messageOf(error)
  }
  const key = `${identity}|${encoder}`
  let trial = trials.get(key)
  if (!trial) {
    trial = runTrial(ffmpegPath, encoder)
    trials.set(key, trial)
    // A trial that could not run or was killed (a busy machine) says nothing about the encoder: it is made again.
    trial.catch(() => trials.delete(key))
  }
  return trial.catch(messageOf)
}

async function runTrial(ffmpegPath: string, encoder: string): Promise<string | null> {
  const { exitCode, killedBy, stderr } = await capture(ffmpegPath, trialArguments(encoder), {
    timeoutMs: 30_000
  })
  if (exitCode === 0) return null
  if (exitCode === null) throw new MediaError('tool-failed', `its trial was ended by ${killedBy}`)
  return stderr.split('\n').find((line) => line.trim() !== '') ?? `ffmpeg ended with status ${exitCode}`
}

/** Those of `encoders` that passed their trial, in the order given. One trial at a time: a node has other work. */
export async function workingEncoders(ffmpegPath: string, encoders: readonly string[]): Promise<string[]> {
  const working: string[] = []
  for (const encoder of encoders) {
    if ((await tryEncoder(ffmpegPath, encoder)) === null) working.push(encoder)
  }
  return working
}
