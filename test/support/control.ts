import type { JobView, NodeInfo } from '../../src/model/index.ts'
import type { ControlHandlers } from '../../src/node/control/connect.ts'

/** A job as a command sees it. */
export function jobView(id: string, change: Partial<JobView> = {}): JobView {
  return {
    type: 'job',
    id,
    batch: 'batch',
    kind: 'transcode',
    source: `/media/${id}.mov`,
    output: `/media/Proxy/${id}.mov`,
    preset: 'dnxhr_sq',
    chosen: null,
    status: 'active',
    priority: 0,
    error: null,
    progress: { units: 0, totalUnits: 100, fps: 0, leftMs: null },
    tasks: { total: 4, done: 0, running: 1 },
    note: null,
    warnings: [],
    queuedAt: '2026-01-01T00:00:00.000Z',
    startedAt: null,
    endedAt: null,
    ...change
  }
}

/** A node as a command sees it. */
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
