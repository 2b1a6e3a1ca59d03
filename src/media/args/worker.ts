import type { FfmpegCommand } from '../command.ts'
import type { WorkerOptions } from '../presets/index.ts'

/** An encode as this machine does it in its own way: with its threads, decoded by its hardware. */
export function asWorkerDoes(
  command: FfmpegCommand,
  { threads, hardwareDecode }: Pick<WorkerOptions, 'threads' | 'hardwareDecode'>
): FfmpegCommand {
  const limit = typeof threads === 'number' ? ['-threads', String(threads)] : []
  // Filters have threads of their own, told once for all.
  const filters = limit.length === 0 ? [] : ['-filter_threads', limit[1]!]
  const hardware = hardwareDecode === null ? [] : ['-hwaccel', hardwareDecode]
  return {
    inputs: command.inputs.map(({ options, source }, i) => ({
      options: [...(i === 0 ? filters : []), ...limit, ...hardware, ...options],
      source
    })),
    outputs: command.outputs.map(({ options, target }) => ({ options: [...limit, ...options], target }))
  }
}
