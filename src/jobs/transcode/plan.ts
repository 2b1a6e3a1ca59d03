import {
  type AudioStream,
  chunkStep,
  encodersOf,
  type FrameClock,
  findTools,
  frameLasting,
  framesAt,
  isIntra,
  MediaError,
  microseconds,
  needsConstantRate,
  neighboursOf,
  outputRate,
  type Preset,
  packTimes,
  picturePlan,
  probeSource,
  rescale,
  type Source,
  toMicros,
  whyIllegal
} from '../../media/index.ts'
import {
  type DivisibleWork,
  ffmpegSeries,
  type JobPlan,
  type JobRecord,
  type JobRequest,
  type PlannedTask
} from '../../model/index.ts'
import { usableAudio } from './audio-layouts.ts'
import { fromStorage, withTransient } from './errors.ts'
import {
  asJson,
  type PlanPayload,
  parsePayload,
  planPayload,
  type RequestPayload,
  requestPayload
} from './payload.ts'
import { reelLimit, tagLimit } from './payload-parts.ts'
import { rootsOf, whyOwnerOnly } from './prepare.ts'
import type { TranscodeCollaborators, TranscodeSettings } from './settings.ts'

/**
 * Probes the source and lays out the work.
 * @throws Error with one line for a person. Its `transient` is true when storage, a permission or a tool was in the way:
 * then the source may be planned later.
 */
export async function plan(
  settings: TranscodeSettings,
  collaborators: TranscodeCollaborators,
  job: JobRecord,
  signal: AbortSignal
): Promise<JobPlan> {
  try {
    return await planNow(settings, collaborators, job, signal)
  } catch (error) {
    throw withTransient(error)
  }
}

async function planNow(
  settings: TranscodeSettings,
  { storage }: TranscodeCollaborators,
  job: JobRecord,
  signal: AbortSignal
): Promise<JobPlan> {
  const request = parsePayload(requestPayload, job.request.payload, 'the job')
  const tools = await findTools(settings)
  const path = await fromStorage(() => storage.resolve(request.source))
  const source = await probeSource(tools.ffprobe, path, signal)
  return jobPlanOf(source, job.request, request, { ...settings, ffmpegVersion: tools.ffmpeg.version })
}

/** What a job becomes once its source is probed. */
export function jobPlanOf(
  source: Source,
  job: Pick<JobRequest, 'source' | 'needs'>,
  request: RequestPayload,
  settings: Pick<TranscodeSettings, 'worthDurationMs' | 'minChunkMs'> & { ffmpegVersion: string }
): JobPlan {
  // What is granted later is made of this, and must be understood wherever it arrives.
  const payload = parsePayload(planPayload, asJson(planOf(source, request)), `the plan of ${job.source}`)
  return {
    totalUnits: payload.frames,
    ...layOut(source, request, settings),
    needs: {
      encoders: encodersOf(request.preset),
      roots: rootsOf(request.source, request.output),
      tags: job.needs.tags,
      // Other builds of an encoder need not give the same packets.
      ffmpeg: ffmpegSeries(settings.ffmpegVersion),
      ownerOnly: whyOwnerOnly(request.source, request.output) !== null
    },
    payload: asJson(payload)
  }
}

/**
 * For containers whose demuxer does not seek to presentation times, ffmpeg aims this much before where it is told to if
 * a stream has B-frames (`3*AV_TIME_BASE / 23` in its `open_input_file`), and so lands a whole GOP early. Added for
 * Matroska, whose index is by presentation time; the others' indices are not, and their early landing is welcome.
 */
const seekHeuristicUs = 130_434

