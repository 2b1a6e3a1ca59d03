/** A line that is an object of JSON; null for any other. */
export function parseObject(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && !Array.isArray(value) ? value : null
  } catch {
    return null // words
  }
}

/** Calls with every line, and with null in place of one that grows beyond all measure, as soon as it does. */
export function eachLine(
  stream: NodeJS.ReadableStream,
  maxLength: number,
  onLine: (line: string | null) => void
): void {
  let begun: string[] = []
  let length = 0
  const add = (part: string): void => {
    const before = length
    length += part.length
    if (length <= maxLength) begun.push(part)
    else if (before <= maxLength) {
      begun = []
      onLine(null)
    }
  }
  stream.setEncoding('utf8')
  stream.on('data', (data: string) => {
    const [head = '', ...rest] = data.split('\n')
    add(head)
    for (const part of rest) {
      if (length <= maxLength) onLine(begun.join('').replace(/\r$/, ''))
      begun = []
      length = 0
      add(part)
    }
  })
}
