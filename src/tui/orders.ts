import type { JobAction, JobWithTasks, LogView, PlanLine, QueueLine, QueueParams } from '../model/index.ts'
import type { FolderEntry, NotifyWay, PresetChoice } from './state.ts'

/** What a person asked for with the queue wizard, before folders are opened. */
export interface QueueWish extends Omit<QueueParams, 'sources' | 'batchId'> {
  /** Absolute paths of files and folders. */
  chosen: readonly string[]
}

/** What the screen wants done; carried out by `perform`, answered by an `Answer` or by a `refused`. */
export type ScreenOrder =
  | { kind: 'act'; action: JobAction; ids: readonly string[] | 'all' }
  | { kind: 'priority'; changes: readonly { ids: readonly string[]; priority: number }[] }
  | { kind: 'unblock'; id: string; peer: string }
  | { kind: 'drain'; on: boolean }
  | { kind: 'slots'; total: number }
  | { kind: 'load-job'; id: string }
  | { kind: 'load-log'; id: string; task: string | null }
  | { kind: 'browse'; folder: string }
  | { kind: 'load-presets' }
  | { kind: 'load-preset'; name: string }
  | { kind: 'plan'; wish: QueueWish }
  /** The plan of this very wish is of no use any more. */
  | { kind: 'abandon-plan'; wish: QueueWish }
  | { kind: 'queue'; wish: QueueWish }
  | { kind: 'invite' }
  | { kind: 'join'; invite: string }
  | { kind: 'leave' }
  | { kind: 'remove'; peerId: string }
  /** Into the clipboard of the terminal. */
  | { kind: 'copy'; text: string }
  | { kind: 'notify'; way: NotifyWay; text: string }
  | { kind: 'quit'; stopNode: boolean }

/** What came of an order. */
export type Answer =
  | { kind: 'acted'; text: string; level: 'info' | 'warn' }
  | { kind: 'job-loaded'; id: string; job: JobWithTasks }
  | { kind: 'log-loaded'; id: string; task: string | null; log: LogView }
  | { kind: 'browsed'; folder: string; entries: readonly FolderEntry[] }
  | { kind: 'presets-loaded'; presets: readonly PresetChoice[] }
  | { kind: 'preset-loaded'; name: string; lines: readonly string[] }
  /** More lines of a plan; the last comes with `done`. */
  | { kind: 'planned'; wish: QueueWish; total: number; lines: readonly PlanLine[]; done: boolean }
  | { kind: 'queued'; wish: QueueWish; lines: readonly QueueLine[]; note?: string | null }
  | { kind: 'invited'; invite: string; expiresAt: string }
  | { kind: 'joined'; inviterName: string; inviterId: string }
  /** It could not be done; `text` is a line for a person. */
  | { kind: 'refused'; order: ScreenOrder; text: string }
