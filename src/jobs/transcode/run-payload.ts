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
  flushFile,
  hashFile,
  identityOfFile,
  type JoinedAudio,
  joinCommand,
  type MediaTools,
  type RunSettings,
  runFfmpeg,
  troubleIn,
  wholeCommand,
  writeDurably
} from '../../media/index.ts'
import type { LeaseKey, RunContext, Storage, TaskOutcome } from '../../model/index.ts'
import { fromStorage, TranscodeError } from './errors.ts'
import { estimateBytes, whyNoRoom } from './estimate.ts'
import { audioName, chunkName, hiddenName, listName, prepareOutput } from './names.ts'
import type {
  AudioPayload,
  ChunkPayload,
  FilePayload,
  JoinPayload,
  LeasePayload,
  ResultPayload
} from './payload.ts'

/** Thrown inside a run to end it with an outcome. */
export class Ended extends Error {
  readonly outcome: Exclude<TaskOutcome, { kind: 'finished' }>

  constructor(outcome: Exclude<TaskOutcome, { kind: 'finished' }>) {
    super(outcome.kind)
    this.outcome = outcome
  }
}

/** A granted task, with what its run needs of this machine. */
export interface Run {
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
 * Makes the file of a task: a chunk, the audio, the whole output, or the output joined of these.
 * @throws Ended when ffmpeg failed or was told to stop, TranscodeError for what stands in the way before
 */
export function runPayload(task: Run, payload: LeasePayload): Promise<ResultPayload> {
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
