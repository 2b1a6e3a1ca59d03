import type { ChildProcess } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import ffmpeg from 'fluent-ffmpeg'
import { asWorkerDoes } from './args/worker.ts'
import type { FfmpegCommand } from './command.ts'
import { toArguments } from './command.ts'
import { messageOf } from './errors.ts'
import { summarize, troubleIn } from './failure.ts'
import { parentDeathArguments } from './orphan.ts'
import type { WorkerOptions } from './presets/index.ts'
import { createProgressParser, type FfmpegProgress, isShowInfo, parseShownFrame } from './progress.ts'
import { talkAt } from './talk.ts'

export interface RunSettings {
  ffmpegPath: string
  /** 0…19, 0 is usual: the machine's person must not feel the encoding. Ignored where the system has none. */
  niceness: number
  /** Ended by force after this long without any sign of getting on; null: never. */
  stallMs: number | null
  /** How long it may take to end when it is asked to. */
  graceMs: number
  /** How this machine does it in its own way: threads, decoding, and what is kept of its talk. Absent: as usual. */
  worker?: Pick<WorkerOptions, 'threads' | 'hardwareDecode' | 'logLevel'>
}

export interface RunHooks {
  /** Aborted to stop it; the reason, as text, becomes `because`. */
  signal: AbortSignal
  onProgress?: (progress: FfmpegProgress) => void
  onLog?: (line: string) => void
  /** The time of each frame that `showinfo` saw, in ticks; NaN when it has none. */
  onFrame?: (pts: number) => void
  /** Every line that it says, but for those of `showinfo`, whatever level is kept. */
  onLine?: (line: string) => void
  onCommand?: (command: readonly string[]) => void
}

/** How a run ended: stopping on purpose is not failing. */
export type FfmpegOutcome =
  | { kind: 'finished'; durationMs: number; frames: number }
  | { kind: 'stopped'; because: string }
  | {
      kind: 'failed'
      /** Null when a signal ended it, or it never started. */
      exitCode: number | null
      /** The line that says most comes first, then the last lines. */
      stderrTail: string
    }

const tailLines = 40

/** What every run says besides its own options: no questions, no terminal talk, progress on standard output. */
const mannersAt = (talkLevel: string): string[] => [
  ...['-hide_banner', '-nostdin', '-nostats', '-y', '-loglevel', talkLevel, '-progress', 'pipe:1']
]

/** The command as it is run, program first. */
const fullCommand = (ffmpegPath: string, command: FfmpegCommand, talkLevel: string): string[] => [
  ffmpegPath,
  ...mannersAt(talkLevel),
  ...toArguments(command)
]

/**
 * Runs one ffmpeg to its end. Never rejects: every way of ending is an outcome.
 *
 * The only module that knows fluent-ffmpeg, whose upstream is archived: it builds the argument list and owns the child.
 */
export async function runFfmpeg(
  settings: RunSettings,
  asked: FfmpegCommand,
  hooks: RunHooks
): Promise<FfmpegOutcome> {
  const { signal } = hooks
  if (signal.aborted) return { kind: 'stopped', because: reasonOf(signal) }
  const command = settings.worker ? asWorkerDoes(asked, settings.worker) : asked
  const talk = talkAt(settings.worker?.logLevel ?? null)
  hooks.onCommand?.(fullCommand(settings.ffmpegPath, command, talk.level))
  const startedMs = performance.now()
  const prefix = await parentDeathArguments()
  const built = build(settings, command, [prefix, mannersAt(talk.level)])
  const tail: string[] = []
  let frames = 0
  /** The first of these to happen is the reason on record. */
  let ending: { kind: 'stopped'; because: string } | { kind: 'stalled' } | null = null
  let exitCode: number | null = null
  let watchdog: NodeJS.Timeout | undefined
  let force: NodeJS.Timeout | undefined

  const end = (why: NonNullable<typeof ending>) => {
    if (ending !== null) return
    ending = why
    clearTimeout(watchdog)
    built.kill('SIGTERM')
    force = setTimeout(() => built.kill('SIGKILL'), settings.graceMs)
  }
  const gotOn = () => {
    clearTimeout(watchdog)
    if (settings.stallMs !== null && ending === null) {
      watchdog = setTimeout(() => end({ kind: 'stalled' }), settings.stallMs)
    }
  }
  const onAbort = () => end({ kind: 'stopped', because: reasonOf(signal) })

  const problem = await new Promise<Error | null>((resolve) => {
    built
      .on('start', () => {
        const child = childOf(built)
        child?.once('exit', (code) => {
          exitCode = code
        })
        if (process.platform === 'win32' && child?.pid !== undefined && settings.niceness > 0) {
          setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
        }
        followProgress(child, (progress, moved) => {
          frames = progress.frames
          if (moved) gotOn()
          hooks.onProgress?.(progress)
        })
        gotOn()
        signal.addEventListener('abort', onAbort, { once: true })
        // Told to stop while it was being started.
        if (signal.aborted) onAbort()
      })
      .on('stderr', (said: string) => {
        const { text: line, wanted } = talk.read(said)
        const pts = parseShownFrame(line)
        if (pts !== null) hooks.onFrame?.(pts)
        if (isShowInfo(line) || line.trim() === '') return
        // Moving the index to the front rewrites the file without telling how far it is.
        if (/second pass/i.test(line)) clearTimeout(watchdog)
        else gotOn()
        tail.push(line)
        if (tail.length > tailLines) tail.shift()
        hooks.onLine?.(line)
        if (wanted) hooks.onLog?.(line)
      })
      .on('error', (error: Error) => resolve(error))
      .on('end', () => resolve(null))
    built.run()
  })
  clearTimeout(watchdog)
  clearTimeout(force)
  signal.removeEventListener('abort', onAbort)
  return outcomeOf({ problem, ending, exitCode, tail, frames, stallMs: settings.stallMs, startedMs })
}

