import type {
  ControlMethod,
  ControlMethods,
  ControlStream,
  ControlStreams,
  JobOrigin,
  QueueParams,
  WireError
} from '../model/index.ts'
import type { FolderEntry, NotifyWay } from './state.ts'

/** A node as the screen sees it: a source of snapshots and a sink for commands. */
export interface ScreenNode {
  call<M extends ControlMethod>(
    method: M,
    params: ControlMethods[M]['params'],
    options?: { signal?: AbortSignal }
  ): Promise<ControlMethods[M]['result']>
  stream<S extends ControlStream>(
    name: S,
    params: ControlStreams[S]['params'],
    signal: AbortSignal
  ): AsyncIterable<ControlStreams[S]['event']>
  readonly closed: Promise<void>
  close(): void
}

/** What the screen asks of the machine that it runs on. */
export interface ScreenMachine {
  /** Folders, timelines and videos of a folder, by name; of a timeline its clips. Throws an error for a person. */
  browse(folder: string): Promise<readonly FolderEntry[]>
  /**
   * The video files that chosen files, folders and timelines stand for, and which timeline they are of.
   * @param signal ends the search for a timeline's clips
   */
  expand(
    paths: readonly string[],
    signal?: AbortSignal
  ): Promise<{
    files: readonly string[]
    problems: readonly Error[]
    origins?: Readonly<Record<string, JobOrigin>>
  }>
  /**
   * Writes what editing software needs to find the proxies of a batch, where it needs a file for that.
   * @returns what to do with it, for a person; null where there is nothing to do
   */
  list?(
    proxies: readonly { source: string; output: string }[],
    params: Omit<QueueParams, 'sources'>
  ): Promise<string | null>
  /** A path that a person typed, made whole (`~`). */
  wholePath(text: string): string
}

export interface ScreenPort {
  /** The node, or null while none runs. Throws what `told` can put into words. */
  connect(): Promise<ScreenNode | null>
  machine: ScreenMachine
  /** Any error in words for a person. */
  told(error: unknown): Pick<WireError, 'message' | 'hint'>
}

/** What the screen asks of its terminal, beside drawing. */
export interface ScreenBell {
  notify(way: NotifyWay, text: string): void
  copy(text: string): void
}
