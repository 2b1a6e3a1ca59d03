import type { Picture } from '../picture.ts'
import type { Colour } from '../source.ts'

/** What decoding of the source is told, however it is entered. */
export const sourceOptions = ({ rotation }: Picture): string[] =>
  rotation === 'keep' ? ['-noautorotate'] : []

/** From decoded frames to those that the encoder takes. The same for a chunk and for one run. */
export const videoFilters = (picture: Picture): string[] => [
  ...fieldFilters(picture),
  ...pictureFilters(picture)
]

/** Frames before and after those of a chunk that its filters look at. */
export const neighboursOf = ({ deinterlaced }: Picture): number => (deinterlaced ? 1 : 0)

/** What is done to fields. It may look at the frame before and the one after. */
export function fieldFilters({ setField, deinterlaced }: Picture): string[] {
  return [
    ...(setField === null ? [] : [`setfield=${setField}`]),
    ...(deinterlaced ? ['bwdif=mode=send_frame:parity=auto:deint=interlaced'] : [])
  ]
}

/** What is done to each frame by itself, but for the one that makes a constant rate. */
export function pictureFilters(picture: Picture): string[] {
  const { constantRate, scaled, squarePixels, linesBelow, colour } = picture
  return [
    ...(constantRate === null ? [] : [`fps=${constantRate}`]),
    ...scaleFilters(picture),
    ...(scaled && squarePixels ? ['setsar=1'] : []),
    ...(linesBelow === 0 ? [] : fillBelow(linesBelow, picture)),
    ...(colour === null ? [] : [tagFilter(colour.tags)])
  ]
}

function scaleFilters({ width, height, scaled, interlaced, colour, pixelFormat }: Picture): string[] {
  const levels = colour?.levels
  // Left to itself, ffmpeg 5 makes video levels of full ones whenever it changes the format.
  const isFull = levels?.from === 'pc' || levels?.to === 'pc'
  const matrices = colour?.matrices ?? null
  if (!scaled && !interlaced && !isFull && matrices === null) return []
  const options = [
    `scale=${width}:${height}`,
    'flags=bicubic',
    // Only frames that say so: a film may have both kinds.
    ...(interlaced ? ['interl=-1'] : []),
    ...(levels === undefined ? [] : [`in_range=${levels.from}`, `out_range=${levels.to}`]),
    ...(matrices === null || matrices.from === null ? [] : [`in_color_matrix=${matrices.from}`]),
    ...(matrices === null ? [] : [`out_color_matrix=${matrices.to}`])
  ]
  // Its full levels are said beside it: of formats called `yuvj`, ffmpeg 7.0 does not convert the matrix.
  return [options.join(':'), `format=${pixelFormat.replace(/^yuvj/, 'yuv')}`]
}

/**
 * `prores_aw` takes the size of a frame for that of a field and so reads up to 31 lines beyond its end: what happens to
 * stand there in memory, which is different every time, or nothing, and it crashes (seen with 5.1 and 7.0). `crop` moves
 * no pixels, so that the picture is followed by lines like its last one.
 */
const fillBelow = (lines: number, { height }: Picture): string[] => [
  `pad=iw:${height + lines}:0:0`,
  `fillborders=bottom=${lines}:mode=smear`,
  `crop=iw:${height}:0:0`
]

/** Encoders and containers take what the frames say. */
function tagFilter({ range, primaries, transfer, matrix }: Colour): string {
  const tags = { range, color_primaries: primaries, color_trc: transfer, colorspace: matrix }
  const said = Object.entries(tags).flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`]))
  return `setparams=${said.join(':')}`
}
