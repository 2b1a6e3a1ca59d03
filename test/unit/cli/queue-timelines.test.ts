import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ClipLine, EditView, QueueParams } from '../../../src/model/index.ts'
import type { ControlHandlers } from '../../../src/node/control/connect.ts'
import type { ChosenEdit, EditReader, FindWishes, MadeProxy } from '../../../src/node/edit/index.ts'
import { jobView } from '../../support/control.ts'
import { cli } from './fakes.ts'

let cwd: string
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'proxima-timelines-'))
  writeFileSync(join(cwd, 'x.mov'), '')
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const clip = (name: string, change: Partial<ClipLine> = {}): ClipLine => ({
  type: 'clip',
  timeline: '/work/cut.otio',
  sequence: 'One',
  name,
  written: `/other/${name}`,
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
const missing = clip('gone.mov', {
  status: 'missing',
  source: null,
  how: null,
  reason: 'nothing is at its path'
})

/** A desk that finds these clips in timelines of these sequences, and remembers what it was asked. */
function desk(clips: ClipLine[], sequences: string[] = ['One']) {
  const asked: { chosen: readonly ChosenEdit[]; wishes: FindWishes }[] = []
  return {
    asked,
    edits: {
      open: async (file: string): Promise<EditView> => ({
        file,
        format: 'otio',
        sequences: sequences.map((name) => ({ name, rate: '25/1', clips: 1 }))
      }),
      find: async (chosen: readonly ChosenEdit[], wishes: FindWishes) => {
        asked.push({ chosen, wishes })
        return { clips, notes: [] }
      }
    }
  }
}

function node() {
  const asked: QueueParams[] = []
  const handlers: Partial<ControlHandlers> = {
    async queue(params: QueueParams) {
      asked.push(params)
      return {
        batchId: 'b',
        lines: params.sources.map((source) => ({ kind: 'queued' as const, job: jobView('j', { source }) }))
      }
    }
  }
  return { asked, handlers }
}

const preset = ['--preset', 'p']

describe('queueing a timeline', () => {
  it('queues the files that were found, each with the edit that it came from', async () => {
    const { asked, handlers } = node()
    const { status, stdout } = await cli(['queue', 'cut.otio', 'x.mov', ...preset], {
      running: handlers,
      cwd,
      ...desk([clip('a.mov'), clip('b.mov', { how: 'map' }), clip('a.mov')])
    })
    expect(status).toBe(0)
    expect(asked).toMatchObject([
      {
        sources: [join(cwd, 'x.mov'), '/nas/a.mov', '/nas/b.mov'],
        origins: {
          '/nas/a.mov': { kind: 'timeline', file: '/work/cut.otio', sequence: 'One' },
          '/nas/b.mov': { kind: 'timeline', file: '/work/cut.otio', sequence: 'One' }
        }
      }
    ])
    expect(stdout).toContain('cut.otio: 3 found\n')
    expect(stdout).toContain('found     b.mov by paths.map: /nas/b.mov')
  })

  it('queues what was found beside what was not, tells of each, and ends with status 1', async () => {
    const { asked, handlers } = node()
    const twice = clip('b.mov', {
      status: 'ambiguous',
      source: null,
      reason: '2 files fit it alike',
      candidates: [
        { path: '/nas/1/b.mov', conflicts: [] },
        { path: '/nas/2/b.mov', conflicts: [] }
      ]
    })
    const { status, stderr } = await cli(['queue', 'cut.otio', ...preset], {
      running: handlers,
      cwd,
      ...desk([clip('a.mov'), missing, twice])
    })
    expect(status).toBe(1)
    expect(asked).toMatchObject([{ sources: ['/nas/a.mov'] }])
    expect(stderr).toContain('cut.otio: gone.mov is missing (/other/gone.mov): nothing is at its path.')
    expect(stderr).toContain(
      'cut.otio: b.mov is ambiguous: 2 files fit it alike: /nas/1/b.mov, /nas/2/b.mov.'
    )
    expect(stderr.match(/paths\.map/g)).toHaveLength(1)
  })

  it('hands on the parts that are used, but not of a file that is named outright', async () => {
    const { asked, handlers } = node()
    const given = desk([
      clip('a.mov', { parts: [{ start: 5, end: 9, timecode: null }] }),
      clip('x.mov', { source: join(cwd, 'x.mov'), parts: [{ start: 1, end: 2, timecode: null }] })
    ])
    const argv = ['queue', 'cut.otio', 'x.mov', ...preset]
    await cli([...argv, '--used-ranges', '--handles', '2'], { running: handlers, cwd, ...given })
    expect(asked).toMatchObject([{ sources: [join(cwd, 'x.mov'), '/nas/a.mov'] }])
    expect(asked[0]?.parts).toEqual({ '/nas/a.mov': [{ start: 5, end: 9, timecode: null }] })
    await cli([...argv, '--used-ranges'], { running: handlers, cwd, ...given })
    expect(given.asked.map(({ wishes }) => wishes.handlesMs)).toEqual([2_000, 1_000])
    const { status, stderr } = await cli([...argv, '--handles', '2'], { running: handlers, cwd, ...given })
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'proxima-node: queue: --handles belongs to --used-ranges. Add --used-ranges.\n'
    })
  })

  it('prints a line of JSON for every clip before those of the jobs', async () => {
    const { handlers } = node()
    const out = clip('title', { status: 'left-out', source: null, reason: 'a title' })
    const { json } = await cli(['queue', 'cut.otio', ...preset, '--json'], {
      running: handlers,
      cwd,
      ...desk([clip('a.mov'), missing, out])
    })
    expect(json()).toMatchObject([
      { type: 'clip', status: 'found', name: 'a.mov', source: '/nas/a.mov' },
      { type: 'clip', status: 'missing', name: 'gone.mov', source: null },
      { type: 'clip', status: 'left-out', reason: 'a title' },
      { type: 'job', source: '/nas/a.mov' }
    ])
  })

  it('starts no node when nothing of it can be queued', async () => {
    const { status, started, stderr } = await cli(['queue', 'cut.otio', ...preset], {
      cwd,
      ...desk([missing])
    })
    expect({ status, started }).toEqual({ status: 1, started: [] })
    expect(stderr).toContain('Nothing of cut.otio can be queued.')
  })

  it('lists the sequences when there are several and nobody can be asked', async () => {
    const { status, stderr } = await cli(['queue', 'cut.otio', ...preset], {
      cwd,
      ...desk([], ['One', 'Two'])
    })
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'proxima-node: cut.otio has 2 sequences: One, Two. Name some with --sequence, or take --all.\n'
    })
  })

  it('takes the sequences that are named, or all', async () => {
    const { handlers } = node()
    const given = desk([clip('a.mov')], ['One', 'Two', 'Three'])
    const scene = { running: handlers, cwd, ...given }
    await cli(['queue', 'cut.otio', ...preset, '--sequence', 'Three', '--sequence', 'One'], scene)
    await cli(['queue', 'cut.otio', ...preset, '--all'], scene)
    expect(given.asked.map(({ chosen }) => chosen[0]?.sequences)).toEqual([
      [2, 0],
      [0, 1, 2]
    ])
    const wrong = await cli(['queue', 'cut.otio', ...preset, '--sequence', 'Four'], scene)
    expect(wrong).toMatchObject({
      status: 2,
      stderr: 'proxima-node: cut.otio has no sequence Four. Its sequences are: One, Two, Three.\n'
    })
  })

  it('reads every timeline before anything is queued: one that is broken leaves nothing done by half', async () => {
    const { asked, handlers } = node()
    const given = desk([clip('a.mov')])
    const edits = {
      ...given.edits,
      open: async (file: string) => {
        if (!file.endsWith('bad.edl')) return given.edits.open(file)
        throw Object.assign(new Error('bad.edl:3:1: no such event'), {
          code: 'malformed',
          hint: null,
          exitStatus: 2
        })
      }
    }
    const { status, stderr } = await cli(['queue', 'x.mov', 'cut.otio', 'bad.edl', ...preset], {
      running: handlers,
      cwd,
      edits
    })
    expect({ status, stderr, asked: asked.length }).toEqual({
      status: 2,
      stderr: 'proxima-node: bad.edl:3:1: no such event.\n',
      asked: 0
    })
  })

  it.each([
    [['--sequence', 'One'], '--sequence'],
    [['--all'], '--all'],
    [['--search', '/x'], '--search']
  ])('refuses %j where no timeline is named', async (flags, name) => {
    const { status, stderr } = await cli(['queue', 'x.mov', ...preset, ...flags], { cwd })
    expect(status).toBe(2)
    expect(stderr).toContain(`queue: ${name} is for timelines, and none is named.`)
  })

  it('refuses --pick where there is no terminal', async () => {
    const { status, stderr } = await cli(['queue', 'cut.otio', ...preset, '--pick'], {
      cwd,
      ...desk([clip('a.mov')])
    })
    expect(status).toBe(2)
    expect(stderr).toContain('--pick asks at a terminal, and there is none. Take --only and --skip.')
  })
})

