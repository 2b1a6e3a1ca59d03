import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' })

function canMakeNamespaces(): boolean {
  const name = `pxt${randomBytes(3).toString('hex')}`
  try {
    ip('netns', 'add', name)
    ip('netns', 'del', name)
    return true
  } catch {
    return false
  }
}

type Line = {
  kind: string
  peers?: { name: string; state: string; addresses: string[] }[]
  [key: string]: unknown
}

/** A node in a namespace, with everything that it printed. */
class Host {
  readonly lines: Line[] = []
  readonly #child: ChildProcess
  constructor(namespace: string, home: string, name: string, invite?: string) {
    const script = join(import.meta.dirname, 'mdns-node.ts')
    const args = [
      'netns',
      'exec',
      namespace,
      process.execPath,
      script,
      home,
      name,
      ...(invite ? [invite] : [])
    ]
    this.#child = spawn('ip', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    createInterface({ input: this.#child.stdout! }).on('line', (line) => this.lines.push(JSON.parse(line)))
  }
  async until(what: string, condition: (lines: Line[]) => boolean, timeoutMs = 20_000): Promise<void> {
    const endMs = performance.now() + timeoutMs
    while (!condition(this.lines)) {
      if (performance.now() > endMs)
        throw new Error(`never ${what}: ${JSON.stringify(this.lines.slice(-10))}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = new Promise((resolve) => this.#child.once('exit', resolve))
    this.#child.kill('SIGTERM')
    await ended
  }
}

const stateOf = (lines: Line[], name: string) =>
  lines.findLast((line) => line.kind === 'peers')?.peers?.find((peer) => peer.name === name)?.state

describe.skipIf(!canMakeNamespaces())(
  'mDNS between machines without a default route (network namespaces)',
  () => {
    const id = randomBytes(3).toString('hex')
    const [one, two, three] = [`px${id}a`, `px${id}b`, `px${id}c`]
    const hosts: Host[] = []
    const homes: string[] = []
    const home = () => {
      const path = mkdtempSync(join(tmpdir(), 'proxima-mdns-'))
      homes.push(path)
      return path
    }
    const sweep = () => {
      for (const namespace of [one, two, three]) {
        try {
          ip('netns', 'del', namespace)
        } catch {
          // Never made, or gone with the last test.
        }
      }
      for (const path of homes.splice(0)) rmSync(path, { recursive: true, force: true })
    }
    /** A wire between two namespaces on the network `10.78.<net>.0/24`; returns the name of its end in each. */
    const wire = (from: string, to: string, net: number) => {
      const [near, far] = [`v${id}${net}n`, `v${id}${net}f`]
      ip('link', 'add', near, 'netns', from, 'type', 'veth', 'peer', 'name', far, 'netns', to)
      for (const [namespace, end, address] of [
        [from, near, `10.78.${net}.1/24`],
        [to, far, `10.78.${net}.2/24`]
      ] as const) {
        ip('-n', namespace, 'addr', 'add', address, 'dev', end)
        ip('-n', namespace, 'link', 'set', end, 'up')
      }
      return { near, far }
    }
    const start = (namespace: string, path: string, name: string, invite?: string) => {
      const host = new Host(namespace, path, name, invite)
      hosts.push(host)
      return host
    }
    const inviteOf = async (host: Host) => {
      await host.until('ready', (lines) => lines.some((line) => line.kind === 'ready'))
      return String(host.lines.find((line) => line.kind === 'ready')?.invite)
    }
    const addressesOf = (host: Host, name: string) =>
      host.lines.findLast((line) => line.kind === 'peers')?.peers?.find((peer) => peer.name === name)
        ?.addresses ?? []
    /** Everybody stops and forgets the others' addresses: only announcements are left. */
    const forgetAddresses = async (...paths: string[]) => {
      await Promise.all(hosts.splice(0).map((host) => host.stop()))
      for (const path of paths) rmSync(join(path, 'addresses.json'), { force: true })
    }

    beforeEach(() => {
      process.once('exit', sweep)
      for (const namespace of [one, two, three]) {
        ip('netns', 'add', namespace)
        ip('-n', namespace, 'link', 'set', 'lo', 'up')
      }
    })
    afterEach(async () => {
      await Promise.all(hosts.splice(0).map((host) => host.stop()))
      sweep()
      process.off('exit', sweep)
    })

    test('members find each other by announcements alone, and again after a cable was out', async () => {
      const { far } = wire(one, two, 1)
      const [homeA, homeB] = [home(), home()]
      const invite = await inviteOf(start(one, homeA, 'a'))
      await start(two, homeB, 'b', invite).until('met a', (lines) => stateOf(lines, 'a') === 'connected')
      await forgetAddresses(homeA, homeB)
      const [a, b] = [start(one, homeA, 'a'), start(two, homeB, 'b')]
      await a.until('met b by mDNS', (lines) => stateOf(lines, 'b') === 'connected')
      await b.until('met a by mDNS', (lines) => stateOf(lines, 'a') === 'connected')

      ip('-n', two, 'link', 'set', far, 'down')
      await a.until('lost b', (lines) => stateOf(lines, 'b') === 'lost')
      ip('-n', two, 'link', 'set', far, 'up')
      await a.until('met b again', (lines) => stateOf(lines, 'b') === 'connected')
    })

    test('a machine on two networks is found on each, by its address there', async () => {
      wire(one, two, 1)
      wire(one, three, 2)
      const [homeA, homeB, homeC] = [home(), home(), home()]
      const a = start(one, homeA, 'a')
      const invite = await inviteOf(a)
      await start(two, homeB, 'b', invite).until('met a', (lines) => stateOf(lines, 'a') === 'connected')
      await a.stop()
      const again = start(one, homeA, 'a')
      const second = await inviteOf(again)
      await start(three, homeC, 'c', second).until('met a', (lines) => stateOf(lines, 'a') === 'connected')
      await forgetAddresses(homeA, homeB, homeC)
      const [middle, left, right] = [start(one, homeA, 'a'), start(two, homeB, 'b'), start(three, homeC, 'c')]
      await middle.until('met both', (lines) =>
        ['b', 'c'].every((name) => stateOf(lines, name) === 'connected')
      )
      for (const [host, network] of [
        [left, '/ip4/10.78.1.1/'],
        [right, '/ip4/10.78.2.1/']
      ] as const) {
        await host.until('met a', (lines) => stateOf(lines, 'a') === 'connected')
        expect(addressesOf(host, 'a')[0]).toContain(network)
      }
    })
  }
)
