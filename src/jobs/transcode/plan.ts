import {
  type AudioStream,
  encodersOf,
  findTools,
  isIntra,
  microseconds,
  packTimes,
  picturePlan,
  probeSource,
  rescale,
  type Source
} from '../../media/index.ts'
import {
  type DivisibleWork,
  ffmpegSeries,
  type JobPlan,
  type JobRecord,
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
  reelLimit,
  requestPayload,
  tagLimit
} from './payload.ts'
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
  // What is granted later is made of this, and must be understood wherever it arrives.
  const payload = parsePayload(
    planPayload,
    asJson(planOf(source, request)),
    `the plan of ${job.request.source}`
  )
  return {
    totalUnits: payload.frames,
    ...layOut(source, request, settings),
    needs: {
      encoders: encodersOf(request.preset),
      roots: rootsOf(request.source, request.output),
      tags: job.request.needs.tags,
      // Other builds of an encoder need not give the same packets.
      ffmpeg: ffmpegSeries(tools.ffmpeg.version),
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
export function planOf(source: Source, { preset }: Pick<RequestPayload, 'preset'>): PlanPayload {
  const { video, frames, startUs } = source
  const startTicks = rescale(startUs, microseconds, video.timeBase)
  const exact = frames.irregular === null
  const audio = preset.audioCodec === 'none' ? [] : usableAudio(source.audio)
  return {
    sourceFile: { sizeBytes: source.sizeBytes, mtimeMs: Math.floor(source.mtimeMs) },
    videoIndex: video.index,
    timeBase: video.timeBase,
    startUs,
    startTicks,
    times: exact ? packTimes(frames.pts) : null,
    frames: exact ? frames.pts.length : frames.packets,
    seekPaddingUs: source.formats.includes('matroska') && video.hasBFrames ? seekHeuristicUs : 0,
    picture: picturePlan(preset, video, frames, startTicks),
    audio: audio.map(({ index, channels, sampleRate, language, title, dispositions }) => ({
      index,
      channels,
      sampleRate,
      tags: tagsOf({ language, title, dispositions })
    })),
    timecode: source.timecode,
    reel: reelOf(video.reel),
    videoTags: tagsOf(video)
  }
}

type Tagged = Pick<AudioStream, 'language' | 'title' | 'dispositions'>

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
  request: Pick<RequestPayload, 'preset' | 'noChunk' | 'chunkMs' | 'worthChunkingMs'>,
  settings: Pick<TranscodeSettings, 'worthDurationMs' | 'minChunkMs'>
): Pick<JobPlan, 'split' | 'whole'> {
  const whole: PlannedTask = { kind: 'encode-file', stage: 0, ownerOnly: false, pool: 'slot', final: true }
  const durationMs = videoDurationMs(source)
  const forced = request.chunkMs !== null && !request.noChunk
  const worthMs = request.worthChunkingMs ?? settings.worthDurationMs
  const splittable = source.frames.irregular === null && !request.noChunk && source.frames.pts.length > 1
  if (!splittable || (!forced && durationMs < worthMs)) return { split: null, whole }

  const hasAudio = request.preset.audioCodec !== 'none' && usableAudio(source.audio).length > 0
  const tasks: PlannedTask[] = [
    ...(hasAudio
      ? [{ kind: 'encode-audio', stage: 0, ownerOnly: false, pool: 'slot', final: false } as const]
      : []),
    { kind: 'join', stage: 1, ownerOnly: true, pool: 'io', final: true }
  ]
  const work = divisible(source, durationMs, settings.minChunkMs, forced ? request.chunkMs : null)
  return { split: { work, tasks }, whole: forced ? null : whole }
}

function divisible(
  { frames, ...rest }: Source,
  durationMs: number,
  minChunkMs: number,
  chunkMs: number | null
): DivisibleWork {
  const totalUnits = frames.pts.length
  const units = (ms: number): number =>
    Math.min(totalUnits, Math.max(1, Math.round((ms * totalUnits) / Math.max(1, durationMs))))
  return {
    kind: 'encode-chunk',
    totalUnits,
    cuts: isIntra({ ...rest, frames }) ? null : frames.keyframes.filter((index) => index > 0),
    minUnits: units(minChunkMs),
    maxUnits: null,
    fixedUnits: chunkMs === null ? null : units(chunkMs)
  }
}

/** From the first frame to the end of the last; the container's word where times are not known. */
export function videoDurationMs({ frames, video, durationUs }: Source): number {
  if (frames.irregular !== null) return (durationUs ?? 0) / 1000
  const ticks = frames.pts.at(-1)! - frames.pts[0]! + frames.lastDuration
  return (ticks * 1000 * video.timeBase.num) / video.timeBase.den
}
