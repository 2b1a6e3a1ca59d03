import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobStatus, JobView, PeersView, PeerView, QueueParams } from '../../../src/model/index.ts'
import { ControlError } from '../../../src/node/control/connect.ts'
import { jobView } from '../../support/control.ts'
import { cli } from './fakes.ts'

let cwd: string
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'proxima-cli-'))
  for (const name of ['a.mov', 'b.mov']) writeFileSync(join(cwd, name), '')
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

/** A node whose jobs go through the given states one after the other. */
function encoding(
  states: readonly JobStatus[],
  change: (status: JobStatus) => Partial<JobView> = () => ({})
) {
  const asked: QueueParams[] = []
  return {
    asked,
    handlers: {
      async queue(params: QueueParams) {
        asked.push(params)
        return {
          batchId: 'batch',
          lines: params.sources.map((_, i) => ({
            kind: 'queued' as const,
            job: jobView(`job${i}`, { status: 'planning' })
          }))
        }
      },
      async *watchJobs({ ids }: { ids: string[] | null }, signal: AbortSignal) {
        for (const status of states)
          for (const id of ids ?? []) yield jobView(id, { status, ...change(status) })
        await new Promise<void>((resolve) =>
          signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve())
        )
      }
    }
  }
}

describe('the command line', () => {
  it.each([
    [['queue', '', '--preset', 'x'], 'an argument is empty'],
    [['watch', ' ', '--preset', 'x'], 'an argument is empty'],
    [['queue', 'a.mov', '--preset', 'x', '--out', ''], 'the argument after --out is empty'],
    [['--home=', 'jobs'], 'the argument after --home is empty']
  ])('takes what an unset variable leaves for no folder: %j', async (argv, reason) => {
    const { status, stderr, stdout } = await cli(argv)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toBe(
      `proxima-node: ${reason}. Give it, or leave it out; perhaps a variable of the shell is not set.\n`
    )
  })

  it('names the nearest command for an unknown one, with status 2', async () => {
    const { status, stderr, stdout } = await cli(['quee', 'a.mov', '--wait'])
    expect({ status, stderr, stdout }).toEqual({
      status: 2,
      stderr: "proxima-node: unknown command 'quee'. Did you mean queue?\n",
      stdout: ''
    })
  })

  it.each([
    [['queue', 'a.mov', '--preset', 'x', '--wiat'], "unknown option '--wiat'. Did you mean --wait?"],
    [['--headles'], "unknown option '--headles'. Did you mean --headless?"],
    [['queue', 'a.mov'], "required option '--preset <name>' not specified. See --help."],
    [
      ['queue', '--preset', 'x'],
      'queue: which files? Name files, folders, globs or timelines, or --resolve for a timeline of DaVinci Resolve.'
    ],
    [['mesh', 'inivte'], "unknown command 'inivte'. Did you mean invite?"],
    [['mesh'], 'a subcommand is missing. See --help.'],
    [['pause'], 'pause: which jobs? Give their ids (see `proxima-node jobs`) or --all.'],
    [['pause', 'x', '--all'], 'pause: --all and single jobs exclude each other. Give one of the two.'],
    [
      ['presets', '--for', 'x'],
      'presets: --for needs the name of a preset. See the names with `proxima-node presets`.'
    ],
    [['jobs', 'extra'], "too many arguments for 'jobs'. Expected 0 arguments but got 1. See --help."]
  ])('refuses %j with status 2 and one line', async (argv, line) => {
    const { status, stderr } = await cli(argv)
    expect({ status, stderr }).toEqual({ status: 2, stderr: `proxima-node: ${line}\n` })
  })

  it('says what is wrong with a value', async () => {
    const { status, stderr } = await cli(['queue', 'a.mov', '--preset', 'x', '--chunk', 'five'])
    expect(status).toBe(2)
    expect(stderr).toContain("'five' is invalid")
    expect(stderr).toContain('seconds (5)')
  })

  it('prints help and version on stdout with status 0', async () => {
    const help = await cli(['--help'])
    expect(help.status).toBe(0)
    expect(help.stdout).toContain('queue')
    expect(help.stdout).not.toContain('[command...]')
    expect((await cli(['queue', '--help'])).stdout).toContain('--worth-chunking')
    expect((await cli(['help', 'mesh'])).stdout).toContain('invite')
    expect(await cli(['--version'])).toMatchObject({ status: 0, stdout: '0.1.0\n' })
  })

  it.each([
    ['jobs'],
    ['job', 'x'],
    ['log', 'x'],
    ['peers'],
    ['peer', 'x'],
    ['pause', 'x'],
    ['priority', '5', 'x']
  ])('ends %s with status 3 and how to start a node when none runs', async (...argv) => {
    const { status, stderr, stdout } = await cli([...argv, '--home', '/h'])
    expect({ status, stdout }).toEqual({ status: 3, stdout: '' })
    expect(stderr).toBe(
      'proxima-node: no node runs here (home /h). Start one with `proxima-node --headless`.\n'
    )
  })

  it('takes --json before and after the command', async () => {
    const running = { jobs: async () => ({ jobs: [jobView('one')] }) }
    for (const argv of [
      ['--json', 'jobs'],
      ['jobs', '--json']
    ]) {
      expect((await cli(argv, { running })).json()).toEqual([{ jobs: [jobView('one')] }])
    }
  })

  it('shows a stack only with --debug', async () => {
    const running = { jobs: () => Promise.reject(new TypeError('x is undefined')) }
    expect((await cli(['jobs'], { running })).stderr.split('\n')).toHaveLength(2)
    expect((await cli(['jobs', '--debug'], { running })).stderr).toContain('    at ')
  })

  it('ends with the status that the node gives its refusal', async () => {
    const refuse = (exitStatus: 1 | 2 | 3) => ({
      job: () =>
        Promise.reject(new ControlError('refused-by-node', { message: 'no job x', hint: null, exitStatus }))
    })
    for (const exitStatus of [1, 2, 3] as const) {
      expect(await cli(['job', 'x'], { running: refuse(exitStatus) })).toMatchObject({
        status: exitStatus,
        stderr: 'proxima-node: no job x.\n'
      })
    }
  })

  it('tells when command and node are of different versions', async () => {
    const running = { jobs: async () => ({ jobs: [] }) }
    const { stderr, status } = await cli(['jobs', '--json'], { running, version: '0.0.9' })
    expect(status).toBe(0)
    expect(stderr).toContain('version 0.0.9')
  })
})

