import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { presetCommand } from '../../src/jobs/transcode/index.ts'
import { loadPreset, type Preset } from '../../src/media/index.ts'
import type { JobKind, JobPlan, PreparedJob } from '../../src/model/index.ts'
import { tools } from '../acceptance/media/support/clips.ts'
import {
  besideSource,
  encodeInChunks,
  encodeWhole,
  kindIn,
  presetFolder,
  queueParams,
  referencePath
} from '../acceptance/media/support/owner.ts'
import { wrongs } from './against-recipe.ts'
import { ownPresetFolder } from './choice.ts'
import { differences, isIntraPreset } from './compare.ts'
import { ffmpegRun } from './kinds/film.ts'
import type { SourceKind } from './kinds/index.ts'
import { describeAll, videoOf } from './read.ts'
import { type SeamQuality, worstSeam } from './seams.ts'

/** One source kind with one preset, encoded, joined and compared. */
export interface Cell {
  kind: string
  what: string
  preset: string
  /** Which ffmpeg the whole mesh ran. */
  mesh: string
  verdict: 'equal' | 'known' | 'differs' | 'refused' | 'skipped'
  /** 1: encoded in one piece. */
  pieces: number
  /** Long GOP only. */
  seam: SeamQuality | null
  /** Differences, the words of a refusal, or why it is known or skipped. */
  reasons: readonly string[]
  ms: number
}

export interface Bench {
  /** Everything is made in here. */
  folder: string
  /** Of the whole mesh; null: what is on the PATH. */
  ffmpegPath: string | null
  mesh: string
}

const presetFolders = [presetFolder, ownPresetFolder]

const ffmpegOf = ({ ffmpegPath }: Bench): string => ffmpegPath ?? tools.ffmpeg.path

/** The command that `presets NAME --for FILE` prints, run with another output. */
async function oneRun(preset: string, source: string, output: string, ffmpegPath: string): Promise<string> {
  const settings = { ffmpegPath, ffprobePath: null, presetFolders }
  const { command } = await presetCommand(settings, besideSource, preset, source)
  const target = referencePath(output)
  ffmpegRun([...command.slice(1, -1), target], ffmpegPath)
  return target
}

/**
 * A second machine of the mesh: the same ffmpeg, which decodes with one thread and encodes with three.
 * @returns the path of a program that takes ffmpeg's place
 */
function otherMachine(folder: string, ffmpegPath: string): string {
  const path = join(folder, 'other-machine.sh')
  const script = [
    '#!/bin/bash',
    `[ $# -lt 3 ] && exec '${ffmpegPath}' "$@"`,
    `exec '${ffmpegPath}' -threads 1 "\${@:1:$#-1}" -threads 3 "\${!#}"`
  ]
  writeFileSync(path, `${script.join('\n')}\n`)
  chmodSync(path, 0o755)
  return path
}

/** Gives tasks to two nodes in turn. */
function takingTurns(one: JobKind, other: JobKind): JobKind {
  let turn = 0
  return { ...one, run: (lease, context) => (turn++ % 2 === 0 ? one : other).run(lease, context) }
}

/** Chunks of a clip: to a keyframe, to between keyframes, of one frame, and the rest. */
export function awkwardBounds(frames: number, cuts: readonly number[] | null): number[] {
  const keyframe = cuts?.[0] ?? Math.floor(frames / 3)
  const between = Math.min(frames - 2, keyframe + Math.ceil((frames - keyframe) / 2) - 1)
  return [keyframe, between, between + 1]
}

