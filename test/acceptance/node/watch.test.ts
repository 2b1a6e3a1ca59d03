import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { ChunkMap, QueueParams, ScreenPart } from '../../../src/model/index.ts'
import { type RunningNode, startNode } from '../../../src/node/start.ts'
import { makeClip } from '../../support/media.ts'
import { queueChoices } from '../../support/queue-choices.ts'
import { waitFor } from '../../support/wait-for.ts'

const nodes: RunningNode[] = []
const folders: string[] = []
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()))
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'proxima-watch-'))
  folders.push(path)
  return path
}

/** A whole node of its own on loopback, that looks for nobody. */
async function station(name: string): Promise<{ node: RunningNode; home: string; peerId: string }> {
  const home = folder()
  const flags = { name, slots: 1, 'listen.host': '127.0.0.1', 'listen.port': 0, 'mdns.enabled': false }
  const node = await startNode({ home, flags, headless: false })
  nodes.push(node)
  return { node, home, peerId: node.info().peerId }
}

/** Everything that a stream tells, until the test leaves. */
function listen<T>(open: (signal: AbortSignal) => AsyncIterable<T>) {
  const leaving = new AbortController()
  const told: T[] = []
  const ended = (async () => {
    for await (const one of open(leaving.signal)) told.push(one)
  })()
  const leave = (): Promise<void> => {
    leaving.abort()
    return ended
  }
  return { told, leave, ended }
}

const until = (what: string, condition: () => unknown) =>
  waitFor(async () => Boolean(await condition()), { timeoutMs: 60_000, what, everyMs: 50 })

const plain: Omit<QueueParams, 'sources' | 'outDir'> = {
  ...queueChoices,
  preset: 'prores_proxy',
  chunkMs: 400,
  worthChunkingMs: 0
}

test('a node watches a job of another from start to end, and tells it how much work to take', async () => {
  const desk = await station('desk')
  const tower = await station('tower')
  const { invite } = await desk.node.control.meshInvite({})
  await tower.node.control.meshJoin({ invite })
  const towerAtDesk = async () =>
    (await desk.node.control.peers({})).peers.find(({ peerId }) => peerId === tower.peerId)
  await until('they met', async () => (await towerAtDesk())?.status === 'connected')

  const screen = listen<ScreenPart>((signal) => desk.node.control.peerScreen({ peer: tower.peerId }, signal))
  await until('the first picture', () => screen.told.some(({ kind }) => kind === 'synced'))
  expect(screen.told[0]).toMatchObject({ kind: 'node', node: { name: 'tower', peerId: tower.peerId } })

  const media = folder()
  const clip = await makeClip(join(media, 'a.mp4'), { seconds: 2, channels: 0 })
  const { lines } = await tower.node.control.queue({ ...plain, sources: [clip], outDir: media })
  const [line] = lines
  if (line?.kind !== 'queued') throw new Error(JSON.stringify(line))
  const { id } = line.job
  const chunks = listen<ChunkMap>((signal) =>
    desk.node.control.peerChunks({ peer: tower.peerId, id }, signal)
  )
  const rows = () => screen.told.flatMap((part) => (part.kind === 'job' ? [part.row.job] : []))
  await until('its end to be seen', () => rows().at(-1)?.status === 'completed')
  expect(new Set(rows().map(({ status }) => status)).size).toBeGreaterThan(1)
  expect(rows().every((job) => job.id === id && job.source === clip)).toBe(true)
  await until('all its chunks to be seen done', () =>
    chunks.told.at(-1)?.runs.every(({ state }) => state === 'done')
  )
  expect((await desk.node.control.jobs({})).jobs).toEqual([])
  await chunks.leave()

  const drained = await desk.node.control.steer({ peer: tower.peerId, order: { kind: 'drain', on: true } })
  expect(drained).toMatchObject({
    peerId: tower.peerId,
    name: 'tower',
    status: 'connected',
    state: 'draining'
  })
  await until('the others to hear of it', async () => (await towerAtDesk())?.state === 'draining')
  const widened = await desk.node.control.steer({ peer: tower.peerId, order: { kind: 'slots', total: 3 } })
  expect(widened.slots.total).toBe(3)
  expect((await tower.node.control.peers({})).self).toMatchObject({ state: 'draining', slots: { total: 3 } })
  const events = () => screen.told.flatMap((part) => (part.kind === 'events' ? part.events : []))
  await until('it to be told there', () =>
    events().some(({ text }) => text === 'desk drains this machine: it takes no more work')
  )
  expect((await desk.node.control.peers({})).self.state).toBe('awake')

  await expect(
    desk.node.control.steer({ peer: 'nobody', order: { kind: 'drain', on: true } })
  ).rejects.toMatchObject({ code: 'unknown-peer', exitStatus: 2 })

  // The look ends with the node that is watched; then there is nothing to look at.
  await tower.node.stop()
  await screen.ended
  await until('it to be away', async () => (await towerAtDesk())?.status !== 'connected')
  await expect(
    listen((signal) => desk.node.control.peerScreen({ peer: tower.peerId }, signal)).ended
  ).rejects.toMatchObject({ code: 'peer-unreachable', message: 'tower is not connected', exitStatus: 3 })
  const log = readFileSync(join(tower.home, 'logs', 'node.log'), 'utf8')
  expect(log).toMatch(/"name":"desk".*a member told this node how much work to take/)
})
