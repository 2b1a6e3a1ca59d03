import { z } from 'zod'
import { MediaError } from './errors.ts'
import { checkFile, ffprobe, type ProbeTool } from './ffprobe.ts'
import { readPackets } from './packets.ts'
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
    /** SHA-256 of the codec's parameter sets, or null when it has none. */
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

const text = z.string().optional()
const report = z.object({
  streams: z.array(
    z.object({
      index: z.number().int(),
      codec_type: text,
      codec_name: text,
      profile: text,
      width: z.number().optional(),
      height: z.number().optional(),
      pix_fmt: text,
      time_base: text,
      duration_ts: z.number().optional(),
      channels: z.number().optional(),
      channel_layout: text,
      sample_rate: text,
      extradata_hash: text
    })
  )
})

/**
 * Reads the streams of a file that was written here, and the packets of its video.
 * @throws MediaError when it cannot be read or has no complete index
 */
export async function inspect(tool: ProbeTool, path: string, signal?: AbortSignal): Promise<FileReport> {
  const { sizeBytes } = await checkFile(path)
  const options = ['-show_streams', '-show_data_hash', 'sha256', '-of', 'json']
  const { stdout } = await ffprobe(tool, path, options, { signal })
  const parsed = report.safeParse(JSON.parse(stdout))
  if (!parsed.success) throw new MediaError('unreadable', `${path}: ffprobe describes it in an unknown way`)
  const { streams } = parsed.data
  const audio = streams
    .filter((stream) => stream.codec_type === 'audio')
    .map((stream) => ({
      codec: stream.codec_name ?? 'unknown',
      channels: stream.channels ?? 0,
      layout: stream.channel_layout ?? null,
      sampleRate: Number(stream.sample_rate ?? 0),
      durationTicks: stream.duration_ts ?? null
    }))
  const video = streams.find((stream) => stream.codec_type === 'video')
  if (!video) return { sizeBytes, video: null, audio }
  const timeBase = parseTimeBase(video.time_base)
  if (timeBase === null) throw new MediaError('unreadable', `${path}: its video has no time base`)
  const { packets } = await readPackets(tool, path, video.index, signal)
  return {
    sizeBytes,
    audio,
    video: {
      codec: video.codec_name ?? 'unknown',
      profile: video.profile ?? null,
      width: video.width ?? 0,
      height: video.height ?? 0,
      pixelFormat: video.pix_fmt ?? null,
      timeBase,
      pts: packets.map((packet) => packet.pts ?? Number.NaN).sort((a, b) => a - b),
      firstIsKey: packets[0]?.key ?? false,
      extradata: video.extradata_hash ?? null
    }
  }
}
