import { MediaError } from './errors.ts'
import { checkFile, ffprobe, type ProbeTool } from './ffprobe.ts'
import { maxFrames } from './frame-times.ts'
import { microsOf, parseTimeBase, type TimeBase, toMicros } from './time-base.ts'

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
    /** Hash of the codec's parameter sets, or null: it has none, or none was asked for. */
    extradata: string | null
  } | null
  audio: readonly AudioReport[]
}

export interface AudioReport {
  codec: string
  channels: number
  layout: string | null
  sampleRate: number
  /** Duration in ticks of the stream's time base (samples, but for MKV); null when the container does not say. */
  durationTicks: number | null
  /** When it ends, in microseconds; null when the container does not say. MKV says it in milliseconds. */
  endUs: number | null
}

const packetEntries = 'packet=codec_type,stream_index,pts,flags'
const streamEntries = [
  'stream=index,codec_type,codec_name,profile,width,height,pix_fmt,time_base,start_pts,duration_ts',
  'channels,channel_layout,sample_rate,extradata_hash:stream_tags=DURATION'
].join()

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

/** From the header's start and duration, or the tag that MKV has instead. */
function endOf(stream: Fields): number | null {
  const tag = /^(\d+):(\d\d):(\d\d\.\d+)$/.exec(stream['tag:DURATION'] ?? '')
  if (tag) return Math.round((Number(tag[1]) * 3600 + Number(tag[2]) * 60 + Number(tag[3])) * 1e6)
  const timeBase = parseTimeBase(stream.time_base)
  const duration = integer(stream.duration_ts)
  if (timeBase === null || duration === null) return null
  return toMicros((integer(stream.start_pts) ?? 0) + duration, timeBase)
}

/**
 * What a file is read for. `chunk`: pictures alone, by one ffprobe, whose start is most of what it costs; `audio`: no
 * packets; `file`: everything, by one for the streams and one for the pictures' packets, because sound has twice as many
 * packets, and those of hours take seconds.
 */
export type Purpose = 'chunk' | 'audio' | 'file'

/** @param hashed the parameter sets are wanted: then ffprobe hashes all packets too, shown or not */
function runsFor(purpose: Purpose, hashed: boolean): string[][] {
  const entries = (...of: string[]) => ['-show_entries', of.join(':'), '-of', 'compact=e=none']
  const pictures = ['-select_streams', 'v']
  switch (purpose) {
    case 'chunk':
      return [
        [
          ...(hashed ? ['-show_data_hash', 'murmur3'] : []),
          ...pictures,
          ...entries(packetEntries, streamEntries)
        ]
      ]
    case 'audio':
      return [['-select_streams', 'a', ...entries(streamEntries)]]
    case 'file':
      return [entries(streamEntries), [...pictures, ...entries(packetEntries)]]
  }
}

/**
 * Times of the first packet of each audio stream, in microseconds: not when it is first heard, which may be later.
 * @throws MediaError when the file cannot be read, or has fewer streams
 */
export async function audioStarts(tool: ProbeTool, path: string, streams: number): Promise<number[]> {
  const starts: number[] = []
  for (let i = 0; i < streams; i++) {
    const { stdout } = await ffprobe(tool, path, [
      ...['-select_streams', `a:${i}`, '-read_intervals', '%+#1'],
      ...['-show_entries', 'packet=pts_time', '-of', 'csv=p=0']
    ])
    const start = microsOf(stdout.trim().replace(/,$/, ''))
    if (start === null) throw new MediaError('unreadable', `${path}: its audio stream ${i} has no packets`)
    starts.push(start)
  }
  return starts
}

/**
 * Reads the streams of a file that was written here, and the packets of its video.
 * @throws MediaError when it cannot be read or has no complete index
 */
export async function inspect(
  tool: ProbeTool,
  path: string,
  { purpose = 'file', hashed = false }: { purpose?: Purpose; hashed?: boolean } = {}
): Promise<FileReport> {
  const { sizeBytes } = await checkFile(path)
  const { take, streams, shown } = createReport()
  for (const options of runsFor(purpose, hashed)) await ffprobe(tool, path, options, { onLine: take })
  const audio = streams
    .filter((stream) => stream.codec_type === 'audio')
    .map((stream) => ({
      codec: stream.codec_name ?? 'unknown',
      channels: integer(stream.channels) ?? 0,
      layout: known(stream.channel_layout),
      sampleRate: integer(stream.sample_rate) ?? 0,
      durationTicks: integer(stream.duration_ts),
      endUs: endOf(stream)
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
