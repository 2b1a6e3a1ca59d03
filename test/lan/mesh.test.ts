import { describe, expect, test } from 'vitest'
import { buildMissing } from '../support/paths.ts'
import { capabilities, givenLan, waitFor } from './harness/index.ts'
import { filmOf } from './studio.ts'

const reason = capabilities().lan ?? buildMissing()
const port = { PROXIMA_LISTEN__PORT: '47470' }

describe.skipIf(reason)(`who is in the mesh${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('a host that is not a member gets nothing, though it knows the address and the storage', async () => {
    const lan = givenLan({ hosts: 3, env: port })
    const stranger = lan.host(2)
    await lan.start([0, 1])
    await stranger.start({ args: ['--peer', `${lan.host(0).address}:47470`] })
    await lan.pair([0, 1])
    await lan.share()
    const id = await lan.host(0).queue([await filmOf(lan, 8), '--preset', 'dnxhr_sq', '--chunk', '1'])
    const job = await lan.host(0).ended(id)
    expect(job.status).toBe('completed')
    const { self } = await stranger.peers()
    const workers = job.tasks.flatMap(({ attempts }) => attempts.map(({ peerId }) => peerId))
    expect(workers).not.toContain(self.peerId)
    for (const host of [lan.host(0), lan.host(1)]) {
      expect((await host.peers()).peers.map(({ name }) => name)).not.toContain('host2')
    }
    expect((await stranger.peers()).peers.filter(({ status }) => status === 'connected')).toEqual([])
    expect(await stranger.jobs()).toEqual([])
  })

  test('hosts that were all invited by one know each other, and meet again when all were restarted', async () => {
    const lan = givenLan({ hosts: 3 })
    await lan.start()
    await lan.pair()
    const ids = await Promise.all(lan.hosts.map(async (host) => (await host.peers()).self.peerId))
    await Promise.all(lan.hosts.map((host) => host.stop()))
    await lan.start()
    await lan.connected()
    expect(await Promise.all(lan.hosts.map(async (host) => (await host.peers()).self.peerId))).toEqual(ids)
  })

  test('an invitation works once', async () => {
    const lan = givenLan({ hosts: 3 })
    await lan.start()
    const { invite } = (await lan.host(0).ok(['mesh', 'invite', '--json'])).json as { invite: string }
    await lan.host(1).ok(['mesh', 'join', invite])
    const second = await lan.host(2).cli(['mesh', 'join', invite])
    expect(second.status).toBe(1)
    expect(second.stderr.trim().split('\n')).toHaveLength(1)
    await lan.connected([0, 1])
    expect((await lan.host(0).peers()).peers).toHaveLength(1)
  })

  test('a host whose default route is elsewhere is found on the segment that it shares', async () => {
    const lan = givenLan({ hosts: 2, routes: 'none' })
    const other = lan.addSegment()
    lan.host(0).attach(other, 'default')
    await lan.start()
    await lan.pair()
    await Promise.all(lan.hosts.map((host) => host.stop()))
    await lan.start()
    await lan.connected()
    expect((await lan.host(1).peers()).peers).toHaveLength(1)
  })

  test('a cable that is pulled is noticed, and the host is back soon after it is plugged in', async () => {
    const lan = givenLan({ hosts: 2 })
    await lan.start()
    await lan.pair()
    lan.host(1).cut()
    await waitFor(async () => (await lan.host(0).peers()).peers[0]?.status !== 'connected', {
      timeoutMs: 20_000,
      what: 'the silence to be noticed'
    })
    lan.host(1).restore()
    await lan.connected()
  })

  test('a network that splits and heals is one mesh again', async () => {
    const lan = givenLan({ hosts: 3 })
    await lan.start()
    await lan.pair()
    lan.split([[0, 1], [2]])
    const third = (await lan.host(2).peers()).self.peerId
    await waitFor(
      async () =>
        (await lan.host(0).peers()).peers.find(({ peerId }) => peerId === third)?.status !== 'connected' &&
        (await lan.host(2).peers()).peers.every(({ status }) => status !== 'connected'),
      { timeoutMs: 20_000, what: 'both sides to notice the split' }
    )
    await lan.connected([0, 1])
    lan.heal()
    await lan.connected()
  })
})
