export { type AudioTrack, audioCommand, audioFormat } from './audio.ts'
export {
  type ChunkContext,
  type ChunkSpec,
  chunkCommand,
  chunkFilters,
  chunkInput,
  type SeekStrategy,
  seekStrategies
} from './chunk.ts'
export { keepsHdr } from './colour.ts'
export { compareCommand, decodeCommand, parseScore, type QualityMeasure, type Reference } from './compare.ts'
export type { FrameClock } from './container.ts'
export { neighboursOf, sourceOptions, videoFilters } from './filters.ts'
export { type JoinedAudio, type JoinSpec, joinCommand, type StreamTags } from './join.ts'
export { chunkFormat, chunkStep } from './video.ts'
export { type WholeSpec, wholeCommand } from './whole.ts'
