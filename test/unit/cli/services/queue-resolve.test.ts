import { describe, expect, it } from 'vitest'
import { readNumbers } from '../../../../src/cli/services/pick-numbers.ts'
import { sourcesOf } from '../../../../src/cli/services/queue-resolve.ts'
import type {
  JobView,
  QueueParams,
  ResolveMediaLine,
  ResolveMediaView,
  TimelineChoice
} from '../../../../src/model/index.ts'
import { jobView } from '../../../support/control.ts'
import { cli } from '../fakes.ts'

const media = (name: string, own: Partial<ResolveMediaLine> = {}): ResolveMediaLine => ({
  path: `/card/${name}.mov`,
  name: `${name}.mov`,
  mediaId: `m${name}`,
  video: true,
  enabled: true,
  imageSequence: false,
  flipped: false,
  ...own
})

const view = (...timelines: Partial<ResolveMediaView['timelines'][number]>[]): ResolveMediaView => ({
  project: { id: 'p1', name: 'Film' },
  timelines: timelines.map((own, i) => ({
    name: `Cut ${i + 1}`,
    media: [],
    skipped: [],
    problems: [],
    ...own
  }))
})

describe('what queue --resolve takes of timelines', () => {
  it('is each file once, with the clip that it is to be linked to', () => {
    const found = sourcesOf(
      view({ media: [media('A'), media('B')] }, { media: [media('A', { mediaId: 'mA2' }), media('C')] })
    )
    expect(found.files).toEqual(['/card/A.mov', '/card/B.mov', '/card/C.mov'])
    expect(found.origins['/card/A.mov']).toEqual({ kind: 'resolve', sequence: 'Cut 1', mediaId: 'mA' })
    expect(found.origins['/card/C.mov']).toEqual({ kind: 'resolve', sequence: 'Cut 2', mediaId: 'mC' })
    expect([found.problems, found.notes]).toEqual([[], []])
  })

  it('is not what is switched off or has no picture, and it says so', () => {
    const found = sourcesOf(
      view({
        media: [media('A', { enabled: false }), media('B', { video: false }), media('C', { enabled: false })],
        skipped: [{ kind: 'generator', name: 'Text+', count: 2 }],
        problems: [{ name: 'D', message: 'it does not answer' }]
      })
    )
    expect(found.files).toEqual([])
    expect(found.notes).toEqual([
      'Cut 1: left out: 2 clips switched off, 1 clip sound only, generator Text+ (2 times)',
      'Cut 1: not read: D: it does not answer'
    ])
  })

  it('tells of clips that Resolve turns over', () => {
    const flipped = media('A', { flipped: true })
    const found = sourcesOf(view({ media: [flipped] }, { media: [flipped, media('B')] }))
    expect(found.files).toHaveLength(2)
    expect(found.notes).toEqual([expect.stringMatching(/^A\.mov is turned over in Resolve; /)])
  })

  it('refuses clips without a file, and series of pictures, and goes on', () => {
    const found = sourcesOf(
      view({ media: [media('A', { path: null }), media('B', { imageSequence: true }), media('C')] })
    )
    expect(found.files).toEqual(['/card/C.mov'])
    expect(found.problems.map(({ message, exitStatus }) => [message, exitStatus])).toEqual([
      ['A.mov has no file in DaVinci Resolve', 1],
      ['B.mov is a series of pictures, which is not encoded yet', 1]
    ])
  })
})

describe('queue --resolve', () => {
  /** What a command line asked of Resolve and of the node. */
  const asked = async (...argv: string[]) => {
    const choices: TimelineChoice[] = []
    const queued: QueueParams[] = []
    const outcome = await cli(['queue', '--preset', 'x', ...argv, '--json'], {
      offline: {
        timelineMedia: async (choice) => {
          choices.push(choice)
          return view({ media: [media('A'), media('B', { path: null })] })
        }
      },
      running: {
        queue: async (params) => {
          queued.push(params)
          const job: JobView = jobView('a')
          return { batchId: 'b', lines: [{ kind: 'queued', job }] }
        }
      }
    })
    return { ...outcome, choices, queued }
  }

  it('queues the files of the timeline that is open, and says from what', async () => {
    const { status, queued, choices, stderr, json } = await asked('--resolve')
    expect(choices).toEqual(['current'])
    expect(queued).toMatchObject([
      {
        sources: ['/card/A.mov'],
        origins: { '/card/A.mov': { kind: 'resolve', sequence: 'Cut 1', mediaId: 'mA' } }
      }
    ])
    expect(status).toBe(1)
    expect(stderr).toContain('B.mov has no file in DaVinci Resolve.')
    expect(json()).toMatchObject([
      { type: 'error', error: { code: 'no-source' } },
      { type: 'job', id: 'a' }
    ])
  })

  it('takes timelines by name, or all', async () => {
    const { choices } = await asked('--resolve', '--timeline', 'Cut 1', '--timeline', 'Cut 2')
    expect(choices).toEqual([{ names: ['Cut 1', 'Cut 2'] }])
    expect((await asked('--resolve', '--all')).choices).toEqual(['all'])
  })

  it.each([
    [['--resolve', 'a.mov'], 'queue: files and --resolve exclude each other. Give one of the two.'],
    [['--all', 'a.mov'], 'queue: --timeline, --all and --pick belong to --resolve. Add --resolve.']
  ])('refuses %j', async (argv, line) => {
    const { status, stderr, queued } = await asked(...argv)
    expect({ status, stderr, queued }).toEqual({ status: 2, stderr: `proxima-node: ${line}\n`, queued: [] })
  })
})

describe('an answer to a list', () => {
  it.each([
    ['2', [2]],
    ['3 1', [1, 3]],
    ['2-4, 1', [1, 2, 3, 4]],
    ['all', [1, 2, 3, 4]],
    ['', null],
    ['5', null],
    ['1 x', null],
    ['4-2', null]
  ])('%j chooses %j', (answer, chosen) => {
    expect(readNumbers(answer, [1, 2, 3, 4])).toEqual(chosen)
  })
})