const tower = { peerId: 'T', name: 'tower', self: true, takesPart: true, reason: null }
const nuc = { peerId: 'N', name: 'nuc', self: false, takesPart: false, reason: 'its disk is full' }

describe('queue', () => {
  it('hands absolute paths and parsed flags to the node', async () => {
    const node = encoding([])
    const argv = [
      'queue',
      'a.mov',
      '--preset',
      'dnxhr_sq',
      '--out',
      'o',
      '--name',
      '{stem}_p',
      '--priority',
      '-5',
      '--force'
    ]
    const more = ['--chunk', '2.5', '--worth-chunking', '1m', '--tag', 'gpu', '--tag', 'fast']
    expect((await cli([...argv, ...more], { running: node.handlers, cwd })).status).toBe(0)
    expect(node.asked).toEqual([
      {
        sources: [join(cwd, 'a.mov')],
        preset: 'dnxhr_sq',
        outDir: join(cwd, 'o'),
        nameTemplate: '{stem}_p',
        priority: -5,
        force: true,
        keep: false,
        noChunk: false,
        chunkMs: 2500,
        worthChunkingMs: 60_000,
        tags: ['gpu', 'fast']
      }
    ])
  })

  it('takes --keep, but not together with --force', async () => {
    const node = encoding([])
    const queue = ['queue', 'a.mov', '--preset', 'p', '--keep']
    expect((await cli(queue, { running: node.handlers, cwd })).status).toBe(0)
    expect(node.asked).toMatchObject([{ keep: true, force: false }])
    const both = await cli([...queue, '--force'], { running: node.handlers, cwd })
    expect(both.status).toBe(2)
    expect(both.stderr).toMatch(/--keep.*cannot be used with.*--force/)
  })

  it('knows --no-chunk from no --chunk', async () => {
    const node = encoding([])
    await cli(['queue', 'a.mov', '--preset', 'p', '--no-chunk'], { running: node.handlers, cwd })
    await cli(['queue', 'a.mov', '--preset', 'p'], { running: node.handlers, cwd })
    expect(node.asked.map(({ noChunk, chunkMs }) => ({ noChunk, chunkMs }))).toEqual([
      { noChunk: true, chunkMs: null },
      { noChunk: false, chunkMs: null }
    ])
  })

  it('returns at once when a node runs, with a JSON line per job', async () => {
    const node = encoding([])
    const { status, json, stderr } = await cli(['queue', 'a.mov', 'b.mov', '--preset', 'p', '--json'], {
      running: node.handlers,
      cwd
    })
    expect(status).toBe(0)
    expect(json()).toEqual([jobView('job0', { status: 'planning' }), jobView('job1', { status: 'planning' })])
    expect(stderr).toBe('')
  })

  it('prints a line per change with --wait --json, the last of each job its end', async () => {
    const node = encoding(['active', 'joining', 'completed'])
    const { status, json } = await cli(['queue', 'a.mov', '--preset', 'p', '--wait', '--json'], {
      running: node.handlers,
      cwd
    })
    expect(status).toBe(0)
    expect(json().map((line) => (line as JobView).status)).toEqual([
      'planning',
      'active',
      'joining',
      'completed'
    ])
  })

  it('ends with status 1 and the reason when a job fails, and when one is canceled', async () => {
    const failing = encoding(['active', 'failed'], (status) =>
      status === 'failed' ? { error: 'chunk 3 failed on 2 peers' } : {}
    )
    const failed = await cli(['queue', 'a.mov', '--preset', 'p', '--wait'], {
      running: failing.handlers,
      cwd
    })
    expect(failed.status).toBe(1)
    expect(failed.stderr).toBe(
      'proxima-node: job0.mov: chunk 3 failed on 2 peers. `proxima-node log job0` tells more.\n'
    )
    const canceled = await cli(['queue', 'a.mov', '--preset', 'p', '--wait'], {
      running: encoding(['canceled']).handlers,
      cwd
    })
    expect(canceled.status).toBe(1)
    expect(canceled.stderr).toContain('job0.mov was canceled')
  })

  it('starts a node when none runs, says so, waits without --wait, and stops it', async () => {
    const node = encoding(['active', 'completed'])
    const { status, stdout, stderr, started, stopped } = await cli(
      [
        '--name',
        'tower',
        'queue',
        'a.mov',
        '--preset',
        'p',
        '--home',
        '/h',
        '--peer',
        'nuc:1',
        '--slots',
        '2'
      ],
      { startable: node.handlers, cwd }
    )
    expect(status).toBe(0)
    expect(started).toEqual([
      { home: '/h', flags: { peer: ['nuc:1'], slots: 2, name: 'tower' }, headless: false }
    ])
    expect(stopped).toBe(1)
    expect(stderr).toContain('No node runs here')
    expect(stdout).toContain('completed')
  })

  it('stops the node that it started also when the node refuses', async () => {
    const startable = {
      queue: () =>
        Promise.reject(
          new ControlError('refused-by-node', { message: 'no preset p', hint: null, exitStatus: 2 })
        )
    }
    expect(await cli(['queue', 'a.mov', '--preset', 'p'], { startable, cwd })).toMatchObject({
      status: 2,
      stopped: 1
    })
  })

  it('leaves with 130 on Ctrl-C and says that the jobs go on', async () => {
    const interrupt = new AbortController()
    const node = encoding(['active'])
    const handlers = {
      ...node.handlers,
      async *watchJobs(params: { ids: string[] | null }, signal: AbortSignal) {
        yield* node.handlers.watchJobs(params, AbortSignal.abort())
        interrupt.abort('SIGINT')
        yield* node.handlers.watchJobs({ ids: [] }, signal)
      }
    }
    const { status, stderr } = await cli(['queue', 'a.mov', '--preset', 'p', '--wait'], {
      running: handlers,
      interrupt,
      cwd
    })
    expect(status).toBe(130)
    expect(stderr).toContain('The job goes on without this command')
  })

  it('ends with status 3 when the node goes away', async () => {
    const node = encoding(['active'])
    const handlers = {
      ...node.handlers,
      watchJobs: (params: { ids: string[] | null }) => node.handlers.watchJobs(params, AbortSignal.abort())
    }
    const { status, stderr } = await cli(['queue', 'a.mov', '--preset', 'p', '--wait'], {
      running: handlers,
      cwd
    })
    expect(status).toBe(3)
    expect(stderr).toContain('the node stopped before the jobs had ended')
  })

  it('queues what is there and ends with status 1 for what is not', async () => {
    const node = encoding([])
    const { status, stderr, json } = await cli(['queue', 'gone.mov', 'a.mov', '--preset', 'p', '--json'], {
      running: node.handlers,
      cwd
    })
    expect(status).toBe(1)
    expect(stderr).toBe('proxima-node: no such file: gone.mov. Check the path.\n')
    expect(json()).toEqual([
      {
        type: 'error',
        source: null,
        error: { code: 'no-such-file', message: 'no such file: gone.mov', hint: 'Check the path' }
      },
      jobView('job0', { status: 'planning' })
    ])
  })

  it('starts no node for nothing', async () => {
    expect(await cli(['queue', 'gone.mov', '--preset', 'p'], { cwd })).toMatchObject({
      status: 1,
      started: []
    })
  })

  it('tells what the node refused, and what is there already', async () => {
    const running = {
      queue: async (params: QueueParams) => ({
        batchId: 'batch',
        lines: [
          {
            kind: 'exists' as const,
            source: params.sources[0] as string,
            output: '/o/a.mov',
            message: '/o/a.mov is there already'
          },
          {
            kind: 'refused' as const,
            source: '/b.mov',
            error: { code: 'not-video', message: 'b.mov is not a video', hint: null, exitStatus: 1 as const }
          }
        ]
      })
    }
    const { status, stdout, stderr } = await cli(['queue', 'a.mov', '--preset', 'p', '--wait'], {
      running,
      cwd
    })
    expect(status).toBe(1)
    expect(stdout).toContain('/o/a.mov is there already')
    expect(stderr).toBe('proxima-node: b.mov is not a video.\n')
  })

  it('ends with status 1 when a source was refused although all jobs completed', async () => {
    const node = encoding(['active', 'completed'])
    const running = {
      ...node.handlers,
      async queue(params: QueueParams) {
        const { batchId, lines } = await node.handlers.queue({ ...params, sources: ['/a.mov'] })
        const error = {
          code: 'not-video',
          message: 'b.mov is not a video',
          hint: null,
          exitStatus: 1 as const
        }
        return { batchId, lines: [...lines, { kind: 'refused' as const, source: '/b.mov', error }] }
      }
    }
    const argv = ['queue', 'a.mov', 'b.mov', '--preset', 'p', '--wait']
    expect(await cli(argv, { running, cwd })).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('completed'),
      stderr: 'proxima-node: b.mov is not a video.\n'
    })
  })

  it('sends many sources in portions of one batch', async () => {
    const many = mkdtempSync(join(cwd, 'many-'))
    for (let i = 0; i < 60; i++) writeFileSync(join(many, `${i}.mov`), '')
    const node = encoding([])
    const { status, json } = await cli(['queue', many, '--preset', 'p', '--json'], {
      running: node.handlers,
      cwd
    })
    expect(status).toBe(0)
    expect(json()).toHaveLength(60)
    expect(node.asked.map(({ sources, batchId }) => [sources.length, batchId])).toEqual([
      [25, undefined],
      [25, 'batch'],
      [10, 'batch']
    ])
    expect(new Set(node.asked.flatMap(({ sources }) => sources)).size).toBe(60)
  })

  it('tells why a job waits', async () => {
    const node = encoding(['active'])
    const note = 'no machine can take it: tower: it does not carry tag gpu'
    const handlers = {
      ...node.handlers,
      async *watchJobs({ ids }: { ids: string[] | null }) {
        const id = ids?.[0] as string
        yield jobView(id, { status: 'queued' })
        yield jobView(id, { status: 'queued', note })
        yield jobView(id, { status: 'queued', note })
        yield jobView(id, { status: 'completed' })
      }
    }
    const { stdout } = await cli(['queue', 'a.mov', '--preset', 'p', '--wait'], { running: handlers, cwd })
    expect(stdout.split(note)).toHaveLength(2)
  })

  it('prints the plan only with --dry-run', async () => {
    const running = {
      plan: async () => ({
        lines: [
          {
            kind: 'plan' as const,
            source: '/a.mov',
            output: '/p/a.mov',
            preset: 'p',
            chosen: null,
            frames: 100,
            durationMs: 4000,
            shape: 'whole' as const,
            chunks: 1,
            estimateBytes: 12_000_000,
            freeBytes: 3_400_000_000,
            participants: [nuc],
            note: 'too short to be worth chunks',
            warnings: ['the data stream 3 (gpmd) cannot be kept'],
            command: ['ffmpeg', '-i', '/a b.mov']
          }
        ]
      })
    }
    const { stdout, status } = await cli(['queue', 'a.mov', '--preset', 'p', '--dry-run'], { running, cwd })
    expect(status).toBe(0)
    expect(stdout).toBe(
      "/a.mov → /p/a.mov\n  p, 100 frames, 0:04, in one piece (too short to be worth chunks)\n  about 12 MB, 3.4 GB free there\n  nobody can take part now\n  not: nuc: its disk is full\n  ffmpeg -i '/a b.mov'\n  not kept: the data stream 3 (gpmd) cannot be kept\n"
    )
    const json = (
      await cli(['queue', 'a.mov', '--preset', 'p', '--dry-run', '--json'], { running, cwd })
    ).json()
    expect(json).toMatchObject([
      { type: 'plan', frames: 100, participants: [nuc], command: ['ffmpeg', '-i', '/a b.mov'] }
    ])
  })

  it('says once who takes part and why others do not, and to scripts on each line', async () => {
    const running = {
      queue: async ({ sources }: QueueParams) => ({
        batchId: 'batch',
        lines: sources.map((source, i) => {
          const job = jobView(`job${i}`, { source, participants: [tower, nuc] })
          return { kind: 'queued' as const, job }
        })
      })
    }
    const argv = ['queue', 'a.mov', 'b.mov', '--preset', 'p']
    const { stdout } = await cli(argv, { running, cwd })
    expect(stdout.split('takes part: tower (this machine)\nnot: nuc: its disk is full\n')).toHaveLength(2)
    const json = (await cli([...argv, '--json'], { running, cwd })).json()
    expect(json).toMatchObject([{ participants: [tower, nuc] }, { participants: [tower, nuc] }])
  })
})

