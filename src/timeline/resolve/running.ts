import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/**
 * Whether a DaVinci Resolve runs on this machine, by the names of its processes; null when they cannot be listed.
 * Only for words: "not running" and "does not answer" ask different things of a person.
 */
export async function isResolveRunning(
  platform: NodeJS.Platform = process.platform
): Promise<boolean | null> {
  try {
    const commands = platform === 'linux' ? await linuxCommands() : await listedCommands(platform)
    return commands.some((command) => isResolveCommand(command, platform))
  } catch {
    return null // no /proc, no ps: it stays unknown
  }
}

/** Whether a process's program is Resolve itself, not a helper of it. */
export function isResolveCommand(program: string, platform: NodeJS.Platform): boolean {
  if (platform === 'win32') return /^"?Resolve\.exe"?/i.test(program)
  if (platform === 'darwin')
    return /\/DaVinci Resolve[^/]*\.app\/Contents\/MacOS\/[^/]*Resolve[^/]*$/.test(program)
  return /(^|\/)resolve\/bin\/resolve$/.test(program)
}

async function linuxCommands(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  // A process that has ended meanwhile has no command line any more.
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return lines.map((line) => line.split('\0')[0]!)
}

async function listedCommands(platform: NodeJS.Platform): Promise<string[]> {
  const [program, args] =
    platform === 'win32'
      ? ['tasklist', ['/FI', 'IMAGENAME eq Resolve.exe', '/FO', 'CSV', '/NH']]
      : ['/bin/ps', ['-axo', 'comm=']]
  const { stdout } = await promisify(execFile)(program as string, args as string[], {
    timeout: 10_000,
    windowsHide: true,
    maxBuffer: 16 * 1024 * 1024
  })
  return stdout.split(/\r?\n/).map((line) => line.trim())
}
