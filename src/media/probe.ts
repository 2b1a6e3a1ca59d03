import { z } from 'zod'
import { MediaError } from './errors.ts'
import { checkFile, ffprobe, type ProbeTool } from './ffprobe.ts'
import { indexFrames, readPackets } from './packets.ts'
import type { AudioStream, Source, SourceStreams, VideoStream } from './source.ts'
import { microsOf, parseTimeBase } from './time-base.ts'

const tags = z.record(z.string(), z.string()).default({})
const text = z.string().optional()

/** The part of `ffprobe -show_streams -show_format -of json` that is used. */
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
      r_frame_rate: text,
      avg_frame_rate: text,
      field_order: text,
      has_b_frames: z.number().optional(),
      nb_frames: text,
      channels: z.number().optional(),
      channel_layout: text,
      sample_rate: text,
      disposition: z.record(z.string(), z.number()).default({}),
      tags,
      side_data_list: z.array(z.looseObject({ rotation: z.number().optional() })).default([])
    })
  ),
  format: z.object({ format_name: text, start_time: text, duration: text, tags })
})
type Report = z.infer<typeof report>
type ReportStream = Report['streams'][number]

/**
 * Looks at the streams of a file, once. Quick: reads only the headers.
 * @throws MediaError with one line for a person: no such file, empty, not media, no video, a still, truncated
 */
export async function probeStreams(
  tool: ProbeTool,
  path: string,
  signal?: AbortSignal
): Promise<SourceStreams> {
  const file = await checkFile(path)
  const { stdout } = await ffprobe(tool, path, ['-show_streams', '-show_format', '-of', 'json'], { signal })
  const parsed = report.safeParse(JSON.parse(stdout))
  if (!parsed.success) throw new MediaError('unreadable', `${path}: ffprobe describes it in an unknown way`)
  return describe(path, file, parsed.data)
}

/**
 * Looks at the streams and reads the packet list of the video once: every frame with its exact time.
 * @throws MediaError as `probeStreams`, and when the file ends before its index says so
 */
export async function probeSource(tool: ProbeTool, path: string, signal?: AbortSignal): Promise<Source> {
  const streams = await probeStreams(tool, path, signal)
  const { packets, complaints } = await readPackets(tool, path, streams.video.index, signal)
  const { statedFrames } = streams.video
  const cut =
    /partial file|ended prematurely|truncat/i.test(complaints) ||
    (statedFrames !== null && packets.length < statedFrames && complaints !== '')
  if (cut) {
    const ofHowMany = statedFrames === null ? '' : ` of ${statedFrames}`
    throw new MediaError(
      'truncated',
      `${path} is truncated: only ${packets.length}${ofHowMany} frames are there`,
      'Copy it again, or wait until its recording or transfer has ended.'
    )
  }
  const frames = indexFrames(path, packets, {
    codec: streams.video.codec,
    timeBase: streams.video.timeBase,
    mayJump: streams.formats.some((name) => ['mpegts', 'mpeg', 'ogg', 'rtsp', 'hls'].includes(name))
  })
  return { ...streams, frames }
}

/** Sorts out what ffprobe reported. */
function describe(
  path: string,
  file: { sizeBytes: number; mtimeMs: number },
  reported: Report
): SourceStreams {
  const { format, streams } = reported
  const formats = (format.format_name ?? '').split(',')
  const pictures = streams.filter((stream) => stream.codec_type === 'video')
  const found = pictures.find(({ disposition }) => !disposition.attached_pic && !disposition.still_image)
  if (!found) {
    throw new MediaError('no-video', `${path} has no video stream`, 'Queue files that hold a moving picture.')
  }
  if (formats.some((name) => name === 'image2' || name.endsWith('_pipe'))) {
    throw new MediaError('still-image', `${path} is a still image, not a video`)
  }
  const timecode = [found, ...streams, { tags: format.tags }]
    .map((holder) => holder.tags.timecode)
    .find((value) => value !== undefined && isTimecode(value))
  return {
    path,
    sizeBytes: file.sizeBytes,
    mtimeMs: file.mtimeMs,
    formats,
    startUs: microsOf(format.start_time) ?? 0,
    durationUs: microsOf(format.duration),
    timecode: timecode ?? null,
    video: videoStream(path, found, streams),
    audio: streams.filter((stream) => stream.codec_type === 'audio').map(audioStream)
  }
}

/** `01:00:00:00`, `01:00:00;02` (drop-frame). */
const isTimecode = (value: string): boolean => /^\d\d:[0-5]\d:[0-5]\d[:;.]\d{2,3}$/.test(value)

function videoStream(path: string, stream: ReportStream, all: readonly ReportStream[]): VideoStream {
  const timeBase = parseTimeBase(stream.time_base)
  if (timeBase === null || !stream.width || !stream.height || !stream.codec_name) {
    throw new MediaError('unreadable', `${path}: the size or codec of its video cannot be told`)
  }
  return {
    index: stream.index,
    codec: stream.codec_name,
    profile: stream.profile ?? null,
    width: stream.width,
    height: stream.height,
    pixelFormat: stream.pix_fmt ?? null,
    timeBase,
    frameRate: rateOf(stream.r_frame_rate),
    averageRate: rateOf(stream.avg_frame_rate),
    rotation: rotationOf(stream),
    fieldOrder: known(stream.field_order),
    hasBFrames: (stream.has_b_frames ?? 0) > 0,
    language: stream.tags.language ?? null,
    title: stream.tags.title ?? null,
    reel:
      [stream, ...all.filter((other) => other.codec_type === 'data')]
        .map((holder) => holder.tags.reel_name)
        .find((reel) => reel !== undefined) ?? null,
    dispositions: dispositionsOf(stream),
    statedFrames: /^\d+$/.test(stream.nb_frames ?? '') ? Number(stream.nb_frames) : null
  }
}

function audioStream(stream: ReportStream): AudioStream {
  return {
    index: stream.index,
    codec: stream.codec_name ?? 'unknown',
    channels: stream.channels ?? 0,
    layout: known(stream.channel_layout),
    sampleRate: Number(stream.sample_rate ?? 0),
    language: stream.tags.language ?? null,
    title: stream.tags.title ?? null,
    dispositions: dispositionsOf(stream)
  }
}

const dispositionsOf = ({ disposition }: ReportStream): string[] =>
  Object.keys(disposition).filter((name) => disposition[name] === 1)

const known = (value: string | undefined): string | null =>
  value === undefined || value === 'unknown' || value === '0:1' ? null : value

const rateOf = (value: string | undefined): string | null =>
  value === undefined || value === '0/0' || value.startsWith('0/') ? null : value

function rotationOf(stream: ReportStream): number {
  const degrees = stream.side_data_list.find((data) => data.rotation !== undefined)?.rotation ?? 0
  const turned = ((-degrees % 360) + 360) % 360
  return turned % 90 === 0 ? turned : 0
}