describe('outputs that would be one file', () => {
  it('are refused before anything is queued', async () => {
    const { asked, handlers } = node()
    const given = desk([clip('a.mov'), clip('a.mxf')])
    const edits = {
      ...given.edits,
      collisions: async () => [{ output: '/nas/Proxy/a.mov', sources: ['/nas/a.mov', '/nas/a.mxf'] }]
    }
    const { status, stderr } = await cli(['queue', 'cut.otio', ...preset], { running: handlers, cwd, edits })
    expect({ status, asked }).toEqual({ status: 1, asked: [] })
    expect(stderr).toContain(
      '/nas/a.mov and /nas/a.mxf would both become /nas/Proxy/a.mov; nothing was queued.'
    )
  })
})

describe('a folder to look for clips in', () => {
  it('that is not there is refused before anything is looked for', async () => {
    const { asked, edits } = desk([clip('a.mov')])
    const { status, stderr } = await cli(['queue', 'cut.otio', '--preset', 'x', '--search', 'nix'], {
      edits,
      running: node().handlers,
      cwd
    })
    expect(status).toBe(2)
    expect(stderr).toBe(`proxima-node: --search: there is no folder ${join(cwd, 'nix')}. Check the path.\n`)
    expect(asked).toEqual([])
  })
})

describe('a search that takes long', () => {
  it('is left at once when a person leaves, and nothing is queued', async () => {
    const { asked, handlers } = node()
    const interrupt = new AbortController()
    const find: EditReader['find'] = (_chosen, _wishes, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        interrupt.abort('SIGINT')
      })
    const { edits } = desk([])
    const argv = ['queue', 'cut.otio', ...preset]
    const { status } = await cli(argv, { running: handlers, cwd, edits: { ...edits, find }, interrupt })
    expect(status).toBe(130)
    expect(asked).toEqual([])
  })
})

