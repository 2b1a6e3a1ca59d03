import {
  chunkFilters,
  chunkInput,
  compareCommand,
  decodeCommand,
  parseScore,
  type QualityMeasure,
  sourceOptions,
  videoFilters,
  type WholeSpec
} from './args/index.ts'
import { capture } from './capture.ts'
import { type ProvedRange, runProved } from './encode-chunk.ts'
import { MediaError } from './errors.ts'
import { bare, troubleIn } from './failure.ts'
import { fileUrl } from './ffprobe.ts'
import { type FfmpegOutcome, type RunHooks, type RunSettings, runFfmpeg } from './run-ffmpeg.ts'
import { identityOf } from './tools.ts'

/**
 * Decodes every frame of a file (`verify: decode`).
 * @returns what is wrong, in words for a log, or null
 * @throws MediaError `aborted`, `io-error`: nothing was found out
 */
export async function whyNotAllDecodes(
  settings: RunSettings,
  path: string,
  frames: number,
  signal: AbortSignal
): Promise<string | null> {
  const outcome = await runFfmpeg(settings, decodeCommand(path), { signal })
  if (outcome.kind === 'finished') {
    return outcome.frames === frames ? null : `only ${outcome.frames} of its ${frames} frames can be decoded`
  }
  return `it cannot be decoded: ${problemOf(outcome, path)}`
}

/** What a file is held against: a range of the source, or all of it. */
export type Original = { source: string } & (
  | { range: ProvedRange }
  | { whole: Pick<WholeSpec, 'videoIndex' | 'picture'> }
)

/**
 * Compares every frame of a file with the source's (`verify: quality`): by VMAF where this ffmpeg has libvmaf, else by
 * SSIM. Both as 0 to 100.
 * @returns why the worst frame is not good enough, in words for a log, or null
 * @throws MediaError `aborted`, `io-error`: nothing was found out
 */
export async function whyPoor(
  settings: RunSettings,
  path: string,
  original: Original,
  { floor, signal }: { floor: number; signal: AbortSignal }
): Promise<string | null> {
  const measure = await measureOf(settings.ffmpegPath)
  let worst: number | null = null
  const hooks: RunHooks = {
    signal,
    onLog: (line) => {
      const score = parseScore(line)
      if (score !== null) worst = Math.min(worst ?? score, score)
    }
  }
  const outcome = await compare(settings, path, original, measure, hooks)
  if (outcome.kind !== 'finished') return `it cannot be compared with the source: ${problemOf(outcome, path)}`
  if (worst === null) return 'it cannot be compared with the source: ffmpeg gave no score'
  if (worst >= floor) return null
  const name = measure.toUpperCase()
  return `its picture is not the source's: the worst frame has a ${name} of ${Math.floor(worst)} (at least ${floor} of 100)`
}

function compare(
  settings: RunSettings,
  path: string,
  original: Original,
  measure: QualityMeasure,
  hooks: RunHooks
) {
  const { source } = original
  if ('whole' in original) {
    const { videoIndex, picture } = original.whole
    const input = { options: sourceOptions(picture), source: fileUrl(source) }
    const reference = { input, videoIndex, filters: videoFilters(picture) }
    return runFfmpeg(settings, compareCommand(reference, path, measure), hooks)
  }
  const { spec } = original.range
  const filters = chunkFilters(spec)
  return runProved(
    settings,
    original.range,
    (strategy) => {
      const input = chunkInput(spec, strategy, source)
      return compareCommand({ input, videoIndex: spec.videoIndex, filters }, path, measure)
    },
    hooks
  )
}

type Unfinished = Exclude<FfmpegOutcome, { kind: 'finished' }> | { kind: 'failed'; error: string }

function problemOf(outcome: Unfinished, path: string): string {
  if (outcome.kind === 'stopped')
    throw new MediaError('aborted', `${path} was not checked: ${outcome.because}`)
  const text = 'error' in outcome ? outcome.error : outcome.stderrTail
  const trouble = troubleIn(text)
  if (trouble !== null)
    throw new MediaError('io-error', `${path} cannot be checked: ${trouble.toLowerCase()}`)
  return bare(text.split('\n')[0] ?? '')
}

/** By ffmpeg's identity. */
const measures = new Map<string, QualityMeasure>()

/** VMAF where it works: builds have the filter without its models. */
async function measureOf(ffmpegPath: string): Promise<QualityMeasure> {
  const identity = await identityOf(ffmpegPath)
  const known = measures.get(identity)
  if (known !== undefined) return known
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25:duration=0.08']
  const { exitCode } = await capture(
    ffmpegPath,
    [
      '-hide_banner',
      '-nostdin',
      '-v',
      'error',
      ...picture,
      ...picture,
      '-lavfi',
      'libvmaf',
      '-f',
      'null',
      '-'
    ],
    { timeoutMs: 30_000 }
  )
  const measure = exitCode === 0 ? 'vmaf' : 'ssim'
  measures.set(identity, measure)
  return measure
}
