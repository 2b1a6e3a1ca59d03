import { posix } from 'node:path'
import type { TimelineFiles } from '../../../src/timeline/index.ts'

/** A file system in memory: contents by path; folders follow from the paths. Names are kept exactly, as on Linux. */
export function fakeFiles(contents: Readonly<Record<string, string | Uint8Array>>): TimelineFiles {
  const files = new Map(Object.entries(contents).map(([path, content]) => [path, Buffer.from(content)]))
  const folders = new Set<string>()
  for (const path of files.keys()) {
    for (let folder = posix.dirname(path); !folders.has(folder); folder = posix.dirname(folder))
      folders.add(folder)
  }
  const plain = (path: string): string => posix.normalize(path).replace(/(.)\/$/, '$1')
  return {
    look: async (path) => {
      const file = files.get(plain(path))
      if (file !== undefined) return { kind: 'file', sizeBytes: file.length }
      return folders.has(plain(path)) ? { kind: 'folder', sizeBytes: 0 } : null
    },
    list: async (folder) => {
      const inside = [...files.keys(), ...folders].filter(
        (path) => path !== '/' && posix.dirname(path) === plain(folder)
      )
      return inside.map((path) => posix.basename(path))
    },
    read: async (path, start, length) => {
      const file = files.get(plain(path))
      if (file === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
      return file.subarray(start, start + length)
    },
    readZipped: async () => null
  }
}