/** Encodes a source with a preset in chunks on two nodes, in one run of ffmpeg, and compares. */
export async function runCell(bench: Bench, kind: SourceKind, source: string, name: string): Promise<Cell> {
  const startedMs = performance.now()
  const about = { kind: kind.name, what: kind.what, preset: name, mesh: bench.mesh }
  const cell = (rest: Pick<Cell, 'verdict' | 'reasons'> & Partial<Cell>): Cell => ({
    ...{ ...about, pieces: 0, seam: null, ms: Math.round(performance.now() - startedMs) },
    ...rest
  })
  const room = mkdtempSync(join(bench.folder, 'cell-'))
  try {
    const preset = await loadPreset(name, presetFolders)
    const made = await encode(bench, source, preset, room)
    const refusal = kind.refused?.[name] ?? kind.refused?.['*']
    if ('refused' in made) {
      const asked = refusal?.test(made.refused) ?? false
      return cell({ verdict: asked ? 'refused' : 'differs', reasons: [made.refused] })
    }
    const found = refusal ? ['it was not refused'] : []
    const { output, starts, whyWhole } = made
    const { onePiece, timesS } = kind.expected
    const fewest = onePiece !== null || preset.frameRate !== 'source' ? 1 : Math.min(3, timesS.length - 1)
    if (starts.length < fewest)
      found.push(`it was encoded in ${starts.length} instead of ${fewest} pieces${whyWhole}`)
    const single = await oneRun(name, source, output, ffmpegOf(bench))
    found.push(...wrongs(single, kind, preset).map((words) => `single run: ${words}`))
    found.push(...differences(output, single, preset, starts))
    const seam =
      isIntraPreset(preset) || starts.length < 2 ? null : seamOf(output, single, source, starts, kind)
    return cell({ ...judge(found, kind, about), pieces: starts.length, seam })
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    return cell(judge([words.split('\n').slice(0, 2).join(' ')], kind, about))
  } finally {
    rmSync(room, { recursive: true, force: true })
  }
}

function judge(
  found: readonly string[],
  kind: SourceKind,
  { preset, mesh }: Pick<Cell, 'preset' | 'mesh'>
): Pick<Cell, 'verdict' | 'reasons'> {
  const { known: all = {} } = kind
  const known = all[`${mesh}: ${preset}`] ?? all[`${mesh}: *`] ?? all[preset] ?? all['*']
  if (known === undefined) return { verdict: found.length === 0 ? 'equal' : 'differs', reasons: found }
  const others = found.filter((words) => !known.differs.test(words))
  if (others.length > 0) return { verdict: 'differs', reasons: others }
  if (found.length === 0)
    return { verdict: 'differs', reasons: [`it holds, and is listed as: ${known.because}`] }
  return { verdict: 'known', reasons: [known.because] }
}

type Encoded = { output: string; starts: number[]; whyWhole: string } | { refused: string }

async function encode(bench: Bench, source: string, preset: Preset, room: string): Promise<Encoded> {
  const ffmpegPath = ffmpegOf(bench)
  const owner = kindIn(bench.folder, { ffmpegPath, presetFolders })
  const other = kindIn(bench.folder, { ffmpegPath: otherMachine(room, ffmpegPath), presetFolders })
  const seen: { prepared?: PreparedJob; plan?: JobPlan } = {}
  const watched: JobKind = {
    ...owner,
    prepare: async (...args) => (seen.prepared = await owner.prepare(...args)),
    plan: async (...args) => (seen.plan = await owner.plan(...args))
  }
  const params = queueParams(source, preset.name, { outDir: room })
  try {
    const { output, job } = await encodeInChunks(watched, params, awkwardBounds, takingTurns(owner, other))
    const starts = job.tasks
      .flatMap(({ kind, range }) => (kind === 'encode-chunk' && range ? [range.start] : []))
      .sort((a, b) => a - b)
    return { output, starts, whyWhole: '' }
  } catch (error) {
    if (seen.prepared?.kind === 'refused') return { refused: seen.prepared.error.message }
    // What only the times of all frames tell is refused when the job is planned.
    if (seen.prepared?.kind === 'ready' && !seen.plan && error instanceof Error)
      return { refused: error.message }
    if (seen.plan?.split !== null) throw error
    const { output } = await encodeWhole(owner, params)
    return { output, starts: [0], whyWhole: ': its plan has no chunks' }
  }
}

function seamOf(
  joined: string,
  single: string,
  source: string,
  starts: readonly number[],
  { expected }: SourceKind
): SeamQuality | null {
  const { width, height, pix_fmt: pixelFormat } = videoOf(describeAll(single))
  if (expected.timesS.length < 2) return null
  return worstSeam({ joined, single, source }, starts, {
    width: Number(width),
    height: Number(height),
    pixelFormat: String(pixelFormat)
  })
}
