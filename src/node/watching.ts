import type { JobKind, JobRecord, JobView } from '../model/index.ts'
import type { Event, SchedulerState } from '../scheduler/index.ts'
import type { Happenings } from './happenings.ts'
import type { Home } from './home.ts'
import type { MediaDesk } from './media-desk.ts'
import { queueSources } from './queue-service.ts'
import type { Settings } from './settings/index.ts'
import type { NodeStorage } from './storage/index.ts'
import { WatchFolders } from './watch-folders/index.ts'

export interface WatchingCollaborators {
  home: Home
  settings: Settings
  kind: JobKind
  desk: MediaDesk
  storage: NodeStorage
  happenings: Happenings
  state: () => SchedulerState
  turn: (event: Event) => void
  view: (job: JobRecord) => JobView
  self: { id: string; name: string }
  onError: (error: unknown, what: string) => void
}

/** Introduces watched folders to the rest of the node: what is ripe is queued as a person's command would. */
export function openWatchFolders(node: WatchingCollaborators): Promise<WatchFolders> {
  const { home, settings, kind, desk, storage, happenings, state, turn, view, self, onError } = node
  const jobs = (): Iterable<JobRecord> => state().jobs.values()
  return WatchFolders.open(
    {
      folder: home.watches,
      home: home.folder,
      proxyRoot: settings.paths.proxyRoot,
      intervalMs: settings.watch.intervalMs,
      self
    },
    {
      moment: () => ({ nowMs: performance.now(), wallMs: Date.now() }),
      jobs,
      queue: async (params) => {
        const { lines } = await queueSources(params, {
          kind,
          state,
          turn,
          view,
          // Nobody waits to hear who takes part.
          participants: async () => [],
          onError
        })
        return lines[0]!
      },
      checkPreset: async (name) => void (await desk.preset(name, null)),
      whyAway: (dir) => storage.whyAway(dir),
      tell: (level, text) => happenings.watched(level, text),
      onError
    }
  )
}