interface Ended {
  problem: Error | null
  ending: { kind: 'stopped'; because: string } | { kind: 'stalled' } | null
  exitCode: number | null
  tail: readonly string[]
  frames: number
  stallMs: number | null
  startedMs: number
}

function outcomeOf({ problem, ending, exitCode, tail, frames, stallMs, startedMs }: Ended): FfmpegOutcome {
  if (ending?.kind === 'stopped') return ending
  if (ending?.kind === 'stalled') {
    const line = `ffmpeg made no progress for ${Math.round((stallMs ?? 0) / 1000)} s and was ended`
    return { kind: 'failed', exitCode, stderrTail: [line, ...tail].join('\n') }
  }
  // ffmpeg 5.1 ends with status 0 when only the file's index did not fit on the disk any more.
  const unwritten = tail.filter((line) => troubleIn(line) !== null)
  if (problem === null && unwritten.length > 0) {
    return { kind: 'failed', exitCode, stderrTail: summarize(unwritten) }
  }
  if (problem === null) {
    return { kind: 'finished', durationMs: Math.round(performance.now() - startedMs), frames }
  }
  if (tail.some((line) => /Exiting normally, received signal/.test(line))) {
    return { kind: 'stopped', because: 'ffmpeg was told to stop from outside' }
  }
  const stderrTail = tail.length === 0 ? messageOf(problem) : summarize(tail)
  return { kind: 'failed', exitCode, stderrTail }
}

function build(
  settings: RunSettings,
  command: FfmpegCommand,
  [prefix, manners]: readonly [prefix: readonly string[], manners: readonly string[]]
): ffmpeg.FfmpegCommand {
  const built = ffmpeg({ niceness: settings.niceness, stdoutLines: 1, logger: undefined })
  // Otherwise these are asked of ffmpeg itself, by extra starts, and kept for the whole process.
  const program = prefix[0] ?? settings.ffmpegPath
  Object.assign(built, {
    _getFfmpegPath: (callback: (error: null, path: string) => void) => callback(null, program),
    _checkCapabilities: (callback: (error: null) => void) => callback(null),
    availableEncoders: (callback: (error: null, encoders: object) => void) => callback(null, {})
  })
  const before = prefix.length === 0 ? [] : [...prefix.slice(1), settings.ffmpegPath]
  for (const [i, { options, source }] of command.inputs.entries()) {
    built.input(source)
    addOptions(
      (list) => built.inputOptions(...list),
      [...(i === 0 ? [...before, ...manners] : []), ...options]
    )
  }
  for (const { options, target } of command.outputs) {
    built.output(target)
    addOptions((list) => built.outputOptions(...list), options)
  }
  return built
}

/** A single option on its own would be split at a space; lists are taken as they are. */
function addOptions(add: (list: string[]) => unknown, options: readonly string[]): void {
  if (options.length === 1 && options[0]!.includes(' ')) throw new RangeError('a single option has no spaces')
  if (options.length > 0) add([...options])
}

function childOf(built: ffmpeg.FfmpegCommand): ChildProcess | null {
  const { ffmpegProc } = built as ffmpeg.FfmpegCommand & { ffmpegProc?: ChildProcess }
  return ffmpegProc ?? null
}

function followProgress(
  child: ChildProcess | null,
  onProgress: (progress: FfmpegProgress, moved: boolean) => void
): void {
  if (!child?.stdout) return
  const parse = createProgressParser()
  let mark = ''
  createInterface({ input: child.stdout }).on('line', (line) => {
    const progress = parse(line)
    if (!progress) return
    onProgress(progress, progress.mark !== mark)
    mark = progress.mark
  })
}

function reasonOf(signal: AbortSignal): string {
  const { reason }: { reason: unknown } = signal
  return typeof reason === 'string' ? reason : reason instanceof Error ? reason.message : 'told to stop'
}
