import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  type AudioReport,
  audioFormat,
  findTools,
  frameLasting,
  hashFile,
  identityOfFile,
  inspect,
  MediaError,
  type MediaTools,
  publishFile,
  rescale,
  sameFile,
  systemCodeOf,
  whyUndecodable,
  whyWrongAudio,
  whyWrongLoosely,
  whyWrongVideo
} from '../../media/index.ts'
import type { JobRecord, Json, LeaseKey, Storage, Task, Verdict } from '../../model/index.ts'
import { type CloserLook, whyNotOnCloserLook } from './closer-look.ts'
import { isNotFound, TranscodeError } from './errors.ts'
import { audioName, chunkName, hiddenName, resultName } from './names.ts'
import { asJson, parsePayload, type ResultPayload, resultPayload } from './payload.ts'
import { audioOfTask, readChunk, rememberAudio, whyUnlike } from './readings.ts'
import type { TranscodeCollaborators, TranscodeSettings } from './settings.ts'
import { isSourceThere } from './source-check.ts'
import { chunksInOrder, factsOf, type JobFacts } from './task-payload.ts'

/** What an attempt of a task delivered. */
export interface Delivery {
  job: JobRecord
  task: Task
  key: LeaseKey
}

interface Check extends Delivery {
  storage: Storage
  tools: MediaTools
  closely: CloserLook
}
type Result<K extends ResultPayload['kind']> = Extract<ResultPayload, { kind: K }>

const wrong = (reason: string): Verdict => ({ ok: false, reason, transient: false })
const verdictOf = (why: string | null): Verdict => (why === null ? { ok: true } : wrong(why))

/** Is what an attempt delivered what was asked for? Reads the file itself; takes nobody's word. */
export async function verify(
  settings: TranscodeSettings,
  { storage }: TranscodeCollaborators,
  delivery: Delivery,
  payload: Json,
  signal: AbortSignal
): Promise<Verdict> {
  return judged(async () => {
    const { task } = delivery
    const result = parsePayload(resultPayload, payload, 'the result')
    const tools = await findTools(settings)
    const closely = { runSettings: { ...settings, ffmpegPath: tools.ffmpeg.path }, storage, signal }
    const check: Check = { ...delivery, storage, tools, closely }
    if (task.kind === 'encode-chunk' && result.kind === 'chunk') return verifyChunk(check, result)
    if (task.kind === 'encode-audio' && result.kind === 'audio') return verifyAudio(check, result)
    if (task.kind === 'join' && result.kind === 'file') return verifyOutput(check, result)
    if (task.kind === 'encode-file' && result.kind === 'file') return verifyOutput(check, result)
    return wrong(`a ${task.kind} does not end in a ${result.kind}`)
  })
}

/** What is wrong with a file is a reason for good; what keeps from reading it may pass. */
async function judged(judge: () => Promise<Verdict>): Promise<Verdict> {
  try {
    return await judge()
  } catch (error) {
    if (error instanceof MediaError || error instanceof TranscodeError) {
      const ends = error instanceof TranscodeError && error.code === 'source-changed'
      return { ok: false, reason: error.message, transient: error.transient, ...(ends ? { ends } : {}) }
    }
    if (isNotFound(error)) return wrong(`the file is not there: ${(error as Error).message}`)
    throw error
  }
}

async function verifyChunk(check: Check, result: Result<'chunk'>): Promise<Verdict> {
  const { storage, tools, job, task, key } = check
  const { request, plan, times } = factsOf(job)
  if (times === null || task.range === null) return wrong('the job was not to be cut')
  await checkSource(check)
  const folder = await storage.workFolderPath(request.output, job.id)
  const path = join(folder, chunkName(key.taskNo, key.attempt))
  const report = await readChunk(tools, request.preset, path)
  if ((await hashFile(path)) !== result.sha256) return wrong('its content is not what was delivered')
  const { start, end } = task.range
  const why = whyWrongVideo(report, {
    preset: request.preset,
    picture: plan.picture,
    times: times.slice(start, end),
    offset: times[start]!,
    timeBase: plan.timeBase
  })
  return verdictOf(
    why ??
      (await whyUnlike(job, key, report, { tools, folder })) ??
      (await whyNotOnCloserLook(check.closely, path, job, { frames: end - start, range: task.range }))
  )
}

async function verifyAudio(check: Check, result: Result<'audio'>): Promise<Verdict> {
  const { storage, tools, job, key } = check
  await checkSource(check)
  const { request } = factsOf(job)
  const folder = await storage.workFolderPath(request.output, job.id)
  const path = join(folder, audioName(key.taskNo, key.attempt, audioFormat(request.preset)))
  const report = await inspect(tools.ffprobe, path, { purpose: 'audio' })
  if ((await hashFile(path)) !== result.sha256) return wrong('its content is not what was delivered')
  const why = whyWrongAudio(report.audio, expectedAudio(job), 0)
  if (why === null) rememberAudio(job, key, report)
  return verdictOf(why)
}

