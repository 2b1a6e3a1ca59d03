/** DaVinci Resolve as the node and its commands use it; `src/timeline/resolve` talks to it. */
import { openResolve, type ResolveSettings } from '../../timeline/index.ts'
import type { Settings } from '../settings/index.ts'

export { type LinkServiceCollaborators, linkNow } from './link-service.ts'
export { identityOf, type LinkTools } from './link-wanted.ts'
export { Linker } from './linker.ts'
export { listTimelines, mediaOfTimelines, type TimelineChoice } from './timelines.ts'

/** The part of the settings that finds Resolve. */
export const resolveSettings = ({ resolve }: Pick<Settings, 'resolve'>): ResolveSettings => ({
  language: resolve.language,
  pythonPath: resolve.pythonPath,
  fuscriptPath: resolve.fuscriptPath,
  scriptApi: resolve.scriptApi,
  scriptLib: resolve.scriptLib
})

/** How this machine's Resolve is connected to. `onWords`: what is said beside the protocol. */
export const resolveOpener =
  (settings: Pick<Settings, 'resolve'>, onWords: (line: string) => void = () => {}) =>
  () =>
    openResolve(resolveSettings(settings), { onWords })
