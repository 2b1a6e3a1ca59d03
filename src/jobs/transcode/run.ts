import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import {
  audioCommand,
  audioFormat,
  audioStarts,
  bare,
  concatList,
  encodeChunk,
  encodeWhole,
  type FfmpegCommand,
  type FfmpegOutcome,
  type FileIdentity,
  findTools,
  flushFile,
  hashFile,
  identityOfFile,
  type JoinedAudio,
  joinCommand,
  type MediaTools,
  messageOf,
  overridesFor,
  type RunSettings,
  runFfmpeg,
  troubleIn,
  tryHardware,
  type WorkerOptions,
  wholeCommand,
  writeDurably
} from '../../media/index.ts'
import type { RunContext, Storage } from '../../model/index.ts'
import {
  type GrantedLease,
  isRootRef,
  type LeaseKey,
  parseLeaseId,
  type TaskOutcome
} from '../../model/index.ts'
import { faultOf, fromStorage, TranscodeError } from './errors.ts'
import { estimateBytes, whyNoRoom } from './estimate.ts'
import { audioName, chunkName, hiddenName, listName, prepareOutput, resultName } from './names.ts'
import {
  type AudioPayload,
  asJson,
  type ChunkPayload,
  type FilePayload,
  type JoinPayload,
  type LeasePayload,
  leasePayload,
  parsePayload,
  type ResultPayload
} from './payload.ts'
import { removeAttempt } from './remove.ts'
import type { TranscodeCollaborators, TranscodeSettings } from './settings.ts'
import { isSourceThere } from './source-check.ts'

/** Thrown inside a run to end it with an outcome. */
class Ended extends Error {
  readonly outcome: Exclude<TaskOutcome, { kind: 'finished' }>

  constructor(outcome: Exclude<TaskOutcome, { kind: 'finished' }>) {
    super(outcome.kind)
    this.outcome = outcome
  }
}

interface Run {
  key: LeaseKey
  storage: Storage
  tools: MediaTools
  runSettings: RunSettings
  context: RunContext
  /** The job's own folder. */
  folder: string
  source: string
}

/**
 * Runs a granted task to its end. What an attempt makes is complete and on disk before its name is final, and its
 * result is written beside it, so that an owner that was away can collect it. Never throws.
 */
export async function run(
  settings: TranscodeSettings,
  collaborators: TranscodeCollaborators,
  lease: GrantedLease,
  context: RunContext
): Promise<TaskOutcome> {
  let outcome: TaskOutcome
  try {
    outcome = await runTask(settings, collaborators, lease, context)
  } catch (error) {
    if (error instanceof Ended) outcome = error.outcome
    else if (context.signal.aborted) outcome = { kind: 'returned', reason: reasonOf(context.signal) }
    else outcome = { kind: 'failed', error: messageOf(error), fault: faultOf(error) }
  }
  if (outcome.kind === 'failed' && outcome.fault === 'task')
    outcome = (await outsideTrouble(collaborators.storage, lease)) ?? outcome
  if (outcome.kind !== 'finished') {
    // Its storage may be what failed; the owner's clean-up comes by once more.
    await removeAttempt(collaborators.storage, lease, context.isOwn).catch((error: unknown) =>
      context.onLog(`proxima: the attempt's files could not be removed: ${messageOf(error)}`)
    )
  }
  return outcome
}

/**
 * Storage that went away in mid-task, or a source that was replaced or removed: whatever the task failed of, this is
 * why. Null when all is as it was.
 */
async function outsideTrouble(storage: Storage, lease: GrantedLease): Promise<TaskOutcome | null> {
  const payload = leasePayload.safeParse(lease.payload)
  if (!payload.success) return null
  try {
    const source = await fromStorage(() => storage.resolve(payload.data.source))
    await fromStorage(() => storage.workFolder(payload.data.output, lease.jobId))
    await checkSource(source, payload.data)
    return null
  } catch (error) {
    const fault = faultOf(error)
    const telling = fault === 'worker' || error instanceof TranscodeError
    return telling ? { kind: 'failed', error: messageOf(error), fault } : null
  }
}

/** @throws TranscodeError `source-changed`, or `bad-reference` where there is nothing that could be encoded */
async function checkSource(path: string, { kind, sourceFile }: LeasePayload): Promise<void> {
  if (sourceFile === null || (await isSourceThere(path, sourceFile))) return
  // What a join takes of it, it may do without.
  if (kind === 'join') return
  throw new TranscodeError('bad-reference', `the source is not there any more: ${path}`)
}