/** As the plan has it: codec and channels. Encoders may have to change the sample rate. */
function expectedAudio(job: JobRecord): Partial<AudioReport>[] {
  const { request, plan } = factsOf(job)
  return plan.audio.map(({ channels }) => ({ codec: request.preset.audioCodec, channels }))
}

/** The assembled output, still under its hidden name: every frame, its audio, and that it can be decoded. */
async function verifyOutput(check: Check, result: Result<'file'>): Promise<Verdict> {
  const { storage, tools, job, task, key } = check
  const { request, plan, times } = factsOf(job)
  const final = await storage.resolve(request.output)
  const path = join(dirname(final), hiddenName(final, key))
  const identity = await identityOfFile(path)
  if (identity === null) {
    // Renamed already, just before a crash.
    const published = await identityOfFile(final)
    if (published !== null && sameFile(published, result.identity)) return { ok: true }
    return wrong('the assembled file is not there')
  }
  await checkSource(check)
  const report = await inspect(tools.ffprobe, path)
  const expected = { preset: request.preset, picture: plan.picture, timeBase: plan.timeBase }
  const why =
    times === null
      ? whyWrongLoosely(report, {
          ...expected,
          frames: result.frames,
          framesOfSource: plan.framesKnown ? plan.frames : null
        })
      : whyWrongVideo(report, {
          ...expected,
          times,
          offset: plan.frameClock === null ? plan.startTicks : times[0]!
        })
  const whyAudio = whyWrongAudio(
    report.audio,
    asHeld(await audioOf(check), factsOf(job)),
    plan.frameClock === null ? 0 : 2
  )
  const seams = task.kind === 'join' ? chunksInOrder(job).map(({ range }) => range!.start) : []
  // Of a join every chunk was looked at more closely already.
  return verdictOf(
    why ??
      whyAudio ??
      (await whyUndecodable(tools.ffmpeg.path, path, report, seams)) ??
      (task.kind === 'join'
        ? null
        : await whyNotOnCloserLook(check.closely, path, job, { frames: result.frames, range: null }))
  )
}

/** What the output's container tells of its audio: MXF no layouts, and sound as long as the picture; MKV no layouts. */
function asHeld(
  audio: readonly Partial<AudioReport>[],
  { request, plan }: JobFacts
): readonly Partial<AudioReport>[] {
  const { container } = request.preset
  if (container === 'mov' || container === 'mp4') return audio
  const { frameClock } = plan
  return audio.map(({ durationTicks, endUs, layout: _, ...rest }) => {
    if (frameClock === null) return { ...rest, endUs: endUs ?? null }
    const samples = { num: 1, den: 48_000 }
    return { ...rest, durationTicks: rescale(frameClock.frames, frameLasting(frameClock.rate), samples) }
  })
}

/**
 * A source that was replaced while it was encoded is in the output in parts, or with times that are not its own. One
 * that is gone by now was there long enough.
 * @throws TranscodeError `source-changed`
 */
async function checkSource({ storage, job }: Check): Promise<void> {
  const { request, plan } = factsOf(job)
  const source = await storage.resolve(request.source).catch((error: unknown) => {
    if (isNotFound(error)) return null
    throw error
  })
  if (source !== null) await isSourceThere(source, plan.sourceFile)
}

/** What a join's audio must be: to the sample that of the audio task. */
async function audioOf({ storage, tools, job, task }: Check): Promise<readonly Partial<AudioReport>[]> {
  const audio = task.kind === 'join' ? job.tasks.find(({ kind }) => kind === 'encode-audio') : undefined
  if (!audio) return expectedAudio(job)
  const folder = await storage.workFolderPath(factsOf(job).request.output, job.id)
  return audioOfTask(job, audio, { tools, folder })
}

/** The result that an attempt wrote beside its file when it had finished, or null. */
export async function collect(
  { storage }: TranscodeCollaborators,
  job: JobRecord,
  key: LeaseKey
): Promise<Json | null> {
  const { request } = factsOf(job)
  const folder = await storage.workFolderPath(request.output, job.id)
  let text: string
  try {
    text = await readFile(join(folder, resultName(key.taskNo, key.attempt)), 'utf8')
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '')) return null
    throw error
  }
  return asJson(parsePayload(resultPayload, JSON.parse(text), 'the result on disk'))
}

/** Renames the verified output into place. Idempotent. */
export async function publish(
  { storage }: TranscodeCollaborators,
  job: JobRecord,
  key: LeaseKey,
  payload: Json
): Promise<Verdict> {
  return judged(async () => {
    const result = parsePayload(resultPayload, payload, 'the result')
    if (result.kind !== 'file') return wrong(`a ${result.kind} cannot be published`)
    const { request } = factsOf(job)
    const final = await storage.resolve(request.output)
    const part = join(dirname(final), hiddenName(final, key))
    const { identity } = result
    switch (
      await publishFile(part, final, { identity, replace: request.force || (request.replaces ?? false) })
    ) {
      case 'published':
        return { ok: true }
      case 'taken':
        return wrong(`${job.request.output} appeared in the meantime; queue it with --force to replace it`)
      case 'missing':
        return wrong(`the assembled file of ${job.request.output} is gone`)
    }
  })
}
