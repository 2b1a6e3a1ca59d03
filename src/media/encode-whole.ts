import type { WholeSpec } from './args/index.ts'
import type { FfmpegCommand } from './command.ts'
import { isUndecoded } from './progress.ts'
import { type FfmpegOutcome, type RunHooks, type RunSettings, runFfmpeg } from './run-ffmpeg.ts'

/**
 * Runs the one command that makes a whole file. Where its frames are put at a constant rate, a picture that cannot be
 * decoded leaves no gap that could be found afterwards: a copy of its neighbour stands in its place. So such a source
 * ends the run, as one of which frames are missing is refused everywhere else. What comes before the first picture is
 * let pass: recordings off the air begin in the middle.
 */
export async function encodeWhole(
  settings: RunSettings,
  command: FfmpegCommand,
  { videoIndex, picture, frameClock }: Pick<WholeSpec, 'videoIndex' | 'picture' | 'frameClock'>,
  hooks: Omit<RunHooks, 'onFrame' | 'onLine'>
): Promise<FfmpegOutcome> {
  if (frameClock === null && picture.constantRate === null) return runFfmpeg(settings, command, hooks)
  let decoded = 0
  const damaged = new AbortController()
  const outcome = await runFfmpeg(settings, seeingFrames(command), {
    ...hooks,
    signal: AbortSignal.any([hooks.signal, damaged.signal]),
    onFrame: () => {
      decoded += 1
    },
    onLine: (line) => {
      if (decoded > 0 && isUndecoded(line, videoIndex))
        damaged.abort(`the source is damaged: pictures near its frame ${decoded} cannot be decoded`)
    }
  })
  if (!damaged.signal.aborted || hooks.signal.aborted) return outcome
  return { kind: 'failed', exitCode: null, stderrTail: String(damaged.signal.reason) }
}

/** The command with every decoded frame told, before anything is made of it. */
const seeingFrames = ({ inputs, outputs }: FfmpegCommand): FfmpegCommand => ({
  inputs,
  outputs: outputs.map(({ options, target }) => ({
    target,
    options: options.map((option, i) =>
      options[i - 1] === '-filter:v' ? `showinfo=checksum=0,${option}` : option
    )
  }))
})