async function runTask(
  settings: TranscodeSettings,
  { storage }: TranscodeCollaborators,
  lease: GrantedLease,
  context: RunContext
): Promise<TaskOutcome> {
  const payload = parsePayload(leasePayload, lease.payload, 'the task')
  const key = parseLeaseId(lease.leaseId)
  if (key === null || payload.kind !== lease.taskKind) {
    throw new TranscodeError('bad-payload', 'the task is not understood: its lease and payload differ')
  }
  if (!context.isOwn && !(isRootRef(payload.source) && isRootRef(payload.output))) {
    throw new TranscodeError('bad-payload', 'the task names files outside the shared roots')
  }
  if (!context.isOwn && !isForAnyone(payload)) {
    throw new TranscodeError('bad-payload', 'the task is refused: it is for its owner alone')
  }
  const tools = await findTools(settings)
  const { niceness, stallMs, graceMs } = settings
  const joins = payload.kind === 'join'
  const { apply, unfit } = overridesFor(payload.preset, settings.overrides)
  // A join copies what was encoded: nothing of it can be overridden.
  if (unfit !== null && !joins) throw new TranscodeError('worker-trouble', unfit)
  const task: Run = {
    key,
    storage,
    tools,
    runSettings: {
      ffmpegPath: tools.ffmpeg.path,
      niceness: apply.niceness ?? niceness,
      stallMs,
      graceMs,
      ...(joins ? {} : { worker: { ...apply, hardwareDecode: await workingHardware(tools, apply, context) } })
    },
    context,
    folder: await fromStorage(() => storage.workFolder(payload.output, key.jobId)),
    source: await fromStorage(() => storage.resolve(payload.source))
  }
  await checkSource(task.source, payload)
  const result = await runPayload(task, payload)
  await writeDurably(join(task.folder, resultName(key.taskNo, key.attempt)), JSON.stringify(result))
  return { kind: 'finished', result: asJson(result) }
}

/** The hardware that is to decode, where it can be opened; the same frames come from software. */
async function workingHardware(
  { ffmpeg }: MediaTools,
  { hardwareDecode }: WorkerOptions,
  { onLog }: RunContext
): Promise<string | null> {
  if (hardwareDecode === null) return null
  const why = await tryHardware(ffmpeg.path, hardwareDecode)
  if (why === null) return hardwareDecode
  onLog(`proxima: ${hardwareDecode} cannot be used, software decodes: ${why}`)
  return null
}

/** Absolute paths, and texts that end up in a file's tags, are taken from this node itself only. */
const isForAnyone = ({ kind, source, output }: LeasePayload): boolean =>
  kind !== 'join' && isRootRef(source) && isRootRef(output)

function runPayload(task: Run, payload: LeasePayload): Promise<ResultPayload> {
  switch (payload.kind) {
    case 'encode-chunk':
      return runChunk(task, payload)
    case 'encode-audio':
      return runAudio(task, payload)
    case 'encode-file':
      return runWhole(task, payload)
    case 'join':
      return runJoin(task, payload)
  }
}

async function runChunk(task: Run, { preset, spec, proof }: ChunkPayload): Promise<ResultPayload> {
  const { key, context, folder } = task
  await checkRoom(task, folder, estimateBytes(preset, spec.picture, spec.frames))
  const target = join(folder, chunkName(key.taskNo, key.attempt))
  const part = `${target}.part`
  const outcome = await encodeChunk(
    task.runSettings,
    { preset, spec, proof, source: task.source, target: part },
    hooksOf(context)
  )
  if (outcome.kind === 'stopped') throw new Ended({ kind: 'returned', reason: outcome.because })
  if (outcome.kind === 'failed') throw failedBy(outcome.error)
  const { frames, strategy } = outcome
  return { kind: 'chunk', ...(await delivered(task, part, target)), frames, strategy }
}

async function runAudio(task: Run, { preset, ...spec }: AudioPayload): Promise<ResultPayload> {
  const { key, folder } = task
  const target = join(folder, audioName(key.taskNo, key.attempt, audioFormat(preset)))
  const part = `${target}.part`
  await runToEnd(task, audioCommand(preset, spec, task.source, part))
  return { kind: 'audio', ...(await delivered(task, part, target)) }
}

/** Gives a complete file its name. What is in it is looked at by the owner, once. */
async function delivered(
  { context }: Run,
  part: string,
  target: string
): Promise<{ sizeBytes: number; sha256: string }> {
  await flushFile(part)
  const sha256 = await hashFile(part, context.signal)
  const { sizeBytes } = await writtenAt(part)
  await rename(part, target)
  return { sizeBytes, sha256 }
}