describe('a layout', () => {
  it('is handed to the node', async () => {
    const { asked, handlers } = node()
    const argv = ['queue', 'x.mov', ...preset, '--layout', 'premiere']
    expect((await cli(argv, { running: handlers, cwd })).status).toBe(0)
    expect(asked).toMatchObject([{ layout: 'premiere' }])
    expect((await cli([...argv, '--out', 'o'], { running: handlers, cwd })).status).toBe(2)
    expect((await cli(['queue', 'x.mov', ...preset, '--layout', 'avid'], { cwd })).status).toBe(2)
  })
})

describe('the list for Final Cut Pro', () => {
  const refused = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
  /** What was listed by a run in a home with these settings. */
  async function listed(settings: object, argv: string[], error?: Error) {
    const home = join(cwd, 'home')
    mkdirSync(home, { recursive: true })
    writeFileSync(join(home, 'config.yaml'), JSON.stringify(settings))
    const lists: (readonly MadeProxy[])[] = []
    const { handlers } = node()
    const listForFinalCut = async (proxies: readonly MadeProxy[]) => {
      lists.push(proxies)
      if (error !== undefined) throw error
      return '/work/Proxy/proxies.fcpxml'
    }
    const edits = { listForFinalCut }
    const outcome = await cli(['--home', home, ...argv, ...preset], { running: handlers, cwd, edits })
    return { ...outcome, lists }
  }
  const fcp = { paths: { layout: 'fcp' } }

  it('is made for plain files too, of one run together, whether a flag or the settings say the layout', async () => {
    const { lists, stdout } = await listed(fcp, ['queue', 'x.mov'])
    expect(lists).toMatchObject([[{ source: join(cwd, 'x.mov') }]])
    expect(stdout).toContain('Import /work/Proxy/proxies.fcpxml into Final Cut Pro')
    expect((await listed({}, ['queue', 'x.mov', '--layout', 'fcp'])).lists).toHaveLength(1)
  })

  it('is made neither for another layout, nor for places of one’s own, nor by a dry run', async () => {
    expect((await listed({}, ['queue', 'x.mov'])).lists).toEqual([])
    expect((await listed(fcp, ['queue', 'x.mov', '--layout', 'premiere'])).lists).toEqual([])
    expect((await listed(fcp, ['queue', 'x.mov', '--out', 'o'])).lists).toEqual([])
    expect((await listed(fcp, ['queue', 'x.mov', '--name', '{stem}_p'])).lists).toEqual([])
  })

  it('that cannot be written leaves the jobs queued, and is told', async () => {
    const { status, stdout, stderr } = await listed(fcp, ['queue', 'x.mov'], refused)
    expect(status).toBe(1)
    expect(stdout).toContain('x.mov')
    expect(stderr).toContain('the list for Final Cut Pro was not written: EACCES: permission denied')
  })
})

describe('filters', () => {
  it('concern what is found in folders, never what is named outright', async () => {
    const { asked, handlers } = node()
    writeFileSync(join(cwd, 'y.mov'), '')
    const filter = async (sources: readonly string[]) => ({
      kept: [],
      leftOut: sources.map((source) => ({ source, reason: 'skipped by *' }))
    })
    const { stdout } = await cli(['queue', '*.mov', 'x.mov', ...preset, '--skip', '*'], {
      running: handlers,
      cwd,
      edits: { filter }
    })
    expect(asked).toMatchObject([{ sources: [join(cwd, 'x.mov')] }])
    expect(stdout).toContain('left out  y.mov: skipped by *')
  })
})
