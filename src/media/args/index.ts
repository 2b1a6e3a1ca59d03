export { type AudioTrack, audioCommand } from './audio.ts'
export {
  type ChunkSpec,
  chunkCommand,
  chunkFilters,
  chunkInput,
  type SeekStrategy,
  seekStrategies
} from './chunk.ts'
export { compareCommand, decodeCommand, parseScore, type QualityMeasure, type Reference } from './compare.ts'
export { videoFilters } from './filters.ts'
export { type JoinSpec, joinCommand, type StreamTags } from './join.ts'
export { type WholeSpec, wholeCommand } from './whole.ts'
