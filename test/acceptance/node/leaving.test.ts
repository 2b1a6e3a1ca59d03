import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type RunningNode, startNode } from '../../../src/node/start.ts'
import { makeClip } from '../../support/media.ts'
import { queueChoices } from '../../support/queue-choices.ts'
import { waitFor } from '../../support/wait-for.ts'

const nodes: RunningNode[] = []
const folder = mkdtempSync(join(tmpdir(), 'proxima-leaving-'))
afterEach(async () => {
  await Promise.all(nodes.splice(0).map((node) => node.stop()))
  rmSync(folder, { recursive: true, force: true })
})

async function station(name: string): Promise<RunningNode> {
  const flags = { name, 'listen.host': '127.0.0.1', 'listen.port': 0, 'mdns.enabled': false }
  const node = await startNode({ home: join(folder, name), flags, headless: false })
  nodes.push(node)
  return node
}

const until = (what: string, condition: () => Promise<boolean>) =>
  waitFor(condition, { timeoutMs: 60_000, what, everyMs: 50 })

test('a machine that leaves stops, and starts as a new one with the jobs it had', async () => {
  const desk = await station('desk')
  const laptop = await station('laptop')
  const peersAtDesk = async () => (await desk.control.peers({})).peers
  const join_ = async (node: RunningNode) => {
    await node.control.meshJoin({ invite: (await desk.control.meshInvite({})).invite })
    await until('they met', async () => (await peersAtDesk())[0]?.status === 'connected')
  }
  await join_(laptop)
  const clip = await makeClip(join(folder, 'a.mp4'), { seconds: 1, channels: 0 })
  const { lines } = await laptop.control.queue({
    ...queueChoices,
    sources: [clip],
    outDir: folder,
    nameTemplate: 'out'
  })
  const [line] = lines
  if (line?.kind !== 'queued') throw new Error(JSON.stringify(line))
  const { id } = line.job
  await until('the job is done', async () => (await laptop.control.jobs({})).jobs[0]?.status === 'completed')

  expect(await laptop.control.meshLeave({})).toEqual({ told: 1, others: 1 })
  await laptop.stopped
  await until('it is gone', async () => (await peersAtDesk()).length === 0)

  const again = await station('laptop')
  expect(again.info().peerId).not.toBe(laptop.info().peerId)
  expect(again.info().meshId).not.toBe(laptop.info().meshId)
  expect((await again.control.jobs({})).jobs).toMatchObject([{ id, status: 'completed' }])
  await join_(again)

  // What is purged leaves nothing, not even the logs of its tasks.
  const logs = join(folder, 'laptop', 'logs', 'tasks')
  expect(readdirSync(logs)).not.toEqual([])
  await again.control.act({ action: 'purge', ids: [id] })
  await until('its logs are gone', async () => readdirSync(logs).length === 0)

  // A removed one is told so, and cut off.
  const { peerId } = again.info()
  expect(await desk.control.meshRemove({ peer: peerId })).toEqual({ peerId, name: 'laptop' })
  expect(await peersAtDesk()).toEqual([])
  await until('it knows', async () =>
    (await again.control.doctor({})).checks.some(({ message }) => message.includes('removed from its mesh'))
  )
})