describe('commands on jobs', () => {
  it('act on several, and fail when one would not', async () => {
    const running = {
      act: async ({ ids }: { ids: string[] | 'all' }) => ({
        results: (ids as string[]).map((id) => ({
          id,
          ok: id !== 'bad',
          status: null,
          message: id === 'bad' ? 'it has ended' : null
        }))
      })
    }
    expect(await cli(['cancel', 'one', 'bad'], { running })).toMatchObject({
      status: 1,
      stdout: 'one  canceled\n',
      stderr: 'proxima-node: bad: it has ended.\n'
    })
    expect((await cli(['cancel', 'one'], { running })).status).toBe(0)
  })

  it('tell what a purge waits for', async () => {
    const message = 'will be purged when its storage is back'
    const running = {
      act: async () => ({ results: [{ id: 'one', ok: true, status: 'failed' as const, message }] })
    }
    expect(await cli(['purge', 'one'], { running })).toMatchObject({
      status: 0,
      stdout: `one  ${message}\n`
    })
  })

  it('take a negative priority', async () => {
    const seen: unknown[] = []
    const running = {
      priority: async (params: unknown) => {
        seen.push(params)
        return { results: [] }
      }
    }
    await cli(['priority', '-5', 'one', 'two'], { running })
    await cli(['priority', '7', '--all'], { running })
    expect(seen).toEqual([
      { ids: ['one', 'two'], priority: -5 },
      { ids: 'all', priority: 7 }
    ])
  })

  it('keep a log’s lines on stdout and whose they are on stderr', async () => {
    const running = {
      log: async () => ({
        lines: ['frame=1', 'bad\u001b[2J'],
        leaseId: 'j.1.1',
        peerName: 'nuc',
        command: ['ffmpeg', '-i', 'x']
      })
    }
    const { stdout, stderr } = await cli(['log', 'j'], { running })
    expect(stdout).toBe('frame=1\nbad [2J\n')
    expect(stderr).toBe('j.1.1 on nuc: ffmpeg -i x\n')
  })
})

