import { describe, expect, it, onTestFinished } from 'vitest'
import type { ClipLine, EditView, QueueParams, TimelineChoice } from '../../../../src/model/index.ts'
import type { FindWishes } from '../../../../src/node/edit/index.ts'
import { jobView } from '../../../support/control.ts'
import { cli } from '../fakes.ts'

const clip = (name: string, own: Partial<ClipLine> = {}): ClipLine => ({
  type: 'clip',
  timeline: 'Film',
  sequence: 'Cut 1',
  name,
  mediaId: `m${name}`,
  written: `/card/${name}`,
  reel: null,
  startTimecode: null,
  status: 'found',
  source: `/card/${name}`,
  how: 'path',
  evidence: [],
  reason: null,
  parts: null,
  candidates: [],
  ...own
})

const view: EditView = {
  file: 'Film',
  format: 'resolve',
  sequences: ['Cut 1', 'Cut 2'].map((name) => ({ name, rate: '25/1', clips: 1 }))
}

let collisions: { output: string; sources: string[] }[] = []

/** What a command line asked of Resolve and of the node. */
async function asked(clips: ClipLine[], ...argv: string[]) {
  const choices: TimelineChoice[] = []
  const finds: { sequences: readonly number[]; wishes: FindWishes }[] = []
  const queued: QueueParams[] = []
  const outcome = await cli(['queue', '--preset', 'x', ...argv, '--json'], {
    edits: {
      openResolve: async (choice) => {
        choices.push(choice)
        return { view, notes: ['A.mov is turned over'] }
      },
      find: async ([chosen], wishes) => {
        finds.push({ sequences: chosen!.sequences, wishes })
        return { clips, notes: [] }
      },
      collisions: async () => collisions
    },
    running: {
      queue: async (params) => {
        queued.push(params)
        return { batchId: 'b', lines: [{ kind: 'queued', job: jobView('a') }] }
      }
    }
  })
  return { ...outcome, choices, finds, queued }
}

describe('queue --resolve', () => {
  it('queues the files of the timeline that is open, each with the clip that it is to be linked to', async () => {
    const { status, queued, choices, finds, stderr, json } = await asked(
      [clip('A.mov'), clip('B.mov', { status: 'left-out', source: null, reason: 'a title' })],
      '--resolve'
    )
    expect(choices).toEqual(['current'])
    expect(finds).toMatchObject([{ sequences: [0, 1] }])
    expect(queued).toMatchObject([
      {
        sources: ['/card/A.mov'],
        origins: { '/card/A.mov': { kind: 'resolve', sequence: 'Cut 1', mediaId: 'mA.mov' } }
      }
    ])
    expect(status).toBe(0)
    expect(stderr).toContain('A.mov is turned over')
    expect(json()).toMatchObject([{ type: 'clip' }, { type: 'clip' }, { type: 'job', id: 'a' }])
  })

  it('queues what it found, and fails for a clip whose file is missing', async () => {
    const gone = clip('B.mov', { status: 'missing', source: null, reason: 'nothing is at its path' })
    const { status, queued, stderr } = await asked([gone, clip('A.mov')], '--resolve')
    expect([status, queued[0]!.sources]).toEqual([1, ['/card/A.mov']])
    expect(stderr).toContain('Film: B.mov is missing (/card/B.mov): nothing is at its path.')
  })

  it('refuses all of it when two clips would become one file', async () => {
    collisions = [{ output: '/card/Proxy/A.mov', sources: ['/card/A.mov', '/card/A.mxf'] }]
    onTestFinished(() => {
      collisions = []
    })
    const { status, queued, stderr } = await asked([clip('A.mov'), clip('A.mxf')], '--resolve')
    expect([status, queued]).toEqual([1, []])
    expect(stderr).toContain('/card/A.mov and /card/A.mxf would both become /card/Proxy/A.mov')
  })

  it('takes timelines by name, or all, and filters as for files of timelines', async () => {
    const named = await asked([], '--resolve', '--timeline', 'Cut 1', '--timeline', 'Cut 2', '--skip', 'b*')
    expect(named.choices).toEqual([{ names: ['Cut 1', 'Cut 2'] }])
    expect(named.finds).toMatchObject([{ wishes: { only: [], skip: ['b*'], search: [] } }])
    expect((await asked([], '--resolve', '--all')).choices).toEqual(['all'])
  })

  it.each([
    [['--resolve', 'a.mov'], 'queue: files and --resolve exclude each other. Give one of the two.'],
    [['--resolve', '--sequence', 'x'], 'queue: --sequence is for timeline files. Use --timeline.'],
    [
      ['--timeline', 'x', 'a.mov'],
      'queue: --timeline belongs to --resolve. Add --resolve, or use --sequence for a timeline file.'
    ]
  ])('refuses %j', async (argv, line) => {
    const { status, stderr, queued } = await asked([], ...argv)
    expect({ status, stderr, queued }).toEqual({ status: 2, stderr: `proxima-node: ${line}\n`, queued: [] })
  })
})
