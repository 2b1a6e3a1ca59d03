import { describe, expect, it } from 'vitest'
import { collectPeersOrNames, isPeerAddress, parsePeerName } from '../../../src/cli/parse.ts'
import { watchedNode } from '../../../src/cli/services/watched-node.ts'
import type { PeersView, PeerView, ScreenPart } from '../../../src/model/index.ts'
import { localClient } from '../../../src/node/control/connect.ts'
import { fakeHandlers } from '../../support/control.ts'
import { jobRow, peerRow, sceneChunks } from '../../support/scene.ts'
import { cli } from './fakes.ts'

const view = (change: Partial<PeerView> = {}): PeersView => ({
  self: peerRow(0).peer,
  peers: [peerRow(1, change).peer, peerRow(2).peer]
})
const [tower] = view().peers as [PeerView]

/** A node that knows the machines, and writes down what it is asked. */
function node(change: Partial<PeerView> = {}) {
  const asked: unknown[] = []
  const keep =
    (method: string) =>
    async (params: unknown): Promise<PeerView> => {
      asked.push([method, params])
      return method === 'steer' ? { ...tower, state: 'draining' } : peerRow(0).peer
    }
  return {
    asked,
    running: {
      peers: async () => view(change),
      steer: keep('steer'),
      drain: keep('drain'),
      slots: keep('slots')
    }
  }
}

describe('--peer', () => {
  it('is an address with a port, else a name', () => {
    for (const address of ['nuc:1', '192.168.1.20:4870', '[fe80::1]:4870']) {
      expect(isPeerAddress(address)).toBe(true)
      expect(collectPeersOrNames(address)).toEqual([address])
      expect(() => parsePeerName(address)).toThrow('name or the id')
    }
    for (const name of ['nuc', 'édition', '12D3KooWBBBB2222', 'my box']) {
      expect(isPeerAddress(name)).toBe(false)
      expect(collectPeersOrNames(name, ['a:1'])).toEqual(['a:1', name])
    }
    for (const wrong of ['nuc:', 'nuc:0', 'nuc:99999', 'a:b'])
      expect(() => collectPeersOrNames(wrong)).toThrow('HOST:PORT')
    expect(() => collectPeersOrNames(' ')).toThrow()
  })

  it('names a machine only where one is asked, and says where', async () => {
    expect(await cli(['--peer', 'tower', 'jobs'])).toMatchObject({
      status: 2,
      stderr:
        'proxima-node: --peer tower stands before jobs. A machine is named after drain, awake and slots; alone, --peer opens its screen.\n'
    })
    expect(await cli(['queue', 'a.mov', '--preset', 'p', '--peer', 'tower'])).toMatchObject({ status: 2 })
    expect((await cli(['--peer', 'tower'])).stderr).toBe(
      'proxima-node: --peer tower watches that machine, which takes a terminal. Add --ui plain for lines, or give HOST:PORT to look for a peer there.\n'
    )
    expect(await cli(['--peer', 'tower', '--headless'])).toMatchObject({ status: 2 })
    expect((await cli(['--peer', 'a', '--peer', 'b', '--ui', 'plain'])).stderr).toContain('one machine')
  })
})

