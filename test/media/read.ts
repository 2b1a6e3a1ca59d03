import { execFileSync, spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { tools } from '../acceptance/media/support/clips.ts'
import { grid, patches } from './kinds/film.ts'

/** Runs ffmpeg; what it wrote to standard output. @throws Error with what it said */
export function ffmpegBytes(args: readonly string[]): Buffer {
  const { status, stdout, stderr } = spawnSync(tools.ffmpeg.path, ['-nostdin', '-v', 'error', ...args], {
    maxBuffer: 1 << 30
  })
  if (status !== 0) throw new Error(`ffmpeg ${args.join(' ')}: ${stderr.toString('utf8').trim()}`)
  return stdout
}

const linesOf = (bytes: Buffer): string[] =>
  bytes
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')

/** What ffprobe says of a file, all of it. */
export interface Described {
  streams: (Record<string, unknown> & {
    index: number
    codec_type?: string
    codec_name?: string
    tags?: Record<string, string>
    disposition?: Record<string, number>
    side_data_list?: (Record<string, unknown> & { side_data_type: string; rotation?: number })[]
  })[]
  chapters: { start_time: string; end_time: string; tags?: Record<string, string> }[]
  format: Record<string, unknown> & { tags?: Record<string, string> }
}

/** Files that were described lately: several comparisons ask of the same two or three in turn. */
const lately = new Map<string, Described>()

export function describeAll(path: string): Described {
  const { ino, size, mtimeMs } = statSync(path)
  const file = [path, ino, size, mtimeMs].join()
  const known = lately.get(file)
  if (known) return known
  const args = ['-v', 'error', '-show_streams', '-show_chapters', '-show_format', '-of', 'json', path]
  const described = JSON.parse(
    execFileSync(tools.ffprobe.path, args, { encoding: 'utf8', maxBuffer: 1 << 28 })
  ) as Described
  if (lately.size >= 8) lately.clear()
  lately.set(file, described)
  return described
}

/** The moving picture that a player shows: never a cover, and the default one where there are several. */
export function videoOf({ streams }: Pick<Described, 'streams'>): Described['streams'][number] {
  const moving = streams.filter(
    ({ codec_type: type, disposition }) => type === 'video' && disposition?.attached_pic !== 1
  )
  const video = moving.find(({ disposition }) => disposition?.default === 1) ?? moving[0]
  if (!video) throw new Error('it has no video')
  return video
}

/** Packets of a stream as they lie in the file: clock, then stream, dts, pts, duration, size and MD5 of each. */
export const packetLines = (path: string, map: string): string[] =>
  linesOf(ffmpegBytes(['-i', path, '-map', map, '-c', 'copy', '-copyts', '-f', 'framemd5', '-']))
    .filter((line) => !line.startsWith('#') || line.startsWith('#tb'))
    .map((line) => line.replace(/\s/g, ''))

export interface PacketTime {
  /** Ticks of the stream. */
  pts: number
  key: boolean
}

/** Packets of the moving picture, in the order in which they are shown. */
export function packetTimes(path: string): { clock: string; packets: PacketTime[] } {
  const { index, time_base: clock } = videoOf(describeAll(path))
  const args = ['-v', 'error', '-select_streams', String(index), '-show_entries', 'packet=pts,flags']
  const text = execFileSync(tools.ffprobe.path, [...args, '-of', 'csv=p=0', path], {
    encoding: 'utf8',
    maxBuffer: 1 << 28
  })
  const packets = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [pts, flags = ''] = line.split(',')
      return { pts: Number(pts), key: flags.includes('K') }
    })
  return { clock: String(clock), packets: packets.sort((a, b) => a.pts - b.pts) }
}

/** Seconds of each frame that a player shows, from the first one on. */
export function shownTimes(path: string): number[] {
  const { clock, packets } = packetTimes(path)
  const [num, den] = clock.split('/').map(Number)
  const first = packets[0]?.pts ?? 0
  return packets.map(({ pts }) => ((pts - first) * num!) / den!)
}

/**
 * Decoded sound of each stream, in words: where it begins and ends, how many samples it has, and the MD5 of all. How
 * samples are packed into packets does not show: an encoder of PCM packs them as they come.
 */
export function soundsOf(path: string): string[] {
  const audio = describeAll(path).streams.filter(({ codec_type: type }) => type === 'audio')
  const decoded = ['-c:a', 'pcm_s32le', '-f']
  return audio.map((_, n) => {
    const map = ['-map', `0:a:${n}`]
    const text = ffmpegBytes(['-i', path, ...map, ...decoded, 'framemd5', '-']).toString('utf8')
    const frames = text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split(',').map(Number))
    const samples = frames.reduce((sum, frame) => sum + frame[3]!, 0)
    const gaps = frames.filter((frame, i) => i > 0 && frame[2] !== frames[i - 1]![2]! + frames[i - 1]![3]!)
    const md5 = ffmpegBytes(['-i', path, ...map, ...decoded, 'md5', '-'])
      .toString('utf8')
      .trim()
    const end = (frames.at(-1)?.[2] ?? 0) + (frames.at(-1)?.[3] ?? 0)
    return `from ${frames[0]?.[2]} to ${end}, ${samples} samples, ${gaps.length} gaps, ${md5}`
  })
}

/**
 * The field that is shown first, as the first decoded picture says; `progressive` when it has none. In HEVC with both
 * fields in a picture only the container says it, where ffmpeg calls top first `tb`.
 */
