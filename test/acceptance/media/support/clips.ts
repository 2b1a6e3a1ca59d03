import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findTools, type MediaTools } from '../../../../src/media/index.ts'

/** The tools that a node would find here. */
export const tools: MediaTools = await findTools({ ffmpegPath: null, ffprobePath: null })

/** The bundled ffmpeg 7.0, where it is installed, besides the one on the PATH: cuts must be exact with both. */
export async function bundledFfmpeg(): Promise<string | null> {
  const found = await findTools({ ffmpegPath: null, ffprobePath: tools.ffprobe.path }, { PATH: '' }).catch(
    () => null
  )
  return found?.ffmpeg.origin === 'bundled' ? found.ffmpeg.path : null
}

export const sampleFilm = new URL('../../../../../shared/media/big-buck-bunny-480p-30s.mp4', import.meta.url)
  .pathname
export const filmMissing = existsSync(sampleFilm) ? null : `${sampleFilm} is not there`

const picture = (rate: string, seconds: number, size = '256x144') => [
  ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`]
]
const tone = (seconds: number, filter = 'anull') => [
  ...['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds},${filter}`]
]
const x264 = (gop: number, open = false) => [
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p', '-g', String(gop), '-bf', '3'],
  ...['-x264-params', `open-gop=${open ? 1 : 0}:scenecut=0`]
]

/** Arguments that make each clip; the output's name is its ending. At most 3 s each. */
const recipes: Readonly<Record<string, readonly string[]>> = {
  'closed25.mp4': [...picture('25', 3), ...tone(3), ...x264(24), '-c:a', 'aac'],
  'open2997.mov': [
    ...[...picture('30000/1001', 3), ...tone(3), ...x264(30, true), '-c:a', 'aac'],
    ...['-timecode', '01:00:00;02', '-metadata', 'title=A title', '-metadata:s:a:0', 'language=fra'],
    ...['-metadata:s:v:0', 'reel_name=A001_C004']
  ],
  'rate2398.mkv': [...picture('24000/1001', 3), ...tone(3), ...x264(36), '-c:a', 'aac'],
  'rate24-51.mp4': [
    ...[...picture('24', 3), ...tone(3, 'pan=5.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0'), ...x264(24)],
    ...['-c:a', 'aac']
  ],
  'vfr.mp4': [
    ...[...picture('50', 3), ...tone(3), '-vf', "select='not(mod(n\\,7))+not(mod(n\\,3))'"],
    ...['-fps_mode', 'vfr', ...x264(24), '-c:a', 'aac']
  ],
  'stream.ts': [...picture('30000/1001', 3), ...tone(3), ...x264(30, true), '-c:a', 'mp2'],
  'intra.mov': [...picture('25', 3), ...tone(3), '-c:v', 'mjpeg', '-q:v', '4', '-c:a', 'pcm_s16le'],
  'silent.mp4': [...picture('25', 3), ...x264(24)],
  'refresh.mp4': [
    ...[...picture('25', 3), '-c:v', 'libx264', '-preset', 'veryfast', '-pix_fmt', 'yuv420p'],
    ...['-intra-refresh', '1', '-g', '40']
  ],
  'two-tracks.mov': [
    ...[...picture('25', 2), ...tone(2), ...tone(2, 'pan=stereo|c0=c0|c1=c0')],
    ...['-map', '0', '-map', '1', '-map', '2', ...x264(24), '-c:a', 'pcm_s16le'],
    ...['-metadata:s:a:0', 'language=fra', '-metadata:s:a:1', 'language=ita']
  ],
  'packed.avi': [...picture('25', 2), ...tone(2), '-c:v', 'mpeg4', '-g', '30', '-bf', '2', '-c:a', 'mp3']
}

/** Makes a clip in a folder. */
export function makeClip(folder: string, name: string): string {
  const recipe = recipes[name]
  if (!recipe) throw new RangeError(`there is no recipe for ${name}`)
  const path = join(folder, name)
  execFileSync(tools.ffmpeg.path, ['-nostdin', '-v', 'error', '-y', ...recipe, path])
  return path
}

/** Runs ffmpeg and returns what it wrote to standard output. */
export function ffmpeg(args: readonly string[], program = tools.ffmpeg.path): string {
  const { status, stdout, stderr } = spawnSync(program, ['-nostdin', '-v', 'error', ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28
  })
  if (status !== 0) throw new Error(`ffmpeg ${args.join(' ')}: ${stderr}`)
  return stdout
}

/** Every packet of a stream with its times and content, as one line each, and the clock that the times count. */
export const packetsOf = (path: string, stream = '0:v:0'): string[] =>
  ffmpeg(['-i', path, '-map', stream, '-c', 'copy', '-copyts', '-f', 'framemd5', '-'])
    .split('\n')
    .filter((line) => line !== '' && (!line.startsWith('#') || line.startsWith('#tb')))
    .map((line) => line.replace(/\s/g, ''))

/** The presentation times of a stream's packets, in order. */
export const timesOf = (path: string): number[] =>
  packetsOf(path)
    .filter((line) => !line.startsWith('#'))
    .map((line) => Number(line.split(',')[2]))
    .sort((a, b) => a - b)

/** MD5 of all decoded samples of an audio stream, in 24 bits. */
export const soundOf = (path: string, stream = 0): string =>
  ffmpeg(['-i', path, '-map', `0:a:${stream}`, '-c:a', 'pcm_s24le', '-f', 'md5', '-'])

export interface Described {
  streams: {
    codec_name?: string
    codec_type?: string
    codec_tag_string?: string
    channels?: number
    channel_layout?: string
    duration?: string
    start_time?: string
    width?: number
    height?: number
    tags?: Record<string, string>
  }[]
  format: { duration?: string; tags?: Record<string, string> }
}

/** What ffprobe tells of a file when it is asked so. */
export function ffprobeJson(path: string, options: readonly string[]): Record<string, unknown> {
  const args = ['-v', 'error', ...options, '-of', 'json', path]
  return JSON.parse(execFileSync(tools.ffprobe.path, args, { encoding: 'utf8' }))
}

export const describeFile = (path: string): Described =>
  ffprobeJson(path, ['-show_streams', '-show_format', '-show_chapters']) as unknown as Described
