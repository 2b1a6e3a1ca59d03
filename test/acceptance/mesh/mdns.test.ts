import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
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
  'mDNS between two machines without a default route (network namespaces)',
  () => {
    const id = randomBytes(3).toString('hex')
    const [one, two] = [`px${id}a`, `px${id}b`]
    const hosts: Host[] = []
    const homes: string[] = []
    const home = () => {
      const path = mkdtempSync(join(tmpdir(), 'proxima-mdns-'))
      homes.push(path)
      return path
    }
    const sweep = () => {
      for (const namespace of [one, two]) {
        try {
          ip('netns', 'del', namespace)
        } catch {
          // Never made, or gone with the last test.
        }
      }
      for (const path of homes.splice(0)) rmSync(path, { recursive: true, force: true })
    }

    beforeEach(() => {
      process.once('exit', sweep)
      for (const namespace of [one, two]) ip('netns', 'add', namespace)
      ip('link', 'add', `v${id}a`, 'netns', one, 'type', 'veth', 'peer', 'name', `v${id}b`, 'netns', two)
      for (const [namespace, end, address] of [
        [one, 'a', '10.78.0.1/24'],
        [two, 'b', '10.78.0.2/24']
      ] as const) {
        ip('-n', namespace, 'link', 'set', 'lo', 'up')
        ip('-n', namespace, 'addr', 'add', address, 'dev', `v${id}${end}`)
        ip('-n', namespace, 'link', 'set', `v${id}${end}`, 'up')
      }
    })
    afterEach(async () => {
      await Promise.all(hosts.splice(0).map((host) => host.stop()))
      for (const path of homes) await rm(path, { recursive: true, force: true })
      sweep()
      process.off('exit', sweep)
    })

    test('members find each other by announcements alone, and again after a cable was out', async () => {
      const [homeA, homeB] = [home(), home()]
      const a = new Host(one, homeA, 'a')
      hosts.push(a)
      await a.until('ready', (lines) => lines.some((line) => line.kind === 'ready'))
      const invite = String(a.lines.find((line) => line.kind === 'ready')?.invite)
      const b = new Host(two, homeB, 'b', invite)
      hosts.push(b)
      await a.until('met b', (lines) => stateOf(lines, 'b') === 'connected')
      await b.stop()
      await a.stop()
      // Remembered addresses would do as well: only announcements are left.
      for (const path of [homeA, homeB]) rmSync(join(path, 'addresses.json'), { force: true })
      const [again, other] = [new Host(one, homeA, 'a'), new Host(two, homeB, 'b')]
      hosts.push(again, other)
      await again.until('met b by mDNS', (lines) => stateOf(lines, 'b') === 'connected')
      await other.until('met a by mDNS', (lines) => stateOf(lines, 'a') === 'connected')
      const seen = again.lines.findLast((line) => line.kind === 'peers')?.peers?.[0]?.addresses ?? []
      expect(seen.every((address) => address.startsWith('/ip4/10.78.0.2/'))).toBe(true)

      ip('-n', two, 'link', 'set', `v${id}b`, 'down')
      await again.until('lost b', (lines) => stateOf(lines, 'b') === 'lost')
      ip('-n', two, 'link', 'set', `v${id}b`, 'up')
      await again.until('met b again', (lines) => stateOf(lines, 'b') === 'connected')
    })
  }
)
