import { type ChunkSpec, chunkCommand, type SeekStrategy, seekStrategies } from './args/index.ts'
import type { FfmpegCommand } from './command.ts'
import { troubleIn } from './failure.ts'
import { type FrameProof, proofOf, whyUnproved } from './frame-times.ts'
import type { Preset } from './presets/index.ts'
import { type RunHooks, type RunSettings, runFfmpeg } from './run-ffmpeg.ts'

/** A range of the source, and what its frames must prove to be. */
export interface ProvedRange {
  spec: ChunkSpec
  /** What must have gone through; times as the source has them. */
  proof: FrameProof
}

export interface ChunkTask extends ProvedRange {
  preset: Preset
  source: string
  target: string
}

export type ChunkOutcome =
  | { kind: 'finished'; strategy: SeekStrategy; frames: number }
  | { kind: 'stopped'; because: string }
  | { kind: 'failed'; error: string }

/**
 * Encodes a chunk and proves that it holds exactly the planned frames: their number and the time of each as it entered
 * the encoder.
 */
export const encodeChunk = (
  settings: RunSettings,
  task: ChunkTask,
  hooks: Omit<RunHooks, 'onFrame'>
): Promise<ChunkOutcome> =>
  runProved(
    settings,
    task,
    (strategy) => chunkCommand(task.preset, task.spec, strategy, task.source, task.target),
    hooks
  )

/**
 * Runs a command over a range of the source that must see exactly its frames. Where the fast cut fails the proof, slower
 * ones that are exact on more sources are tried.
 */
export async function runProved(
  settings: RunSettings,
  range: ProvedRange,
  commandFor: (strategy: SeekStrategy) => FfmpegCommand,
  hooks: Omit<RunHooks, 'onFrame'>
): Promise<ChunkOutcome> {
  const strategies = range.spec.seekUs === null ? (['from-start'] as const) : seekStrategies
  let why = ''
  for (const strategy of strategies) {
    const times: number[] = []
    const tooLate = new AbortController()
    const signal = AbortSignal.any([hooks.signal, tooLate.signal])
    // Decoding up to a late range shows no progress; the watchdog must not take that for a standstill.
    const patience =
      strategy === 'from-start' && settings.stallMs !== null ? settings.stallMs * 20 : settings.stallMs
    const outcome = await runFfmpeg({ ...settings, stallMs: patience }, commandFor(strategy), {
      ...hooks,
      signal,
      onFrame: (pts) => {
        // What begins too late will not get better; the whole range need not be encoded to know it.
        if (times.push(pts) === 1 && pts !== firstTicks(range)) tooLate.abort('it begins at another frame')
      }
    })
    if (outcome.kind === 'stopped' && !(tooLate.signal.aborted && !hooks.signal.aborted)) return outcome
    if (outcome.kind === 'stopped') {
      why = `the first frame is at ${times[0]}, planned was ${firstTicks(range)}`
    } else if (outcome.kind === 'failed') {
      if (times.length > 0 || troubleIn(outcome.stderrTail))
        return { kind: 'failed', error: outcome.stderrTail }
      why = outcome.stderrTail
    } else {
      const unproved = whyWrong(times, range) ?? whyTooFew(outcome.frames, range)
      if (unproved === null) return { kind: 'finished', strategy, frames: range.spec.frames }
      why = unproved
    }
    hooks.onLog?.(`proxima: the cut by ${strategy} is not what was planned: ${why.split('\n')[0]}`)
  }
  return { kind: 'failed', error: `no way of cutting gives the planned frames: ${why}` }
}

/** Time of the first frame that is decoded, after the chunk's first. */
const firstTicks = ({ spec }: ProvedRange): number => spec.context?.fromTicks ?? 0

function whyWrong(times: readonly number[], range: ProvedRange): string | null {
  if (times.some(Number.isNaN)) return 'a decoded frame has no time'
  return whyUnproved(range.proof, proofOf(times, range.proof.firstPts - firstTicks(range)))
}

/** Where more is decoded than encoded, the frames that were seen are not those that came out. */
const whyTooFew = (frames: number, { spec }: ProvedRange): string | null =>
  spec.context === null || frames === spec.frames ? null : `${frames} of ${spec.frames} frames came out`
