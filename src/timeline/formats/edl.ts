import { SequenceCollector } from '../collect.ts'
import { TimelineError } from '../errors.ts'
import { timelineLimits } from '../limits.ts'
import type { MediaUse, UsedRange } from '../model.ts'
import { isAudioPath, stemOf } from '../names.ts'
import { parseTimecode } from '../timecode.ts'
import type { ReadText, TimelineText } from './reader.ts'

/** One line of an event with what the comments below it say. */
interface EdlEvent {
  number: string
  reel: string
  channels: string
  from: string
  to: string
  clipName: string | null
  path: string | null
  sourceFile: string | null
  still: boolean
  speedChanged: boolean
}

const timecode = String.raw`(\d{2}[:;.]\d{2}[:;.]\d{2}[:;.,]\d{2,3})`
const eventLine = new RegExp(
  String.raw`^(\d{1,8}[A-Z]?)\s+(\S.*?)\s+([A-Z0-9/]{1,12})\s+(C|D|W\w*|KB?|KO|K\s[BO])\s+(?:\(?[FO]?\)?\s*\d+\s+)?` +
    `${timecode}\\s+${timecode}\\s+${timecode}\\s+${timecode}\\s*$`,
  'i'
)

/** A line of an EDL has 80 characters, comments with paths some more. */
const maxLineLength = 2_048

/** A line that means to be an event, whatever became of the rest of it. */
const brokenEvent = /^\d{3,8}\s+\S+\s+(?:V\d*|A\d*|AA|B|NONE|AA?\/V)\s+(?:C|D|W\d+|K[BO]?)\s/i

/**
 * A CMX 3600 edit decision list, with the comments that editing programs add. Times stay timecodes: an EDL does not
 * tell its rate.
 * @throws TimelineError `malformed`, `truncated` with the line
 */
export function readEdl(source: TimelineText): ReadText {
  if (source.text.length > timelineLimits.edlSizeBytes) {
    const most = timelineLimits.edlSizeBytes / 1024 / 1024
    throw new TimelineError('too-large', `it has more than the ${most} MB that are read of an EDL`, {
      hint: 'export one sequence at a time'
    })
  }
  const lines = source.text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)
  const events: EdlEvent[] = []
  const longReels = new Map<string, string>()
  let title = ''
  const lastLine = lines.findLastIndex((line) => line.trim() !== '')
  lines.forEach((line, index) => {
    const text = line.slice(0, maxLineLength).trim()
    const event = readEvent(text, { line: index + 1, last: index === lastLine })
    if (event !== null) events.push(event)
    else if (/^TITLE:/i.test(text)) title ||= text.slice(6).trim()
    else readNote(text, events, longReels)
  })
  if (events.length === 0) {
    throw new TimelineError('malformed', 'it holds no event', {
      hint: 'export it again as CMX 3600',
      place: { line: 1, column: 1 }
    })
  }
  const collector = new SequenceCollector()
  for (const event of events) collect(event, longReels, collector)
  const sequence = collector.build({ id: '0', name: title || stemOf(source.fileName), rate: null })
  return { version: null, sequences: [sequence] }
}

function readEvent(text: string, at: { line: number; last: boolean }): EdlEvent | null {
  const match = eventLine.exec(text)
  if (match === null) {
    if (!brokenEvent.test(text)) return null
    throw new TimelineError(
      at.last ? 'truncated' : 'malformed',
      at.last ? 'it ends within an event' : 'this event has not its four timecodes',
      { hint: 'export it again as CMX 3600', place: { line: at.line, column: 1 } }
    )
  }
  const [, number = '', reel = '', channels = '', , from = '', to = '', recordFrom = '', recordTo = ''] =
    match
  const bad = [from, to, recordFrom, recordTo].find((code) => parseTimecode(code) === null)
  if (bad !== undefined) {
    throw new TimelineError('malformed', `${bad} is no timecode`, {
      hint: 'export it again as CMX 3600',
      place: { line: at.line, column: 1 }
    })
  }
  const nothing = { clipName: null, path: null, sourceFile: null, still: false, speedChanged: false }
  return { number, reel, channels: channels.toUpperCase(), from, to, ...nothing }
}

