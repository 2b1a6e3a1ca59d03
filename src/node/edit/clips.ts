import type { ClipLine, EditView } from '../../model/index.ts'
import type {
  Conflict,
  MediaOutcome,
  SkippedKind,
  Timeline,
  TimelineMedia,
  TimelineSequence
} from '../../timeline/index.ts'

/** A file that the chosen sequences of a timeline use, with the uses of all of them. */
export interface MediumOfEdit {
  timeline: string
  /** The first of them that uses it. */
  sequence: string
  timelineFolder: string | null
  medium: TimelineMedia
}

/** What of a timeline matters here, whether it was read from a file or from Resolve. */
export type Edit = Pick<Timeline, 'folder' | 'sequences'>

interface Chosen {
  view: EditView
  sequences: readonly number[]
}

/** Each file once, in the order of its first use. */
export function mediaOf(chosen: Chosen, timeline: Edit): MediumOfEdit[] {
  const media = new Map<string, MediumOfEdit>()
  for (const sequence of chosenOf(chosen, timeline)) {
    for (const medium of sequence.media) {
      const key = JSON.stringify(medium.path === null ? [medium.name, medium.reel] : medium.path)
      const known = media.get(key)
      if (known === undefined) {
        media.set(key, {
          timeline: chosen.view.file,
          sequence: sequence.name,
          timelineFolder: timeline.folder,
          medium
        })
      } else known.medium = together(known.medium, medium)
    }
  }
  return [...media.values()]
}

const chosenOf = ({ sequences }: Chosen, timeline: Edit): TimelineSequence[] =>
  sequences.flatMap((at) => timeline.sequences[at] ?? [])

const together = (one: TimelineMedia, other: TimelineMedia): TimelineMedia => ({
  ...one,
  aliases: [...new Set([...one.aliases, ...other.aliases])],
  uses: [...one.uses, ...other.uses],
  enabled: one.enabled || other.enabled,
  video: one.video || other.video,
  audio: one.audio || other.audio
})

/** Why a file is not looked for at all, in words for a person, or null. */
export function whyNotEncoded({ enabled, video }: TimelineMedia): string | null {
  if (!enabled) return 'switched off in the edit'
  return video ? null : 'only its sound is used'
}

const conflictWords: Readonly<Record<Conflict, string>> = {
  reel: 'another reel',
  timecode: 'another timecode',
  duration: 'another length',
  rate: 'another frame rate'
}

/**
 * @param why.leftOut why it is left out, whatever was found
 * @param why.refusal why the system did not tell what is at its path
 */
export function clipLine(
  { timeline, sequence, medium }: MediumOfEdit,
  outcome: MediaOutcome | null,
  { leftOut, refusal }: { leftOut: string | null; refusal: string | null }
): ClipLine {
  const { name, mediaId, path: written, reel, startTimecode } = medium
  const line: ClipLine = {
    type: 'clip',
    timeline,
    sequence,
    name,
    ...(mediaId === undefined ? {} : { mediaId }),
    written,
    reel,
    startTimecode,
    status: 'left-out',
    source: outcome?.status === 'found' ? outcome.path : null,
    how: outcome?.status === 'found' ? outcome.how : null,
    evidence: outcome?.status === 'found' && outcome.how === 'index' ? outcome.evidence : [],
    reason: leftOut,
    parts: null,
    candidates: []
  }
  if (leftOut !== null) return line
  if (medium.imageSequence) {
    return { ...line, status: 'unusable', reason: 'a series of pictures, which is not encoded yet' }
  }
  if (outcome === null) return line
  switch (outcome.status) {
    case 'found':
      return { ...line, status: 'found' }
    case 'ambiguous': {
      const candidates = outcome.candidates.map(({ path }) => ({ path, conflicts: [] }))
      return { ...line, status: 'ambiguous', reason: `${candidates.length} files fit it alike`, candidates }
    }
    case 'missing': {
      const candidates = outcome.similar.map(({ path, conflicts }) => ({
        path,
        conflicts: conflicts.map((conflict) => conflictWords[conflict])
      }))
      return { ...line, status: 'missing', reason: whyMissing(medium, refusal, candidates), candidates }
    }
  }
}

function whyMissing(
  { path }: TimelineMedia,
  refusal: string | null,
  similar: ClipLine['candidates']
): string {
  const where = path === null ? 'the timeline knows no path of it' : (refusal ?? 'nothing is at its path')
  if (similar.length === 0) return `${where}, and no file of its name was found`
  const told = similar
    .slice(0, 3)
    .map(({ path: other, conflicts }) => `${other} has ${conflicts.join(' and ') || 'too little in common'}`)
  const more = similar.length > told.length ? `, and ${similar.length - told.length} more` : ''
  return `${where}, and ${told.join(', ')}${more}`
}

const skippedWords: Readonly<Record<SkippedKind, string>> = {
  title: 'a title',
  generator: 'a generator',
  gap: 'a gap',
  still: 'a still picture',
  'no-media': 'it has no media',
  project: 'a project of another program',
  nested: 'a compound that cannot be looked into'
}

/** What is no media to encode; gaps are nothing that anybody misses. */
export function leftOutLines(chosen: Chosen, timeline: Edit): ClipLine[] {
  return chosenOf(chosen, timeline).flatMap((sequence) =>
    sequence.skipped
      .filter(({ kind }) => kind !== 'gap')
      .map(
        ({ kind, name, path, count }): ClipLine => ({
          type: 'clip',
          timeline: chosen.view.file,
          sequence: sequence.name,
          name,
          written: path,
          reel: null,
          startTimecode: null,
          status: 'left-out',
          source: null,
          how: null,
          evidence: [],
          reason: `${skippedWords[kind]}${count > 1 ? ` (${count} times)` : ''}`,
          parts: null,
          candidates: []
        })
      )
  )
}