const peer = (name: string, peerId: string, change: Partial<PeerView> = {}): PeerView => ({
  peerId,
  name,
  status: 'connected',
  state: 'awake',
  reason: null,
  version: '0.1.0',
  ffmpegVersion: '7.0',
  encoders: ['dnxhd'],
  slots: { total: 2, busy: 1 },
  roots: [],
  cores: 4,
  addresses: [],
  running: [],
  ...change
})

describe('commands on peers', () => {
  const view: PeersView = {
    self: peer('tower', '12D3KooWAAAA1111', { status: 'self' }),
    peers: [
      peer('nuc', '12D3KooWBBBB2222'),
      peer('old', '12D3KooWCCCC3333', { status: 'incompatible', reason: 'its ffmpeg is 5.1' })
    ]
  }
  const running = { peers: async () => view }

  it('list all with the reason why one gets no work', async () => {
    const { stdout } = await cli(['peers'], { running })
    expect(stdout.split('\n')[3]).toMatch(/^old .*incompatible.*its ffmpeg is 5\.1$/)
    expect((await cli(['peers', '--json'], { running })).json()).toEqual([view])
  })

  it('find one by name, by id and by the end of its id', async () => {
    for (const which of ['nuc', '12D3KooWBBBB2222', '2222']) {
      expect((await cli(['peer', which, '--json'], { running })).json()).toEqual([view.peers[0]])
    }
    expect(await cli(['peer', 'nuk'], { running })).toMatchObject({
      status: 1,
      stderr: 'proxima-node: no peer nuk. Did you mean nuc?\n'
    })
  })
})

