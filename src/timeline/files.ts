import { open, readdir, stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { fromFd, type ZipFile } from 'yauzl'

/** What the timeline room needs of a file system; everything about paths is decided before it is called. */
export interface TimelineFiles {
  /** What is at a path, symbolic links followed; null when nothing is. */
  look(path: string): Promise<{ kind: 'file' | 'folder' | 'other'; sizeBytes: number } | null>
  /** The names in a folder; empty when it is none. */
  list(folder: string): Promise<readonly string[]>
  /** Up to `length` bytes from `start`, fewer at the end of the file. */
  read(path: string, start: number, length: number): Promise<Uint8Array>
  /**
   * One file of a ZIP archive, read without the rest of it.
   * @returns null when the archive has no such file; `too-large` when it would unpack to more than `maxSizeBytes`
   */
  readZipped(archive: string, name: string, maxSizeBytes: number): Promise<Uint8Array | 'too-large' | null>
}

/** What finding media needs of it. */
export type Places = Pick<TimelineFiles, 'look' | 'list'>

/** The real file system. Errors of the system are thrown as they are, but for what is simply not there. */
export const realFiles: TimelineFiles = {
  async look(path) {
    try {
      const found = await stat(path)
      const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other'
      return { kind, sizeBytes: found.size }
    } catch (error) {
      if (isAbsence(error)) return null
      throw error
    }
  },
  async list(folder) {
    try {
      return await readdir(folder)
    } catch (error) {
      if (isAbsence(error)) return []
      throw error
    }
  },
  async read(path, start, length) {
    await using file = await open(path)
    const { size } = await file.stat()
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - start)))
    let done = 0
    while (done < bytes.length) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done)
      if (bytesRead === 0) break
      done += bytesRead
    }
    return bytes.subarray(0, done)
  },
  async readZipped(archive, name, maxSizeBytes) {
    await using file = await open(archive)
    const zip = await openZip(file.fd)
    return await readEntry(zip, name, maxSizeBytes)
  }
}

const isAbsence = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'ENAMETOOLONG')

const openZip = (fd: number): Promise<ZipFile> =>
  promisify<number, { lazyEntries: boolean; autoClose: boolean }, ZipFile>(fromFd)(fd, {
    lazyEntries: true,
    autoClose: false
  })

function readEntry(
  zip: ZipFile,
  name: string,
  maxSizeBytes: number
): Promise<Uint8Array | 'too-large' | null> {
  return new Promise((resolve, reject) => {
    zip.on('error', reject)
    zip.on('end', () => resolve(null))
    zip.on('entry', (entry) => {
      if (entry.fileName !== name) {
        zip.readEntry()
        return
      }
      if (entry.uncompressedSize > maxSizeBytes) {
        resolve('too-large')
        return
      }
      // The declared size is held against what comes out: yauzl ends the stream with an error where they differ.
      zip.openReadStream(entry, (error, stream) => {
        if (error) {
          reject(error)
          return
        }
        const parts: Buffer[] = []
        stream.on('data', (part: Buffer) => parts.push(part))
        stream.on('error', reject)
        stream.on('end', () => resolve(Buffer.concat(parts)))
      })
    })
    zip.readEntry()
  })
}
