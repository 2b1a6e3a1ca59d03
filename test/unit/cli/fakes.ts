import { run } from '../../../src/cli/main.ts'
import type { NodeDoor, StartOptions } from '../../../src/cli/node-door.ts'
import type { ControlHandlers } from '../../../src/node/control/connect.ts'
import { ControlError, localClient } from '../../../src/node/control/connect.ts'
import type { EditReader } from '../../../src/node/edit/index.ts'
import type { OfflineControl } from '../../../src/node/offline.ts'
import { fakeHandlers, nodeInfo } from '../../support/control.ts'

export interface Scene {
  /** Handlers of the node that runs already; none runs without. */
  running?: Partial<ControlHandlers>
  /** Handlers of a node that a command starts. */
  startable?: Partial<ControlHandlers>
  offline?: Partial<OfflineControl>
  edits?: Partial<EditReader>
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
      return fakeHandlers((scene.offline ?? {}) as Partial<ControlHandlers>) as unknown as OfflineControl
    },
    async edits() {
      return {
        open: () => Promise.reject(new Error('the test did not expect a timeline')),
        openResolve: () => Promise.reject(new Error('the test did not expect Resolve to be asked')),
        find: () => Promise.reject(new Error('the test did not expect a search')),
        withoutOutputs: async (searched) => ({
          kept: searched.map(({ path }) => path),
          passedOver: [],
          leftOut: []
        }),
        collisions: async () => [],
        listForFinalCut: async () => null,
        filter: async (sources) => ({ kept: [...sources], leftOut: [] }),
        ...scene.edits
      }
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