describe('commands that need no node', () => {
  it('ask the running node when there is one, else do it here', async () => {
    const root = (name: string) => ({
      id: '0011223344556677',
      name,
      path: '/nas',
      visible: true,
      reason: null
    })
    const offline = { share: async ({ path }: { path: string }) => ({ ...root('offline'), path }) }
    const running = { share: async () => root('online') }
    expect((await cli(['share', 'nas', '--json'], { offline, cwd: '/mnt' })).json()).toEqual([
      { ...root('offline'), path: '/mnt/nas' }
    ])
    expect((await cli(['share', 'nas', '--json'], { offline, running })).json()).toEqual([root('online')])
  })

  it('take a root back where it was declared', async () => {
    const offline = {
      unshare: async ({ root }: { root: string }) => ({
        id: '0011223344556677',
        name: root,
        path: '/mnt/nas',
        visible: false,
        reason: 'it is not there'
      })
    }
    expect(await cli(['roots', '--remove', 'nas'], { offline })).toMatchObject({
      status: 0,
      stdout: 'nas (0011223344556677) at /mnt/nas is not shared here any more\n'
    })
  })

  it('print a preset with the command for a file', async () => {
    const view = {
      preset: { name: 'p', height: 720 },
      chosen: null,
      source: '/presets/p.yaml',
      origins: { height: '/presets/base.yaml' },
      match: null
    }
    const offline = {
      preset: async ({ forFile }: { forFile: string | null }) => ({
        ...view,
        command: forFile ? ['ffmpeg', '-i', forFile] : null
      })
    }
    expect((await cli(['presets', 'p', '--json'], { offline })).json()).toEqual([view])
    expect((await cli(['presets', 'p', '--for', 'a.mov', '--json'], { offline })).json()).toEqual([
      { ...view, command: ['ffmpeg', '-i', '/work/a.mov'] }
    ])
    expect((await cli(['presets', 'p'], { offline })).stdout).toBe(
      '# /presets/p.yaml\n\nname: p\nheight: 720 # base\n'
    )
  })

  it('let config show the settings, one of them or a group, and where each comes from', async () => {
    const settings = [
      { key: 'name', value: 'nuc', from: null, variable: 'PROXIMA_NAME', description: 'Its name.' },
      {
        key: 'chunking.minDurationMs',
        value: 2000,
        from: '/h/config.yaml:3:5',
        variable: 'P',
        description: ''
      }
    ]
    const offline = { config: async () => ({ file: '/h/config.yaml', settings }) }
    const all = await cli(['config'], { offline })
    expect(all.stdout).toContain('# Its name.\n# default; PROXIMA_NAME\nname: "nuc"')
    expect(all.stdout).toContain('# from /h/config.yaml:3:5\nchunking.minDurationMs: 2000')
    expect((await cli(['config', 'chunking', '--json'], { offline })).json()).toEqual([
      { file: '/h/config.yaml', settings: [settings[1]] }
    ])
    const wrong = await cli(['config', 'nam'], { offline })
    expect(wrong.status).toBe(2)
    expect(wrong.stderr).toContain('there is no setting "nam". Did you mean name?')
  })

  it('let doctor copy the ledger to where it is told, and fail when it cannot', async () => {
    const asked: string[] = []
    const offline = {
      doctor: async () => ({ checks: [] }),
      backUpLedger: async ({ path }: { path: string }) => {
        asked.push(path)
        if (asked.length > 1) throw new Error('no room')
        return { path, sizeBytes: 4096 }
      }
    }
    const first = await cli(['doctor', '--backup', 'copy.db'], { offline, cwd })
    expect(first.status).toBe(0)
    expect(first.stdout).toContain(`the ledger is copied to ${join(cwd, 'copy.db')} (4.1 kB)`)
    expect(asked).toEqual([join(cwd, 'copy.db')])
    const second = await cli(['doctor', '--backup', 'copy.db'], { offline, cwd })
    expect(second.status).toBe(1)
    expect(second.stdout).toContain('fail  backup')
  })

  it('let doctor fail when a check does, and only then', async () => {
    const doctor = (status: 'ok' | 'warn' | 'fail') => ({
      doctor: async () => ({ checks: [{ name: 'ffmpeg', status, message: 'm' }] })
    })
    expect((await cli(['doctor'], { offline: doctor('warn') })).status).toBe(0)
    expect((await cli(['doctor'], { offline: doctor('fail') })).status).toBe(1)
    const { json } = await cli(['doctor', '--json'], { running: doctor('ok') })
    expect(json()).toMatchObject([
      {
        checks: [
          { name: 'running', status: 'ok' },
          { name: 'ffmpeg', status: 'ok' }
        ]
      }
    ])
  })
})

