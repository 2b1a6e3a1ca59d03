import { createHash } from 'node:crypto'
import type { TimelineFiles } from '../files.ts'

/**
 * The name that Kdenlive and Shotcut give to a source's proxy: the MD5, in hexadecimal, of the first and the last
 * 1,000,000 bytes, or of the whole of a file of at most 2,000,000 (Kdenlive `ProjectClip::getFileHash`, Shotcut
 * `Util::getFileHash`).
 * @throws the system's error when the file cannot be read
 */
export async function proxyHash(path: string, sizeBytes: number, files: TimelineFiles): Promise<string> {
  const hash = createHash('md5')
  if (sizeBytes > 2 * partSizeBytes) {
    hash.update(await files.read(path, 0, partSizeBytes))
    hash.update(await files.read(path, sizeBytes - partSizeBytes, partSizeBytes))
  } else {
    hash.update(await files.read(path, 0, sizeBytes))
  }
  return hash.digest('hex')
}

const partSizeBytes = 1_000_000
