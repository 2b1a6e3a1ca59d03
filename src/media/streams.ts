import { z } from 'zod'
import { MediaError } from './errors.ts'
import { type FirstFrames, hdrIn } from './first-frames.ts'
import {
  type AudioStream,
  type Colour,
  colourNames,
  firstField,
  type OtherStream,
  type VideoStream
} from './source.ts'
import { parseTimeBase } from './time-base.ts'

/** By small letters: MKV writes its own in capitals. */
const tags = z
  .record(z.string(), z.string())
  .default({})
  .transform((named) =>
    Object.fromEntries(Object.entries(named).map(([name, value]) => [name.toLowerCase(), value]))
  )
const text = z.string().optional()

/** The part of `ffprobe -show_streams -show_format -show_chapters -of json` that is used. */
export const report = z.object({
  streams: z.array(
    z.object({
      index: z.number().int(),
      codec_type: text,
      codec_name: text,
      codec_tag_string: text,
      profile: text,
      width: z.number().optional(),
      height: z.number().optional(),
      pix_fmt: text,
      sample_aspect_ratio: text,
      color_range: text,
      color_primaries: text,
      color_transfer: text,
      color_space: text,
      time_base: text,
      r_frame_rate: text,
      avg_frame_rate: text,
      field_order: text,
      has_b_frames: z.number().optional(),
      nb_frames: text,
      channels: z.number().optional(),
      channel_layout: text,
      sample_rate: text,
      sample_fmt: text,
      disposition: z.record(z.string(), z.number()).default({}),
      tags,
      side_data_list: z
        .array(
          z.looseObject({
            side_data_type: text,
            rotation: z.number().optional(),
            displaymatrix: text
          })
        )
        .default([])
    })
  ),
  chapters: z.array(z.unknown()).default([]),
  format: z.object({ format_name: text, start_time: text, duration: text, tags })
})
export type Report = z.infer<typeof report>
export type ReportStream = Report['streams'][number]

/** Null for sound, and for what MOV keeps timecode and chapters in: those are looked at as such. */
export function otherStream(stream: ReportStream, chapters: readonly unknown[]): OtherStream | null {
  const { index, codec_type: type, codec_name: name, codec_tag_string: tag, disposition } = stream
  const isOfChapters = chapters.length > 0 && (tag === 'text' || name === 'mov_text')
  if (type === 'audio' || tag === 'tmcd' || isOfChapters) return null
  // Of data that ffmpeg does not know only the container's four letters tell something.
  const letters = tag !== undefined && /^[\w ]{4}$/.test(tag) ? tag.trim() : null
  const codec = name === undefined || name === 'bin_data' ? letters : name
  switch (type) {
    case 'video':
      return { index, kind: disposition.attached_pic ? 'cover' : 'video', codec }
    case 'subtitle':
    case 'attachment':
      return { index, kind: type, codec }
    default:
      return { index, kind: 'data', codec }
  }
}

export function videoStream(
  path: string,
  stream: ReportStream,
  all: readonly ReportStream[],
  first: FirstFrames
): VideoStream {
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
    turned: isTurned(stream),
    sampleAspect: sampleAspectOf(stream),
    colour: colourOf(stream),
    hdr: hdrOf(stream, first),
    dolbyVision: stream.side_data_list.some(({ side_data_type }) => /^DOVI /.test(side_data_type ?? '')),
    fieldOrder: fieldOrderOf(stream, first),
    framePerPacket: first.framePerPacket,
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

export function audioStream(stream: ReportStream): AudioStream {
  return {
    index: stream.index,
    codec: stream.codec_name ?? 'unknown',
    channels: stream.channels ?? 0,
    layout: known(stream.channel_layout),
    sampleRate: Number(stream.sample_rate ?? 0),
    sampleFormat: known(stream.sample_fmt),
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

/** Turned by any angle, or mirrored: its matrix is not that of a picture that stays as it is. */
function isTurned({ side_data_list }: ReportStream): boolean {
  const numbers = side_data_list.find(({ displaymatrix }) => displaymatrix !== undefined)?.displaymatrix
  // Lines of `00000000:        65536           0           0`.
  const cells = (numbers ?? '').split('\n').flatMap((line) => line.split(':')[1]?.trim().split(/\s+/) ?? [])
  const [a, b, , c, d] = cells.map(Number)
  return a !== undefined && !(a > 0 && d! > 0 && b === 0 && c === 0)
}

function sampleAspectOf({ sample_aspect_ratio }: ReportStream): string | null {
  const match = /^([1-9]\d*):([1-9]\d*)$/.exec(sample_aspect_ratio ?? '')
  return match && match[1] !== match[2] ? match[0] : null
}

function colourOf(stream: ReportStream): Colour {
  const { color_range } = stream
  return {
    range: color_range === 'tv' || color_range === 'pc' ? color_range : null,
    primaries: oneOf(colourNames.primaries, stream.color_primaries),
    transfer: oneOf(colourNames.transfer, stream.color_transfer),
    matrix: oneOf(colourNames.matrix, stream.color_space)
  }
}

const oneOf = <T extends string>(names: readonly T[], name: string | undefined): T | null =>
  names.find((known) => known === name) ?? null

/** What stands in the pictures themselves is exact; what stands in the container may be rounded. */
function hdrOf({ side_data_list }: ReportStream, { hdr }: FirstFrames): VideoStream['hdr'] {
  const inContainer = hdrIn(side_data_list)
  if (hdr === null || inContainer === null) return hdr ?? inContainer
  return {
    mastering: hdr.mastering ?? inContainer.mastering,
    contentLight: hdr.contentLight ?? inContainer.contentLight
  }
}

/** The pictures' own word, where they say that they are interlaced; else the container's. */
function fieldOrderOf(stream: ReportStream, first: FirstFrames): string | null {
  if (first.firstField !== null) return first.firstField === 'tff' ? 'tt' : 'bb'
  const told = known(stream.field_order)
  const isTold = told === 'progressive' || firstField({ fieldOrder: told }) !== null
  return isTold ? told : null
}