describe('mesh', () => {
  const inviting = (members: number[]) => {
    let looks = 0
    return {
      meshInvite: async () => ({ invite: 'px1:abc', expiresAt: '2999-01-01T00:00:00.000Z' }),
      meshList: async () => {
        const n = members[Math.min(looks++, members.length - 1)] as number
        return {
          meshId: 'm',
          members: Array.from({ length: n }, (_, i) => ({
            peerId: `peer-number-${i}`,
            name: `n${i}`,
            self: i === 0
          }))
        }
      },
      peers: async () => ({ self: peer('a', 'x'), peers: [peer('n1', 'peer-number-1')] })
    }
  }

  it('invites and returns when a node runs', async () => {
    const { json, status, started } = await cli(['mesh', 'invite', '--json'], { running: inviting([1]) })
    expect({ status, started }).toEqual({ status: 0, started: [] })
    expect(json()).toEqual([{ invite: 'px1:abc', expiresAt: '2999-01-01T00:00:00.000Z' }])
  })

  it('stays with its own node until the invitation was used', async () => {
    const { status, stdout, stderr, stopped } = await cli(['mesh', 'invite'], {
      startable: inviting([1, 1, 2])
    })
    expect({ status, stopped }).toEqual({ status: 0, stopped: 1 })
    expect(stdout.split('\n')).toEqual(['px1:abc', 'n1 (…number-1) joined.', ''])
    expect(stderr).toContain('must stay open')
  })

  it('voids the invitation of its own node on Ctrl-C', async () => {
    const interrupt = new AbortController()
    interrupt.abort('SIGINT')
    const { status, stderr, stopped } = await cli(['mesh', 'invite'], { startable: inviting([1]), interrupt })
    expect({ status, stopped }).toEqual({ status: 130, stopped: 1 })
    expect(stderr).toContain('the invitation is void')
  })

  const others = {
    peers: async () => ({ self: peer('a', 'x'), peers: [peer('mac', 'the-peer-of-the-mac')] })
  }

  it('removes a member by its name or the end of its id, and says how it comes back', async () => {
    const seen: unknown[] = []
    const meshRemove = async (params: { peer: string }) => {
      seen.push(params)
      return { peerId: params.peer, name: 'mac' }
    }
    for (const which of ['mac', 'the-mac']) {
      const running = { ...others, meshRemove }
      const { status, stdout, stderr } = await cli(['mesh', 'remove', which], { running })
      expect({ status, stdout }).toEqual({ status: 0, stdout: 'mac (…-the-mac) is no longer a member.\n' })
      expect(stderr).toContain('mesh leave')
    }
    expect(seen).toEqual([{ peer: 'the-peer-of-the-mac' }, { peer: 'the-peer-of-the-mac' }])
    expect((await cli(['mesh', 'remove', 'nobody'], { running: others })).status).toBe(2)
  })

  it('leaves, and tells who did not hear of it', async () => {
    const leaving = (told: number) => ({ ...others, meshLeave: async () => ({ told, others: 2 }) })
    const all = await cli(['mesh', 'leave'], { running: leaving(2) })
    expect(all.stdout).toContain('has left its mesh')
    expect(all.stderr).not.toContain('away')
    expect((await cli(['mesh', 'leave'], { running: leaving(1) })).stderr).toContain('1 of 2 other machines')
    expect((await cli(['mesh', 'leave'], { running: leaving(0) })).stderr).toContain('mesh remove')
    const { json } = await cli(['mesh', 'leave', '--json'], { running: leaving(1) })
    expect(json()).toEqual([{ told: 1, others: 2 }])
  })

  it('joins with a line that the shell cut into words', async () => {
    const seen: unknown[] = []
    const startable = {
      meshJoin: async (params: unknown) => {
        seen.push(params)
        return { meshId: 'm', inviterName: 'tower', inviterId: '12D3KooWAAAA1111' }
      }
    }
    const { stdout } = await cli(['mesh', 'join', 'px1:abc', 'def'], { startable })
    expect(seen).toEqual([{ invite: 'px1:abc def' }])
    expect(stdout).toBe('Joined the mesh of tower (…AAAA1111).\n')
  })
})

describe('the node itself', () => {
  it('runs headless where there is no terminal, until it stops by itself', async () => {
    const interrupt = new AbortController()
    interrupt.abort('SIGTERM')
    const { status, started, stopped } = await cli(['--port', '4870', '--home', '/h'], {
      startable: {},
      interrupt
    })
    expect({ status, stopped }).toEqual({ status: 0, stopped: 1 })
    expect(started).toEqual([{ home: '/h', flags: { port: 4870 }, headless: true }])
    const filed = await cli(['--headless', '--log-file', '--home', '/h'], { startable: {}, interrupt })
    expect(filed.started).toEqual([{ home: '/h', flags: {}, headless: false }])
  })
})

describe('Ctrl-C while the node still looks at the sources', () => {
  it('ends with 130 and stops the node that the command started', async () => {
    const interrupt = new AbortController()
    const startable = {
      queue: () => {
        interrupt.abort('SIGINT')
        return new Promise<never>(() => {})
      }
    }
    expect(await cli(['queue', 'a.mov', '--preset', 'p'], { startable, interrupt, cwd })).toMatchObject({
      status: 130,
      stopped: 1
    })
  })
})
