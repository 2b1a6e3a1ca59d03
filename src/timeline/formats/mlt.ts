import { SequenceCollector } from '../collect.ts'
import { brief } from '../errors.ts'
import type { TimelineSequence } from '../model.ts'
import { stemOf } from '../names.ts'
import { type Rational, rational } from '../rational.ts'
import { attribute, child, childrenNamed, descendants, parseXml, type XmlElement } from '../xml.ts'
import { MltWalker } from './mlt-walk.ts'
import { errorAt, type ReadText, type TimelineText } from './reader.ts'

/** What is never looked at and may be large. */
const drop = new Set(['filter', 'transition', 'consumer'])

/** Elements that stand for something to play. */
export const services = ['producer', 'chain', 'playlist', 'tractor', 'multitrack'] as const

/** An MLT document: its services by id, and what holds for all of it. */
export interface MltDocument {
  services: ReadonlyMap<string, XmlElement>
  /** Relative resources start here; empty where they start at the file's folder. */
  root: string
  /** Frames per second of the profile, which every time in it counts in. */
  rate: Rational
}

/**
 * MLT XML, also that of Shotcut and Kdenlive: the sequences of a Kdenlive project (one, before 23.04), else what MLT
 * itself would play.
 * @throws TimelineError
 */
export function readMlt(source: TimelineText): ReadText {
  const root = parseXml(source.text, { drop })
  const byId = new Map<string, XmlElement>()
  for (const name of services) {
    for (const element of descendants(root, name)) {
      const id = attribute(element, 'id')
      if (id !== null && !byId.has(id)) byId.set(id, element)
    }
  }
  const document: MltDocument = {
    services: byId,
    root: attribute(root, 'root') ?? '',
    rate: rateOf(source, root)
  }
  const sequences = sequenceElements(root, byId).map((element, index): TimelineSequence => {
    const collector = new SequenceCollector()
    new MltWalker(source, document, collector).play(element)
    return collector.build({
      id: property(element, 'kdenlive:uuid') ?? attribute(element, 'id') ?? String(index),
      name: property(element, 'kdenlive:clipname') ?? stemOf(source.fileName),
      rate: document.rate
    })
  })
  return { version: attribute(root, 'version'), sequences }
}

/** MLT's own default profile is PAL (25 fps), as `mlt_profile_init` has it. */
function rateOf(source: TimelineText, root: XmlElement): Rational {
  const profile = child(root, 'profile')
  if (profile === null) return rational(25)
  const num = attribute(profile, 'frame_rate_num') ?? ''
  const den = attribute(profile, 'frame_rate_den') ?? '1'
  if (/^[1-9]\d{0,8}$/.test(num) && /^[1-9]\d{0,8}$/.test(den)) return rational(Number(num), Number(den))
  throw errorAt(
    source,
    profile.offset,
    'malformed',
    `the profile has no frame rate (${brief(num)}/${brief(den)})`
  )
}

/** The sequences, the opened one first. */
function sequenceElements(root: XmlElement, byId: ReadonlyMap<string, XmlElement>): XmlElement[] {
  const tractors = [...byId.values()].filter((element) => element.name === 'tractor')
  const isSequence = (element: XmlElement): boolean =>
    childrenNamed(element, 'property').some((one) =>
      /^kdenlive:(uuid|sequenceproperties\.)/.test(attribute(one, 'name') ?? '')
    )
  const sequences = tractors.filter(isSequence)
  if (sequences.length > 0) {
    const project = tractors.find((one) => property(one, 'kdenlive:projectTractor') === '1')
    const opened = new Set(
      childrenNamed(project ?? null, 'track').map((track) => attribute(track, 'producer'))
    )
    return [
      ...sequences.filter((one) => opened.has(attribute(one, 'id'))),
      ...sequences.filter((one) => !opened.has(attribute(one, 'id')))
    ]
  }
  // MLT plays the last service of the document; a `producer` attribute names another, but for the bins of editors.
  const named = byId.get(attribute(root, 'producer') ?? '')
  if (named !== undefined && !/^main[_ ]bin$/.test(attribute(named, 'id') ?? '')) return [named]
  const last = root.children.findLast((element) => services.some((name) => name === element.name))
  return last === undefined ? [] : [last]
}

/** A property of a service; null when it is absent or empty. */
export function property(element: XmlElement, name: string): string | null {
  const found = childrenNamed(element, 'property').find((one) => attribute(one, 'name') === name)
  return found === undefined || found.text === '' ? null : found.text
}
