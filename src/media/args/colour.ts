import type { Picture } from '../picture.ts'
import type { Preset } from '../presets/index.ts'

/** Encoders that code fields as such; others keep their lines, and the container says which field is first. */
export const fieldOptions = (
  codec: Preset['codec'],
  { interlaced }: Pick<Picture, 'interlaced'>
): string[] => {
  if (!interlaced) return []
  if (codec === 'libx264') return ['-flags:v', '+ildct+ilme']
  return codec.startsWith('prores') || codec === 'dnxhd' ? ['-flags:v', '+ildct'] : []
}

/** HDR10 metadata in the words of x265 (its units: 1/50000 and 1/10000 cd/m²) or SVT-AV1 (whole ones). */
export function hdrParameters(codec: Preset['codec'], { hdr }: Pick<Picture, 'hdr'>): string[] {
  if (hdr === null || !keepsHdr({ codec })) return []
  const isAv1 = codec === 'libsvtav1'
  const { mastering, contentLight } = hdr
  const parameters: string[] = []
  if (mastering !== null) {
    const numbers = isAv1 ? mastering.map((n, i) => n / (i < 8 ? 50_000 : 10_000)) : mastering
    const [gx, gy, bx, by, rx, ry, wx, wy, most, least] = numbers
    const name = isAv1 ? 'mastering-display' : 'master-display'
    parameters.push(`${name}=G(${gx},${gy})B(${bx},${by})R(${rx},${ry})WP(${wx},${wy})L(${most},${least})`)
  }
  if (contentLight !== null) {
    parameters.push(`${isAv1 ? 'content-light' : 'max-cll'}=${contentLight.join()}`)
  }
  return parameters
}

/** Of these encoders' output, the HDR10 metadata of the source is a part. */
export const keepsHdr = ({ codec }: Pick<Preset, 'codec'>): boolean =>
  codec === 'libx265' || codec === 'libsvtav1'
