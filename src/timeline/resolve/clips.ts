import { type Rational, rateFromDecimal, rational } from '../rational.ts'
import { type Flip, flipReader } from './flips.ts'
import type { ToldClip } from './messages.ts'

/** The properties that are asked for. Their names are English in every Resolve. */
export const clipKeys = [
  'Clip Name',
  'File Name',
  'File Path',
  'Reel Name',
  'Start TC',
  'Drop frame',
  'FPS',
  'Frames',
  'Resolution',
  'Video Codec',
  'Audio Codec',
  'Audio Ch',
  'Data Level',
  'H-FLIP',
  'V-FLIP',
  'Proxy',
  'Proxy Media Path'
] as const

type ClipKey = (typeof clipKeys)[number]

/** A clip of Resolve's media pool, as Resolve tells it: what it says of rates and lengths is no measurement. */
export interface ResolveClip {
  /** Of `GetMediaId()`. Clips that were imported twice have the same. */
  mediaId: string
  name: string
  /** Absolute, as Resolve writes it on this machine; null for compound and multicam clips, timelines and titles. */
  path: string | null
  /** Null for a file that is known by its path alone. */
  fileName: string | null
  reel: string | null
  /** `;` before the frames where frame numbers are dropped. */
  startTimecode: string | null
  /** Rounded by Resolve to two or three decimals. */
  rate: Rational | null
  frameCount: number | null
  /** Null when Resolve does not tell. */
  hasVideo: boolean | null
  hasAudio: boolean | null
  /** Turned over in the clip's attributes: Resolve shows it so, its file is not. */
  flips: { horizontal: Flip; vertical: Flip }
  /** `Auto`, `Video`, `Full`, in the language of the program. */
  dataLevel: string | null
  proxy: ClipProxy
}

/** `offline`: linked, but Resolve cannot read the file. */
export type ClipProxy = { state: 'none' } | { state: 'linked' | 'offline'; path: string }

/** What Resolve tells of clips, made sense of. All of them at once: words are understood by comparison. */
export function readClips<T extends ToldClip>(clips: readonly T[]): (T & { clip: ResolveClip })[] {
  const readFlip = flipReader(clips.flatMap(({ properties }) => [properties['H-FLIP'], properties['V-FLIP']]))
  return clips.map((told) => ({ ...told, clip: readClip(told, readFlip) }))
}

function readClip({ id, name, properties }: ToldClip, readFlip: (word: unknown) => Flip): ResolveClip {
  const text = (key: ClipKey): string | null => {
    const value = properties[key]
    return value === undefined || value === null || value === '' ? null : String(value)
  }
  const number = (key: ClipKey): number | null => {
    const value = Number(text(key) ?? Number.NaN)
    return Number.isFinite(value) && value > 0 ? value : null
  }
  const fps = number('FPS')
  const frames = number('Frames')
  const drops = /^(1|true)$/i.test(text('Drop frame') ?? '')
  const timecode = text('Start TC')
  const videoCodec = text('Video Codec')
  const audioCodec = text('Audio Codec')
  return {
    mediaId: id,
    name: text('Clip Name') ?? name ?? text('File Name') ?? id,
    path: text('File Path'),
    fileName: text('File Name'),
    reel: text('Reel Name'),
    startTimecode: drops && timecode ? timecode.replace(/[:.](\d+)$/, ';$1') : timecode,
    rate: fps === null ? null : rateFromDecimal(fps),
    frameCount: frames !== null && Number.isSafeInteger(frames) ? frames : null,
    ...(videoCodec === null && audioCodec === null
      ? { hasVideo: null, hasAudio: null }
      : { hasVideo: videoCodec !== null || isSize(text('Resolution')), hasAudio: audioCodec !== null }),
    flips: { horizontal: readFlip(properties['H-FLIP']), vertical: readFlip(properties['V-FLIP']) },
    dataLevel: text('Data Level'),
    proxy: readProxy(text('Proxy'), text('Proxy Media Path'))
  }
}

/** `Proxy` is the proxy's size where it can be read, else a word in some language. */
const readProxy = (word: string | null, path: string | null): ClipProxy =>
  path === null ? { state: 'none' } : { state: isSize(word) ? 'linked' : 'offline', path }

const isSize = (text: string | null): boolean => /^\d+\s*[x×]\s*\d+$/i.test(text ?? '')

/** How long a clip is by what Resolve says of it, in seconds. */
export const clipDuration = ({ frameCount, rate }: ResolveClip): Rational | null =>
  frameCount === null || rate === null ? null : rational(BigInt(frameCount) * BigInt(rate.den), rate.num)
