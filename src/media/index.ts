/** ffmpeg and ffprobe: probing, planning on exact times, cutting, running, joining, verifying. */

export * from './args/index.ts'
export { whyNotAllDecodes, whyPoor } from './closer-look.ts'
export { levelsOf, scalerMatrices } from './colour.ts'
export { type FfmpegCommand, toArguments } from './command.ts'
export { framesAt } from './constant-rate.ts'
export { encodeChunk } from './encode-chunk.ts'
export { encodeWhole } from './encode-whole.ts'
export { forgetTrials, tryEncoder, tryHardware, tryPreset } from './encoders.ts'
export { MediaError, messageOf, systemCodeOf } from './errors.ts'
export { bare, troubleIn } from './failure.ts'
export {
  type FileIdentity,
  flushFile,
  hashFile,
  identityOfFile,
  publishFile,
  sameFile,
  sameSource,
  writeDurably
} from './files.ts'
export { type PackedTimes, packTimes, proofOf, unpackTimes } from './frame-times.ts'
export { type AudioReport, audioStarts, type FileReport, inspect } from './inspect.ts'
export { chunkDurations, concatList } from './join.ts'
export {
  dnxhdFrameBytes,
  isClassicDnxhd,
  needsConstantRate,
  outputRate,
  statedRate,
  whyIllegal
} from './legal.ts'
export { whatIsLost } from './losses.ts'
export { frameLasting, type Picture, picturePlan, pictureSizes, whyNotEncodable } from './picture.ts'
export * from './presets/index.ts'
export { probeSource, probeStreams } from './probe.ts'
export { type FfmpegOutcome, type RunSettings, runFfmpeg } from './run-ffmpeg.ts'
export { type AudioStream, colourNames, isIntra, type Source, type SourceStreams } from './source.ts'
export { gcd, microseconds, rescale, toMicros } from './time-base.ts'
export { findTools, type MediaTools, tryTool } from './tools.ts'
export {
  hasParameterSets,
  videoSignature,
  whyUndecodable,
  whyWrongAudio,
  whyWrongLoosely,
  whyWrongVideo
} from './verify.ts'
