import type { MediaUse, SkippedItem, TimelineMedia, TimelineSequence, UsedRange } from '../model.ts'
import { isAudioPath, isSeriesPath, isStillPath, lastComponent } from '../names.ts'
import { divide, rational } from '../rational.ts'
import { timecodeToTime } from '../timecode.ts'
import { clipDuration, type ResolveClip, readClips } from './clips.ts'
import type { BridgeResult, ToldUse } from './messages.ts'
import { toldRate } from './timelines.ts'

/** A timeline's media, as the readers of timeline files tell it, and what only Resolve knows of each. */
export interface ResolveSequence extends TimelineSequence {
  media: ResolveMedia[]
}

export interface ResolveMedia extends TimelineMedia {
  clip: ResolveClip
}

/** What the bridge read of one timeline, in the words of this room: from here on it is an edit like any other. */
export function toSequence({ timeline, media, skipped }: BridgeResult<'media'>): ResolveSequence {
  const found: ResolveMedia[] = []
  const left = new Map<string, SkippedItem>()
  const skip = (kind: SkippedItem['kind'], name: string, path: string | null, times = 1): void => {
    const key = [kind, name, path].join('\0')
    const item = left.get(key)
    if (item === undefined) left.set(key, { kind, name, path, count: times })
    else item.count += times
  }
  for (const { kind, name } of skipped) skip(kind === 'nested' ? 'nested' : 'generator', name, null)
  for (const { clip, uses } of readClips(media)) {
    if (clip.path !== null && isStillPath(clip.path)) skip('still', clip.name, clip.path, uses.length)
    else found.push(toMedia(clip, uses))
  }
  const name = timeline.name ?? 'timeline'
  return {
    id: timeline.id ?? name,
    name,
    rate: toldRate(timeline.rate),
    media: found,
    skipped: [...left.values()]
  }
}

function toMedia(clip: ResolveClip, uses: readonly ToldUse[]): ResolveMedia {
  const { path, rate, startTimecode } = clip
  const fileName = clip.fileName ?? (path === null ? null : lastComponent(path)) ?? clip.name
  const audioOnly = path !== null && isAudioPath(path)
  return {
    path,
    name: fileName,
    aliases: clip.name === fileName ? [] : [clip.name],
    reel: clip.reel,
    startTime: startTimecode === null || rate === null ? null : timecodeToTime(startTimecode, rate),
    startTimecode,
    rate,
    duration: clipDuration(clip),
    video: clip.hasVideo ?? (!audioOnly && uses.some(({ track }) => track === 'video')),
    audio: clip.hasAudio ?? (audioOnly || uses.some(({ track }) => track === 'audio')),
    imageSequence: path !== null && isSeriesPath(path),
    enabled: uses.some(({ enabled }) => enabled),
    mediaId: clip.mediaId,
    uses: distinct(
      uses.map((use) => ({ range: rangeOf(use, clip), track: use.track, enabled: use.enabled }))
    ),
    clip
  }
}

/**
 * The part of a file that an item of the timeline shows; null (all of it) where Resolve does not tell it for certain.
 *
 * `GetSourceStartFrame` is now and then one frame too low where the rates of clip and timeline differ, and whether
 * `GetSourceEndFrame` is still shown is not documented: the part is taken a frame wider than either may mean. Where a
 * version does not have them, the offsets count in frames of the timeline and know nothing of retiming: they are
 * believed only when they add up to the file's length.
 */
function rangeOf(use: ToldUse, { frameCount, rate }: ResolveClip): UsedRange | null {
  if (rate === null) return null
  const range = (from: number, to: number): UsedRange => ({
    clock: 'first-frame',
    start: divide(rational(from), rate),
    duration: divide(rational(to - from), rate)
  })
  const { sourceStart, sourceEnd, leftOffset, duration, rightOffset } = use
  if (isFrame(sourceStart) && isFrame(sourceEnd)) {
    // Played backwards, the end comes first.
    const from = Math.min(sourceStart, sourceEnd)
    const to = Math.max(sourceStart, sourceEnd)
    if (frameCount !== null && to > frameCount) return null
    return range(Math.max(0, from - 1), Math.min(to + 2, frameCount ?? Number.POSITIVE_INFINITY))
  }
  if (isFrame(leftOffset) && isFrame(duration) && isFrame(rightOffset) && duration > 0) {
    return leftOffset + duration + rightOffset === frameCount
      ? range(leftOffset, leftOffset + duration)
      : null
  }
  return null
}

const isFrame = (value: number | null): value is number =>
  value !== null && Number.isSafeInteger(value) && value >= 0

function distinct(uses: readonly MediaUse[]): MediaUse[] {
  return [...new Map(uses.map((use) => [JSON.stringify(use), use])).values()]
}
