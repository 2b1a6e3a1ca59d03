/**
 * From an edit to the media it uses: `readTimeline` reads any export, `findMedia` finds its files on this machine,
 * `layoutPlace` says where their proxies go so that the editing software finds them.
 */
export { exportInstead, isTimelinePath } from './detect.ts'
export { type TextPlace, TimelineError, type TimelineErrorCode } from './errors.ts'
export { type Places, realFiles, type TimelineFiles } from './files.ts'
export { type Conflict, type Evidence, type IndexedFile, namesFit } from './find/candidates.ts'
export {
  type FindSettings,
  findByPath,
  findInIndex,
  findMedia,
  type MediaOutcome
} from './find/find-media.ts'
export { mapLocation, type PathMap } from './find/path-map.ts'
export { type Collision, findCollisions } from './layout/collisions.ts'
export { type FcpProxy, fcpProxyXml } from './layout/fcp-proxy-xml.ts'
export { proxyHash } from './layout/hash.ts'
export {
  type LayoutPlace,
  type LayoutRequest,
  layoutPlace
} from './layout/layouts.ts'
export { formatLocation, type Location, readLocations } from './location.ts'
export * from './model.ts'
export { multiply, type Rational, rateFromDecimal, rational, round } from './rational.ts'
export { readTimeline, readTimelineText } from './read.ts'
export * from './resolve/index.ts'
export { formatTimecode, isDropFrame, timecodeToTime } from './timecode.ts'
export {
  doubtOf,
  type FileFacts,
  type FrameSpan,
  partStart,
  type UseDoubt,
  usedFrames
} from './used-frames.ts'
