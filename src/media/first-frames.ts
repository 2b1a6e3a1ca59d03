import { z } from 'zod'
import { ffprobe, type ProbeTool } from './ffprobe.ts'
import type { HdrMetadata } from './source.ts'

/** Packets that are decoded: enough to see both fields of a picture, and few enough to be quick. */
const packetsTried = 6

/** What only decoding tells. */
export interface FirstFrames {
  /** How many there are among the first packets. */
  frames: number
  /** Of the first interlaced frame, or null: none is. */
  firstField: 'tff' | 'bff' | null
  hdr: HdrMetadata | null
  /** Each packet gave one frame at its own time. */
  framePerPacket: boolean
}

const sideData = z.looseObject({ side_data_type: z.string().optional() })
export type SideData = z.infer<typeof sideData>

/** The part of `ffprobe -show_packets -show_frames -of json` that is used. */
const report = z.object({
  packets_and_frames: z
    .array(
      z.object({
        type: z.string(),
        pts: z.number().optional(),
        // The name that versions before 5 had for it.
        pkt_pts: z.number().optional(),
        flags: z.string().optional(),
        interlaced_frame: z.number().optional(),
        top_field_first: z.number().optional(),
        side_data_list: z.array(sideData).default([])
      })
    )
    .default([])
})

/**
 * Decodes the beginning of a video stream: containers often do not tell its fields, nor codecs' HDR metadata.
 * @throws MediaError when the file cannot be read
 */
export async function lookAtFirstFrames(
  tool: ProbeTool,
  path: string,
  streamIndex: number,
  signal?: AbortSignal
): Promise<FirstFrames> {
  const { stdout } = await ffprobe(
    tool,
    path,
    [
      ...['-select_streams', String(streamIndex), '-read_intervals', `%+#${packetsTried}`],
      ...['-show_packets', '-show_frames', '-show_entries', entries, '-of', 'json']
    ],
    { signal }
  )
  return firstFramesIn(JSON.parse(stdout))
}

const entries = [
  'packet=pts,flags',
  'frame=pts,pkt_pts,interlaced_frame,top_field_first',
  'frame_side_data_list'
].join(':')

/** Reads what ffprobe printed. */
export function firstFramesIn(printed: unknown): FirstFrames {
  const parsed = report.safeParse(printed)
  const items = parsed.success ? parsed.data.packets_and_frames : []
  const frames = items.filter(({ type }) => type === 'frame')
  const packets = items.filter(({ type, flags }) => type === 'packet' && !flags?.includes('D'))
  const interlaced = frames.find(({ interlaced_frame }) => interlaced_frame === 1)
  return {
    frames: frames.length,
    firstField: interlaced ? (interlaced.top_field_first === 1 ? 'tff' : 'bff') : null,
    hdr: hdrIn(frames[0]?.side_data_list ?? []),
    framePerPacket:
      frames.length === 0 ||
      sameTimes(
        packets.map(({ pts }) => pts),
        frames.map(({ pts, pkt_pts }) => pts ?? pkt_pts)
      )
  }
}

const sameTimes = (a: readonly (number | undefined)[], b: readonly (number | undefined)[]): boolean =>
  a.length === b.length && a.every((time) => b.includes(time))

const rational = z.string().regex(/^\d+\/[1-9]\d*$/)
const mastering = z.object({
  red_x: rational,
  red_y: rational,
  green_x: rational,
  green_y: rational,
  blue_x: rational,
  blue_y: rational,
  white_point_x: rational,
  white_point_y: rational,
  min_luminance: rational,
  max_luminance: rational
})
const contentLight = z.object({
  max_content: z.number().int().min(0).max(65_535),
  max_average: z.number().int().min(0).max(65_535)
})

/** HDR metadata among what ffprobe shows beside a stream or a frame, or null. */
export function hdrIn(list: readonly SideData[]): HdrMetadata | null {
  const display = list.map((data) => mastering.safeParse(data)).find(({ success }) => success)?.data
  const light = list.map((data) => contentLight.safeParse(data)).find(({ success }) => success)?.data
  if (!display && !light) return null
  return {
    mastering: display
      ? [
          ...[display.green_x, display.green_y, display.blue_x, display.blue_y].map(inUnits(50_000)),
          ...[display.red_x, display.red_y].map(inUnits(50_000)),
          ...[display.white_point_x, display.white_point_y].map(inUnits(50_000)),
          ...[display.max_luminance, display.min_luminance].map(inUnits(10_000))
        ]
      : null,
    contentLight: light ? [light.max_content, light.max_average] : null
  }
}

const inUnits =
  (perOne: number) =>
  (fraction: string): number => {
    const [num, den] = fraction.split('/').map(Number)
    return Math.round((num! * perOne) / den!)
  }
