import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import type { ScreenPart } from '../../../src/model/index.ts'
import { fitText } from '../../../src/tui/text/format.ts'
import { jobRow, peerRow, sceneChunks, sceneNode, sceneParts } from '../../support/scene.ts'
import { expectGolden } from './golden.ts'
import { Desk } from './kit.ts'

const sizes = [
  [60, 15],
  [80, 24],
  [120, 40],
  [200, 60]
] as const

/** Screens of the scene, by the keys that lead to them. */
const screens: Readonly<Record<string, readonly string[]>> = {
  jobs: [],
  chunks: ['2', 'n'],
  peers: ['3'],
  log: ['4'],
  help: ['?'],
  peer: ['3', 'Down', 'Enter'],
  confirm: ['x'],
  filter: ['/', 'a', '0']
}

describe('whole screens', () => {
  for (const [columns, rows] of sizes) {
    for (const [name, keys] of Object.entries(screens)) {
      it(`draws ${name} at ${columns}x${rows} as it was reviewed`, () => {
        const desk = Desk.busy({ columns, rows }).keys(...keys)
        expectGolden(`${name}-${columns}x${rows}`, desk.frame())
      })
    }
  }

  it('draws with ASCII alone as it was reviewed', () => {
    expectGolden('jobs-80x24-ascii', Desk.busy().frame({ ascii: true }))
    expectGolden('chunks-80x24-ascii', Desk.busy().keys('2').frame({ ascii: true }))
  })

  it('teaches where there is nothing yet', () => {
    const fresh = () =>
      new Desk().told([
        { kind: 'node', node: sceneNode },
        { kind: 'peer', row: peerRow(0) }
      ])
    expectGolden('empty-jobs-80x24', fresh().frame())
    expectGolden('empty-chunks-80x24', fresh().keys('2').frame())
    expectGolden('empty-peers-80x24', fresh().keys('3').frame())
    expectGolden('empty-log-80x24', fresh().keys('4').frame())
    const lonely = fresh().news({ kind: 'peer', row: peerRow(2, { status: 'offline', state: null }) })
    expect(lonely.keys('3').text()).toContain('No other machine of this mesh answers')
  })

  it('gives one summing line where there is no room', () => {
    const lines = Desk.busy({ columns: 59, rows: 24 }).frame()
    expect(lines[0]).toBe('4/6 peers  4 jobs  1 failed  412 fps  left < 4 min')
    expect(Desk.busy({ columns: 80, rows: 14 }).frame()[1]).toContain('60x15 shows more')
    expect(Desk.busy({ columns: 20, rows: 1 }).frame()).toHaveLength(1)
  })

  it('says that the node is gone, and goes on showing what it said last', () => {
    const desk = Desk.busy().act({ kind: 'link-changed', link: { status: 'lost', reason: 'it was stopped' } })
    expect(desk.text()).toContain('NODE GONE')
    expect(desk.text()).toContain('The node went away: it was stopped')
    expect(desk.text()).toContain('A001_C004.mov')
  })

  it('shows help and the way out in the footer at every width', () => {
    for (let columns = 60; columns <= 200; columns += 7) {
      const footer = Desk.busy({ columns }).frame().at(-1)
      expect(footer).toContain('? help')
      expect(footer).toContain('q quit')
      expect(stringWidth(footer ?? '')).toBeLessThanOrEqual(columns)
    }
  })

  it('says with text what it says with colour', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken away
    const colourless = (line: string) => line.replaceAll(/\u001b\[[\d;]*m/g, '').trimEnd()
    const desk = Desk.busy()
    expect(desk.frame({ colour: true }).map(colourless)).toEqual(desk.frame().map(colourless))
  })

  it('draws only lines in view of a list of 5,000 jobs', () => {
    const parts = Array.from(
      { length: 5_000 },
      (_, i): ScreenPart => ({ kind: 'job', row: jobRow(`j${i}`, { source: `/m/clip${i}.mov` }) })
    )
    const desk = new Desk().told([{ kind: 'node', node: sceneNode }, ...parts]).keys('G')
    expect(desk.text()).toContain('clip4999.mov')
    expect(desk.text()).not.toContain('clip0.mov')
  })

  it('keeps the cursor in view in a grid of 5,000 chunks', () => {
    const map = {
      ...sceneChunks,
      runs: [{ state: 'done' as const, count: 5_000, peer: 0, firstTask: 1 }],
      uncut: 0
    }
    const desk = Desk.busy().chunks(map).keys('2', 'G')
    expect(desk.text()).toContain('Under the cursor: #5000 done by editroom')
    expect(desk.text()).toContain('@')
    expect(desk.text()).toContain('rows more')
  })

  it('never leaves the terminal’s bounds, whatever it is told and pressed', () => {
    const keys = fc.constantFrom(
      ...[
        '1',
        '2',
        '3',
        '4',
        'Enter',
        'Esc',
        'Up',
        'Down',
        'Left',
        'Right',
        'PgDn',
        'G',
        'a',
        'i',
        'J',
        'x',
        '?',
        '/',
        ':',
        'Space',
        'Tab'
      ]
    )
    const name = fc.string({ unit: 'grapheme', maxLength: 80 })
    const size = fc.record({
      columns: fc.integer({ min: 10, max: 210 }),
      rows: fc.integer({ min: 1, max: 60 })
    })
    fc.assert(
      fc.property(
        fc.array(keys, { maxLength: 12 }),
        name,
        size,
        fc.boolean(),
        (pressed, text, { columns, rows }, ascii) => {
          const desk = Desk.busy({ columns, rows }).news(
            {
              kind: 'job',
              row: jobRow('odd', { source: `/m/${text}`, preset: text, status: 'failed', error: text })
            },
            { kind: 'peer', row: peerRow(7, { name: text, reason: text, status: 'lost' }) }
          )
          const frame = desk.keys(...pressed).frame({ ascii, colour: true })
          expect(frame).toHaveLength(rows)
          for (const line of frame) {
            expect(stringWidth(line), fitText(line, 300)).toBeLessThanOrEqual(columns)
            expect(line).not.toContain('\n')
          }
        }
      ),
      { numRuns: 500 }
    )
  })

  it('draws nothing that a file’s name could do to a terminal', () => {
    const evil = '\u001b]0;owned\u0007\u001b[2J\u202e'
    const parts: ScreenPart[] = [
      {
        kind: 'job',
        row: jobRow('evil', { source: `/m/${evil}`, preset: evil, note: evil, error: evil, status: 'failed' })
      },
      {
        kind: 'peer',
        row: peerRow(3, { name: evil, reason: evil, encoders: [evil], addresses: [evil], version: evil })
      },
      {
        kind: 'events',
        block: 0,
        events: [{ seq: 1, at: evil, level: 'bad', text: evil, jobId: 'evil', task: null, peerId: null }]
      }
    ]
    const desk = new Desk({ columns: 200, rows: 60 }).told([...sceneParts, ...parts])
    for (const keys of [['1'], ['G', 'Enter'], ['Esc', '2'], ['3'], ['G', 'Enter'], ['Esc', '4']]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
      expect(desk.keys(...keys).text()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/)
    }
  })
})
