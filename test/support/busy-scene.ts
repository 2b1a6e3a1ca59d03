import type { ChunkMap, ChunkRun, ScreenPart } from '../../src/model/index.ts'
import { jobRow, peerId, peerRow, sceneNode } from './scene.ts'

/** How much goes on in a mesh that is made up to measure a screen with. */
export interface Load {
  jobs: number
  peers: number
  /** Chunks of the job that is looked at. */
  chunks: number
  /** How many of them are being encoded. */
  running: number
}

/** A made-up mesh that moves on by `tick`s of a quarter of a second, the same way every time. */
export class BusyScene {
  readonly #load: Load
  #tick = 0

  constructor(load: Load) {
    this.#load = load
  }

  /** Everything, as a node tells it at first. */
  first(): ScreenPart[] {
    return [{ kind: 'node', node: sceneNode }, ...this.#jobs(), ...this.#peers(), { kind: 'synced' }]
  }

  /** A quarter of a second later: every job that runs has moved on, a third of the machines has said something. */
  tick(): ScreenPart[] {
    this.#tick += 1
    const heard = this.#peers().filter((_, i) => i % 8 === this.#tick % 8)
    return [...this.#jobs().slice(0, runningJobs), ...heard, ...(this.#tick % 4 === 0 ? [this.#event()] : [])]
  }

  /** The chunks of the first job as they are now: a few more are done with every tick. */
  map(): ChunkMap {
    const { chunks, running, peers } = this.#load
    const done = Math.min(chunks - running, this.#tick % Math.max(1, chunks - running))
    const runs: ChunkRun[] = []
    if (done > 0) runs.push({ state: 'done', count: done, peer: 0, firstTask: 1 })
    for (let i = 0; i < running; i++) {
      runs.push({
        state: i % 29 === 7 ? 'verifying' : 'encoding',
        count: 1,
        peer: (i * 7 + this.#tick) % peers,
        firstTask: done + i + 1
      })
    }
    const left = chunks - done - running
    if (left > 0) runs.push({ state: 'waiting', count: left, peer: null, firstTask: null })
    return {
      jobId: 'j0',
      runs,
      uncut: left,
      side: [{ id: '9999', kind: 'join', state: 'waiting', peer: null }],
      peers: Array.from({ length: peers }, (_, i) => ({ peerId: peerId(i), name: `box${i}` })),
      gone: false
    }
  }

  #jobs(): ScreenPart[] {
    return Array.from({ length: this.#load.jobs }, (_, i): ScreenPart => {
      const isRunning = i < runningJobs
      const units = isRunning ? (this.#tick * 25 + i * 100) % 24_000 : 0
      return {
        kind: 'job',
        row: jobRow(
          `j${i}`,
          {
            source: `/mnt/nas/A001_C${String(i).padStart(3, '0')}.mov`,
            status: isRunning ? 'active' : 'queued',
            progress: { units, totalUnits: 24_000, fps: isRunning ? 100 + (this.#tick % 7) : 0, leftMs: null }
          },
          isRunning
            ? {
                chunks: { done: Math.floor(units / 240), total: 100, estimated: true },
                left: { minMs: (24_000 - units) * 9, maxMs: (24_000 - units) * 13 }
              }
            : {}
        )
      }
    })
  }

  #peers(): ScreenPart[] {
    return Array.from(
      { length: this.#load.peers },
      (_, i): ScreenPart => ({
        kind: 'peer',
        row: peerRow(i, {
          running: [{ leaseId: `j0.${i}.1`, kind: 'encode-chunk', fps: 60 + ((this.#tick * 3 + i) % 40) }]
        })
      })
    )
  }

  #event(): ScreenPart {
    const seq = this.#tick / 4
    const block = Math.floor((seq - 1) / 64)
    return {
      kind: 'events',
      block,
      events: [
        {
          seq,
          at: new Date(1_772_366_670_000 + this.#tick * 250).toISOString(),
          level: 'info',
          text: `A001_C000.mov #${seq} was handed back by box${seq % 12}, attempt 1`,
          jobId: 'j0',
          task: String(seq),
          peerId: null
        }
      ]
    }
  }
}

/** So many jobs encode at once; the others wait. */
const runningJobs = 8
