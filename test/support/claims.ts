import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commandOf, groupsOf, mountsOf, namespacesOf, pidsOf, startOf } from './traces.ts'

/**
 * Whatever a test makes outside its own process (folders, mounts, namespaces, cgroups, processes) belongs to a claim.
 *
 * A claim is a random prefix that all those things carry in their names, written down in a file together with the
 * process that made it. Removing a claim removes everything with its prefix; a claim whose process is dead was left
 * behind by a crash and is swept by the next run. Everything here is synchronous, because it must also work in an
 * exit handler.
 */
export interface Claim {
  prefix: string
  /** The claim's own folder; everything on disk lies in it. */
  folder: string
  ownerPid: number
  /** Start time of the owner in clock ticks since boot: tells it from a later process with the same number. */
  ownerStart: string
}

const book = join(tmpdir(), 'proxima-test-claims')
const prefixPattern = /^px[a-z]-[0-9a-f]{8}$/

const open = new Set<Claim>()
let guarded = false

/** Makes a claim and its folder. `letter` tells the kinds of claims apart: `l` a LAN, `e` an end-to-end room. */
export function makeClaim(letter: string): Claim {
  guard()
  const prefix = `px${letter}-${randomBytes(4).toString('hex')}`
  if (!prefixPattern.test(prefix)) throw new RangeError(`a claim's letter is one of a–z, not "${letter}"`)
  const claim: Claim = {
    prefix,
    folder: join(tmpdir(), prefix),
    ownerPid: process.pid,
    ownerStart: startOf(process.pid) ?? ''
  }
  writeDown(claim)
  mkdirSync(claim.folder, { mode: 0o755 })
  open.add(claim)
  return claim
}

/** Claims made by this process that have not been removed. */
export const openClaims = (): Claim[] => [...open]

/**
 * Ends every process of the claim and removes everything that carries its prefix. Idempotent.
 * @throws Error naming what could not be removed
 */
export function removeClaim(claim: Pick<Claim, 'prefix' | 'folder'>): void {
  const problems: string[] = []
  const attempt = (act: () => void) => {
    try {
      act()
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
    }
  }
  const groups = groupsOf(claim.prefix)
  for (const group of groups) thaw(group)
  attempt(() => killAll(claim))
  for (const mount of mountsOf(claim.folder)) attempt(() => run('umount', ['-l', mount]))
  for (const name of namespacesOf(claim.prefix)) attempt(() => run('ip', ['netns', 'delete', name]))
  for (const group of groups.reverse()) attempt(() => removeGroup(group))
  attempt(() => rmSync(claim.folder, { recursive: true, force: true, maxRetries: 5 }))
  const left = leftoversOf(claim)
  if (left.length > 0) {
    throw new Error(`could not remove all of ${claim.prefix}: ${left.join(', ')} (${problems.join('; ')})`)
  }
  rmSync(join(book, `${claim.prefix}.json`), { force: true })
  closeBook()
  for (const own of open) if (own.prefix === claim.prefix) open.delete(own)
}

/** What still exists of a claim, each as words for a person; empty when all is gone. */
export function leftoversOf(claim: Pick<Claim, 'prefix' | 'folder'>): string[] {
  return [
    ...pidsOf(claim).map((pid) => `process ${pid} (${commandOf(pid)})`),
    ...mountsOf(claim.folder).map((mount) => `mount ${mount}`),
    ...namespacesOf(claim.prefix).map((name) => `namespace ${name}`),
    ...groupsOf(claim.prefix).map((group) => `cgroup ${group}`),
    ...(existsSync(claim.folder) ? [`folder ${claim.folder}`] : [])
  ]
}

/**
 * Removes the claims of processes that are dead.
 * @returns their prefixes
 */
export function sweepDeadClaims(): string[] {
  if (!existsSync(book)) return []
  const swept: string[] = []
  for (const file of readdirSync(book)) {
    const claim = readClaim(join(book, file))
    if (!claim || isAlive(claim)) continue
    removeClaim(claim)
    swept.push(claim.prefix)
  }
  return swept
}

/** Blocks this thread: only for the short waits of a clean-up, which may run in an exit handler. */
export function blockFor(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

function killAll(claim: Pick<Claim, 'prefix'>): void {
  for (let round = 0; round < 500; round++) {
    const pids = pidsOf(claim)
    if (pids.length === 0) return
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch (error) {
        if (codeOf(error) !== 'ESRCH') throw error
      }
    }
    blockFor(20)
  }
}

/** Another run may remove the empty book between making the folder and writing into it. */
function writeDown(claim: Claim): void {
  for (let round = 0; ; round++) {
    try {
      mkdirSync(book, { recursive: true })
      writeFileSync(join(book, `${claim.prefix}.json`), JSON.stringify(claim))
      return
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || round > 10) throw error
    }
  }
}

function closeBook(): void {
  try {
    rmdirSync(book)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(codeOf(error) ?? '')) throw error
  }
}

/** A cgroup refuses to go for some milliseconds after its last process ended. */
function removeGroup(group: string): void {
  for (let round = 0; existsSync(group); round++) {
    try {
      rmdirSync(group)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return
      if (codeOf(error) !== 'EBUSY' || round > 250) throw error
      blockFor(20)
    }
  }
}

function thaw(group: string): void {
  for (const [file, word] of [
    ['freezer.state', 'THAWED'],
    ['cgroup.freeze', '0']
  ] as const) {
    if (existsSync(join(group, file))) writeFileSync(join(group, file), word)
  }
}

function isAlive(claim: Claim): boolean {
  if (claim.ownerStart !== '') return startOf(claim.ownerPid) === claim.ownerStart
  try {
    return process.kill(claim.ownerPid, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

function readClaim(path: string): Claim | null {
  try {
    const claim = JSON.parse(readFileSync(path, 'utf8')) as Claim
    // The prefix and folder decide what is removed: nothing else may slip in.
    if (!prefixPattern.test(claim.prefix) || claim.folder !== join(tmpdir(), claim.prefix)) return null
    return claim
  } catch {
    return null // being written, or removed by another run at this moment
  }
}

/** Removes this process's claims however it ends, but for SIGKILL, after which the next run sweeps. */
function guard(): void {
  if (guarded) return
  guarded = true
  process.on('exit', removeOpenClaims)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      removeOpenClaims()
      process.kill(process.pid, signal)
    })
  }
}

function removeOpenClaims(): void {
  for (const claim of openClaims()) {
    try {
      removeClaim(claim)
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    }
  }
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code
