import { MediaError } from './errors.ts'
import { checkFile, ffprobe, type ProbeTool } from './ffprobe.ts'
import { maxFrames } from './frame-times.ts'
import { parseTimeBase, type TimeBase } from './time-base.ts'

/** What a finished file says of itself. */
export interface FileReport {
  sizeBytes: number
  video: {
    codec: string
    profile: string | null
    width: number
    height: number
    pixelFormat: string | null
    timeBase: TimeBase
    /** Ascending presentation times of its packets, in ticks. */
    pts: readonly number[]
    firstIsKey: boolean
    /** Hash of the codec's parameter sets, or null when it has none. */
    extradata: string | null
  } | null
  audio: readonly AudioReport[]
}

export interface AudioReport {
  codec: string
  channels: number
  layout: string | null
  sampleRate: number
  /** Duration in ticks of the stream's time base (samples, in MOV and MP4); null when the container does not say. */
  durationTicks: number | null
}

/** What is asked for: little enough that a file of hours is read line by line in one go. */
const entries = [
  'packet=codec_type,stream_index,pts,flags',
  'stream=index,codec_type,codec_name,profile,width,height,pix_fmt,time_base,duration_ts',
  'channels,channel_layout,sample_rate,extradata_hash'
]

/** `key=value` of a line such as `stream|index=0|codec_name=dnxhd`. */
type Fields = Readonly<Record<string, string>>

function fieldsOf(line: string): { section: string; fields: Fields } {
  const [section = '', ...pairs] = line.split('|')
  const fields: Record<string, string> = {}
  for (const pair of pairs) {
    const cut = pair.indexOf('=')
    if (cut > 0) fields[pair.slice(0, cut)] = pair.slice(cut + 1)
  }
  return { section, fields }
}

interface Shown {
  pts: number[]
  firstIsKey: boolean
}

/**
 * Gathers the lines of `-of compact=e=none`: of packets, those with pictures, by the number of their stream; then the
 * streams. Separate from running ffprobe, so that it can be tested without files.
 */
export function createReport(): {
  take: (line: string) => void
  streams: Fields[]
  shown: Map<string, Shown>
} {
  const streams: Fields[] = []
  const shown = new Map<string, Shown>()
  let packets = 0
  const take = (line: string): void => {
    // Sound has as many packets as pictures, and nothing is asked of them.
    if (line.startsWith('packet|codec_type=audio')) return
    const { section, fields } = fieldsOf(line)
    if (section === 'stream') streams.push(fields)
    if (section !== 'packet' || fields.codec_type !== 'video' || packets > maxFrames) return
    packets++
    const number = fields.stream_index ?? ''
    let of = shown.get(number)
    if (!of) {
      of = { pts: [], firstIsKey: fields.flags?.includes('K') ?? false }
      shown.set(number, of)
    }
    of.pts.push(integer(fields.pts) ?? Number.NaN)
  }
  return { take, streams, shown }
}

const integer = (text: string | undefined): number | null =>
  text !== undefined && /^-?\d+$/.test(text) ? Number(text) : null

const known = (text: string | undefined): string | null =>
  text === undefined || text === 'unknown' || text === 'N/A' ? null : text

/**
 * Reads the streams of a file that was written here, and the packets of its video, by one ffprobe: most of what it costs
 * is its start.
 * @throws MediaError when it cannot be read or has no complete index
 */
export async function inspect(tool: ProbeTool, path: string, signal?: AbortSignal): Promise<FileReport> {
  const { sizeBytes } = await checkFile(path)
  const { take, streams, shown } = createReport()
  // The hash is taken of every packet too, shown or not: this is a quick one.
  const hash = ['-show_data_hash', 'murmur3']
  const options = [
    ...hash,
    '-show_entries',
    `${entries[0]}:${entries.slice(1).join()}`,
    '-of',
    'compact=e=none'
  ]
  await ffprobe(tool, path, options, { signal, onLine: take })
  const audio = streams
    .filter((stream) => stream.codec_type === 'audio')
    .map((stream) => ({
      codec: stream.codec_name ?? 'unknown',
      channels: integer(stream.channels) ?? 0,
      layout: known(stream.channel_layout),
      sampleRate: integer(stream.sample_rate) ?? 0,
      durationTicks: integer(stream.duration_ts)
    }))
  const video = streams.find((stream) => stream.codec_type === 'video')
  if (!video) return { sizeBytes, video: null, audio }
  const timeBase = parseTimeBase(video.time_base)
  if (timeBase === null) throw new MediaError('unreadable', `${path}: its video has no time base`)
  const { pts, firstIsKey } = shown.get(video.index ?? '') ?? { pts: [], firstIsKey: false }
  return {
    sizeBytes,
    audio,
    video: {
      codec: video.codec_name ?? 'unknown',
      profile: known(video.profile),
      width: integer(video.width) ?? 0,
      height: integer(video.height) ?? 0,
      pixelFormat: known(video.pix_fmt),
      timeBase,
      pts: pts.sort((a, b) => a - b),
      firstIsKey,
      extradata: known(video.extradata_hash)
    }
  }
}
