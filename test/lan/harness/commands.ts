import { execFileSync } from 'node:child_process'
import { HarnessError } from './errors.ts'

/** Runs a system tool; its standard output. @throws HarnessError 'command-failed' with what it said */
export function command(program: string, args: readonly string[], input?: string): string {
  try {
    return execFileSync(program, args, {
      encoding: 'utf8',
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(input === undefined ? {} : { input })
    })
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim() || String(error)
    throw new HarnessError('command-failed', `${program} ${args.join(' ')}: ${said}`, { cause: error })
  }
}

/** `ip` inside a namespace. */
export const ipIn = (namespace: string, ...args: string[]): string =>
  command('ip', ['-n', namespace, ...args])

/** nftables inside a namespace, from a script. */
export const nftIn = (namespace: string, script: string): string =>
  command('nsenter', [`--net=/run/netns/${namespace}`, 'nft', '-f', '-'], script)
