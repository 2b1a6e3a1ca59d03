import { describe, expect, it } from 'vitest'
import type { WatchedFile, WatchParams, WatchView } from '../../../src/model/index.ts'
import { queueChoices } from '../../support/queue-choices.ts'
import { cli } from './fakes.ts'

const view = (change: Partial<WatchView> = {}): WatchView => ({
  type: 'watch',
  id: 'k3j5m8n2p4',
  dir: '/mnt/nas/in',
  status: 'watching',
  reason: null,
  rules: { extensions: null, only: [], skip: [], recursive: true, settleMs: 10_000, minAgeMs: 0 },
  queue: queueChoices,
  addedAt: '2026-03-01T12:00:00.000Z',
  lookedAt: null,
  counts: { waiting: 0, queued: 0, exists: 0, refused: 0 },
  waiting: [],
  queued: [],
  refused: [],
  ...change
})

const file = (name: string, reason: string): WatchedFile => ({
  file: name,
  sizeBytes: 1_500_000,
  reason,
  jobId: null,
  output: null,
  at: null
})

function watching() {
  const asked: WatchParams[] = []
  const running = {
    watchFolder: async (params: WatchParams) => {
      asked.push(params)
      return { watch: view({ dir: params.dir }), change: 'added' as const }
    }
  }
  return { asked, running }
}

describe('watch DIR', () => {
  it('tells the node which folder, by usual rules', async () => {
    const { asked, running } = watching()
    const { status, stdout } = await cli(['watch', 'in', '--preset', 'dnxhr_sq'], {
      running,
      cwd: '/mnt/nas'
    })
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'k3j5m8n2p4  /mnt/nas/in is watched from now on\n'
    })
    const { rules, queue } = view()
    expect(asked).toEqual([{ dir: '/mnt/nas/in', rules, queue }])
  })

  it('says for whom it stands by where another node watches the folder', async () => {
    const reason = 'tower watches it since 2026-03-01T12:00:00.000Z'
    const watchFolder = async () => ({ watch: view({ status: 'standby', reason }), change: 'added' as const })
    const { status, stdout, stderr } = await cli(['watch', 'in', '--preset', 'x'], {
      running: { watchFolder }
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: `Standing by: ${reason}.\n` })
    expect(stdout).toContain('is watched from now on')
  })

  it('hands over every rule', async () => {
    const { asked, running } = watching()
    const rules = ['--only', 'A*', '--only', 'B*', '--skip', '*_x.*', '--ext', 'mov,.MXF', '--no-recursive']
    const times = ['--settle', '30', '--min-age', '2m']
    const queue = ['--out', 'out', '--name', '{stem}_p', '--priority', '3', '--chunk', '5', '--tag', 'gpu']
    await cli(['watch', 'in', '--preset', 'auto', ...rules, ...times, ...queue], { running, cwd: '/w' })
    expect(asked).toMatchObject([
      {
        rules: {
          extensions: ['mov', 'mxf'],
          only: ['A*', 'B*'],
          skip: ['*_x.*'],
          recursive: false,
          settleMs: 30_000,
          minAgeMs: 120_000
        },
        queue: {
          preset: 'auto',
          outDir: '/w/out',
          nameTemplate: '{stem}_p',
          priority: 3,
          chunkMs: 5_000,
          tags: ['gpu']
        }
      }
    ])
  })

  it('prints the watch as JSON, with what became of it', async () => {
    const { running } = watching()
    const { json } = await cli(['watch', 'in', '--preset', 'x', '--json'], { running, cwd: '/mnt/nas' })
    expect(json()).toEqual([{ ...view(), change: 'added' }])
  })

  it('needs a node that stays', async () => {
    expect((await cli(['watch', 'in', '--preset', 'x'])).status).toBe(3)
  })

  it.each([
    [['watch', 'in'], 'watch: with which preset shall in be encoded? Name one with --preset; see `presets`.'],
    [
      ['watch', 'in', '--remove', 'x'],
      'watch: a folder and --remove exclude each other. Give one of the two.'
    ],
    [
      ['watch', 'in', '--preset', 'x', '--wait'],
      'watch: --wait goes with --once. Watching ends only with --remove.'
    ],
    [
      ['watch', 'in', '--preset', 'x', '--ext', ','],
      "option '--ext <endings>' argument ',' is invalid. It must be endings such as mov,mxf. See --help."
    ],
    [['watch', '--preset', 'x'], 'watch: --preset needs a folder. Name the folder to watch.'],
    [['watch', '--once'], 'watch: --once needs a folder. Name the folder to watch.']
  ])('refuses %j with status 2', async (argv, line) => {
    const { status, stderr } = await cli(argv)
    expect({ status, stderr }).toEqual({ status: 2, stderr: `proxima-node: ${line}\n` })
  })
})

describe('watch alone', () => {
  it('lists the folders, what waits and what was refused', async () => {
    const watches = [
      view({
        counts: { waiting: 7, queued: 12, exists: 3, refused: 1 },
        waiting: Array.from({ length: 7 }, (_, n) => file(`a${n}.mov`, 'it still grows')),
        refused: [file('junk.mov', 'it is no media file')]
      }),
      view({ id: 'zz00000000', dir: '/mnt/b', status: 'away', reason: 'it is not there' })
    ]
    const { stdout, status } = await cli(['watch'], { running: { watches: async () => ({ watches }) } })
    expect(status).toBe(0)
    const lines = stdout.split('\n')
    expect(lines[1]).toMatch(/^k3j5m8n2p4 {2}\/mnt\/nas\/in {2}dnxhr_sq +7 +12 +3 +1 {2}watching$/)
    expect(lines[2]).toMatch(/away: it is not there$/)
    expect(lines.slice(3)).toEqual([
      '',
      '/mnt/nas/in:',
      ...[0, 1, 2, 3, 4].map((n) => `  waits    a${n}.mov (1.5 MB): it still grows`),
      '  … and 2 more',
      '  refused  junk.mov: it is no media file',
      ''
    ])
  })

  it('says how to watch one when there is none, and as JSON that there is none', async () => {
    const running = { watches: async () => ({ watches: [] }) }
    expect((await cli(['watch'], { running })).stdout).toContain('No folder is watched.')
    expect((await cli(['watch', '--json'], { running })).json()).toEqual([{ watches: [] }])
  })
})

describe('watch --remove', () => {
  it.each([
    ['k3j5', 'k3j5'],
    ['in', '/mnt/nas/in'],
    ['/mnt/nas/in', '/mnt/nas/in']
  ])('takes an id or a folder: %s', async (name, asked) => {
    const seen: string[] = []
    const running = {
      watches: async () => ({ watches: [view()] }),
      unwatchFolder: async ({ watch }: { watch: string }) => {
        seen.push(watch)
        return view()
      }
    }
    const { stdout } = await cli(['watch', '--remove', name], { running, cwd: '/mnt/nas' })
    expect(seen).toEqual([asked])
    expect(stdout).toBe('/mnt/nas/in is no longer watched; what was queued from it goes on\n')
  })
})
