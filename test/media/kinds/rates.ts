import { aac, by, film, lengthOf, tones, x264 } from './film.ts'
import { expects, type SourceKind, sound } from './kind.ts'

const rates = [
  ['23.976', '24000/1001', 'mov'],
  ['24', '24', 'mp4'],
  ['25', '25', 'mov'],
  ['29.97', '30000/1001', 'mp4'],
  ['30', '30', 'mkv'],
  ['50', '50', 'mov'],
  ['59.94', '60000/1001', 'mp4']
] as const

/** Constant rates, in H.264 with closed groups of pictures and B-frames. */
export const rateKinds: readonly SourceKind[] = rates.map(([name, rate, ending]) => ({
  name: `rate-${name}`,
  what: `${name} fps, H.264 closed GOP, ${ending.toUpperCase()}`,
  ending,
  make: by(film(rate), tones(lengthOf(rate)), x264(), aac),
  expected: expects(rate, { audio: [sound({ seconds: lengthOf(rate) })] })
}))
