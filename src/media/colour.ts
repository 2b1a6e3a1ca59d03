import type { Preset } from './presets/index.ts'
import { type Colour, isRgb, type VideoStream } from './source.ts'

/** The matrices by which ffmpeg's scaler turns red, green and blue into brightness and colour, in its names. */
export const scalerMatrices = ['bt709', 'smpte170m', 'fcc', 'smpte240m', 'bt2020'] as const
export type ScalerMatrix = (typeof scalerMatrices)[number]

/** How the numbers of the picture change, and what the output says of them. */
export interface ColourPlan {
  /** Data levels as they come and as they go into the encoder. */
  levels: { from: 'tv' | 'pc'; to: 'tv' | 'pc' }
  /** Null: numbers keep their meaning. `from` is null where they are red, green and blue. */
  matrices: { from: ScalerMatrix | null; to: ScalerMatrix } | null
  /** What is written into the output. */
  tags: Colour
}

/** Pictures with fewer lines are standard definition: without tags, players take them for BT.601. */
const hdLines = 720

const impliedMatrix = (lines: number): 'bt709' | 'smpte170m' => (lines >= hdLines ? 'bt709' : 'smpte170m')

/** These have no place for it: whoever reads them takes the levels for video. */
const alwaysVideoLevels = ({ codec }: Pick<Preset, 'codec'>): boolean => codec.startsWith('prores')

/**
 * @param output size and format of the pictures that are encoded
 */
export function colourPlan(
  preset: Pick<Preset, 'codec' | 'levels'>,
  video: Pick<VideoStream, 'pixelFormat' | 'colour' | 'height'>,
  output: { pixelFormat: string; height: number }
): ColourPlan {
  const from = levelsOf(video)
  const toRgb = isRgb(output.pixelFormat)
  const levels = { from, to: toRgb ? 'pc' : levelsOfOutput(preset, output.pixelFormat, from) } as const
  const matrices = toRgb ? null : matricesOf(preset, video, output)
  const { primaries, transfer } = video.colour
  const fromRgb = isRgb(video.pixelFormat) && !toRgb
  const tags: Colour = {
    range: levels.to,
    // What a screen shows, where red, green and blue tell nothing: containers keep all three or none.
    primaries: primaries ?? (fromRgb ? 'bt709' : null),
    transfer: transfer ?? (fromRgb ? 'iec61966-2-1' : null),
    matrix: toRgb ? null : matrices !== null ? nameOf(matrices.to) : matrixOf(video, output)
  }
  return { levels, matrices, tags: preset.codec.startsWith('prores') ? inProres(tags) : tags }
}

function matricesOf(
  { codec }: Pick<Preset, 'codec'>,
  video: Pick<VideoStream, 'pixelFormat' | 'colour' | 'height'>,
  output: { height: number }
): ColourPlan['matrices'] {
  // JPEG is BT.601 (JFIF), whatever stands beside it; what ffmpeg's encoder says in every frame of DNxHD is BT.709.
  const fixed = codec === 'mjpeg' ? 'smpte170m' : codec === 'dnxhd' ? 'bt709' : null
  if (isRgb(video.pixelFormat)) return { from: null, to: fixed ?? impliedMatrix(output.height) }
  if (codec !== 'mjpeg') return null
  const from = scalersOwn(video.colour.matrix ?? impliedMatrix(video.height))
  return from === null || from === 'smpte170m' ? null : { from, to: 'smpte170m' }
}

const scalersOwn = (matrix: NonNullable<Colour['matrix']>): ScalerMatrix | null => {
  if (matrix === 'bt470bg') return 'smpte170m'
  if (matrix === 'bt2020nc') return 'bt2020'
  return scalerMatrices.find((known) => known === matrix) ?? null
}

const nameOf = (matrix: ScalerMatrix): Colour['matrix'] => (matrix === 'bt2020' ? 'bt2020nc' : matrix)

/**
 * The header of a ProRes frame (SMPTE RDD 36) has few names. Curves and matrices that are the same by another name (ITU-T
 * H.273: transfers 1, 6, 14 and 15; matrices 5 and 6) are called by it; for others it has none.
 */
function inProres({ range, primaries, transfer, matrix }: Colour): Colour {
  const sameCurve = ['smpte170m', 'bt2020-10', 'bt2020-12']
  const named = <T>(value: T, names: readonly T[]): T | null => (names.includes(value) ? value : null)
  return {
    range,
    primaries: named(primaries, ['bt709', 'bt470bg', 'smpte170m', 'bt2020', 'smpte431', 'smpte432']),
    transfer:
      transfer !== null && sameCurve.includes(transfer)
        ? 'bt709'
        : named(transfer, ['bt709', 'smpte2084', 'arib-std-b67']),
    matrix: matrix === 'bt470bg' ? 'smpte170m' : named(matrix, ['bt709', 'smpte170m', 'bt2020nc'])
  }
}

/** What is not told is video, but for red, green and blue, and the formats that have it in their name. */
export const levelsOf = ({
  pixelFormat,
  colour
}: Pick<VideoStream, 'pixelFormat' | 'colour'>): 'tv' | 'pc' =>
  isRgb(pixelFormat) || pixelFormat?.startsWith('yuvj') ? 'pc' : (colour.range ?? 'tv')

function levelsOfOutput(
  preset: Pick<Preset, 'codec' | 'levels'>,
  pixelFormat: string,
  source: 'tv' | 'pc'
): 'tv' | 'pc' {
  if (pixelFormat.startsWith('yuvj')) return 'pc'
  if (preset.levels === 'video' || alwaysVideoLevels(preset)) return 'tv'
  return preset.levels === 'full' ? 'pc' : source
}

/** A large picture that tells nothing was taken for BT.709; made small, it would be taken for BT.601. */
function matrixOf(
  { colour, height }: Pick<VideoStream, 'colour' | 'height'>,
  output: { height: number }
): Colour['matrix'] {
  if (colour.matrix !== null) return colour.matrix
  const before = impliedMatrix(height)
  return before === impliedMatrix(output.height) ? null : before
}

/** Why a preset's levels cannot be had, in words for a person, or null. */
export const whyNotLevels = (preset: Pick<Preset, 'codec' | 'levels'>): string | null =>
  preset.levels === 'full' && alwaysVideoLevels(preset)
    ? 'ProRes has no place to say that its levels are full; `levels: video` works'
    : null