/** What every task of the job is made from. */
export function planOf(
  source: Source,
  { preset, part = null }: Pick<RequestPayload, 'preset'> & Partial<Pick<RequestPayload, 'part'>>
): PlanPayload {
  const { video, frames, startUs } = source
  if (part !== null) checkPart(source, preset, part)
  const timeBase = preset.frameRate === 'source' ? video.timeBase : frameLasting(preset.frameRate)
  const sourceStartTicks = rescale(startUs, microseconds, video.timeBase)
  // A part begins with its first frame, its sound too.
  const startTicks = part === null ? sourceStartTicks : frames.pts[part.start]!
  const picture = picturePlan(preset, video, frames, sourceStartTicks)
  const audio = preset.audioCodec === 'none' ? [] : usableAudio(source.audio)
  return {
    sourceFile: { sizeBytes: source.sizeBytes, mtimeMs: Math.floor(source.mtimeMs) },
    videoIndex: video.index,
    timeBase,
    startUs,
    startTicks,
    part:
      part === null
        ? null
        : { ...part, keyframe: keyframeBefore(source, part.start - neighboursOf(picture)) },
    times: whyWhole(source, preset) === null ? packTimes(frames.pts) : null,
    frames: part === null ? framesOf(source, preset) : part.end - part.start,
    framesKnown: frames.irregular === null,
    seekPaddingUs: source.formats.includes('matroska') && video.hasBFrames ? seekHeuristicUs : 0,
    picture,
    audio: withDefault(audio).map(({ index, channels, sampleRate, language, title, dispositions }) => ({
      index,
      channels,
      sampleRate,
      tags: tagsOf({ language, title, dispositions })
    })),
    timecode: part === null ? source.timecode : part.timecode,
    reel: reelOf(video.reel),
    videoTags: tagsOf(video),
    ofMov: source.formats.includes('mov'),
    frameClock: frameClockOf(source, preset, sourceStartTicks, part),
    frameRate: video.frameRate
  }
}

/** @throws MediaError `not-encodable`: no such frames, or none that could be told from others */
function checkPart(
  source: Source,
  preset: Preset,
  { start, end }: NonNullable<RequestPayload['part']>
): void {
  const { frames, path } = source
  const irregular = whyWhole(source, preset)
  const why = irregular ?? (end > frames.pts.length ? `it has ${frames.pts.length} frames, not ${end}` : null)
  if (why === null) return
  throw new MediaError(
    'not-encodable',
    `frames ${start} to ${end - 1} of ${path} cannot be cut out: ${why}`,
    'Queue the whole file, without --used-ranges.'
  )
}

/** The frame at which decoding has to begin for a frame: itself where every frame stands alone. */
function keyframeBefore(source: Source, frame: number): number {
  const from = Math.max(0, frame)
  return isIntra(source) ? from : (source.frames.keyframes.findLast((index) => index <= from) ?? 0)
}

/**
 * What MXF needs to know, null for other containers.
 * @throws MediaError `not-encodable`: the preset has no place for frames at such times
 */
function frameClockOf(
  source: Source,
  preset: Preset,
  startTicks: number,
  part: RequestPayload['part']
): FrameClock | null {
  const { video, frames } = source
  const rate = needsConstantRate(preset) ? outputRate(preset, source) : null
  const picture = picturePlan(preset, video, frames, startTicks)
  const why = whyIllegal(preset, picture, rate) ?? (rate === null ? null : whyNotCounted(source, preset))
  if (why !== null) {
    throw new MediaError('not-encodable', `${source.path} cannot be encoded with ${preset.name}: ${why}`)
  }
  if (preset.container !== 'mxf' || rate === null) return null
  if (part !== null) return { rate, startUs: 0, frames: part.end - part.start }
  const startUs = toMicros((frames.pts[0] ?? startTicks) - startTicks, video.timeBase)
  return { rate, startUs, frames: framesOf(source, preset) }
}

const whyNotCounted = ({ frames }: Source, { container }: Preset): string | null =>
  container === 'mxf' && frames.irregular !== null
    ? `MXF counts in frames, and ${frames.irregular}; \`container: mov\` takes it`
    : null

/** Why a source can only be encoded in one piece with a preset, in words for a person, or null. */
export function whyWhole(
  source: Pick<Source, 'frames'>,
  { frameRate }: Pick<Preset, 'frameRate'>
): string | null {
  if (frameRate !== 'source') return `a constant rate of ${frameRate} frames a second is made of it`
  return source.frames.irregular
}

/** Of the output; about as many where the source cannot be counted without decoding. */
function framesOf({ frames, video, durationUs }: Source, { frameRate }: Pick<Preset, 'frameRate'>): number {
  if (frames.irregular !== null) {
    const lasting = frameRate === 'source' ? null : frameLasting(frameRate)
    return lasting === null ? frames.packets : rescale(durationUs ?? 0, microseconds, lasting)
  }
  return frameRate === 'source' ? frames.pts.length : framesAt(frameRate, frames, video.timeBase)
}

type Tagged = Pick<AudioStream, 'language' | 'title' | 'dispositions'>

