import { dnxhdFrameBytes, type Picture, type Preset } from '../../media/index.ts'

/**
 * Bits a pixel of a picture, by encoder and profile. Of the constant-rate codecs from their data sheets (DNxHR SQ
 * 1080p25 is 116 Mbit/s, LB 36; ProRes 422 Proxy 38, LT 85, 422 122, HQ 184); of the others what usual pictures take.
 */
const bitsPerPixel: Readonly<Record<string, number>> = {
  'dnxhd dnxhr_lb': 0.7,
  'dnxhd dnxhr_sq': 2.25,
  'dnxhd dnxhr_hq': 3.4,
  'dnxhd dnxhr_hqx': 3.5,
  'dnxhd dnxhr_444': 7,
  'prores 0': 0.73,
  'prores 1': 1.64,
  'prores 2': 2.35,
  'prores 3': 3.5,
  'prores 4': 5.3,
  'prores 5': 8,
  'prores proxy': 0.73,
  'prores lt': 1.64,
  'prores standard': 2.35,
  'prores hq': 3.5,
  'prores 4444': 5.3,
  'prores 4444xq': 8,
  libx264: 0.08,
  'libx264 intra': 1.2,
  libx265: 0.05,
  'libx265 intra': 1,
  libsvtav1: 0.04,
  mjpeg: 1.5
}

/** About how many bytes the video of an output takes. Good for asking whether a disk has room, not for more. */
export function estimateBytes(
  preset: Pick<Preset, 'codec' | 'profile' | 'intra'>,
  picture: Pick<Picture, 'width' | 'height'>,
  frames: number
): number {
  const fixed = dnxhdFrameBytes(preset, { ...picture, interlaced: false })
  if (fixed !== null) return fixed * frames
  const family = preset.codec.startsWith('prores') ? 'prores' : preset.codec
  const bits =
    bitsPerPixel[`${family} ${preset.intra ? 'intra' : preset.profile}`] ?? bitsPerPixel[family] ?? 2
  return Math.round((bits * picture.width * picture.height * frames) / 8)
}

/** Kept free beyond what an estimate says. */
const reserveBytes = 1024 * 1024

/** Why there is no room, in words for a person, or null. */
export function whyNoRoom(neededBytes: number, freeBytes: number, folder: string): string | null {
  if (freeBytes >= neededBytes + reserveBytes) return null
  return `not enough space in ${folder}: about ${megabytes(neededBytes)} needed, ${megabytes(freeBytes)} free`
}

const megabytes = (bytes: number): string => `${Math.max(0, Math.round(bytes / 1e6))} MB`
