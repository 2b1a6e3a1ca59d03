import { createHash } from 'node:crypto'
import { tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'

/** Longest socket path that every system takes: `sun_path` has 104 bytes on macOS, 108 on Linux, with the zero. */
const maxSocketPathBytes = 103

/**
 * Where the node of a home listens for its commands: `<home>/node.sock`. A named pipe on Windows. A home whose path
 * is too long for a socket gets one in a folder of this user's under the system's temporary folder.
 */
export function controlSocketPath(home: string, platform: NodeJS.Platform = process.platform): string {
  const absolute = resolve(home)
  if (platform === 'win32') {
    return `\\\\.\\pipe\\proxima-node-${digest(`${userInfo().username}\n${absolute.toLowerCase()}`)}`
  }
  const path = join(absolute, 'node.sock')
  if (Buffer.byteLength(path) <= maxSocketPathBytes) return path
  return join(tmpdir(), `proxima-node-${userInfo().uid}`, `${digest(absolute)}.sock`)
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 24)
