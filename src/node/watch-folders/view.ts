import type { WatchedFile, WatchView } from '../../model/index.ts'
import type { KnownFile } from './files.ts'
import type { WatchedFolder } from './watched-folder.ts'

/** Files of each kind that a view names. */
const maxShown = 100

/** What `watch` shows of a folder. */
export function watchView(folder: WatchedFolder): WatchView {
  const { id, dir, rules, queue, addedAt } = folder.head
  const { known, waiting, away, standby, problem, lookedAt } = folder.state
  const count = { queued: 0, exists: 0, refused: 0 }
  const queued: WatchedFile[] = []
  const refused: WatchedFile[] = []
  for (const [path, file] of known) {
    if (file.outcome === 'queueing') continue
    count[file.outcome] += 1
    if (file.outcome === 'queued') queued.push(knownFile(path, file))
    if (file.outcome === 'refused') refused.push(knownFile(path, file))
  }
  const waits = [...waiting].slice(-maxShown).map(([file, { sizeBytes, reason }]): WatchedFile => {
    return { file, sizeBytes, reason, jobId: null, output: null, at: null }
  })
  return {
    type: 'watch',
    id,
    dir,
    status: away !== null ? 'away' : standby !== null ? 'standby' : 'watching',
    reason: away ?? standby ?? problem,
    rules,
    queue,
    addedAt,
    lookedAt,
    counts: { waiting: waiting.size, ...count },
    waiting: waits.reverse(),
    queued: queued.slice(-maxShown).reverse(),
    refused: refused.slice(-maxShown).reverse()
  }
}

const knownFile = (file: string, { sizeBytes, reason, jobId, output, at }: KnownFile): WatchedFile => ({
  file,
  sizeBytes,
  reason,
  jobId,
  output,
  at
})
