import type { TimelineFormat } from './model.ts'
import { endingOf, lastComponent } from './names.ts'
import { xmlRootName } from './xml.ts'

/** Endings of what `readTimeline` reads. `.xml` may be anything: only its content tells. */
const readEndings = new Set('otio otioz otiod fcpxml fcpxmld edl kdenlive mlt xml'.split(' '))

/** Endings of timelines that are not read, with the program's own way to one that is. */
const foreign: Readonly<Record<string, string>> = {
  aaf: 'AAF',
  avb: 'an Avid bin',
  avp: 'an Avid project',
  prproj: 'a Premiere project',
  drp: 'a DaVinci Resolve project',
  drt: 'a DaVinci Resolve timeline',
  dra: 'a DaVinci Resolve archive',
  fcpbundle: 'a Final Cut library',
  fcp: 'a Final Cut 7 project',
  veg: 'a Vegas project'
}

/** Whether a path looks like a timeline (one that is read, or one that the message about it helps with). */
export function isTimelinePath(path: string): boolean {
  const ending = endingOf(lastComponent(path) ?? '')
  return readEndings.has(ending) || ending in foreign
}

/** What the formats that can be exported instead are called in the programs' menus. */
export const exportInstead =
  'export OpenTimelineIO (.otio), FCPXML, Final Cut 7 XML or an EDL from the editing program and queue that'

/** The name of a format that is known but not read, by its ending or first bytes; null for all others. */
export function foreignFormat(path: string, bytes: Uint8Array): string | null {
  const name = foreign[endingOf(lastComponent(path) ?? '')]
  if (name !== undefined) return name
  // A Microsoft structured storage file: the container of AAF.
  const isStructured = [0xd0, 0xcf, 0x11, 0xe0].every((byte, at) => bytes[at] === byte)
  return isStructured ? 'AAF' : null
}

export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4

/** The format of a text, by what is in it first and by its ending where that leaves a choice; null when it is none. */
export function detectFormat(path: string, text: string): TimelineFormat | null {
  const ending = endingOf(lastComponent(path) ?? '')
  const head = text.slice(0, 4_096).trimStart()
  if (head.startsWith('<')) return fromRoot(xmlRootName(text), ending, text)
  if (head.startsWith('{')) return ending === 'otio' || text.includes('"OTIO_SCHEMA"') ? 'otio' : null
  if (ending === 'edl') return 'edl'
  const looksLikeEdl = /^(TITLE:|FCM:)|^\d{3,6}\s+\S+\s+\S+\s+[CDWK]/m.test(head)
  if (looksLikeEdl && ending !== 'otio') return 'edl'
  // By its ending it is one, so its reader shall say what is wrong with it.
  if (ending === 'otio' || ending === 'fcpxml' || ending === 'kdenlive' || ending === 'mlt') return ending
  return null
}

function fromRoot(root: string | null, ending: string, text: string): TimelineFormat | null {
  if (root === 'fcpxml' || root === 'xmeml') return root
  if (root === 'mlt')
    return ending === 'kdenlive' || /"kdenlive:docproperties/.test(text) ? 'kdenlive' : 'mlt'
  if (root !== null) return null
  // No root in sight: it is damaged, and the reader of what it says to be tells how.
  if (ending === 'fcpxml' || ending === 'kdenlive' || ending === 'mlt') return ending
  return text.includes('<xmeml') ? 'xmeml' : text.includes('<fcpxml') ? 'fcpxml' : null
}
