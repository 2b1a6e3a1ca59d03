import { mkdirSync } from 'node:fs'
import { command } from './commands.ts'

/** Makes a folder a small disk of its own, in memory, for its user alone. @param size as `64m` */
export function mountDisk(folder: string, size: string): void {
  mkdirSync(folder, { recursive: true })
  command('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'tmpfs', folder])
}

/** Shows a folder at another place too, as a share that is mounted there. */
export function mountShare(share: string, folder: string): void {
  mkdirSync(folder, { recursive: true })
  command('mount', ['--bind', share, folder])
}

/** The folder is empty from now on; what is open in it stays open, as with a share that is forced off. */
export const unmount = (folder: string): string => command('umount', ['-l', folder])
