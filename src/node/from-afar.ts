import type {
  ChunkMap,
  JobId,
  NodeStatus,
  PeerId,
  ScreenPart,
  SteerOrder,
  WatchNews,
  WatchQuestion
} from '../model/index.ts'
import { partKey } from '../model/index.ts'
import { boundChunks, boundPart, intoBatches, type SteerReply } from '../protocol/index.ts'
import { EventQueue } from './control/event-queue.ts'
import type { Happenings } from './happenings.ts'

export interface FromAfarCollaborators {
  /** What this node's own screens are told. */
  screen: (signal: AbortSignal) => AsyncIterable<ScreenPart>
  /** Of a job that is not here: that it is gone. */
  chunks: (jobId: JobId, signal: AbortSignal) => AsyncIterable<ChunkMap>
  /** Does it as a person at this machine would; how the node is from then on. */
  steer: (order: SteerOrder) => NodeStatus
  nameOf: (peer: PeerId) => string
  happenings: Happenings
  stopping: AbortSignal
  onInfo: (details: object, what: string) => void
  onError: (error: unknown, what: string) => void
}

/** What other members may see of this node, and tell it. */
export class FromAfar {
  readonly #with: FromAfarCollaborators

  constructor(collaborators: FromAfarCollaborators) {
    this.#with = collaborators
  }

  /**
   * What a watcher is told, taken as fast as it reads: of what it has not read yet, the newest. Never throws: a bug
   * ends it, and is told here.
   */
  async *watched(question: WatchQuestion, from: PeerId, signal: AbortSignal): AsyncGenerator<WatchNews> {
    const { screen, chunks, nameOf, onInfo, onError } = this.#with
    const { what } = question
    onInfo({ peer: from, name: nameOf(from), what }, 'a member watches this node')
    const news =
      question.what === 'screen' ? partsAsRead(screen(signal)) : mapsAsRead(chunks(question.jobId, signal))
    try {
      yield* news
    } catch (error) {
      onError(error, `what a watcher is told of ${what}`)
    }
  }

  /** Any member may, as any may invite; who it was is written down. */
  async steered(order: SteerOrder, from: PeerId): Promise<SteerReply> {
    const { steer, nameOf, happenings, stopping, onInfo } = this.#with
    if (stopping.aborted) return { kind: 'refused', reason: 'its node is being stopped' }
    const name = nameOf(from)
    const status = steer(order)
    onInfo({ peer: from, name, order }, 'a member told this node how much work to take')
    happenings.steered(from, name, order)
    return { kind: 'done', status }
  }
}

/** Parts in batches; those that replace one another while nobody reads are told once. */
async function* partsAsRead(parts: AsyncIterable<ScreenPart>): AsyncGenerator<WatchNews> {
  const waiting = new EventQueue<ScreenPart>()
  const filled = (async () => {
    try {
      for await (const part of parts) waiting.put(boundPart(part), partKey(part))
      waiting.end(null)
    } catch (error) {
      waiting.end(error as Error)
    }
  })()
  for await (const first of waiting) {
    // Parts of one tick follow each other at once: they go out together.
    await new Promise(setImmediate)
    const batch = [first]
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) batch.push(next)
    for (const some of intoBatches(batch)) yield { kind: 'parts', parts: some }
  }
  await filled
}

/** Each map is all there is to know: who reads late gets the newest. */
async function* mapsAsRead(maps: AsyncIterable<ChunkMap>): AsyncGenerator<WatchNews> {
  for await (const map of maps) yield { kind: 'chunks', map: boundChunks(map) }
}
