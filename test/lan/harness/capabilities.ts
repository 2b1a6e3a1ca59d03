import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { findControllers } from './cgroup.ts'

export interface Capabilities {
  /** Why no LAN can be made here, or null. */
  lan: string | null
  /** Why a host's CPU cannot be limited here, or null. */
  cpu: string | null
  /** Why a host's memory cannot be limited here, or null. */
  memory: string | null
  /** Why no one-way partition can be made here, or null. */
  drop: string | null
}

let found: Capabilities | null = null

/** What this machine lets the harness do: tried, not guessed. Looked up once a process. */
export function capabilities(): Capabilities {
  found ??= { lan: whyNoLan(), ...whyNoLimits(), drop: whyNoDrop() }
  return found
}

function whyNoLan(): string | null {
  if (process.platform !== 'linux') return `network namespaces need Linux, this is ${process.platform}`
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  for (const tool of ['ip', 'nsenter']) {
    if (!works(tool, ['--version']) && !works(tool, ['-V'])) return `the tool \`${tool}\` is not installed`
  }
  // In a container root may be root and still not be allowed.
  const name = `pxp-${randomBytes(4).toString('hex')}-try`
  if (!works('ip', ['netns', 'add', name])) return 'making a network namespace is not permitted here'
  const bridge = works('ip', ['-n', name, 'link', 'add', 'br0', 'type', 'bridge'])
  const pair = works('ip', ['-n', name, 'link', 'add', 'a0', 'type', 'veth', 'peer', 'name', 'b0'])
  works('ip', ['netns', 'delete', name])
  return bridge && pair ? null : 'this kernel makes no bridges or veth pairs'
}

function whyNoLimits(): Pick<Capabilities, 'cpu' | 'memory'> {
  const controllers = findControllers()
  return {
    cpu: 'reason' in controllers.cpu ? controllers.cpu.reason : null,
    memory: 'reason' in controllers.memory ? controllers.memory.reason : null
  }
}

const whyNoDrop = (): string | null =>
  works('nft', ['--version']) ? null : 'the tool `nft` is not installed'

function works(program: string, args: readonly string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
