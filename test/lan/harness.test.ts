import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { leftoversOf, sweepDeadClaims } from '../support/claims.ts'
import { nodePath } from '../support/paths.ts'
import { start } from '../support/run.ts'
import { findControllers, HostGroup } from './harness/cgroup.ts'
import { capabilities, createLan, givenLan, type LanOptions, waitFor } from './harness/index.ts'

const can = capabilities()
const program = [nodePath, new URL('harness/pretend/node.js', import.meta.url).pathname]
const given = (options: Partial<LanOptions> = {}) => givenLan({ hosts: 2, program, ...options })

/** Whether a command on one host can talk by TCP to the node of another. */
const reaches = async (from: ReturnType<typeof given>['hosts'][number], to: string) =>
  (await from.cli(['greet', to])).status === 0

/** Whom a host heard calling in the last moments. */
const hears = async (host: ReturnType<typeof given>['hosts'][number]) =>
  (await host.peers()).peers
    .filter(({ status }) => status === 'connected')
    .map(({ name }) => name)
    .sort()

describe.skipIf(can.lan)(`the LAN harness${can.lan ? ` (skipped: ${can.lan})` : ''}`, () => {
  test('hosts talk to each other by TCP and multicast, and to nobody else', async () => {
    const lan = given({ hosts: 3 })
    await lan.start()
    expect(await reaches(lan.host(0), lan.host(2).address)).toBe(true)
    await waitFor(async () => (await hears(lan.host(1))).join() === 'host0,host2', {
      timeoutMs: 20_000,
      what: 'host 1 to hear both others'
    })
    const routes = await lan.host(0).exec(['ip', 'route'])
    expect(routes.stdout).toContain('default via 10.77.0.254')
    const links = await lan.host(0).exec(['ip', '-o', 'link'])
    expect(links.stdout.trim().split('\n')).toHaveLength(2)
  })

  test('each host has a home, a log and a name of its own', async () => {
    const lan = given()
    await lan.start()
    expect(lan.host(0).home).not.toBe(lan.host(1).home)
    expect(lan.host(0).log()).toContain('host0 is ready')
    expect(lan.host(1).tail(1)).toBe('host1 is ready')
    expect((await lan.host(1).peers()).self.name).toBe('host1')
  })

  test('a node that ends while starting is told with its log', async () => {
    const lan = given({ hosts: 1 })
    await expect(lan.host(0).start({ args: ['crash'] })).rejects.toThrow(
      /ended with 7.*\n.*crashing as told/s
    )
  })

  test('stop is polite, kill is not, and a host can be started again after either', async () => {
    const lan = given({ hosts: 1 })
    const host = lan.host(0)
    await host.start()
    expect(await host.stop()).toBe(0)
    expect(host.log()).toContain('host0 stops')
    await host.start()
    await host.kill()
    expect(host.pid).toBeNull()
    expect(host.processes()).toHaveLength(1) // the node's child lives on
    await host.start()
    expect((await host.cli(['peers', '--json'])).status).toBe(0)
  })

  test('a power cut ends every process of the host', async () => {
    const lan = given()
    await lan.start()
    expect(lan.host(0).processes()).toHaveLength(2)
    await lan.host(0).powerCut()
    expect(lan.host(0).processes()).toEqual([])
    expect(lan.host(1).pid).not.toBeNull()
  })

  test('a cable that is pulled and put back', async () => {
    const lan = given()
    await lan.start()
    const [here, there] = [lan.host(0), lan.host(1)]
    there.cut()
    expect(await reaches(here, there.address)).toBe(false)
    await waitFor(async () => (await hears(here)).length === 0, { timeoutMs: 10_000, what: 'silence' })
    expect((await there.exec(['cat', '/proc/net/route'])).stdout).toContain('00000000') // the default route stays
    there.restore()
    await waitFor(() => reaches(here, there.address), { timeoutMs: 10_000, what: 'the cable to work again' })
  })

  test('a network card that is taken down loses its routes', async () => {
    const lan = given()
    await lan.start()
    const host = lan.host(1)
    host.linkDown()
    expect(await reaches(lan.host(0), host.address)).toBe(false)
    host.linkUp('none')
    expect((await host.exec(['ip', 'route'])).stdout).not.toContain('default')
    host.linkUp()
    await waitFor(() => reaches(lan.host(0), host.address), {
      timeoutMs: 10_000,
      what: 'the card to work again'
    })
    expect((await host.exec(['ip', 'route'])).stdout).toContain('default')
  })

  test('a LAN that splits and heals', async () => {
    const lan = given({ hosts: 3 })
    await lan.start()
    lan.split([[0, 1], [2]])
    expect(await reaches(lan.host(0), lan.host(1).address)).toBe(true)
    expect(await reaches(lan.host(0), lan.host(2).address)).toBe(false)
    await waitFor(async () => (await hears(lan.host(2))).length === 0, { timeoutMs: 10_000, what: 'silence' })
    lan.heal()
    await waitFor(() => reaches(lan.host(0), lan.host(2).address), {
      timeoutMs: 10_000,
      what: 'the LAN to heal'
    })
  })

  test.skipIf(can.drop)('a partition in one direction', async () => {
    const lan = given()
    await lan.start()
    const [deaf, heard] = [lan.host(0), lan.host(1)]
    deaf.dropFrom(heard)
    await waitFor(async () => (await hears(deaf)).length === 0, {
      timeoutMs: 10_000,
      what: 'host 0 to be deaf'
    })
    expect(await hears(heard)).toEqual(['host0'])
    deaf.hear(heard)
    await waitFor(async () => (await hears(deaf)).length === 1, { timeoutMs: 10_000, what: 'host 0 to hear' })
  })

  test('a frozen host says nothing until it thaws', async () => {
    const lan = given()
    await lan.start()
    lan.host(1).freeze()
    await waitFor(async () => (await hears(lan.host(0))).length === 0, { timeoutMs: 10_000, what: 'silence' })
    expect(lan.host(1).pid).not.toBeNull()
    lan.host(1).thaw()
    await waitFor(async () => (await hears(lan.host(0))).length === 1, { timeoutMs: 10_000, what: 'life' })
  })

  test('a host can have a second network card on another segment', async () => {
    const lan = given({ hosts: 3 })
    const other = lan.addSegment()
    const nics = [lan.host(0), lan.host(2)].map((host) => host.attach(other))
    await lan.start()
    expect(nics[1]!.address).toBe('10.77.1.3')
    expect(await reaches(lan.host(0), nics[1]!.address)).toBe(true)
    expect((await lan.host(1).exec(['ip', '-o', 'link'])).stdout.trim().split('\n')).toHaveLength(2)
  })

  test.skipIf(can.cpu)(
    'a CPU quota holds for the node and its children, in proportion, and can be changed',
    async () => {
      const lan = given({ hosts: 1, cpu: 0.1 })
      const host = lan.host(0)
      const share = async () => {
        const result = await host.exec([...program, 'busy', '2000'], { limited: true })
        const { cpuMs, wallMs } = result.json as { cpuMs: number; wallMs: number }
        return cpuMs / wallMs
      }
      // How much of its quota a host gets depends on the machine; that it gets no more does not.
      expect(await share()).toBeLessThan(0.15)
      host.setCpu(0.4)
      const shares: number[] = []
      await waitFor(
        async () => {
          shares.push(await share())
          return Math.max(...shares) > 0.15
        },
        { timeoutMs: 60_000, what: 'the host to get more than its old quota' }
      )
      expect(Math.max(...shares)).toBeLessThan(0.5)
    }
  )

  test('commands are not slowed by the quota, and hosts without one have none', async () => {
    const lan = given({ hosts: 1 })
    const { stdout } = await lan.host(0).exec(['cat', '/proc/self/cgroup'])
    const limited = await lan.host(0).exec(['cat', '/proc/self/cgroup'], { limited: true })
    if (!can.cpu) expect(limited.stdout).toContain(lan.claim.prefix)
    expect(stdout).not.toMatch(new RegExp(`:cpu:/${lan.claim.prefix}`))
  })

  test('a wait that fails says what for, the last error, and the tails of all logs', async () => {
    const lan = given({ hosts: 1 })
    await lan.start()
    const wait = waitFor(
      () => {
        throw new Error('no luck')
      },
      { timeoutMs: 50, what: 'luck', everyMs: 10 }
    )
    await expect(wait).rejects.toThrow(/waiting for luck; last look failed: no luck\n.*host0 is ready/s)
  })

  test('destroying a LAN leaves no namespace, cgroup, process or folder', async () => {
    const lan = createLan({ hosts: 2, program })
    await lan.start()
    await lan.host(0).kill()
    lan.host(1).freeze()
    const before = lan.leftovers().join('\n')
    expect(before).toMatch(/process/)
    expect(before).toMatch(/namespace/)
    expect(before).toMatch(/folder/)
    lan.destroy()
    expect(lan.leftovers()).toEqual([])
    lan.destroy()
  })

  test('a process that throws leaves nothing of its LAN', async () => {
    const { prefix, done } = await ownerProcess('throw')
    expect((await done).status).toBe(1)
    expect(leftoversOf(claimOf(prefix))).toEqual([])
  })

  test('a process that is told to end leaves nothing of its LAN', async () => {
    const owner = await ownerProcess('wait')
    owner.kill('SIGTERM')
    expect((await owner.done).signal).toBe('SIGTERM')
    expect(leftoversOf(claimOf(owner.prefix))).toEqual([])
  })

  test('what a killed process leaves of its LAN is swept by the next run, and nobody else’s', async () => {
    const living = given({ hosts: 1 })
    await living.start()
    const owner = await ownerProcess('wait')
    owner.kill('SIGKILL')
    await owner.done
    expect(leftoversOf(claimOf(owner.prefix))).not.toEqual([])
    expect(sweepDeadClaims()).toContain(owner.prefix)
    expect(leftoversOf(claimOf(owner.prefix))).toEqual([])
    expect(living.host(0).pid).not.toBeNull()
    expect((await living.host(0).cli(['peers', '--json'])).status).toBe(0)
  })
})