async function writtenAt(path: string): Promise<FileIdentity> {
  const identity = await identityOfFile(path)
  if (identity === null) throw new TranscodeError('worker-trouble', `${path} is gone`)
  return identity
}

async function runWhole(task: Run, { preset, spec, output, frames }: FilePayload): Promise<ResultPayload> {
  const target = await hiddenTarget(task, output)
  await checkRoom(task, target, estimateBytes(preset, spec.picture, frames))
  const command = wholeCommand(preset, spec, task.source, target)
  const done = finishedBy(await encodeWhole(task.runSettings, command, spec, hooksOf(task.context)))
  return assembled(target, done.frames)
}

async function runJoin(task: Run, payload: JoinPayload): Promise<ResultPayload> {
  const { key, folder } = task
  const { preset, spec, output, chunks, audio } = payload
  const target = await hiddenTarget(task, output)
  const files = chunks.map(([taskNo, attempt, durationUs]) => ({
    file: chunkName(taskNo, attempt),
    durationUs
  }))
  await checkRoom(task, target, await sizeOf(folder, files))
  const list = join(folder, listName(key.taskNo, key.attempt))
  await writeDurably(list, concatList(files))
  const command = joinCommand(preset, spec, {
    list,
    audio: audio === null ? null : await joinedAudio(task, payload, audio),
    source: task.source,
    target
  })
  await runToEnd(task, command)
  return assembled(target, payload.frames)
}

async function joinedAudio(
  { tools, folder }: Run,
  { preset, spec }: JoinPayload,
  [taskNo, attempt]: [number, number]
): Promise<JoinedAudio> {
  const path = join(folder, audioName(taskNo, attempt, audioFormat(preset)))
  return { path, startsUs: await audioStarts(tools.ffprobe, path, spec.audio.length) }
}

async function hiddenTarget(task: Run, output: FilePayload['output']): Promise<string> {
  const final = await prepareOutput(task.storage, output)
  return join(final, '..', hiddenName(final, task.key))
}

async function assembled(target: string, frames: number): Promise<ResultPayload> {
  await flushFile(target)
  return { kind: 'file', identity: await writtenAt(target), frames }
}

/**
 * Bytes of the chunks together.
 * @throws TranscodeError `chunks-gone`: they were there when they were verified
 */
async function sizeOf(folder: string, files: readonly { file: string }[]): Promise<number> {
  const sizes: number[] = []
  for (const { file } of files) {
    const identity = await identityOfFile(join(folder, file))
    if (identity !== null) sizes.push(identity.sizeBytes)
  }
  const gone = files.length - sizes.length
  if (gone > 0) {
    const what = `${gone} of its ${files.length} encoded chunks`
    throw new TranscodeError('chunks-gone', `${what} were removed from ${folder}: retry the job`)
  }
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function checkRoom({ storage }: Run, path: string, neededBytes: number): Promise<void> {
  const free = await fromStorage(() => storage.freeBytes(path))
  const why = whyNoRoom(neededBytes, free, path)
  if (why !== null) throw new TranscodeError('no-space', why)
}

async function runToEnd(
  { runSettings, context }: Run,
  command: FfmpegCommand
): Promise<Extract<FfmpegOutcome, { kind: 'finished' }>> {
  return finishedBy(await runFfmpeg(runSettings, command, hooksOf(context)))
}

/** @throws Ended when the run did not come to its end */
function finishedBy(outcome: FfmpegOutcome): Extract<FfmpegOutcome, { kind: 'finished' }> {
  if (outcome.kind === 'stopped') throw new Ended({ kind: 'returned', reason: outcome.because })
  if (outcome.kind === 'failed') throw failedBy(outcome.stderrTail)
  return outcome
}

/** The telling line first; the log has the rest. */
function failedBy(stderrTail: string): Ended {
  const first = bare(stderrTail.split('\n')[0] ?? '')
  const trouble = troubleIn(stderrTail)
  const error = trouble === null || first.includes(trouble) ? first : `${trouble}: ${first}`
  return new Ended({ kind: 'failed', error: `ffmpeg: ${error}`, fault: trouble === null ? 'task' : 'worker' })
}

const hooksOf = ({ signal, onProgress, onLog, onCommand }: RunContext) => ({
  signal,
  onLog,
  onCommand,
  onProgress: ({ frames, fps, sizeBytes }: { frames: number; fps: number; sizeBytes: number }) =>
    onProgress({ units: frames, fps, sizeBytes })
})

const reasonOf = ({ reason }: AbortSignal): string =>
  typeof reason === 'string' ? reason : messageOf(reason)
