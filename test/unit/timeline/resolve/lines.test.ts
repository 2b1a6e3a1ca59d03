import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { eachLine, parseObject } from '../../../../src/timeline/resolve/lines.ts'

function linesOf(parts: (string | Buffer)[], maxLength = 100): (string | null)[] {
  const stream = new PassThrough()
  const lines: (string | null)[] = []
  eachLine(stream, maxLength, (line) => lines.push(line))
  for (const part of parts) {
    stream.write(part)
    // What was written is read before the next part comes.
    stream.read()
  }
  return lines
}

describe('eachLine', () => {
  it('puts lines together that come in pieces, and takes those apart that come together', () => {
    expect(linesOf(['{"a"', ':1}\r\n{}\n\nen', 'd\n', 'begun'])).toEqual(['{"a":1}', '{}', '', 'end'])
  })

  it('does not break a character that comes in two pieces', () => {
    const bytes = Buffer.from('映画\n')
    expect(linesOf([bytes.subarray(0, 2), bytes.subarray(2)])).toEqual(['映画'])
  })

  it('tells that a line grows beyond all measure instead of keeping it', () => {
    const half = 'x'.repeat(60)
    expect(linesOf([half, half, half, '\n', 'next\n'])).toEqual([null, 'next'])
    expect(linesOf([`${half}${half}\nnext\n`])).toEqual([null, 'next'])
  })
})

describe('parseObject', () => {
  it('takes objects only, everything else for words', () => {
    expect(parseObject('{"id":1}')).toEqual({ id: 1 })
    expect(['{ written by a library', 'null', '[]', '3', ''].map(parseObject)).toEqual(Array(5).fill(null))
  })
})
