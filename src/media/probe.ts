import { MediaError } from './errors.ts'
import { checkFile, ffprobe, type ProbeTool } from './ffprobe.ts'
import { type FirstFrames, lookAtFirstFrames } from './first-frames.ts'
import { indexFrames, readPackets } from './packets.ts'
import type { Source, SourceStreams } from './source.ts'
import { audioStream, otherStream, type Report, type ReportStream, report, videoStream } from './streams.ts'
import { microsOf } from './time-base.ts'

/**
 * Looks at the streams of a file, and decodes the first few frames. Quick, however long the file is.
 * @throws MediaError with one line for a person: no such file, empty, not media, no video, a still, truncated
 */
export async function probeStreams(
  tool: ProbeTool,
  path: string,
  signal?: AbortSignal
): Promise<SourceStreams> {
  const file = await checkFile(path)
  const { stdout } = await ffprobe(
    tool,
    path,
    ['-show_streams', '-show_format', '-show_chapters', '-of', 'json'],
    { signal }
  )
  const parsed = report.safeParse(JSON.parse(stdout))
  if (!parsed.success) throw new MediaError('unreadable', `${path}: ffprobe describes it in an unknown way`)
  const found = mainPicture(path, parsed.data)
  const first = await lookAtFirstFrames(tool, path, found.index, signal)
  const mayMove = ['gif', 'apng'].includes(parsed.data.format.format_name ?? '')
  if (mayMove && first.frames === 1) throw stillImage(path)
  return describe(path, file, parsed.data, found, first)
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
    framePerPacket: streams.video.framePerPacket,
    mayJump: streams.formats.some((name) => ['mpegts', 'mpeg', 'ogg', 'rtsp', 'hls'].includes(name))
  })
  return { ...streams, frames }
}

/**
 * The picture that is encoded: the default one where there are several. Covers are none.
 * @throws MediaError `no-video`, `still-image`
 */
function mainPicture(path: string, { format, streams }: Report): ReportStream {
  const formats = formatsOf(format)
  const pictures = streams.filter(
    ({ codec_type, disposition }) => codec_type === 'video' && !disposition.attached_pic
  )
  const moving = pictures.filter(({ disposition }) => !disposition.still_image)
  const found = moving.find(({ disposition }) => disposition.default) ?? moving[0]
  const still =
    formats.some((name) => name === 'image2' || name.endsWith('_pipe')) || (!found && pictures.length > 0)
  if (still) throw stillImage(path)
  if (found) return found
  throw new MediaError('no-video', `${path} has no video stream`, 'Queue files that hold a moving picture.')
}

const stillImage = (path: string): MediaError =>
  new MediaError(
    'still-image',
    `${path} is a still image, not a video`,
    'Queue files that hold a moving picture.'
  )

const formatsOf = ({ format_name }: Report['format']): string[] => (format_name ?? '').split(',')

/** Sorts out what ffprobe reported. */
function describe(
  path: string,
  file: { sizeBytes: number; mtimeMs: number },
  { format, streams, chapters }: Report,
  found: ReportStream,
  first: FirstFrames
): SourceStreams {
  const timecode = [found, ...streams, { tags: format.tags }]
    .map((holder) => holder.tags.timecode)
    .find((value) => value !== undefined && isTimecode(value))
  return {
    path,
    sizeBytes: file.sizeBytes,
    mtimeMs: file.mtimeMs,
    formats: formatsOf(format),
    startUs: microsOf(format.start_time) ?? 0,
    durationUs: microsOf(format.duration),
    timecode: timecode ?? null,
    video: videoStream(path, found, streams, first),
    audio: streams.filter((stream) => stream.codec_type === 'audio').map(audioStream),
    otherStreams: streams
      .filter((stream) => stream !== found)
      .flatMap((stream) => otherStream(stream, chapters) ?? []),
    chapters: chapters.length
  }
}

/** `01:00:00:00`, `01:00:00;02` (drop-frame). */
const isTimecode = (value: string): boolean => /^\d\d:[0-5]\d:[0-5]\d[:;.]\d{2,3}$/.test(value)
