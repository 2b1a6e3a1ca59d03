import { basename, dirname } from 'node:path'
import {
  autoName,
  choosePreset,
  encodersOf,
  findTools,
  loadPreset,
  MediaError,
  messageOf,
  outputRate,
  type Preset,
  picturePlan,
  pictureSizes,
  probeStreams,
  type SourceStreams,
  tryEncoder,
  whatIsLost,
  whyIllegal,
  whyNotEncodable
} from '../../media/index.ts'
import type { PreparedJob, Storage } from '../../model/index.ts'
import {
  isRootRef,
  type JobOrigin,
  type MediaRef,
  type QueueParams,
  type RootId,
  type SourcePart,
  type WireError
} from '../../model/index.ts'
import { audioProblem, usableAudio } from './audio-layouts.ts'
import { estimateBytes, whyNoRoom } from './estimate.ts'
import { outputPath } from './output-path.ts'
import { asJson, type RequestPayload } from './payload.ts'
import { choosePlace } from './place.ts'
import type { TranscodeCollaborators, TranscodeSettings } from './settings.ts'

/** Asks everything that can be asked before a job is queued, in the order in which a person would want to know. */
export async function prepare(
  settings: TranscodeSettings,
  { storage, layouts, jobs }: TranscodeCollaborators,
  params: QueueParams,
  source: string,
  part: SourcePart | null = null,
  signal?: AbortSignal
): Promise<PreparedJob> {
  try {
    const named = params.preset === autoName ? null : await loadPreset(params.preset, settings.presetFolders)
    const tools = await findTools(settings)
    const streams = await probeStreams(tools.ffprobe, source, signal)
    const chosen = named === null ? await choosePreset(streams, settings.presetFolders) : null
    const preset = named ?? chosen!.preset
    const problem =
      (await encoderProblem(tools.ffmpeg.path, preset)) ??
      sourceProblem(preset, streams) ??
      (part === null ? null : partProblem(preset))
    if (problem !== null) return refused(problem.code, problem.message, problem.hint)

    const wanted = await outputPath(
      {
        source,
        outDir: params.outDir,
        nameTemplate: params.nameTemplate,
        layout: params.layout ?? null,
        preset: preset.name,
        extension: preset.container,
        part,
        projectFolder: projectFolderOf(params.origins?.[source]),
        picture: pictureSizes(preset, streams.video)
      },
      layouts
    )
    if (wanted.kind === 'wrong') return refused('bad-name', wanted.message, wanted.hint, 2)
    const place = await choosePlace(
      await asStored(storage, wanted.path),
      source,
      params,
      { path: source, source: streams, preset, part },
      jobs()
    )
    if (place.kind === 'refused') return refused(place.code, place.message, place.hint)
    if (place.kind === 'exists') return place
    const { output } = place
    const seen = seenOf(preset, streams, part)
    const room = await roomProblem(storage, preset, seen, output)
    if (room !== null)
      return refused('no-space', room, 'Free some space, or choose another folder with --out.')

    const [sourceRef, outputRef] = await Promise.all([storage.refer(source), storage.refer(output)])
    const ownerOnly = whyOwnerOnly(sourceRef, outputRef)
    const note = [place.note, ownerOnly].filter((text) => text !== null).join('; ') || null
    return {
      kind: 'ready',
      note,
      request: {
        kind: 'transcode',
        source,
        output,
        preset: preset.name,
        chosen: chosen?.why ?? null,
        warnings: [
          ...whatIsLost(streams, preset, usableAudio(streams.audio)),
          ...(part !== null && streams.chapters > 0
            ? [`${streams.chapters} chapters: they are of the whole source`]
            : [])
        ],
        needs: {
          encoders: encodersOf(preset),
          roots: rootsOf(sourceRef, outputRef),
          tags: [...params.tags],
          ffmpeg: null,
          ownerOnly: ownerOnly !== null
        },
        payload: asJson({
          source: sourceRef,
          output: outputRef,
          preset,
          force: params.force,
          replaces: place.replaces,
          noChunk: params.noChunk,
          chunkMs: params.chunkMs,
          worthChunkingMs: params.worthChunkingMs,
          newFolders: place.newFolders,
          part,
          seen
        })
      }
    }
  } catch (error) {
    if (error instanceof MediaError) {
      return refused(error.code, error.message, error.hint, error.exitStatus)
    }
    return refused('not-queued', `${basename(source)} cannot be queued: ${messageOf(error)}`, null)
  }
}