describe('drain, awake and slots of another machine', () => {
  it('are asked of it by its id, whichever way it was named', async () => {
    const { asked, running } = node()
    const drained = await cli(['drain', '--peer', 'tower'], { running })
    expect(drained).toMatchObject({
      status: 0,
      stdout: 'tower ends what it runs and takes nothing new: `proxima-node awake --peer tower` ends this\n'
    })
    expect((await cli(['awake', '--peer', tower.peerId], { running })).stdout).toBe('tower takes work\n')
    const json = await cli(['slots', '3', '--peer', tower.peerId.slice(-8), '--json'], { running })
    expect(json.json()).toEqual([{ ...tower, state: 'draining' }])
    expect(asked).toEqual([
      ['steer', { peer: tower.peerId, order: { kind: 'drain', on: true } }],
      ['steer', { peer: tower.peerId, order: { kind: 'drain', on: false } }],
      ['steer', { peer: tower.peerId, order: { kind: 'slots', total: 3 } }]
    ])
  })

  it('are done here when it is this machine that was named', async () => {
    const { asked, running } = node()
    await cli(['drain', '--peer', 'editroom'], { running })
    expect(asked).toEqual([['drain', { on: true }]])
  })

  it('end with 2 for one that nobody knows, with 3 for one that is away', async () => {
    const { asked, running } = node()
    expect(await cli(['drain', '--peer', 'towr'], { running })).toMatchObject({
      status: 2,
      stderr: 'proxima-node: no peer towr. Did you mean tower?\n'
    })
    const lost = node({ status: 'lost', reason: 'nothing was heard from it for 6 s' })
    expect(await cli(['slots', '1', '--peer', 'tower'], { running: lost.running })).toMatchObject({
      status: 3,
      stderr:
        'proxima-node: tower is not connected: nothing was heard from it for 6 s. Is it switched on, and does its node run there? `proxima-node peer tower` tells more.\n'
    })
    const old = node({ status: 'incompatible', reason: 'install the same version on both' })
    expect(await cli(['drain', '--peer', 'tower'], { running: old.running })).toMatchObject({
      status: 3,
      stderr: 'proxima-node: tower does not fit this machine: install the same version on both.\n'
    })
    expect([...asked, ...lost.asked, ...old.asked]).toEqual([])
  })
})

describe('a machine that is watched', () => {
  const parts: ScreenPart[] = [
    { kind: 'peer', row: peerRow(0) },
    { kind: 'job', row: jobRow('one', { status: 'completed' }) }
  ]
  const watched = (asked: unknown[]) => ({
    ...node().running,
    async *peerScreen(params: unknown) {
      asked.push(params)
      yield* parts
    },
    async *peerChunks(params: unknown) {
      asked.push(params)
      yield sceneChunks
    }
  })

  it('is shown in lines where there is no screen', async () => {
    const asked: unknown[] = []
    const plain = await cli(['--peer', 'tower', '--ui', 'plain'], { running: watched(asked) })
    expect(plain).toMatchObject({ status: 0, stderr: '' })
    expect(plain.stdout).toContain('completed')
    const json = await cli(['--peer', 'tower', '--ui', 'json'], { running: watched(asked) })
    expect(json.json()).toMatchObject([{ type: 'job', id: 'one' }])
    expect(asked).toEqual([{ peer: tower.peerId }, { peer: tower.peerId }])
  })

  it('is not looked for elsewhere when nobody knows it, or it is away', async () => {
    expect(await cli(['--peer', 'towr', '--ui', 'plain'], { running: watched([]) })).toMatchObject({
      status: 2,
      stderr: 'proxima-node: no peer towr. Did you mean tower?\n'
    })
    const away = { ...watched([]), ...node({ status: 'offline', reason: 'it was stopped' }).running }
    expect(await cli(['--peer', 'tower', '--ui', 'plain'], { running: away })).toMatchObject({ status: 3 })
  })

  it('tells the screen what its own tells, and takes nothing from it', async () => {
    const asked: unknown[] = []
    const client = localClient(fakeHandlers(watched(asked)), { version: '0.1.0', pid: 1 }, Promise.resolve())
    const remote = watchedNode(client, tower)
    const { signal } = new AbortController()
    const told: unknown[] = []
    for await (const part of remote.stream('screen', {}, signal)) told.push(part)
    for await (const map of remote.stream('chunks', { id: 'k3j5m8n2p4' }, signal)) told.push(map)
    expect(told).toEqual([...parts, sceneChunks])
    expect(asked).toEqual([{ peer: tower.peerId }, { peer: tower.peerId, id: 'k3j5m8n2p4' }])
    await expect(remote.call('drain', { on: true })).rejects.toThrow('this screen only watches tower')
    expect(() => remote.stream('watchJobs', { ids: null }, signal)).toThrow('only watches')
  })
})
