import type { TimelineMedia } from '../../../src/timeline/index.ts'

/** A medium of which nothing is known but what is given. */
export const medium = (known: Partial<TimelineMedia>): TimelineMedia => ({
  path: null,
  name: known.path?.split('/').at(-1) ?? '',
  aliases: [],
  reel: null,
  startTime: null,
  startTimecode: null,
  rate: null,
  duration: null,
  video: true,
  audio: true,
  imageSequence: false,
  enabled: true,
  uses: [],
  ...known
})