/**
 * An output's path as it will be on disk: within a root, names travel in NFC, and a source of a Mac has its own in NFD.
 * Plain names have one spelling.
 */
async function asStored(storage: TranscodeCollaborators['storage'], path: string): Promise<string> {
  const isPlain = path.normalize('NFC') === path.normalize('NFD')
  return isPlain ? path : storage.resolve(await storage.refer(path))
}

/** Where the project lies that a source was queued from. */
export const projectFolderOf = (origin: JobOrigin | undefined): string | null =>
  origin?.kind === 'timeline' && origin.file !== undefined ? dirname(origin.file) : null

export const rootsOf = (...refs: readonly MediaRef[]): RootId[] => [
  ...new Set(refs.filter(isRootRef).map((ref) => ref.root))
]

/** Why only this machine can do a job, in words for a person, or null. */
export function whyOwnerOnly(source: MediaRef, output: MediaRef): string | null {
  if (!isRootRef(source)) return 'the source is outside every shared root: encoded on this machine alone'
  if (!isRootRef(output)) return 'the output is outside every shared root: encoded on this machine alone'
  return null
}

interface Problem {
  code: string
  message: string
  hint: string | null
}

async function encoderProblem(ffmpegPath: string, preset: Preset): Promise<Problem | null> {
  for (const encoder of encodersOf(preset)) {
    const why = await tryEncoder(ffmpegPath, encoder)
    if (why === null) continue
    return {
      code: 'encoder-missing',
      message: `preset ${preset.name} needs the encoder ${encoder}, which does not work in ${ffmpegPath}: ${why}`,
      hint: 'Choose another preset, or an ffmpeg that has it (PROXIMA_FFMPEG).'
    }
  }
  return null
}

/** Why a source cannot become what a preset says, or null. */
export function sourceProblem(preset: Preset, streams: SourceStreams): Problem | null {
  const picture = picturePlan(preset, streams.video, { pts: [], irregular: null }, 0)
  const message =
    whyIllegal(preset, picture, outputRate(preset, streams)) ??
    whyNotEncodable(preset, picture) ??
    audioProblem(preset.audioCodec, streams.audio)
  if (message === null) return null
  return {
    code: 'not-encodable',
    message: `${streams.path} cannot be encoded with ${preset.name}: ${message}`,
    hint: 'Choose another preset.'
  }
}

/** A part is cut out by its frames, which another rate does not have. */
const partProblem = ({ name, frameRate }: Preset): Problem | null =>
  frameRate === 'source'
    ? null
    : {
        code: 'not-encodable',
        message: `a part of a file cannot be encoded with ${name}, which makes ${frameRate} frames a second`,
        hint: 'Choose a preset that keeps the frame rate, or queue without --used-ranges.'
      }

async function roomProblem(
  storage: Storage,
  preset: Preset,
  { size, frames }: Seen,
  output: string
): Promise<string | null> {
  return whyNoRoom(estimateBytes(preset, size, frames), await storage.freeBytes(output), dirname(output))
}

type Seen = NonNullable<RequestPayload['seen']>

/** What one look at the streams tells of the job's size. */
function seenOf(
  preset: Preset,
  { video, durationUs, sizeBytes, mtimeMs }: SourceStreams,
  part: SourcePart | null
): Seen {
  const [num, den] = (video.averageRate ?? '').split('/').map(Number)
  const whole = video.statedFrames ?? ((durationUs ?? 0) / 1e6) * (num && den ? num / den : 0)
  const { width, height } = picturePlan(preset, video, { pts: [], irregular: null }, 0)
  return {
    sourceFile: { sizeBytes, mtimeMs: Math.floor(mtimeMs) },
    size: { width, height },
    frames: part === null ? Math.round(whole) : part.end - part.start
  }
}

const refused = (
  code: string,
  message: string,
  hint: string | null,
  exitStatus: WireError['exitStatus'] = 1
): PreparedJob => ({ kind: 'refused', error: { code, message, hint, exitStatus } })
