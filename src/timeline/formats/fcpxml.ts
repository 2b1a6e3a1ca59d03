import { SequenceCollector } from '../collect.ts'
import { brief } from '../errors.ts'
import type { TimelineSequence } from '../model.ts'
import { stemOf } from '../names.ts'
import { attribute, child, descendants, parseXml, type XmlElement } from '../xml.ts'
import { type Resources, readResources } from './fcpxml-resources.ts'
import { FcpxmlWalker } from './fcpxml-walk.ts'
import { errorAt, type ReadText, type TimelineText } from './reader.ts'

/** What is never looked at and may be large. */
const drop = new Set(['bookmark', 'param', 'text-style-def', 'keyframeAnimation', 'smart-collection', 'data'])

/**
 * Final Cut Pro's FCPXML, 1.5 to 1.13: its projects; where there is none, the clips of each event as a sequence.
 * @throws TimelineError
 */
export function readFcpxml(source: TimelineText): ReadText {
  const root = parseXml(source.text, { drop })
  const version = attribute(root, 'version')
  if (version === null || !/^1\.\d+$/.test(version)) {
    throw errorAt(
      source,
      root.offset,
      'version-unsupported',
      `FCPXML ${version === null ? 'of no version' : brief(version)} is not known`,
      'export it as FCPXML 1.5 to 1.13'
    )
  }
  const resources = readResources(source, child(root, 'resources'))
  const projects = [...descendants(root, 'project')]
  const sequences = projects.map((project, index) => readProject(source, resources, project, index))
  if (sequences.length === 0) {
    const holders = [...descendants(root, 'event')]
    for (const holder of holders.length > 0 ? holders : [root]) {
      const clips = readClips(source, resources, holder, sequences.length)
      if (clips !== null) sequences.push(clips)
    }
  }
  return { version, sequences }
}

function readProject(
  source: TimelineText,
  resources: Resources,
  project: XmlElement,
  index: number
): TimelineSequence {
  const collector = new SequenceCollector()
  const sequence = child(project, 'sequence')
  const walker = new FcpxmlWalker(source, resources, collector)
  if (sequence !== null) {
    walker.inside(sequence, { window: null, enabled: true, track: 'both', reel: null })
  }
  return collector.build({
    id: attribute(project, 'uid') ?? String(index),
    name: attribute(project, 'name') ?? stemOf(source.fileName),
    rate: resources.rates.get(attribute(sequence, 'format') ?? '') ?? null
  })
}

/** The clips that lie in an event, not in a project. */
function readClips(
  source: TimelineText,
  resources: Resources,
  holder: XmlElement,
  index: number
): TimelineSequence | null {
  const collector = new SequenceCollector()
  const walker = new FcpxmlWalker(source, resources, collector)
  walker.inside(holder, { window: null, enabled: true, track: 'both', reel: null })
  const name = attribute(holder, 'name') ?? stemOf(source.fileName)
  const clips = collector.build({ id: `event-${index}`, name, rate: null })
  return clips.media.length + clips.skipped.length === 0 ? null : clips
}
