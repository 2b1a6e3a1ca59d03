import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { screenMachine } from '../../../../src/cli/services/screen-machine.ts'
import type { ClipLine } from '../../../../src/model/index.ts'
import type { EditReader } from '../../../../src/node/edit/index.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxima-browse-'))
  for (const name of ['day10', 'day2', '.hidden']) mkdirSync(join(folder, name))
  for (const name of ['B.mov', 'a.MP4', 'notes.txt', '.secret.mov']) writeFileSync(join(folder, name), 'four')
  symlinkSync(join(folder, 'B.mov'), join(folder, 'link.mov'))
  symlinkSync(join(folder, 'nowhere'), join(folder, 'broken.mov'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const line = (name: string, change: Partial<ClipLine>): ClipLine => ({
  type: 'clip',
  timeline: '',
  sequence: 'Reel 1',
  name,
  written: null,
  reel: null,
  startTimecode: null,
  status: 'found',
  source: `/nas/${name}`,
  how: 'path',
  evidence: [],
  reason: null,
  parts: null,
  candidates: [],
  ...change
})
const clips = [
  line('x.mov', {}),
  line('gone.mov', { status: 'missing', source: null, reason: 'nothing is at its path' }),
  line('Title', { status: 'left-out', source: null, reason: 'a title' })
]
const edits = async () =>
  ({
    open: async (file: string) => ({
      file,
      format: 'otio',
      sequences: [{ name: 'Reel 1', rate: null, clips: 3 }]
    }),
    find: async () => ({ clips, notes: [] }),
    withoutOutputs: async (searched: readonly { path: string }[]) => ({
      kept: searched.flatMap(({ path }) => (path.endsWith('link.mov') ? [] : path)),
      passedOver: [],
      leftOut: []
    })
  }) as unknown as EditReader
const { signal } = new AbortController()
const machine = screenMachine({ cwd: '/', env: { HOME: '/home/anna' }, edits, signal })

describe('the machine that a screen runs on', () => {
  it('lists folders, then videos, by name; neither what is hidden nor links that lead nowhere', async () => {
    expect(await machine.browse(folder)).toEqual([
      { name: 'day2', kind: 'folder', sizeBytes: 0 },
      { name: 'day10', kind: 'folder', sizeBytes: 0 },
      { name: 'a.MP4', kind: 'file', sizeBytes: 4 },
      { name: 'B.mov', kind: 'file', sizeBytes: 4 },
      { name: 'link.mov', kind: 'file', sizeBytes: 4 }
    ])
  })

  it('lists timelines after folders, and of XML only what is one', async () => {
    const inner = join(folder, '.hidden')
    writeFileSync(join(inner, 'cut.otio'), '{}')
    writeFileSync(join(inner, 'A001M01.XML'), '<?xml version="1.0"?><NonRealTimeMeta/>')
    writeFileSync(join(inner, 'cut.xml'), '<?xml version="1.0"?><xmeml version="5"/>')
    writeFileSync(join(inner, 'a.mov'), '')
    expect((await machine.browse(inner)).map(({ name, kind }) => [name, kind])).toEqual([
      ['cut.otio', 'timeline'],
      ['cut.xml', 'timeline'],
      ['a.mov', 'file']
    ])
  })

  it('opens a timeline to its clips, and says why some cannot be chosen', async () => {
    const entry = { kind: 'file', sizeBytes: 0, detail: 'Reel 1' }
    expect(await machine.browse('/edit/cut.otio')).toEqual([
      { ...entry, name: 'x.mov', path: '/nas/x.mov' },
      { ...entry, name: 'gone.mov', trouble: 'missing' },
      { ...entry, name: 'Title', trouble: 'a title' }
    ])
  })

  it('expands a timeline to the files that were found, and remembers what they are of', async () => {
    const { files, problems, origins } = await machine.expand(['/edit/cut.otio', join(folder, 'B.mov')])
    expect(files).toEqual([join(folder, 'B.mov'), '/nas/x.mov'])
    expect(problems.map(({ message }) => message)).toEqual(['gone.mov is missing: nothing is at its path'])
    expect(origins).toEqual({
      '/nas/x.mov': { kind: 'timeline', file: '/edit/cut.otio', sequence: 'Reel 1' }
    })
  })

  it('says what cannot be opened', async () => {
    await expect(machine.browse(join(folder, 'nowhere'))).rejects.toThrow('nowhere: it cannot be opened')
  })

  it('makes a typed path whole', () => {
    expect(machine.wholePath('~/out')).toBe('/home/anna/out')
    expect(machine.wholePath('~')).toBe('/home/anna')
    expect(machine.wholePath('/x/~y')).toBe('/x/~y')
    expect(machine.wholePath('~bob/x')).toBe('~bob/x')
  })

  it('opens folders that were chosen, without what was made of their files before', async () => {
    const { files, problems } = await machine.expand([folder, join(folder, 'gone.mov')])
    expect(files.map((file) => file.slice(folder.length + 1))).toEqual(['a.MP4', 'B.mov'])
    expect(problems).toHaveLength(1)
  })
})
