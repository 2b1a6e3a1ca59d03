import {
  chunkDurations,
  neighboursOf,
  type PackedTimes,
  proofOf,
  toMicros,
  unpackTimes
} from '../../media/index.ts'
import type { JobRecord, Json, Task, UnitRange } from '../../model/index.ts'
import { TranscodeError } from './errors.ts'
import {
  type AudioPayload,
  asJson,
  type PlanPayload,
  parsePayload,
  parsePlan,
  type RequestPayload,
  requestPayload
} from './payload.ts'

/** A job's own data, read with the schemas and unpacked once: a plan never changes. */
export interface JobFacts {
  request: RequestPayload
  plan: PlanPayload
  /** The time of each of its frames; null where the job is one piece because they are not known exactly. */
  times: readonly number[] | null
  /** Of each of the source's frames. */
  sourceTimes: readonly number[] | null
}

const known = new WeakMap<object, JobFacts>()

/** @throws TranscodeError `bad-payload` when the job is not planned, or by a version that is not understood */
export function factsOf(job: JobRecord): JobFacts {
  const { plan } = job
  if (plan === null) throw new TranscodeError('bad-payload', `job ${job.id} is not planned`)
  let facts = known.get(plan)
  if (!facts) {
    const request = parsePayload(requestPayload, job.request.payload, `the request of job ${job.id}`)
    const payload = parsePlan(plan.payload, request.preset, `the plan of job ${job.id}`)
    const { part } = payload
    const sourceTimes = timesOf(payload.times)
    const times = part === null ? sourceTimes : (sourceTimes?.slice(part.start, part.end) ?? null)
    facts = { request, plan: payload, times, sourceTimes }
    known.set(plan, facts)
  }
  return facts
}

const timesOf = (packed: PackedTimes | null): number[] | null =>
  packed === null ? null : unpackTimes(packed)

/** What a worker needs for a task. */
export function taskPayload(job: JobRecord, task: Task): Json {
  const facts = factsOf(job)
  const { source, output, preset } = facts.request
  const { plan } = facts
  const common = { source, output, preset, sourceFile: plan.sourceFile }
  const audio = plan.audio.map(({ index, channels, sampleRate }) => ({ index, channels, sampleRate }))
  switch (task.kind) {
    case 'encode-chunk':
      return asJson({ kind: 'encode-chunk', ...common, ...chunkOf(job, facts, rangeOf(task)) })
    case 'encode-audio':
      return asJson({
        kind: 'encode-audio',
        ...common,
        audio,
        frameClock: plan.frameClock,
        part: soundPart(facts)
      })
    case 'encode-file': {
      const { videoIndex, timeBase, picture, timecode, reel, frameClock } = plan
      const spec = { videoIndex, timeBase, picture, audio, timecode, reel, frameClock }
      return asJson({ kind: 'encode-file', ...common, spec, frames: plan.frames })
    }
    case 'join':
      return asJson({ kind: 'join', ...common, ...joinOf(job, facts), frames: plan.frames })
    default:
      throw new TranscodeError('bad-payload', `a transcode has no task of kind ${task.kind}`)
  }
}

/** When the sound of a part begins and ends, after the start of the container; null where all of it is meant. */
function soundPart({ plan, sourceTimes }: JobFacts): AudioPayload['part'] {
  const { part, timeBase, startUs } = plan
  if (part === null || sourceTimes === null) return null
  const { start, end } = part
  const at = (ticks: number): number => toMicros(ticks, timeBase) - startUs
  const last = sourceTimes[end - 1]!
  const until = sourceTimes[end] ?? last + (last - (sourceTimes[end - 2] ?? last))
  return { fromUs: at(sourceTimes[start]!), untilUs: at(until) }
}

/** A range of the job's frames. */
export function chunkOf(job: JobRecord, { plan, sourceTimes: times }: JobFacts, range: UnitRange) {
  if (times === null) throw new TranscodeError('bad-payload', `job ${job.id} cannot be cut`)
  const { videoIndex, timeBase, picture, part } = plan
  const shift = part?.start ?? 0
  const [start, end] = [range.start + shift, range.end + shift]
  const first = times[start]!
  const neighbours = neighboursOf(picture)
  const from = Math.max(0, start - neighbours)
  const until = Math.min(times.length, end + neighbours)
  const keyframe = keyframeAtOrBefore(job, plan, from)
  const timeOf = (frame: number): number | null => (frame < times.length ? times[frame]! - first : null)
  return {
    spec: {
      videoIndex,
      timeBase,
      picture,
      seekUs: from === 0 ? null : toMicros(times[keyframe]!, timeBase) - plan.startUs + plan.seekPaddingUs,
      originUs: toMicros(first, timeBase),
      endTicks: timeOf(end),
      frames: end - start,
      context: neighbours === 0 ? null : { fromTicks: times[from]! - first, untilTicks: timeOf(until) }
    },
    proof: proofOf(times.slice(from, until))
  }
}

/** Number of the frame at which decoding has to begin; the frame itself where every frame stands alone. */
function keyframeAtOrBefore(job: JobRecord, { part }: PlanPayload, frame: number): number {
  const cuts = job.plan?.split?.work.cuts ?? null
  if (cuts === null) return frame
  const shift = part?.start ?? 0
  const cut = cuts.findLast((one) => one + shift <= frame)
  return cut === undefined ? (part?.keyframe ?? 0) : cut + shift
}

function joinOf(job: JobRecord, { plan, times }: JobFacts) {
  if (times === null) throw new TranscodeError('bad-payload', `job ${job.id} was not cut`)
  const pieces = chunksInOrder(job)
  const durations = chunkDurations(pieces.map(rangeOf), times, plan.timeBase)
  const audio = job.tasks.find((task) => task.kind === 'encode-audio')
  return {
    sourceFile: plan.sourceFile,
    spec: {
      videoOffsetUs: toMicros(times[0]! - plan.startTicks, plan.timeBase),
      startUs: plan.startUs,
      timeBase: plan.timeBase,
      timecode: plan.timecode,
      reel: plan.reel,
      ofMov: plan.ofMov,
      // They are of the whole source.
      chapters: plan.part === null,
      frameClock: plan.frameClock,
      frameRate: plan.frameRate,
      video: plan.videoTags,
      audio: plan.audio.map(({ tags, sampleRate }) => ({ ...tags, sampleRate }))
    },
    chunks: pieces.map((task, i): [number, number, number | null] => [task.no, winner(task), durations[i]!]),
    audio: audio ? ([audio.no, winner(audio)] as [number, number]) : null
  }
}

/** The chunks of a job in the order of their frames, which need not be that of their numbers. */
export const chunksInOrder = (job: JobRecord): Task[] =>
  job.tasks
    .filter((task) => task.kind === 'encode-chunk' && task.range !== null)
    .sort((a, b) => rangeOf(a).start - rangeOf(b).start)

/** The attempt whose result is the task's. */
export function winner(task: Task): number {
  const attempt = task.attempts.find(({ status }) => status === 'done')
  if (!attempt) throw new TranscodeError('bad-payload', `task ${task.no} is not done`)
  return attempt.attempt
}

function rangeOf(task: Task): UnitRange {
  if (task.range === null) throw new TranscodeError('bad-payload', `task ${task.no} has no range`)
  return task.range
}
