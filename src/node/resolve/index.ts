/** DaVinci Resolve as the node and its commands use it; `src/timeline/resolve` talks to it. */
export { checkLinking, createResolveDesk, type ResolveDesk, resolveSettings } from './desk.ts'
export { listTimelines, mediaOfTimelines, type TimelineChoice } from './timelines.ts'
