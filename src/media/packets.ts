import { MediaError } from './errors.ts'
import { ffprobe, type ProbeTool } from './ffprobe.ts'
import { maxFrames } from './frame-times.ts'
import type { FrameIndex } from './source.ts'
import type { TimeBase } from './time-base.ts'

/** One packet, in file (decoding) order. Times in ticks of the stream's time base. */
export interface Packet {
  pts: number | null
  duration: number
  key: boolean
  /** Decoded but not shown: an edit list leaves it out. */
  discarded: boolean
}

/** A line of `-show_entries packet=pts,duration,flags -of compact=p=0:nk=1`, or null when it is no packet. */
export function parsePacket(line: string): Packet | null {
  const match = /^(-?\d+|N\/A)\|(-?\d+|N\/A)\|([A-Z_]+)/.exec(line)
  if (!match) return null
  const flags = match[3]!
  return {
    pts: match[1] === 'N/A' ? null : Number(match[1]),
    duration: match[2] === 'N/A' ? 0 : Number(match[2]),
    key: flags.includes('K'),
    discarded: flags.includes('D')
  }
}

/** Reads the packets of one stream, without decoding. */
export async function readPackets(
  tool: ProbeTool,
  path: string,
  streamIndex: number,
  signal?: AbortSignal
): Promise<{ packets: Packet[]; complaints: string }> {
  const packets: Packet[] = []
  const { complaints } = await ffprobe(
    tool,
    path,
    [
      ...['-select_streams', String(streamIndex), '-show_entries', 'packet=pts,duration,flags'],
      ...['-of', 'compact=p=0:nk=1']
    ],
    {
      signal,
      onLine: (line) => {
        const packet = parsePacket(line)
        if (packet && packets.length <= maxFrames) packets.push(packet)
      }
    }
  )
  return { packets, complaints }
}

export interface IndexHints {
  codec: string
  timeBase: TimeBase
  /** Its first packets decode to one frame each. */
  framePerPacket: boolean
  /** Its container may jump in time (MPEG-TS…). */
  mayJump: boolean
}

/** Codecs whose packets may hold pictures that are never shown, or none: frames cannot be counted by packets. */
const uncountable: readonly string[] = ['vp8', 'theora', 'msmpeg4v3', 'svq3', 'gif', 'apng']

/**
 * Orders packets as they are shown and says whether exact positions are known.
 * @throws MediaError `unreadable` when there is no frame at all
 */
export function indexFrames(path: string, packets: readonly Packet[], hints: IndexHints): FrameIndex {
  const shown = packets.filter((packet) => !packet.discarded)
  if (shown.length === 0)
    throw new MediaError('unreadable', `${path} has a video stream without a single frame`)
  const timed = shown.filter((packet): packet is Packet & { pts: number } => packet.pts !== null)
  timed.sort((a, b) => a.pts - b.pts)
  const pts = timed.map((packet) => packet.pts)
  const keyframes = timed.flatMap((packet, index) => (packet.key ? [index] : []))
  return {
    pts,
    keyframes,
    lastDuration: timed.at(-1)?.duration ?? 0,
    packets: shown.length,
    irregular: whyIrregular(packets, timed, shown.length, hints)
  }
}

function whyIrregular(
  packets: readonly Packet[],
  timed: readonly (Packet & { pts: number })[],
  shown: number,
  { codec, timeBase, framePerPacket, mayJump }: IndexHints
): string | null {
  if (timed.length < shown) return 'some of its frames have no presentation time'
  if (shown > maxFrames) return 'it has too many frames'
  if (uncountable.includes(codec)) return `frames of ${codec} cannot be counted without decoding`
  if (timeBase.den / timeBase.num > 1_000_000) return 'its clock is finer than a microsecond'
  if (!packets[0]?.key) return 'it does not begin with a keyframe'
  const firstShown = packets.find((packet) => !packet.discarded)
  if (!packets[0].discarded && firstShown !== undefined && timed[0]!.pts < firstShown.pts!) {
    return 'frames come before its first keyframe'
  }
  if (!framePerPacket) return 'its packets are not one frame each'
  const jumpTicks = (10 * timeBase.den) / timeBase.num
  for (let i = 1; i < timed.length; i++) {
    const delta = timed[i]!.pts - timed[i - 1]!.pts
    if (delta === 0) return 'two of its frames have the same presentation time'
    if (mayJump && delta >= jumpTicks) return 'its times jump'
  }
  return null
}
