import { basename, posix } from 'node:path'
import {
  encodersOf,
  type FileIdentity,
  findTools,
  identityOfFile,
  messageOf,
  overridesFor,
  sameSource,
  tryEncoder,
  tryPreset
} from '../../media/index.ts'
import type { Json, MediaRef, ProvableJob, Storage, Unable } from '../../model/index.ts'
import { isRootRef } from '../../model/index.ts'
import { isNotFound, sourceChanged } from './errors.ts'
import { estimateBytes, whyNoRoom } from './estimate.ts'
import { tryToWrite } from './output-path.ts'
import {
  asJson,
  type ProofPayload,
  parsePayload,
  plannedSource,
  proofPayload as proofSchema,
  requestPayload
} from './payload.ts'
import type { TranscodeCollaborators, TranscodeSettings } from './settings.ts'

/** Frames of a usual chunk, as long as it is not known how long the chunks of a job may be. */
const usualFrames = 250

/**
 * What a node is asked before it gets tasks of a job: the preset, where the files are, and what it should see there.
 * @throws TranscodeError `bad-payload` for a job of a version that is not understood
 */
export function proofPayload(job: ProvableJob): Json {
  const { source, output, preset, noChunk, seen } = parsePayload(
    requestPayload,
    job.request.payload,
    'the job'
  )
  const asked = { kind: 'proof', source, output, preset } as const
  if (job.plan === null) {
    if (seen === null) return asJson({ ...asked, sourceFile: null, size: null, bytes: 0 })
    const { sourceFile, size } = seen
    const frames = noChunk ? seen.frames : Math.min(seen.frames, usualFrames)
    return asJson({ ...asked, sourceFile, size, bytes: estimateBytes(preset, size, frames) })
  }
  const { sourceFile, picture: size } = parsePayload(plannedSource, job.plan.payload, 'the plan')
  const work = job.plan.split?.work
  const frames = work ? (work.fixedUnits ?? work.minUnits) : job.plan.totalUnits
  return asJson({ ...asked, sourceFile, size, bytes: estimateBytes(preset, size, frames) })
}

/**
 * Tries whether this machine could run a task of such a job: its overrides leave the output as it is, its source is seen
 * as the owner sees it, chunks can be written and have room, the encoders work with the preset's own options at the
 * output's size.
 * @param isOwn only then may files outside the shared roots be named
 * @returns null when it could, else why not, in one line for a person
 */
export async function prove(
  settings: TranscodeSettings,
  { storage }: TranscodeCollaborators,
  payload: Json,
  isOwn: boolean
): Promise<Unable | null> {
  try {
    const asked = parsePayload(proofSchema, payload, 'what it is asked')
    if (!isOwn && !(isRootRef(asked.source) && isRootRef(asked.output)))
      return unable('the files are outside every shared root')
    const here = await sourceHere(storage, asked)
    // What was planned is of frames that are there no more: to be planned anew, by a retry.
    if (isOwn && here.kind === 'another') return { reason: sourceChanged().message, ends: true }
    const why =
      overridesFor(asked.preset, settings.overrides).unfit ??
      (here.kind === 'same' ? null : here.why) ??
      (await whyNotWritable(storage, asked)) ??
      (await whyNotEncoding(settings, asked))
    return why === null ? null : unable(why)
  } catch (error) {
    return unable(messageOf(error))
  }
}

const unable = (reason: string): Unable => ({ reason, ends: false })

/** What this machine sees where the source should be. */
type SourceHere = { kind: 'same' } | { kind: 'another' | 'none'; why: string }

async function sourceHere(storage: Storage, { source, sourceFile }: ProofPayload): Promise<SourceHere> {
  const name = basename(isRootRef(source) ? source.path : source.local)
  let here: FileIdentity | null
  try {
    here = await identityOfFile(await storage.resolve(source))
  } catch (error) {
    if (!isNotFound(error)) return { kind: 'none', why: `it cannot read ${name}: ${messageOf(error)}` }
    here = null
  }
  if (here === null) return { kind: 'none', why: `it does not see ${name}` }
  if (sourceFile === null || sameSource(here, sourceFile)) return { kind: 'same' }
  const [its, owners] =
    here.sizeBytes === sourceFile.sizeBytes
      ? [timeOf(here), timeOf(sourceFile)]
      : [`${here.sizeBytes} bytes`, `${sourceFile.sizeBytes}`]
  return { kind: 'another', why: `it sees another ${name} (${its}, not ${owners})` }
}

const timeOf = ({ mtimeMs }: FileIdentity): string => `changed ${new Date(mtimeMs).toISOString()}`

/** Chunks go into `.proxima` of the output's root, the file of a job in one piece into the output's own folder. */
async function whyNotWritable(storage: Storage, { output, bytes }: ProofPayload): Promise<string | null> {
  // The owner's own place was tried when the job was queued.
  if (!isRootRef(output)) return null
  const chunks = await storage.resolve({ root: output.root, path: '.proxima' })
  const folder = await folderOf(storage, output)
  const why = (await tryToWrite(chunks)) ?? (folder === null ? null : await tryToWrite(folder))
  if (why !== null) return `it ${why}`
  return whyNoRoom(bytes, await storage.freeBytes(chunks), chunks)
}

/** The output's folder; null where it is to be made, or is the root itself. */
async function folderOf(
  storage: Storage,
  output: Extract<MediaRef, { root: unknown }>
): Promise<string | null> {
  const path = posix.dirname(output.path)
  if (path === '.') return null
  try {
    const folder = await storage.resolve({ root: output.root, path })
    return (await identityOfFile(folder)) === null ? null : folder
  } catch (error) {
    if (isNotFound(error)) return null
    throw error
  }
}

async function whyNotEncoding(
  settings: TranscodeSettings,
  { preset, size }: ProofPayload
): Promise<string | null> {
  const { ffmpeg } = await findTools(settings)
  for (const encoder of encodersOf(preset)) {
    const why = encoder === preset.codec ? null : await tryEncoder(ffmpeg.path, encoder)
    if (why !== null) return `its ffmpeg has no working encoder ${encoder}: ${why}`
  }
  const why =
    size === null ? await tryEncoder(ffmpeg.path, preset.codec) : await tryPreset(ffmpeg.path, preset, size)
  return why === null ? null : `its ffmpeg has no working encoder ${preset.codec} for ${preset.name}: ${why}`
}