export function fieldsOf(
  path: string,
  { codec_name: codec, field_order: order }: Described['streams'][number]
): string {
  if (codec === 'hevc') {
    const first = String(order ?? '')[0]
    return first === 't' ? 'tt' : first === 'b' ? 'bb' : 'progressive'
  }
  const args = ['-v', 'error', '-select_streams', 'v:0', '-read_intervals', '%+#4', '-of', 'json']
  const entries = ['-show_entries', 'frame=interlaced_frame,top_field_first', path]
  const text = execFileSync(tools.ffprobe.path, [...args, ...entries], { encoding: 'utf8' })
  const { frames } = JSON.parse(text) as { frames: { interlaced_frame: number; top_field_first: number }[] }
  if (!frames[0]?.interlaced_frame) return 'progressive'
  return frames[0].top_field_first ? 'tt' : 'bb'
}

/** Decoded pictures: their number, and MD5 of each. */
export const pictureHashes = (path: string): string[] =>
  linesOf(ffmpegBytes(['-i', path, '-map', '0:v:0', '-fps_mode', 'passthrough', '-f', 'framemd5', '-']))
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.split(',').at(-1)!.trim())

export interface Marks {
  /** The numbers drawn into the frames, in the order in which they are shown. */
  numbers: number[]
  /** Luma of each patch in the first frame, in 8 bits, as it is stored. */
  luma: number[]
}

/** How the stored picture is turned so that its marks are at the upper left again. */
export interface View {
  turned: 0 | 90 | 180 | 270
  mirrored: boolean
}

/** Reads the marks of every frame. `view` says where in the stored picture they are. */
export function marksOf(
  path: string,
  pixelFormat: string,
  view: View = { turned: 0, mirrored: false }
): Marks {
  const deep = /(9|1[0-6])(le|be)$/.test(pixelFormat)
  const back = {
    0: [],
    90: ['transpose=cclock'],
    180: ['hflip', 'vflip'],
    270: ['transpose=clock']
  } as const
  const filters = [
    // RGB has no luma of its own; a picture of the matrix 601 in video levels, as recipes are written in.
    ...(/^(rgb|bgr|gbr|pal8)/.test(pixelFormat)
      ? ['scale=out_color_matrix=bt601:out_range=tv', 'format=yuv444p']
      : []),
    'extractplanes=y',
    // Otherwise grey of video levels would be stretched.
    'setparams=range=pc',
    ...back[view.turned],
    ...(view.mirrored ? ['hflip'] : []),
    `crop=iw*${grid.bits}/${grid.columns}:ih*2/${grid.rows}:0:0:exact=1`,
    `scale=${grid.bits * 4}:8:flags=area`
  ]
  const size = grid.bits * 4 * 8 * (deep ? 2 : 1)
  const bytes = ffmpegBytes([
    ...['-noautorotate', '-i', path, '-map', '0:v:0', '-fps_mode', 'passthrough', '-vf', filters.join(',')],
    ...['-f', 'rawvideo', '-']
  ])
  const depth = deep ? Number(/(9|1[0-6])(le|be)$/.exec(pixelFormat)![1]) : 8
  const at = (frame: number, x: number, y: number): number => {
    const offset = grid.bits * 4 * y + x
    const value = deep ? bytes.readUInt16LE(frame * size + offset * 2) : bytes[frame * size + offset]!
    return value / 2 ** (depth - 8)
  }
  // The middle of a cell of four by four.
  const cell = (frame: number, column: number, row: number): number =>
    (at(frame, column * 4 + 1, row * 4 + 1) +
      at(frame, column * 4 + 2, row * 4 + 1) +
      at(frame, column * 4 + 1, row * 4 + 2) +
      at(frame, column * 4 + 2, row * 4 + 2)) /
    4
  const frames = Math.floor(bytes.length / size)
  const numbers: number[] = []
  for (let frame = 0; frame < frames; frame++) {
    let number = 0
    for (let bit = 0; bit < grid.bits; bit++) if (cell(frame, bit, 0) > 128) number += 2 ** bit
    numbers.push(number)
  }
  const luma = frames === 0 ? [] : patches.map((_, i) => (at(0, i * 8 + 3, 5) + at(0, i * 8 + 4, 6)) / 2)
  return { numbers, luma }
}

export interface StreamSound {
  /** Of each channel, by its crossings of zero. */
  tonesHz: number[]
  /** A channel. */
  samples: number
  /** The sample at which something is heard first. */
  onset: number
}

/** Listens to an audio stream (`n`th among the audio). */
export function hear(path: string, n: number, channels: number, sampleRate: number): StreamSound {
  const bytes = ffmpegBytes(['-i', path, '-map', `0:a:${n}`, '-c:a', 'pcm_s16le', '-f', 's16le', '-'])
  const samples = Math.floor(bytes.length / 2 / channels)
  const tonesHz = Array.from({ length: channels }, (_, channel) => {
    // In the middle, where no encoder begins or ends; whole periods from the first to the last crossing.
    const [from, to] = [Math.floor(samples * 0.3), Math.floor(samples * 0.9)]
    let first = -1
    let last = -1
    let crossings = 0
    for (let i = from + 1; i < to; i++) {
      const before = bytes.readInt16LE(((i - 1) * channels + channel) * 2)
      const now = bytes.readInt16LE((i * channels + channel) * 2)
      if (before >= 0 || now < 0) continue
      if (first < 0) first = i
      else crossings++
      last = i
    }
    return crossings === 0 ? 0 : (crossings * sampleRate) / (last - first)
  })
  let onset = 0
  while (onset < samples && Math.abs(bytes.readInt16LE(onset * channels * 2)) < 500) onset++
  return { tonesHz, samples, onset }
}
