export { type AudioTrack, audioCommand } from './audio.ts'
export { type ChunkSpec, chunkCommand, type SeekStrategy, seekStrategies } from './chunk.ts'
export { type JoinSpec, joinCommand, type StreamTags } from './join.ts'
export { type WholeSpec, wholeCommand } from './whole.ts'
