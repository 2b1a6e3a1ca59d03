import { run } from '../../../src/cli/main.ts'
import type { NodeDoor, OfflineControl, StartOptions } from '../../../src/cli/node-door.ts'
import type { JobView, NodeInfo } from '../../../src/model/index.ts'
import type { ControlHandlers } from '../../../src/node/control/connect.ts'
import { ControlError, localClient } from '../../../src/node/control/connect.ts'

export function jobView(id: string, change: Partial<JobView> = {}): JobView {
  return {
    type: 'job',
    id,
    batch: 'batch',
    kind: 'transcode',
    source: `/media/${id}.mov`,
    output: `/media/Proxy/${id}.mov`,
    preset: 'dnxhr_sq',
    status: 'active',
    priority: 0,
    error: null,
    progress: { units: 0, totalUnits: 100, fps: 0, leftMs: null },
    tasks: { total: 4, done: 0, running: 1 },
    note: null,
    queuedAt: '2026-01-01T00:00:00.000Z',
    startedAt: null,
    endedAt: null,
    ...change
  }
}

export const nodeInfo: NodeInfo = {
  version: '0.1.0',
  pid: 4242,
  peerId: '12D3KooWself',
  name: 'tower',
  home: '/home/px',
  meshId: 'mesh',
  addresses: []
}

/** Handlers of which every method fails but those given. */
export function fakeHandlers(given: Partial<ControlHandlers>): ControlHandlers {
  return new Proxy({} as ControlHandlers, {
    get(_, name) {
      // A promise that resolves to handlers asks them whether they are a promise.
      if (name === 'then') return undefined
      const refuse = () => Promise.reject(new Error(`the test did not expect ${String(name)}`))
      return given[name as keyof ControlHandlers] ?? refuse
    }
  })
}

export interface Scene {
  /** Handlers of the node that runs already; none runs without. */
  running?: Partial<ControlHandlers>
  /** Handlers of a node that a command starts. */
  startable?: Partial<ControlHandlers>
  offline?: Partial<OfflineControl>
  version?: string
  cwd?: string
  /** Aborted by the test for a Ctrl-C. */
  interrupt?: AbortController
  columns?: number
}

export interface Outcome {
  status: number
  stdout: string
  stderr: string
  /** Of stdout, parsed line by line. */
  json: () => unknown[]
  started: StartOptions[]
  stopped: number
}

/** Runs a command line against fakes, not on a terminal. */
export async function cli(argv: string[], scene: Scene = {}): Promise<Outcome> {
  const outcome = { stdout: '', stderr: '', started: [] as StartOptions[], stopped: 0 }
  const interrupt = scene.interrupt ?? new AbortController()
  const door: NodeDoor = {
    async connect() {
      if (!scene.running) return null
      const node = { version: scene.version ?? '0.1.0', pid: 4242 }
      return localClient(fakeHandlers(scene.running), node, Promise.resolve())
    },
    async start(options) {
      if (!scene.startable) {
        throw new ControlError('already-running', {
          message: 'the test did not expect a start',
          hint: null,
          exitStatus: 1
        })
      }
      outcome.started.push(options)
      return {
        control: fakeHandlers(scene.startable),
        info: () => nodeInfo,
        stop: async () => {
          outcome.stopped += 1
        },
        stopped: new Promise(() => {})
      }
    },
    async offline() {
      return fakeHandlers((scene.offline ?? {}) as Partial<ControlHandlers>)
    }
  }
  const stream = (name: 'stdout' | 'stderr') => ({
    write(text: string) {
      outcome[name] += text
      return true
    },
    isTTY: false,
    ...(scene.columns === undefined ? {} : { columns: scene.columns })
  })
  const status = await run(argv, {
    env: {},
    platform: 'linux',
    cwd: scene.cwd ?? '/work',
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    door,
    interrupt: { signal: interrupt.signal, by: null },
    version: '0.1.0'
  })
  return {
    ...outcome,
    status,
    json: () =>
      outcome.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
  }
}
