import { isIntra, MediaError, type Preset, type Source } from '../../media/index.ts'
import type { RequestPayload } from './payload.ts'

/** @throws MediaError `not-encodable`: no such frames, or none that could be told from others */
export function checkPart(
  source: Source,
  preset: Preset,
  { start, end }: NonNullable<RequestPayload['part']>
): void {
  const { frames, path } = source
  const irregular = whyWhole(source, preset)
  const why = irregular ?? (end > frames.pts.length ? `it has ${frames.pts.length} frames, not ${end}` : null)
  if (why === null) return
  throw new MediaError(
    'not-encodable',
    `frames ${start} to ${end - 1} of ${path} cannot be cut out: ${why}`,
    'Queue the whole file, without --used-ranges.'
  )
}

/** The frame at which decoding has to begin for a frame: itself where every frame stands alone. */
export function keyframeBefore(source: Source, frame: number): number {
  const from = Math.max(0, frame)
  return isIntra(source) ? from : (source.frames.keyframes.findLast((index) => index <= from) ?? 0)
}

/** When the frame before `end` is over, in ticks. */
export const endOf = ({ pts, lastDuration }: Source['frames'], end: number): number =>
  pts[end] ?? pts.at(-1)! + lastDuration

/** Why a source can only be encoded in one piece with a preset, in words for a person, or null. */
export function whyWhole(
  source: Pick<Source, 'frames'>,
  { frameRate }: Pick<Preset, 'frameRate'>
): string | null {
  if (frameRate !== 'source') return `a constant rate of ${frameRate} frames a second is made of it`
  return source.frames.irregular
}
