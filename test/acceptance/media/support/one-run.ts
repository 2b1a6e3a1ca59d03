import { presetCommand } from '../../../../src/jobs/transcode/index.ts'
import { ffmpeg, tools } from './clips.ts'
import { besideSource, presetFolder, referencePath } from './owner.ts'

/** At a keyframe where there is one, and between keyframes shortly before the end. */
export const awkward = (frames: number, cuts: readonly number[] | null): number[] => [
  cuts?.[0] ?? 24,
  frames - 5
]

/** Outputs of one source under several presets. */
export const named = { nameTemplate: '{stem}-{preset}' }

/** The command that `presets NAME --for FILE` prints, run with another output. */
export async function oneRun(
  preset: string,
  source: string,
  output: string,
  program = tools.ffmpeg.path,
  presetFolders: readonly string[] = [presetFolder]
): Promise<string> {
  const settings = { ffmpegPath: null, ffprobePath: null, presetFolders }
  const { command } = await presetCommand(settings, besideSource, preset, source)
  const target = referencePath(output)
  ffmpeg(['-y', ...command.slice(1, -1), target], program)
  return target
}
