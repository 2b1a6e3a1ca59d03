/**
 * DaVinci Resolve: `openResolve` connects to the one that runs on this machine, `linkMany` links proxies in it,
 * `checkResolve` says what is missing.
 */
export { type BridgeLimits, usualLimits } from './bridge.ts'
export { checkResolve } from './check.ts'
export type { ClipProxy, ResolveClip } from './clips.ts'
export type { Flip } from './flips.ts'
export {
  clipFinder,
  type LinkManyOptions,
  type LinkManyResult,
  type LinkOutcome,
  type LinkRefusal,
  type LinkReport,
  type LinkRequest,
  type LinkSession,
  linkMany,
  type WhichClips
} from './link-many.ts'
export { type LinkMismatch, type WhyNot, whyNotLinkable } from './linkable.ts'
export { matchProxy, type ProxyMatch } from './match-proxy.ts'
export type { ResolveMissing, ResolveMissingCode } from './missing.ts'
export { isResolveInstalled, openResolve, type ResolveSurroundings } from './open.ts'
export { type ResolveSettings, usualResolveSettings } from './places.ts'
export type { ResolveMedia, ResolveSequence } from './sequence.ts'
export type {
  ResolveHello,
  ResolveMediaList,
  ResolvePool,
  ResolveProblem,
  ResolveProject,
  ResolveSession,
  ResolveTimelines,
  WhichTimeline
} from './session.ts'
export type { ResolveTimeline } from './timelines.ts'
