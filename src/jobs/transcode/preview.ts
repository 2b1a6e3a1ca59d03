import {
  findTools,
  loadPreset,
  MediaError,
  messageOf,
  probeSource,
  toArguments,
  wholeCommand
} from '../../media/index.ts'
import type { PlanLine, QueueParams } from '../../model/index.ts'
import { outputPath } from './output-path.ts'
import { parsePayload, requestPayload } from './payload.ts'
import { layOut, planOf, videoDurationMs } from './plan.ts'
import { prepare } from './prepare.ts'
import type { TranscodeCollaborators, TranscodeSettings } from './settings.ts'

/** What `queue --dry-run` tells of a source: like preparing and planning, but nothing is kept. */
export async function preview(
  settings: TranscodeSettings,
  collaborators: TranscodeCollaborators,
  params: QueueParams,
  source: string,
  signal: AbortSignal
): Promise<PlanLine> {
  const prepared = await prepare(settings, collaborators, params, source)
  if (prepared.kind === 'refused') return { kind: 'refused', source, error: prepared.error }
  if (prepared.kind === 'exists') return { ...prepared, source }
  try {
    const { output, preset, payload } = prepared.request
    const request = parsePayload(requestPayload, payload, 'the request')
    const tools = await findTools(settings)
    const probed = await probeSource(tools.ffprobe, source, signal)
    const plan = planOf(probed, request)
    const { split } = layOut(probed, request, settings)
    return {
      kind: 'plan',
      source,
      output,
      preset,
      frames: plan.frames,
      durationMs: Math.round(videoDurationMs(probed)),
      shape: split === null ? 'whole' : 'split',
      note: whyOnePiece(probed.frames.irregular, split === null) ?? prepared.note,
      warnings: [...(prepared.request.warnings ?? [])],
      command: ['ffmpeg', ...toArguments(wholeCommand(request.preset, plan, source, output))]
    }
  } catch (error) {
    const [code, hint] = error instanceof MediaError ? [error.code, error.hint] : ['not-planned', null]
    return { kind: 'refused', source, error: { code, message: messageOf(error), hint, exitStatus: 1 } }
  }
}

function whyOnePiece(irregular: string | null, whole: boolean): string | null {
  if (irregular !== null) return `encoded in one piece: ${irregular}`
  return whole ? 'not worth chunks: encoded in one piece' : null
}

/**
 * `presets NAME --for FILE`: the preset and the one ffmpeg command that a chunked job must equal.
 * @throws MediaError with one line for a person
 */
export async function presetCommand(
  settings: Pick<TranscodeSettings, 'ffmpegPath' | 'ffprobePath' | 'presetFolders' | 'proxyRoot'>,
  name: string,
  file: string
): Promise<{ preset: Awaited<ReturnType<typeof loadPreset>>; command: string[] }> {
  const preset = await loadPreset(name, settings.presetFolders)
  const tools = await findTools(settings)
  const source = await probeSource(tools.ffprobe, file)
  const output = outputPath(file, {
    outDir: null,
    nameTemplate: null,
    proxyRoot: settings.proxyRoot,
    preset: preset.name,
    extension: preset.container
  })
  if (output.kind === 'wrong') throw new MediaError('not-encodable', output.message)
  return {
    preset,
    command: ['ffmpeg', ...toArguments(wholeCommand(preset, planOf(source, { preset }), file, output.path))]
  }
}
