import { join } from 'node:path'
import {
  findTools,
  type MediaTools,
  messageOf,
  overridesFor,
  tryHardware,
  type WorkerOptions,
  writeDurably
} from '../../media/index.ts'
import {
  type GrantedLease,
  isRootRef,
  parseLeaseId,
  type RunContext,
  type Storage,
  type TaskOutcome
} from '../../model/index.ts'
import { faultOf, fromStorage, TranscodeError } from './errors.ts'
import { resultName } from './names.ts'
import { asJson, type LeasePayload, leasePayload, parsePayload } from './payload.ts'
import { removeAttempt } from './remove.ts'
import { Ended, type Run, runPayload } from './run-payload.ts'
import type { TranscodeCollaborators, TranscodeSettings } from './settings.ts'
import { isSourceThere } from './source-check.ts'

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

const reasonOf = ({ reason }: AbortSignal): string =>
  typeof reason === 'string' ? reason : messageOf(reason)
