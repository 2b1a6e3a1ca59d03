import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import {
  baseName,
  clean,
  column,
  fitText,
  formatDuration,
  formatFps,
  formatLeft,
  formatLength,
  formatPercent,
  formatSize,
  pad,
  toAscii
} from '../../../../src/tui/text/format.ts'

describe('formatLength', () => {
  it('writes a clip of 5.005 s as five seconds', () => {
    expect(formatLength(5_005)).toBe('0:05')
    expect(formatLength(5_600)).toBe('0:06')
  })
})

describe('formatDuration', () => {
  it.each([
    [0, '0:00'],
    [1, '0:01'],
    [42_000, '0:42'],
    [59_001, '1:00'],
    [723_000, '12:03'],
    [3_723_000, '1:02:03'],
    [90_000_000, '25:00:00'],
    [null, '-'],
    [Number.POSITIVE_INFINITY, '-'],
    [-5, '-']
  ])('shows %s ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })
})

describe('formatSize', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1_540, '1.5 kB'],
    [9_960, '10 kB'],
    [999_500, '1.0 MB'],
    [12_345_678, '12 MB'],
    [1_400_000_000, '1.4 GB'],
    [2e18, '2000 PB']
  ])('shows %s bytes as %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text)
  })
})

describe('formatPercent', () => {
  it('says 100% only when all is done', () => {
    expect(formatPercent(999_999, 1_000_000)).toBe('99%')
    expect(formatPercent(1_000_000, 1_000_000)).toBe('100%')
    expect(formatPercent(1_000_001, 1_000_000)).toBe('100%')
  })

  it('says nothing of an unknown total', () => {
    expect(formatPercent(5, 0)).toBe('-')
  })
})

describe('formatFps', () => {
  it('gives slow speeds a decimal and standstill nothing', () => {
    expect([311.4, 8.44, 9.97, 0, Number.NaN].map(formatFps)).toEqual([
      '311 fps',
      '8.4 fps',
      '10 fps',
      '',
      ''
    ])
  })
})

describe('clean', () => {
  it('removes what would move the cursor, colour the terminal or turn the text round', () => {
    expect(clean('a\u001b[31mred\u0007\nb\u202Egpj.exe')).toBe('a [31mred b gpj.exe')
  })

  it('leaves letters of all scripts', () => {
    expect(clean('Ümläut 動画 🎬')).toBe('Ümläut 動画 🎬')
  })
})

describe('fitText', () => {
  it('cuts at the end or in the middle', () => {
    expect(fitText('A001_C004_0512.mov', 10)).toBe('A001_C004…')
    expect(fitText('A001_C004_0512.mov', 10, 'middle')).toBe('A001_….mov')
    expect(fitText('short', 10)).toBe('short')
  })

  it('never exceeds the width nor splits a character, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).map(clean),
        fc.integer({ min: 0, max: 30 }),
        fc.boolean(),
        (text, width, middle) => {
          const cut = fitText(text, width, middle ? 'middle' : 'end')
          expect(stringWidth(cut)).toBeLessThanOrEqual(width)
          if (stringWidth(text) <= width) expect(cut).toBe(text)
        }
      )
    )
  })

  it('counts wide characters as two columns', () => {
    expect(fitText('動画動画', 5)).toBe('動画…')
    expect(pad('動画', 6)).toBe('動画  ')
  })
})

describe('baseName', () => {
  it('takes the last component of either system’s path', () => {
    expect([baseName('/a/b.mov'), baseName('C:\\a\\b.mov'), baseName('b.mov')]).toEqual([
      'b.mov',
      'b.mov',
      'b.mov'
    ])
  })
})

describe('formatLeft', () => {
  it.each([
    [null, '-'],
    [{ minMs: 60_000, maxMs: 65_000 }, '1:05'],
    [{ minMs: 1_000, maxMs: 4_000 }, '0:04'],
    [{ minMs: 21_000, maxMs: 31_000 }, '20–35 s'],
    [{ minMs: 2_000, maxMs: 31_000 }, '< 35 s'],
    [{ minMs: 74_000, maxMs: 190_000 }, '1–4 min'],
    [{ minMs: 3_600_000, maxMs: 7_000_000 }, '1–2 h'],
    [{ minMs: 1_000, maxMs: Number.POSITIVE_INFINITY }, '-']
  ])('writes %j as %s', (range, text) => {
    expect(formatLeft(range)).toBe(text)
  })
})

describe('toAscii', () => {
  it('keeps the columns and draws with ASCII alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const plain = toAscii(clean(text))
        expect(plain).toMatch(/^[ -~]*$/)
        expect(stringWidth(plain)).toBe(stringWidth(clean(text)))
      })
    )
  })

  it('draws bars and lines by their likeness and keeps colours', () => {
    expect(toAscii('\u001b[2m── █░·…\u001b[22m é')).toBe('\u001b[2m-- #-.~\u001b[22m ?')
  })
})

describe('column', () => {
  it('takes exactly its width', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.integer({ min: 1, max: 30 }),
        (text, width) => {
          expect(stringWidth(column(clean(text), width))).toBe(width)
        }
      )
    )
  })
})
