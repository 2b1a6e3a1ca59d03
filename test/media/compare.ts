import type { Preset } from '../../src/media/index.ts'
import { type Described, describeAll, packetLines, packetTimes, pictureHashes, soundsOf } from './read.ts'

/** Every frame of what a preset makes stands alone. */
export const isIntraPreset = ({ codec, intra }: Pick<Preset, 'codec' | 'intra'>): boolean =>
  intra || !['libx264', 'libx265', 'libsvtav1'].includes(codec)

/**
 * Holds a joined file against one run's: packets (intra) or times and counts (long GOP), decoded sound, and everything
 * that ffprobe tells.
 * @param starts frame numbers at which chunks begin
 * @returns the differences in words, empty when there are none
 */
export function differences(
  joined: string,
  single: string,
  preset: Preset,
  starts: readonly number[]
): string[] {
  const intra = isIntraPreset(preset)
  const [made, wanted] = [describeAll(joined), describeAll(single)]
  const found = intra ? packetDifferences(joined, single) : gopDifferences(joined, single, starts)
  if (wanted.streams.some(({ codec_type: type }) => type === 'audio')) {
    found.push(...lineDifferences('sound', soundsOf(joined), soundsOf(single)))
  }
  return [...found, ...descriptionDifferences(made, wanted, intra)]
}

const packetDifferences = (joined: string, single: string): string[] =>
  lineDifferences('packet', packetLines(joined, '0:v:0'), packetLines(single, '0:v:0'))

function gopDifferences(joined: string, single: string, starts: readonly number[]): string[] {
  const [made, wanted] = [packetTimes(joined), packetTimes(single)]
  const times = ({ clock, packets }: typeof made) => packets.map(({ pts }) => `${pts}*${clock}`)
  const found = lineDifferences('time', times(made), times(wanted))
  for (const start of starts) {
    if (made.packets[start]?.key !== true)
      found.push(`the chunk at frame ${start} does not begin with a keyframe`)
  }
  const [pictures, expected] = [pictureHashes(joined).length, pictureHashes(single).length]
  if (pictures !== expected) found.push(`${pictures} pictures are decoded instead of ${expected}`)
  return found
}

/** One line of words for the first difference of two lists, and how many there are. */
function lineDifferences(what: string, made: readonly string[], wanted: readonly string[]): string[] {
  if (made.length !== wanted.length) return [`${what}s: ${made.length} lines instead of ${wanted.length}`]
  const at = made.flatMap((line, i) => (line === wanted[i] ? [] : [i]))
  if (at.length === 0) return []
  return [`${at.length} ${what}s differ, the first: ${made[at[0]!]} instead of ${wanted[at[0]!]}`]
}

/**
 * Of the file, not of what is in it: its name, what follows from how its packets are laid out, and the program that wrote
 * a stream into a Matroska file, where a copy names none.
 */
const ofTheFile: readonly string[] = ['ENCODER', 'filename', 'probe_score', 'size', 'bit_rate']
/** Made by chance for every MXF that is written; in another container, what is left of its source's. */
const byChance = /umid$|^(generation_)?uid$/i
/** Of packets' sizes, which differ where an encoder decides by what it saw before. */
const ofSizes: readonly string[] = ['max_bit_rate', 'BPS', 'NUMBER_OF_BYTES', 'extradata_size']

function descriptionDifferences(made: Described, wanted: Described, intra: boolean): string[] {
  const left = flat(made, intra)
  const right = flat(wanted, intra)
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((key) => left.get(key) !== right.get(key))
    .map((key) => `${key} is ${left.get(key) ?? 'not there'} instead of ${right.get(key) ?? 'not there'}`)
}

/** `streams.0.tags.language` → value. */
function flat(described: Described, intra: boolean): Map<string, string> {
  const values = new Map<string, string>()
  const walk = (value: unknown, path: string, key: string): void => {
    if (ofTheFile.includes(key) || byChance.test(key) || (!intra && ofSizes.includes(key))) return
    if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value))
        walk(inner, path === '' ? name : `${path}.${name}`, name)
    } else values.set(path, String(value))
  }
  walk(described, '', '')
  return values
}
