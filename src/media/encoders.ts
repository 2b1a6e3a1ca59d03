import { videoOptions } from './args/video.ts'
import { capture } from './capture.ts'
import { MediaError, messageOf } from './errors.ts'
import type { Picture } from './picture.ts'
import type { Preset } from './presets/index.ts'
import { identityOf } from './tools.ts'

/** Encoders of sound; all others are tried with a picture. */
const audioEncoders: readonly string[] = ['aac', 'alac', 'flac', 'pcm_s16le', 'pcm_s24le']

/** Options without which an encoder refuses any trial, or talks too much. */
const trialOptions: Readonly<Record<string, readonly string[]>> = {
  dnxhd: ['-profile:v', 'dnxhr_sq', '-pix_fmt', 'yuv422p'],
  prores_aw: ['-pix_fmt', 'yuv422p10le'],
  prores_ks: ['-pix_fmt', 'yuv422p10le'],
  libx265: ['-pix_fmt', 'yuv420p', '-x265-params', 'log-level=error'],
  libsvtav1: ['-pix_fmt', 'yuv420p', '-preset', '10'],
  mjpeg: ['-pix_fmt', 'yuvj420p']
}

/** Outcome by ffmpeg's identity and what was tried: null when it works, else the reason. */
const trials = new Map<string, Promise<string | null>>()

/** What begins every trial: two frames of a moving picture, or a tenth of a second of a tone. */
const trialOf = (source: string, output: readonly string[]): string[] => [
  ...['-hide_banner', '-nostdin', '-v', 'error', '-f', 'lavfi', '-i', source],
  ...output,
  ...['-f', 'null', '-']
]

/** Arguments of an encoder's trial: one that is listed may still lack its library, its device or its licence. */
function encoderTrial(encoder: string): string[] {
  const isAudio = audioEncoders.includes(encoder)
  return trialOf(isAudio ? 'sine=sample_rate=48000:duration=0.1' : 'testsrc2=size=640x360:rate=25', [
    ...(isAudio ? ['-frames:a', '2', '-c:a', encoder] : ['-frames:v', '2', '-c:v', encoder]),
    ...(trialOptions[encoder] ?? [])
  ])
}

/**
 * Tries an encoder for real. Outcomes are kept in memory until the ffmpeg file changes.
 * @returns null when it works, else the reason in one line
 */
export async function tryEncoder(ffmpegPath: string, encoder: string): Promise<string | null> {
  if (!/^[a-z0-9_]{1,40}$/.test(encoder)) return `${encoder} is not an encoder's name`
  return tryOnce(ffmpegPath, encoder, encoderTrial(encoder))
}

/**
 * Encodes two frames of an output's size with a preset's own options. Outcomes are kept in memory until the ffmpeg file
 * changes.
 * @param size of the output's picture, in pixels
 * @returns null when it works, else the reason in one line
 */
export async function tryPreset(
  ffmpegPath: string,
  preset: Preset,
  size: Pick<Picture, 'width' | 'height'>
): Promise<string | null> {
  const picture: Picture = {
    width: size.width,
    height: size.height,
    scaled: false,
    squarePixels: true,
    pixelFormat: preset.pixelFormat,
    rotation: preset.rotation,
    interlaced: false,
    deinterlaced: false,
    setField: null,
    linesBelow: 0,
    colour: null,
    hdr: null,
    constantRate: null,
    gopFrames: null,
    encoderTimeBase: { num: 1, den: 25 }
  }
  const options = ['-frames:v', '2', ...videoOptions(preset, picture)]
  const source = `testsrc2=size=${size.width}x${size.height}:rate=25`
  return tryOnce(ffmpegPath, `${source} ${options.join(' ')}`, trialOf(source, options))
}

/**
 * Tries whether ffmpeg can open the hardware that is to decode.
 * @param name of `ffmpeg -hwaccels`; `auto` takes what is there, and is always right
 * @returns null when it can, else the reason in one line
 */
export async function tryHardware(ffmpegPath: string, name: string): Promise<string | null> {
  if (name === 'auto') return null
  const [start, ...rest] = trialOf('color=size=64x64', ['-frames:v', '1'])
  return tryOnce(ffmpegPath, `hardware ${name}`, [start!, '-init_hw_device', name, ...rest])
}

/** What was tried counts no more: something speaks against this machine's ffmpeg. */
export const forgetTrials = (): void => trials.clear()

/** @param key what is tried, in words that tell it from every other trial */
async function tryOnce(ffmpegPath: string, key: string, args: readonly string[]): Promise<string | null> {
  let identity: string
  try {
    identity = await identityOf(ffmpegPath)
  } catch (error) {
    return messageOf(error)
  }
  const known = `${identity}|${key}`
  let trial = trials.get(known)
  if (!trial) {
    trial = runTrial(ffmpegPath, args)
    trials.set(known, trial)
    // A trial that could not run or was killed (a busy machine) says nothing about the encoder: it is made again.
    trial.catch(() => trials.delete(known))
  }
  return trial.catch(messageOf)
}

async function runTrial(ffmpegPath: string, args: readonly string[]): Promise<string | null> {
  const { exitCode, killedBy, stderr } = await capture(ffmpegPath, args, { timeoutMs: 30_000 })
  if (exitCode === 0) return null
  if (exitCode === null) throw new MediaError('tool-failed', `its trial was ended by ${killedBy}`)
  return stderr.split('\n').find((line) => line.trim() !== '') ?? `ffmpeg ended with status ${exitCode}`
}
