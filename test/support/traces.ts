import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Finding what carries the prefix of a claim (see `claims.ts`) on a Linux machine: processes, cgroups, namespaces,
 * mounts. On other systems there is none of these to find.
 */

/** Carried by every process of a claim, so that it is found even when it left all of its groups. */
export const claimVariable = 'TEST_CLAIM'

const namespaces = '/run/netns'

/** Processes that belong to a claim: in its cgroups, in its namespaces, or carrying its mark. Never this one. */
export function pidsOf(claim: { prefix: string }): number[] {
  const inodes = new Set(namespacesOf(claim.prefix).map((name) => statSync(join(namespaces, name)).ino))
  const found = new Set(groupsOf(claim.prefix).flatMap(pidsInGroup))
  const mark = `${claimVariable}=${claim.prefix}`
  for (const pid of allPids()) {
    if (inodes.size > 0 && inodes.has(namespaceInodeOf(pid) ?? -1)) found.add(pid)
    else if (environmentOf(pid).includes(mark)) found.add(pid)
  }
  found.delete(process.pid)
  return [...found].filter((pid) => commandOf(pid) !== '')
}

/** Processes whose network namespace has this name. */
export function pidsInNamespace(name: string): number[] {
  const path = join(namespaces, name)
  if (!existsSync(path)) return []
  const { ino } = statSync(path)
  return allPids().filter((pid) => namespaceInodeOf(pid) === ino)
}

/** Processes of a cgroup (not of those below it); empty when it is gone. */
export const pidsInGroup = (group: string): number[] =>
  readOr(join(group, 'cgroup.procs'), '')
    .split('\n')
    .filter((line) => line !== '')
    .map(Number)

export function namespacesOf(prefix: string): string[] {
  if (!existsSync(namespaces)) return []
  return readdirSync(namespaces).filter((name) => name.startsWith(`${prefix}-`))
}

/** Parents before children. */
export function groupsOf(prefix: string): string[] {
  const found: string[] = []
  const walk = (folder: string) => {
    found.push(folder)
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) walk(join(folder, entry.name))
    }
  }
  for (const mount of groupMounts()) {
    for (const name of readdirSync(mount)) {
      if (name.startsWith(`${prefix}-`)) walk(join(mount, name))
    }
  }
  return found
}

const groupMounts = (): string[] =>
  mountTable()
    .filter((mount) => mount.type === 'cgroup' || mount.type === 'cgroup2')
    .map((mount) => mount.path)

export interface Mount {
  path: string
  type: string
  options: string[]
}

/** The mounts that this process sees. */
export function mountTable(): Mount[] {
  return readOr('/proc/self/mountinfo', '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [before, after] = line.split(' - ') as [string, string]
      const [type = '', , options = ''] = after.split(' ')
      return {
        path: (before.split(' ')[4] ?? '').replaceAll('\\040', ' '),
        type,
        options: options.split(',')
      }
    })
}

/** Mounts in a folder, the inner ones first. */
export const mountsOf = (folder: string): string[] =>
  mountTable()
    .map((mount) => mount.path)
    .filter((path) => path.startsWith(`${folder}/`))
    .reverse()

const allPids = (): number[] =>
  existsSync('/proc')
    ? readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
    : []

export const commandOf = (pid: number): string =>
  readOr(`/proc/${pid}/cmdline`, '').replaceAll('\0', ' ').trim()

const environmentOf = (pid: number): string[] => readOr(`/proc/${pid}/environ`, '').split('\0')

function namespaceInodeOf(pid: number): number | null {
  try {
    const match = /\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/ns/net`))
    return match ? Number(match[1]) : null
  } catch {
    return null // it has ended, or is another user's
  }
}

export function startOf(pid: number): string | null {
  const stat = readOr(`/proc/${pid}/stat`, '')
  // The name in parentheses may hold spaces; start time is the 22nd field, the 20th after it.
  return stat === '' ? null : (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null)
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return otherwise
  }
}
