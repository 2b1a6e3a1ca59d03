import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

const sampleBytes = 1_048_576

/**
 * A print of a file's content: SHA-256 of its size and of samples of 1 MiB at its beginning, middle and end (of all of
 * it, when it is no larger than these). Tells a file that was replaced from one that was only touched, without reading
 * hundreds of gigabytes over a network.
 * @param onProgress called after every answer of the storage
 * @throws the system's error when the file cannot be read
 */
export async function printOf(
  path: string,
  signal: AbortSignal,
  onProgress: () => void = () => {}
): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    onProgress()
    const hash = createHash('sha256').update(`${size}\n`)
    const starts = size <= 3 * sampleBytes ? [0, 1, 2].map((n) => n * sampleBytes) : sampleStarts(size)
    const buffer = Buffer.allocUnsafe(sampleBytes)
    for (const start of starts) {
      signal.throwIfAborted()
      if (start >= size) break
      const { bytesRead } = await file.read(buffer, 0, Math.min(sampleBytes, size - start), start)
      onProgress()
      hash.update(buffer.subarray(0, bytesRead))
    }
    return hash.digest('base64url')
  } finally {
    await file.close()
  }
}

const sampleStarts = (size: number): number[] => [0, Math.floor((size - sampleBytes) / 2), size - sampleBytes]