/** The comments that name media. `FROM CLIP NAME` must be tried before `FROM CLIP`. */
const notes: readonly [RegExp, (value: string, event: EdlEvent) => void][] = [
  [/^(?:FROM|TO) CLIP NAME:\s*(.*)$/i, (value, event) => (event.clipName = value)],
  [/^(?:FROM|TO) CLIP IS A STILL/i, (_, event) => (event.still = true)],
  [/^(?:FROM|TO) (?:CLIP|FILE|FILE PATH):\s*(.*)$/i, (value, event) => (event.path = value)],
  [/^SOURCE FILE(?: NAME| PATH)?:\s*(.*)$/i, (value, event) => (event.sourceFile = value)]
]

function readNote(text: string, events: EdlEvent[], longReels: Map<string, string>): void {
  const last = events.at(-1)
  const replaced = /^(?:\*\s*)?(?:FINAL CUT PRO )?REEL:?\s+(\S.*?)\s+REPLACED BY:?\s+(\S.*)$/i.exec(text)
  if (replaced?.[1] && replaced[2]) longReels.set(replaced[2].trim(), replaced[1].trim())
  if (last === undefined) return
  if (/^M2\s/i.test(text)) {
    const moving = /^M2\s+(\S.*?)\s+[-+]?\d/i.exec(text)?.[1]
    const event = group(events).findLast((one) => moving === undefined || one.reel === moving) ?? last
    event.speedChanged = true
    return
  }
  const comment = /^\*\s*(.*)$/.exec(text)?.[1]?.trim()
  if (comment === undefined) return
  for (const [pattern, apply] of notes) {
    const match = pattern.exec(comment)
    if (match === null) continue
    apply(match[1]?.trim() ?? '', target(comment, events))
    return
  }
}

/** The lines of the last event: two where it is a transition. */
const group = (events: readonly EdlEvent[]): readonly EdlEvent[] => {
  const last = events.at(-1)
  const before = events.at(-2)
  return last === undefined ? [] : before?.number === last.number ? [before, last] : [last]
}

/** In a transition `FROM` is the clip that leaves (the first line), `TO` the one that comes. */
function target(comment: string, events: readonly EdlEvent[]): EdlEvent {
  const lines = group(events)
  const last = lines.at(-1)!
  if (/^FROM/i.test(comment)) return lines[0]!
  // `SOURCE FILE` belongs to the name above it.
  if (/^SOURCE/i.test(comment)) return lines.findLast((one) => one.clipName !== null) ?? last
  return last
}

function collect(
  event: EdlEvent,
  longReels: ReadonlyMap<string, string>,
  collector: SequenceCollector
): void {
  const reel = longReels.get(event.reel) ?? event.reel
  if (/^BL(ACK)?$/i.test(reel)) {
    collector.skip('gap')
    return
  }
  // The outgoing clip of a transition: its use is the event before, and it adds no frame.
  if (event.from === event.to) return
  const isPath = (text: string | null): text is string =>
    text !== null && /^[A-Za-z]:[\\/]|^[\\/]|^file:/i.test(text)
  const written = [event.path, event.sourceFile, event.clipName].find(isPath) ?? null
  const name = event.sourceFile || event.clipName || ''
  if (event.still) {
    collector.skip('still', name || reel, written)
    return
  }
  const video = /V|^B|^NONE$/.test(event.channels)
  const audio = /A|^B/.test(event.channels)
  const soundOnly = isAudioPath(written ?? name)
  const range: UsedRange = { clock: 'timecode', from: event.from, to: event.to }
  const track: MediaUse['track'] = video && audio ? 'both' : video ? 'video' : 'audio'
  collector.use(
    {
      path: written,
      name,
      aliases: event.clipName === null ? [] : [event.clipName],
      reel: /^(AX|NONE|UNKNOWN)$/i.test(reel) ? null : reel,
      video: video && !soundOnly,
      audio: audio || soundOnly
    },
    { range: event.speedChanged ? null : range, track, enabled: true }
  )
}