/** Where several streams have no default, ffmpeg makes the first one that in a run of its own. */
function withDefault<T extends Tagged>(streams: readonly T[]): readonly T[] {
  const [first, ...others] = streams
  const given = streams.some(({ dispositions }) => dispositions.includes('default'))
  if (given || first === undefined || others.length === 0) return streams
  return [{ ...first, dispositions: ['default', ...first.dispositions] }, ...others]
}

const tagsOf = ({ language, title, dispositions }: Tagged) => ({
  language: clipped(language, tagLimit),
  title: clipped(title, tagLimit),
  dispositions: [...dispositions]
})

/** Not in the middle of a character. */
function clipped(text: string | null, units: number): string | null {
  if (text === null || text.length <= units) return text
  return text.slice(0, units).replace(/[\uD800-\uDBFF]$/, '')
}

/** Of letters, digits and a few signs: what else there is becomes `_`. */
const reelOf = (reel: string | null): string | null =>
  reel?.replace(/[^\w .-]/gu, '_').slice(0, reelLimit) || null

/** Pieces or one piece, or both for the scheduler to choose from. */
export function layOut(
  source: Source,
  request: Pick<RequestPayload, 'preset' | 'noChunk' | 'chunkMs' | 'worthChunkingMs'> &
    Partial<Pick<RequestPayload, 'part'>>,
  settings: Pick<TranscodeSettings, 'worthDurationMs' | 'minChunkMs'>
): Pick<JobPlan, 'split' | 'whole'> {
  const whole: PlannedTask = { kind: 'encode-file', stage: 0, ownerOnly: false, pool: 'slot', final: true }
  const { part = null } = request
  const durationMs = videoDurationMs(source, part)
  const forced = request.chunkMs !== null && !request.noChunk
  const worthMs = request.worthChunkingMs ?? settings.worthDurationMs
  const splittable =
    whyWhole(source, request.preset) === null && !request.noChunk && source.frames.pts.length > 1
  const worthIt = splittable && (forced || durationMs >= worthMs)
  // Only chunks are cut out of a source: a part that is not worth several is one.
  if (!worthIt && part === null) return { split: null, whole }

  const hasAudio = request.preset.audioCodec !== 'none' && usableAudio(source.audio).length > 0
  const tasks: PlannedTask[] = [
    ...(hasAudio
      ? [
          {
            kind: 'encode-audio',
            stage: 0,
            // Nodes of older versions do not know of parts, and would encode all of it.
            ownerOnly: part !== null,
            pool: 'slot',
            final: false
          } as const
        ]
      : []),
    { kind: 'join', stage: 1, ownerOnly: true, pool: 'io', final: true }
  ]
  const work = {
    ...divisible(source, part, {
      durationMs,
      minChunkMs: settings.minChunkMs,
      chunkMs: !worthIt ? Math.ceil(durationMs) : forced ? request.chunkMs : null
    }),
    step: chunkStep(request.preset)
  }
  return { split: { work, tasks }, whole: forced || part !== null ? null : whole }
}

function divisible(
  { frames, ...rest }: Source,
  part: RequestPayload['part'],
  { durationMs, minChunkMs, chunkMs }: { durationMs: number; minChunkMs: number; chunkMs: number | null }
): DivisibleWork {
  const { start, end } = part ?? { start: 0, end: frames.pts.length }
  const totalUnits = end - start
  const units = (ms: number): number =>
    Math.min(totalUnits, Math.max(1, Math.round((ms * totalUnits) / Math.max(1, durationMs))))
  return {
    kind: 'encode-chunk',
    totalUnits,
    cuts: isIntra({ ...rest, frames })
      ? null
      : frames.keyframes.filter((index) => index > start && index < end).map((index) => index - start),
    minUnits: units(minChunkMs),
    maxUnits: null,
    fixedUnits: chunkMs === null ? null : units(chunkMs)
  }
}

/** When the frame before `end` is over, in ticks. */
const endOf = ({ pts, lastDuration }: Source['frames'], end: number): number =>
  pts[end] ?? pts.at(-1)! + lastDuration

/** From the first frame to the end of the last; the container's word where times are not known. */
export function videoDurationMs(
  { frames, video, durationUs }: Source,
  part: RequestPayload['part'] = null
): number {
  if (frames.irregular !== null) return (durationUs ?? 0) / 1000
  const { start, end } = part ?? { start: 0, end: frames.pts.length }
  const ticks = endOf(frames, end) - frames.pts[start]!
  return (ticks * 1000 * video.timeBase.num) / video.timeBase.den
}
