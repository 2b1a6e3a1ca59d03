import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Mount, mountTable, pidsInGroup } from '../../support/traces.ts'
import { HarnessError } from './errors.ts'

/** Where groups of one controller are made, and in which dialect they are written. */
export type Controller = { version: 1 | 2; mount: string } | { reason: string }

export interface Controllers {
  cpu: Controller
  memory: Controller
  freezer: Controller
}

/** The share of the quota's period in which a host runs: short, so that a limited host is slow, not jerky. */
const periodUs = 50_000

/** The controllers that this machine offers: cgroup v2 where it carries them, else v1. */
export function findControllers(
  mounts: readonly Mount[] = mountTable(),
  read: (path: string) => string | null = readText
): Controllers {
  const unified = mounts.find(({ type }) => type === 'cgroup2')
  const carried = unified ? (read(join(unified.path, 'cgroup.controllers')) ?? '').trim().split(/\s+/) : []
  const find = (name: string): Controller => {
    if (unified && carried.includes(name)) return { version: 2, mount: unified.path }
    const old = mounts.find(({ type, options }) => type === 'cgroup' && options.includes(name))
    return old
      ? { version: 1, mount: old.path }
      : { reason: `no cgroup controller "${name}" is mounted here` }
  }
  const freezer = find('freezer')
  return {
    cpu: writable(find('cpu')),
    memory: writable(ownMemory(find('memory'), read)),
    // In v2 every group can be frozen, whatever controllers it has.
    freezer: writable('reason' in freezer && unified ? { version: 2, mount: unified.path } : freezer)
  }
}

/**
 * A process that somebody put into a memory group of v1 stays there: a group of ours beside it would take its
 * children out of the limit they are meant to be in.
 */
function ownMemory(controller: Controller, read: (path: string) => string | null): Controller {
  if ('reason' in controller || controller.version === 2) return controller
  const line = (read('/proc/self/cgroup') ?? '').split('\n').find((text) => /^\d+:memory:/.test(text))
  const own = line?.split(':')[2]
  return own === '/' ? controller : { reason: 'this process is in a memory cgroup that is not the harness’s' }
}

function writable(controller: Controller): Controller {
  if ('reason' in controller) return controller
  try {
    accessSync(controller.mount, constants.W_OK)
    return controller
  } catch {
    return { reason: `${controller.mount} cannot be written here` }
  }
}

/**
 * The cgroups of one host: everything of the host is in `all` (to be frozen), its node with its children also under
 * the quotas. Commands are not, so that looking at a slow host stays quick.
 */
export class HostGroup {
  readonly #controllers: Controllers
  readonly #groups = new Map<string, string>()

  /** @param name begins with the claim's prefix, which removes the groups in the end */
  constructor(name: string, controllers: Controllers = findControllers()) {
    this.#controllers = controllers
    for (const [key, controller] of Object.entries(controllers) as [keyof Controllers, Controller][]) {
      if ('reason' in controller) continue
      // v2: one tree, the quotas one level down, because a group with children may hold no processes.
      const outer = join(controller.mount, name)
      const group = controller.version === 1 ? outer : join(outer, key === 'freezer' ? 'commands' : 'node')
      if (controller.version === 2 && key !== 'freezer') enableBelow(controller.mount, outer, key)
      mkdirSync(group, { recursive: true })
      this.#groups.set(key, group)
    }
  }

  /** Files that a process writes its id into to join: for the node, or for a command. */
  doors(node: boolean): string[] {
    const doors = new Set<string>()
    const freezer = this.#groups.get('freezer')
    if (freezer) doors.add(join(freezer, 'cgroup.procs'))
    if (node) {
      // Last, because in v2 the last door entered is the group that counts.
      for (const key of ['cpu', 'memory'] as const) {
        const group = this.#groups.get(key)
        if (group) doors.add(join(group, 'cgroup.procs'))
      }
    }
    return [...doors]
  }

  /** @param cores how many cores the node and its children may use together; null lifts the limit */
  setCpu(cores: number | null): void {
    const { version, group } = this.#need('cpu')
    if (version === 2) {
      write(join(group, 'cpu.max'), `${cores === null ? 'max' : Math.round(cores * periodUs)} ${periodUs}`)
      return
    }
    write(join(group, 'cpu.cfs_period_us'), `${periodUs}`)
    write(join(group, 'cpu.cfs_quota_us'), cores === null ? '-1' : `${Math.round(cores * periodUs)}`)
  }

  /** @param sizeBytes of memory for the node and its children together; null lifts the limit */
  setMemory(sizeBytes: number | null): void {
    const { version, group } = this.#need('memory')
    if (version === 2) write(join(group, 'memory.max'), sizeBytes === null ? 'max' : `${sizeBytes}`)
    else write(join(group, 'memory.limit_in_bytes'), `${sizeBytes ?? -1}`)
  }

  /** Stops or continues every process of the host at once. False when there is no freezer. */
  freeze(frozen: boolean): boolean {
    const controller = this.#controllers.freezer
    const group = this.#groups.get('freezer')
    if ('reason' in controller || !group) return false
    if (controller.version === 1) write(join(group, 'freezer.state'), frozen ? 'FROZEN' : 'THAWED')
    else write(join(group, '..', 'cgroup.freeze'), frozen ? '1' : '0')
    return true
  }

  pids(): number[] {
    return [...new Set([...this.#groups.values()].flatMap(pidsInGroup))]
  }

  #need(key: keyof Controllers): { version: 1 | 2; group: string } {
    const controller = this.#controllers[key]
    const group = this.#groups.get(key)
    if ('reason' in controller || !group) {
      throw new HarnessError('not-supported', 'reason' in controller ? controller.reason : `no ${key} group`)
    }
    return { version: controller.version, group }
  }
}

function enableBelow(mount: string, outer: string, key: string): void {
  for (const group of [mount, outer]) {
    mkdirSync(group, { recursive: true })
    const file = join(group, 'cgroup.subtree_control')
    if ((readText(file) ?? '').split(/\s+/).includes(key)) continue
    write(file, `+${key}`)
  }
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new HarnessError('not-supported', `could not write "${text}" to ${path}: ${String(error)}`, {
      cause: error
    })
  }
}

function readText(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}
