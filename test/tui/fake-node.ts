import type { ChunkMap, ScreenPart } from '../../src/model/index.ts'
import { controlSocketPath } from '../../src/node/control/connect.ts'
import { type ControlServer, startControlServer } from '../../src/node/control/server.ts'
import { softwareVersion } from '../../src/node/version.ts'
import { fakeHandlers, nodeInfo } from '../support/control.ts'
import { sceneChunks, sceneParts } from '../support/scene.ts'

export interface FakeNodeOptions {
  home: string
  /** What it tells at first. */
  parts?: readonly ScreenPart[]
  chunks?: ChunkMap
  /** What it tells later, until the signal aborts. */
  later?: (signal: AbortSignal) => AsyncIterable<ScreenPart>
  /** The chunks of whatever job is looked at, in place of `chunks`. */
  maps?: (signal: AbortSignal) => AsyncIterable<ChunkMap>
}

/** A node that says what it was given, over a real socket, to screens that take it for a real one. */
export function startFakeNode({
  home,
  parts = sceneParts,
  chunks = sceneChunks,
  later,
  maps
}: FakeNodeOptions): Promise<ControlServer> {
  return startControlServer(
    { socketPath: controlSocketPath(home), version: softwareVersion() },
    fakeHandlers({
      async *watchJobs(_, signal) {
        for (const part of parts) if (part.kind === 'job') yield part.row.job
        await untilAborted(signal)
      },
      info: async () => ({ ...nodeInfo, home }),
      async *screen(_, signal) {
        yield* parts
        if (later) yield* later(signal)
        await untilAborted(signal)
      },
      async *chunks({ id }, signal) {
        if (maps) {
          for await (const map of maps(signal)) yield { ...map, jobId: id }
          return
        }
        yield id === chunks.jobId ? chunks : { ...chunks, jobId: id, runs: [], uncut: 0, side: [] }
        await untilAborted(signal)
      }
    })
  )
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
