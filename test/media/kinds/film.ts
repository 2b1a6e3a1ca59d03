import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { tools } from '../../acceptance/media/support/clips.ts'
import { frameCount, gop, rateOf } from './kind.ts'

/**
 * The picture of every clip. It moves, and says what it is: its upper left eighth-by-ninth row holds the number of the
 * frame in eight black and white blocks, the row below it four patches of known levels.
 */
export interface FilmOptions {
  frames?: number
  size?: string
  pixelFormat?: string
  /** Filters before the numbers are drawn: they see the moving picture alone. */
  before?: string
  /** Filters after the numbers are drawn. */
  after?: string
}

/** Columns and rows of the grid that the marks are drawn in. */
export const grid = { columns: 16, rows: 9, bits: 8 } as const

/** Patches of the second row from the left, each two columns wide, and their luma in video levels. */
export const patches = [
  { colour: 'white', luma: 235 },
  { colour: '0x808080', luma: 126 },
  { colour: 'red', luma: 81 },
  { colour: 'black', luma: 16 }
] as const

const box = (column: number, row: number, columns: number, colour: string, enable = ''): string =>
  `drawbox=x=iw*${column}/${grid.columns}:y=ih*${row}/${grid.rows}:w=iw*${columns}/${grid.columns}` +
  `:h=ih/${grid.rows}:color=${colour}:t=fill${enable}`

const marks: string = [
  box(0, 0, grid.bits, 'black'),
  ...Array.from({ length: grid.bits }, (_, bit) =>
    box(bit, 0, 1, 'white', `:enable='mod(floor(n/${2 ** bit}),2)'`)
  ),
  ...patches.map(({ colour }, i) => box(i * 2, 1, 2, colour))
].join(',')

/** Input arguments of the moving picture with its marks. */
export function film(rate: string, options: FilmOptions = {}): string[] {
  const { frames = frameCount, size = '256x144', pixelFormat = 'yuv420p', before, after } = options
  const filters = [
    `testsrc2=size=${size}:rate=${rate}`,
    ...(before === undefined ? [] : [before]),
    `trim=end_frame=${frames}`,
    // Boxes are drawn in 8 bit.
    `format=${/^yuv4(20|22|44)p$/.test(pixelFormat) ? pixelFormat : 'yuv444p'}`,
    marks,
    ...(pixelFormat.startsWith('yuv4') ? [`format=${pixelFormat}`] : []),
    ...(after === undefined ? [] : [after])
  ]
  return ['-f', 'lavfi', '-i', filters.join(',')]
}

/** Input arguments of a tone a channel. */
export function tones(
  seconds: number,
  {
    hz = [440, 660],
    layout = 'stereo',
    rate = 48_000
  }: { hz?: readonly number[]; layout?: string; rate?: number } = {}
): string[] {
  const channels = hz.map((frequency) => `0.25*sin(2*PI*${frequency}*t)`).join('|')
  return ['-f', 'lavfi', '-i', `aevalsrc='${channels}':c=${layout}:s=${rate}:d=${seconds}`]
}

export const lengthOf = (rate: string, frames = frameCount): number => frames / rateOf(rate)

/** H.264 with three B-frames; groups end where they are told to. */
export const x264 = (more = '', options: readonly string[] = []): string[] => [
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-g', String(gop), '-bf', '3', '-crf', '16'],
  ...['-x264-params', `scenecut=0:force-cfr=0${more}`, ...options]
]
export const x265 = (more = '', options: readonly string[] = []): string[] => [
  ...['-c:v', 'libx265', '-preset', 'veryfast', '-crf', '16', '-pix_fmt', 'yuv420p10le'],
  ...[
    '-x265-params',
    `log-level=error:keyint=${gop}:min-keyint=${gop}:scenecut=0:bframes=4${more}`,
    ...options
  ]
]
export const aac = ['-c:a', 'aac', '-b:a', '128k'] as const
export const pcm = ['-c:a', 'pcm_s16le'] as const

/** Runs ffmpeg with a list of arguments. @throws Error with what it said */
export function ffmpegRun(args: readonly string[], program = tools.ffmpeg.path): void {
  execFileSync(program, ['-nostdin', '-v', 'error', '-y', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
}

/** A recipe of one run. */
export const by =
  (...args: readonly (string | readonly string[])[]) =>
  (path: string): void =>
    ffmpegRun([...args.flat(), path])

/** A recipe whose second run copies what the first one made, which is removed then. */
export const inTwoSteps =
  (
    ending: string,
    first: readonly (string | readonly string[])[],
    then: (from: string) => readonly string[],
    program?: string
  ) =>
  (path: string): void => {
    const between = `${path}.first.${ending}`
    ffmpegRun([...first.flat(), between])
    ffmpegRun([...then(between), path], program)
    rmSync(between)
  }
