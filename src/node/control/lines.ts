/**
 * Cuts a byte stream into lines at `\n`, holding at most `maxBytes` of an unfinished one.
 * Bytes, not text: a character may be split between two reads.
 */
export class LineSplitter {
  readonly #maxBytes: number
  #parts: Buffer[] = []
  #heldBytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Complete lines of the bytes so far, without their ends; `null` when a line grew beyond the limit. */
  push(bytes: Buffer): string[] | null {
    const lines: string[] = []
    let start = 0
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
      if (this.#heldBytes + end - start > this.#maxBytes) return null
      lines.push(this.#take(bytes.subarray(start, end)))
      start = end + 1
    }
    this.#parts.push(bytes.subarray(start))
    this.#heldBytes += bytes.length - start
    return this.#heldBytes > this.#maxBytes ? null : lines
  }

  #take(last: Buffer): string {
    const line = this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last])
    this.#parts = []
    this.#heldBytes = 0
    return line.toString('utf8')
  }
}
