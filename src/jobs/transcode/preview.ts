import {
  autoName,
  choosePreset,
  describePreset,
  findTools,
  MediaError,
  messageOf,
  pictureSizes,
  probeSource,
  type ResolvedPreset,
  toArguments,
  wholeCommand
} from '../../media/index.ts'
import type { OutputLayouts, Preview, QueueParams, SourcePart } from '../../model/index.ts'
import { estimateBytes } from './estimate.ts'
import { whyWhole } from './part.ts'
import { parsePayload, requestPayload } from './payload.ts'
import { jobPlanOf, planOf, videoDurationMs } from './plan.ts'
import { prepare, sourceProblem } from './prepare.ts'
import type { TranscodeCollaborators, TranscodeSettings } from './settings.ts'

/** What `queue --dry-run` tells of a source: like preparing and planning, but nothing is kept. */
export async function preview(
  settings: TranscodeSettings,
  collaborators: TranscodeCollaborators,
  params: QueueParams,
  source: string,
  signal: AbortSignal,
  part: SourcePart | null = null
): Promise<Preview> {
  const prepared = await prepare(settings, collaborators, params, source, part, signal)
  if (prepared.kind === 'refused') return { kind: 'refused', source, error: prepared.error }
  if (prepared.kind === 'exists') return { ...prepared, source }
  try {
    const { output, preset, payload } = prepared.request
    const request = parsePayload(requestPayload, payload, 'the request')
    const tools = await findTools(settings)
    const probed = await probeSource(tools.ffprobe, source, signal)
    const plan = planOf(probed, request)
    const ffmpegVersion = tools.ffmpeg.version
    const jobPlan = jobPlanOf(probed, prepared.request, request, { ...settings, ffmpegVersion })
    const { split } = jobPlan
    const line = {
      source,
      output,
      preset,
      chosen: prepared.request.chosen ?? null,
      frames: plan.frames,
      durationMs: Math.round(videoDurationMs(probed, part)),
      shape: split === null ? ('whole' as const) : ('split' as const),
      estimateBytes: estimateBytes(request.preset, plan.picture, plan.frames),
      freeBytes: await collaborators.storage.freeBytes(output),
      note: whyOnePiece(whyWhole(probed, request.preset), split === null, request.noChunk) ?? prepared.note,
      warnings: [...(prepared.request.warnings ?? [])],
      // No one run makes a part: it is cut out as chunks are.
      command:
        part === null ? ['ffmpeg', ...toArguments(wholeCommand(request.preset, plan, source, output))] : []
    }
    return { kind: 'plan', line, job: { request: prepared.request, plan: jobPlan } }
  } catch (error) {
    const { code, hint, exitStatus } =
      error instanceof MediaError ? error : ({ code: 'not-planned', hint: null, exitStatus: 1 } as const)
    return { kind: 'refused', source, error: { code, message: messageOf(error), hint, exitStatus } }
  }
}

/** Why there are no chunks, for behind "in one piece". */
function whyOnePiece(irregular: string | null, whole: boolean, noChunk: boolean): string | null {
  if (irregular !== null) return irregular
  return !whole ? null : noChunk ? 'as was asked for' : 'too short for chunks to pay'
}

/**
 * `presets NAME --for FILE`: the preset, and the one ffmpeg command that a chunked job must equal. `auto` is the preset
 * that would be chosen for the file.
 * @throws MediaError with one line for a person
 */
export async function presetCommand(
  settings: Pick<TranscodeSettings, 'ffmpegPath' | 'ffprobePath' | 'presetFolders'>,
  layouts: OutputLayouts,
  name: string,
  file: string
): Promise<ResolvedPreset & { chosen: string | null; command: string[] }> {
  const named = name === autoName ? null : await describePreset(name, settings.presetFolders)
  const tools = await findTools(settings)
  const source = await probeSource(tools.ffprobe, file)
  const chosen = named === null ? await choosePreset(source, settings.presetFolders) : null
  const resolved = named ?? chosen!
  const { preset } = resolved
  const problem = sourceProblem(preset, source)
  if (problem !== null) throw new MediaError('not-encodable', problem.message, problem.hint)
  const output = await layouts.place({
    source: file,
    layout: null,
    preset: preset.name,
    extension: preset.container,
    projectFolder: null,
    picture: pictureSizes(preset, source.video)
  })
  if (output.kind === 'wrong') throw new MediaError('not-encodable', output.message, output.hint)
  const command = wholeCommand(preset, planOf(source, { preset }), file, output.path)
  return { ...resolved, chosen: chosen?.why ?? null, command: ['ffmpeg', ...toArguments(command)] }
}
