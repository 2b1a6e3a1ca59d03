import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { WatchParams } from '../../../src/model/index.ts'
import { type RunningNode, startNode } from '../../../src/node/start.ts'
import { queueChoices } from '../../support/queue-choices.ts'
import { waitFor } from '../../support/wait-for.ts'

const folders: string[] = []
const nodes: RunningNode[] = []
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()))
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A new folder, removed when the test ends. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'proxima-watched-'))
  folders.push(path)
  return path
}

/** A node of this process that is alone and looks often at what it watches; stopped when the test ends. */
export async function station(name: string, home = folder()): Promise<RunningNode> {
  const flags = {
    name,
    slots: 1,
    'listen.host': '127.0.0.1',
    'listen.port': 0,
    'mdns.enabled': false,
    'watch.intervalMs': 500
  }
  const node = await startNode({ home, flags, headless: false })
  nodes.push(node)
  return node
}

/** A wish to have a folder watched, all files of it, as ProRes. */
export const asked = (
  dir: string,
  settleMs: number,
  queue: Partial<WatchParams['queue']> = {}
): WatchParams => ({
  dir,
  rules: { extensions: null, only: [], skip: [], recursive: true, settleMs, minAgeMs: 0 },
  queue: { ...queueChoices, preset: 'prores_proxy', ...queue }
})

export const until = (what: string, condition: () => unknown) =>
  waitFor(async () => Boolean(await condition()), { timeoutMs: 60_000, what, everyMs: 50 })
