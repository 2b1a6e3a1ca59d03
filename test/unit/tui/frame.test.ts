import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import type { PeerView, ScreenPart } from '../../../src/model/index.ts'
import type { Totals } from '../../../src/tui/selectors.ts'
import { fitText } from '../../../src/tui/text/format.ts'
import { styleOf } from '../../../src/tui/text/style.ts'
import { headerLine } from '../../../src/tui/widgets/header.ts'
import {
  jobRow,
  peerRow,
  sceneChunks,
  sceneEvents,
  sceneJobId,
  sceneNode,
  sceneParts
} from '../../support/scene.ts'
import { expectGolden } from './golden.ts'
import { Desk } from './kit.ts'

const sizes = [
  [60, 15],
  [80, 24],
  [120, 40],
  [200, 60]
] as const

const half = { units: 50, totalUnits: 100, fps: 0, leftMs: null }

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

  it('leaves out the speed before it cuts the time left', () => {
    const totals: Totals = {
      peersHere: 12,
      peersKnown: 12,
      open: 14,
      failed: 1,
      running: 2,
      fps: 13,
      left: { minMs: 18 * 60_000, maxMs: 22 * 60_000 }
    }
    const props = {
      name: 'vm',
      watching: false,
      totals,
      fps: [],
      link: { status: 'live' },
      state: null
    } as const
    const style = styleOf({ colour: false, ascii: false })
    for (let columns = 60; columns <= 100; columns += 1) {
      const header = headerLine(props, columns, style)
      expect(header).toContain('left 18–22 min')
      expect(header).toContain('node ok')
    }
  })

  it('shows long paths whole on the page of a job', () => {
    const name = `${'a_very_long_name_'.repeat(6)}0001.mov`
    const row = jobRow('bbbbbbbbbb', { source: `/mnt/nas/day1/${name}`, output: `/mnt/nas/Proxy/${name}` })
    const desk = new Desk().told([
      { kind: 'node', node: sceneNode },
      { kind: 'job', row }
    ])
    const page = desk.keys('Enter').frame().join('').replaceAll(' ', '')
    expect(page).toContain(`/mnt/nas/day1/${name}`)
    expect(page).toContain(`/mnt/nas/Proxy/${name}`)
  })

  it('asks with the whole name, in bold to its end', () => {
    const name = `${'a_very_long_name_'.repeat(6)}0001.mov`
    const desk = new Desk().told([
      { kind: 'node', node: sceneNode },
      { kind: 'job', row: jobRow('bbbbbbbbbb', { source: `/mnt/nas/${name}` }) }
    ])
    const page = desk.keys('x')
    expect(page.frame().join('').replaceAll(' ', '')).toContain(`Cancel${name}?`)
    const bold = page.frame({ colour: true }).filter((line) => line.includes('very_long'))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: how a style ends
    for (const line of bold) expect(line.trimEnd()).toMatch(/\u001b\[(0|22)m$/)
  })

  it('says of several jobs that something of them is lost', () => {
    const jobs = ['bbbbbbbbbb', 'cccccccccc'].map((id) => jobRow(id, { progress: half }))
    const desk = new Desk().told([
      { kind: 'node', node: sceneNode },
      ...jobs.map((row) => ({ kind: 'job', row }) as const)
    ])
    expect(desk.keys('*', 'x').text()).toContain('What was encoded of them so far is lost.')
  })

  it('names the preset only where there is room for it in columns', () => {
    const source = '/mnt/nas/とても長い名前です第一巻とても長い名前.mov'
    const desk = new Desk({ columns: 120 }).told([
      { kind: 'node', node: sceneNode },
      { kind: 'job', row: jobRow('bbbbbbbbbb', { source }) }
    ])
    expect(desk.text()).toContain('とても長い名前です第一巻とても長い名前.mov')
  })

  it('shows the event under the cursor whole where its line is too short', () => {
    const text = `clip.mov #3 failed on nuc, attempt 1: ${'ffmpeg said much '.repeat(6)}in the end`
    const desk = new Desk().told([
      { kind: 'node', node: sceneNode },
      {
        kind: 'events',
        block: 0,
        events: [
          { ...sceneEvents[0]!, text },
          { ...sceneEvents[1]!, text: 'a short one' }
        ]
      }
    ])
    expect(desk.keys('4').text()).not.toContain('in the end')
    expect(desk.keys('Up').text()).toContain('in the end')
  })

  it('claims nothing of a machine that is away, and gives its advice whole', () => {
    const away: Partial<PeerView> = {
      status: 'lost',
      state: null,
      encoders: [],
      roots: [],
      slots: { total: 0, busy: 0 }
    }
    const desk = new Desk({ columns: 60 }).told([
      { kind: 'node', node: sceneNode },
      { kind: 'peer', row: peerRow(0) },
      { kind: 'peer', row: peerRow(2, away) }
    ])
    expect(desk.keys('3').text()).toContain('47470')
    expect(desk.text()).not.toContain('0/0')
    const page = desk.keys('Down', 'Enter').text()
    expect(page).toContain('LOST')
    expect(page).not.toMatch(/0 of 0 busy|none that works|none that is shared/)
  })

  it('keeps what it says of a job with a long name, and explains every mark of its grid', () => {
    const source = `/mnt/nas/${'a_very_long_name_'.repeat(6)}0001.mov`
    const left = { minMs: 9 * 60_000, maxMs: 14 * 60_000 }
    const row = jobRow(sceneJobId, { source }, { left, fps: 17 })
    const desk = new Desk()
      .told([
        { kind: 'node', node: sceneNode },
        { kind: 'job', row }
      ])
      .chunks({ ...sceneChunks, runs: [{ ...sceneChunks.runs[0]!, state: 'canceled' }] })
    expect(desk.keys('2').text()).toContain('left 9–14 min')
    expect(desk.text()).toContain('x canceled')
    expect(Desk.busy().keys('2').text()).not.toContain('x canceled')
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
