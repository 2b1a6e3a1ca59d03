import { join } from 'node:path'
import {
  type AudioReport,
  audioFormat,
  type FileReport,
  hasParameterSets,
  inspect,
  MediaError,
  type MediaTools,
  type Preset,
  videoSignature
} from '../../media/index.ts'
import type { JobRecord, LeaseKey, Task } from '../../model/index.ts'
import { audioName, chunkName } from './names.ts'
import { factsOf, type JobFacts, winner } from './task-payload.ts'

/**
 * What the owner itself read of files that were delivered, held against each other. A worker's word for it would not
 * do: its ffprobe may be another, and its word may be wrong.
 */
interface Readings {
  /** Signatures of verified chunks, by file name. */
  chunks: Map<string, string>
  /** Streams of verified audio, by file name. */
  audio: Map<string, readonly AudioReport[]>
}

/** For the life of a plan. Lost with the process: then a file is read once more. */
const known = new WeakMap<JobFacts, Readings>()

function readingsOf(job: JobRecord): Readings {
  const facts = factsOf(job)
  let readings = known.get(facts)
  if (!readings) {
    readings = { chunks: new Map(), audio: new Map() }
    known.set(facts, readings)
  }
  return readings
}

/** Where the files of a job are, and what they are read with. */
export interface Place {
  tools: MediaTools
  folder: string
}

/** @throws MediaError */
export const readChunk = ({ ffprobe }: MediaTools, preset: Preset, path: string): Promise<FileReport> =>
  inspect(ffprobe, path, { purpose: 'chunk', hashed: hasParameterSets(preset) })

/**
 * Why a chunk cannot follow the others in one stream, in words for a log, or null: then it is one of those that later
 * ones are held against.
 * @throws MediaError when another chunk cannot be read now
 */
export async function whyUnlike(
  job: JobRecord,
  key: LeaseKey,
  report: FileReport,
  place: Place
): Promise<string | null> {
  const { preset } = factsOf(job).request
  const { chunks } = readingsOf(job)
  const signature = videoSignature(preset, report)
  const own = chunkName(key.taskNo, key.attempt)
  const ofDone = await signatureOfDone(job, key.taskNo, place)
  // Nothing may be awaited from here on: two first chunks, verified at the same time, must not miss each other.
  const pattern = ofDone ?? [...chunks].find(([name]) => !name.startsWith(`${key.taskNo}.`))?.[1]
  if (pattern !== undefined && pattern !== signature) {
    return `it cannot follow the other chunks in one stream: ${signature} beside ${pattern}`
  }
  chunks.set(own, signature)
  return null
}

async function signatureOfDone(
  job: JobRecord,
  butNot: number,
  { tools, folder }: Place
): Promise<string | undefined> {
  const { preset } = factsOf(job).request
  const { chunks } = readingsOf(job)
  const names = job.tasks
    .filter(({ kind, status, no }) => kind === 'encode-chunk' && status === 'done' && no !== butNot)
    .map((task) => chunkName(task.no, winner(task)))
  const read = names.find((name) => chunks.has(name))
  if (read !== undefined) return chunks.get(read)
  for (const name of names) {
    try {
      const signature = videoSignature(preset, await readChunk(tools, preset, join(folder, name)))
      chunks.set(name, signature)
      return signature
    } catch (error) {
      // One that was lost or spoilt since is the join's concern, not this chunk's.
      if (!(error instanceof MediaError) || error.transient) throw error
    }
  }
  return undefined
}

export function rememberAudio(job: JobRecord, key: LeaseKey, report: FileReport): void {
  readingsOf(job).audio.set(audioFileOf(job, key.taskNo, key.attempt), report.audio)
}

/**
 * The streams of a job's audio as the owner reads them: what the output must have, to the sample.
 * @throws MediaError when its file cannot be read
 */
export async function audioOfTask(
  job: JobRecord,
  task: Task,
  { tools, folder }: Place
): Promise<readonly AudioReport[]> {
  const name = audioFileOf(job, task.no, winner(task))
  const read = readingsOf(job).audio.get(name)
  return read ?? (await inspect(tools.ffprobe, join(folder, name), { purpose: 'audio' })).audio
}

const audioFileOf = (job: JobRecord, taskNo: number, attempt: number): string =>
  audioName(taskNo, attempt, audioFormat(factsOf(job).request.preset))