describe('cgroup dialects', () => {
  test('v1 and v2 mounts are told apart by controller', () => {
    const files: Record<string, string> = {
      [join(tmpdir(), 'cgroup.controllers')]: 'cpuset cpu io memory pids\n',
      '/proc/self/cgroup': '4:memory:/somebody/else\n'
    }
    const read = (path: string) => files[path] ?? null
    const unified = { path: tmpdir(), type: 'cgroup2', options: ['rw'] }
    const old = { path: tmpdir(), type: 'cgroup', options: ['rw', 'cpu', 'cpuacct'] }
    const oldMemory = { path: tmpdir(), type: 'cgroup', options: ['rw', 'memory'] }
    expect(findControllers([unified], read).cpu).toEqual({ version: 2, mount: tmpdir() })
    expect(findControllers([old], read).cpu).toEqual({ version: 1, mount: tmpdir() })
    expect(findControllers([old], read).memory).toHaveProperty('reason')
    expect(findControllers([oldMemory], read).memory).toHaveProperty('reason')
    expect(findControllers([], read).freezer).toHaveProperty('reason')
  })

  test('limits are written in the words of each version', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cgroup-'))
    try {
      const at = (version: 1 | 2) => {
        const mount = join(folder, `v${version}`)
        mkdirSync(mount)
        if (version === 2) {
          mkdirSync(join(mount, 'x'))
          writeFileSync(join(mount, 'cgroup.subtree_control'), 'cpu memory')
          writeFileSync(join(mount, 'x', 'cgroup.subtree_control'), 'cpu memory')
        }
        const controller = { version, mount }
        return new HostGroup('x', { cpu: controller, memory: controller, freezer: controller })
      }
      const text = (path: string) => readFileSync(join(folder, path), 'utf8')
      const [old, unified] = [at(1), at(2)]
      for (const group of [old, unified]) {
        group.setCpu(0.25)
        group.setMemory(1_000_000)
        group.freeze(true)
      }
      expect(text('v1/x/cpu.cfs_quota_us')).toBe('12500')
      expect(text('v1/x/cpu.cfs_period_us')).toBe('50000')
      expect(text('v1/x/memory.limit_in_bytes')).toBe('1000000')
      expect(text('v1/x/freezer.state')).toBe('FROZEN')
      expect(text('v2/x/node/cpu.max')).toBe('12500 50000')
      expect(text('v2/x/node/memory.max')).toBe('1000000')
      expect(text('v2/x/cgroup.freeze')).toBe('1')
      old.setCpu(null)
      unified.setCpu(null)
      expect(text('v1/x/cpu.cfs_quota_us')).toBe('-1')
      expect(text('v2/x/node/cpu.max')).toBe('max 50000')
      expect(unified.doors(true).at(-1)).toBe(join(folder, 'v2/x/node/cgroup.procs'))
      expect(unified.doors(false)).toEqual([join(folder, 'v2/x/commands/cgroup.procs')])
    } finally {
      rmSync(folder, { recursive: true })
    }
    expect(existsSync(folder)).toBe(false)
  })
})

const claimOf = (prefix: string) => ({ prefix, folder: join(tmpdir(), prefix) })

/** A process that made a LAN of its own, once its hosts answer. */
async function ownerProcess(way: 'throw' | 'wait') {
  const script = new URL('harness/pretend/owner.ts', import.meta.url).pathname
  const owner = start([nodePath, script, way], { env: process.env, timeoutMs: 60_000 })
  const prefix = await waitFor(() => /^(px.*)\n/.exec(owner.stdout())?.[1], {
    timeoutMs: 30_000,
    what: 'another process to make a LAN'
  })
  return { ...owner, prefix }
}
