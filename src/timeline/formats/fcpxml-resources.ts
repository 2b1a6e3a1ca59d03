import { quoted } from '../errors.ts'
import { divide, type Rational, rational } from '../rational.ts'
import { attribute, childrenNamed, type XmlElement } from '../xml.ts'
import { errorAt, type TimelineText } from './reader.ts'

/** What a library has to offer, by its id. */
export interface Resources {
  assets: ReadonlyMap<string, XmlElement>
  media: ReadonlyMap<string, XmlElement>
  effects: ReadonlySet<string>
  /** Frame rate by format id; null for formats without one. */
  rates: ReadonlyMap<string, Rational | null>
}

/** Reads the resources of a library. */
export function readResources(source: TimelineText, element: XmlElement | null): Resources {
  const byId = (name: string): Map<string, XmlElement> =>
    new Map(childrenNamed(element, name).map((one) => [attribute(one, 'id') ?? '', one]))
  const rates = new Map<string, Rational | null>()
  for (const [id, format] of byId('format')) {
    const frame = attribute(format, 'frameDuration')
    const duration = frame === null ? null : parseTime(source, format, frame)
    rates.set(id, duration === null || duration.num <= 0 ? null : divide(rational(1), duration))
  }
  return { assets: byId('asset'), media: byId('media'), effects: new Set(byId('effect').keys()), rates }
}

/**
 * A time of FCPXML: `1001/24000s` or `5s`, exactly.
 * @throws TimelineError `malformed` at the element
 */
export function parseTime(source: TimelineText, element: XmlElement, written: string): Rational {
  const match = /^(-?\d{1,19})(?:\/(\d{1,19}))?s$/.exec(written.trim())
  if (match?.[1] === undefined || (match[2] !== undefined && /^0+$/.test(match[2]))) {
    throw errorAt(
      source,
      element.offset,
      'malformed',
      `${quoted(written)} in <${element.name}> is no time`,
      'export it again from the editing program'
    )
  }
  return rational(BigInt(match[1]), BigInt(match[2] ?? '1'))
}
