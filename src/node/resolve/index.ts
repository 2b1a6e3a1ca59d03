/** DaVinci Resolve as the node and its commands use it; `src/timeline/resolve` talks to it. */
export { checkLinking, createResolveDesk, linkOffline, type ResolveDesk, resolveOpener } from './desk.ts'
export { listTimelines, type ResolveEdit, readResolve } from './timelines.ts'
