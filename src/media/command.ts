/** An ffmpeg command as data: built by pure functions, printed for people, run by `run-ffmpeg.ts`. */
export interface FfmpegCommand {
  inputs: readonly { options: readonly string[]; source: string }[]
  outputs: readonly { options: readonly string[]; target: string }[]
}

/** The argument list that a person could type after `ffmpeg`. */
export function toArguments({ inputs, outputs }: FfmpegCommand): string[] {
  return [
    ...inputs.flatMap(({ options, source }) => [...options, '-i', source]),
    ...outputs.flatMap(({ options, target }) => [...options, target])
  ]
}
