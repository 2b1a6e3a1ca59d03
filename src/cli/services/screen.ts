import { setTimeout as delay } from 'node:timers/promises'
import type { JobView, NodeInfo, PeersView } from '../../model/index.ts'
import type { ControlClient } from '../../node/control/connect.ts'
import type { CommandContext } from '../context.ts'
import { openLiveView } from '../output/live.ts'
import { renderStatus } from '../output/status.ts'

/** Peers have no stream of their own yet; their status changes every 2 s anyway. */
const peersIntervalMs = 2_000

/**
 * What bare `proxima-node` shows of a node until the person leaves: the place where the full screen will open.
 * It takes a source of snapshots and knows of no node.
 */
export async function openScreen({ print, interrupt }: CommandContext, client: ControlClient): Promise<void> {
  const jobs = new Map<string, JobView>()
  const info: NodeInfo = await client.call('info', {})
  let peers: PeersView = await client.call('peers', {})
  const style = { ascii: print.traits.ascii, paint: print.paint }
  const view = openLiveView(print.out, (size) =>
    renderStatus({ info, peers, jobs: [...jobs.values()] }, size, style)
  )
  const left = new AbortController()
  const signal = AbortSignal.any([interrupt.signal, left.signal])
  const watchPeers = async () => {
    while (!signal.aborted) {
      await delay(peersIntervalMs, undefined, { signal })
      peers = await client.call('peers', {}, { signal })
      view.change()
    }
  }
  const watchJobs = async () => {
    for await (const job of client.stream('watchJobs', { ids: null }, signal)) {
      jobs.set(job.id, job)
      view.change()
    }
  }
  try {
    await Promise.all([watchJobs(), watchPeers()])
  } catch (error) {
    if (!interrupt.signal.aborted) throw error
  } finally {
    left.abort()
    view.end()
  }
}
