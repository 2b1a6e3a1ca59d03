import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LineSplitter } from '../../../../src/node/control/lines.ts'

describe('LineSplitter', () => {
  it('gives the same lines however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' '))),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        (lines, steps) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
          const splitter = new LineSplitter(10_000)
          const seen: string[] = []
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const step = steps[i % steps.length] as number
            seen.push(...(splitter.push(bytes.subarray(at, at + step)) ?? ['too long']))
            at += step
          }
          expect(seen).toEqual(lines)
        }
      )
    )
  })

  it('refuses a line beyond its limit, finished or not', () => {
    expect(new LineSplitter(3).push(Buffer.from('abc\n'))).toEqual(['abc'])
    expect(new LineSplitter(3).push(Buffer.from('abcd\n'))).toBeNull()
    expect(new LineSplitter(3).push(Buffer.from('abcd'))).toBeNull()
    const splitter = new LineSplitter(3)
    expect(splitter.push(Buffer.from('ab'))).toEqual([])
    expect(splitter.push(Buffer.from('cd'))).toBeNull()
  })
})
