import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobId, PreparedJob, QueueLine, QueueParams } from '../../../src/model/index.ts'
import { queueSources } from '../../../src/node/queue-service.ts'
import { jobView } from '../../../src/node/views.ts'
import { Bench, requestOf, wholePlan } from '../scheduler/kit.ts'
import { fakeKind } from './kit.ts'

let folder: string
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'proxima-queue-')))
  mkdirSync(join(folder, 'day1'))
  symlinkSync(join(folder, 'day1'), join(folder, 'today'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const params = (sources: string[], change: Partial<QueueParams> = {}): QueueParams => ({
  sources,
  preset: 'dnxhr_sq',
  outDir: null,
  nameTemplate: null,
  priority: 0,
  force: true,
  keep: false,
  noChunk: false,
  chunkMs: null,
  worthChunkingMs: null,
  tags: [],
  ...change
})

const ready = (source: string, output: string): PreparedJob => {
  const { batchId: _, priority: __, ...request } = requestOf({ source, output })
  return { kind: 'ready', request, note: null }
}

/** A node whose jobs get their outputs from `outputOf`; `prepared` hears of each source that was looked at. */
function node(
  outputOf: (source: string) => string,
  prepared: (source: string) => Promise<void> = async () => {}
) {
  const bench = new Bench()
  const errors: string[] = []
  const times = { jobTimes: () => null, attemptTimes: () => new Map() }
  const kind = fakeKind({
    prepare: async (_, source) => {
      await prepared(source)
      return ready(source, outputOf(source))
    }
  })
  const collaborators = {
    kind,
    state: () => bench.state,
    turn: (event: Parameters<Bench['turn']>[0]) => void bench.turn(event),
    view: (job: Parameters<typeof jobView>[1]) => jobView(bench.state, job, times),
    participants: async () => [],
    onError: (error: unknown, what: string) => void errors.push(`${what}: ${(error as Error).message}`)
  }
  const queue = (given: QueueParams) => queueSources(given, collaborators)
  const complete = (jobId: JobId) => {
    bench.plan(wholePlan(), jobId)
    const lease = bench.stealOne(bench.state.self.peerId)
    bench.finish(bench.state.self.peerId, lease)
    bench.turn({ kind: 'output-published', lease, verdict: { ok: true } })
    expect(bench.jobOf(jobId).status).toBe('completed')
  }
  return { bench, collaborators, queue, complete, errors }
}

const kinds = (lines: readonly QueueLine[]): string[] => lines.map(({ kind }) => kind)

describe('queueing sources', () => {
  it('never maps two of them to one output, also when the first has completed by then', async () => {
    const { bench, queue, complete } = node(
      () => join(folder, 'X', 'A001.mov'),
      async (source) => {
        if (source === '/day2/A001.mov') complete([...bench.state.jobs.keys()][0]!)
      }
    )
    const { lines } = await queue(params(['/day1/A001.mov', '/day2/A001.mov']))
    expect(kinds(lines)).toEqual(['queued', 'refused'])
    expect(lines[1]).toMatchObject({
      error: { code: 'output-taken', message: expect.stringContaining('from /day1/A001.mov') }
    })
  })

  it('knows the outputs of the portions before of the same batch', async () => {
    const { bench, queue, complete } = node(() => join(folder, 'X', 'A001.mov'))
    const first = await queue(params(['/day1/A001.mov']))
    complete([...bench.state.jobs.keys()][0]!)
    const second = await queue(params(['/day2/A001.mov'], { batchId: first.batchId }))
    expect(second.batchId).toBe(first.batchId)
    expect(kinds(second.lines)).toEqual(['refused'])
    // Another command asks anew: with --force it may.
    expect(kinds((await queue(params(['/day2/A001.mov']))).lines)).toEqual(['queued'])
  })

  it('takes two spellings of a folder for the one that it is, whether the output is there or not', async () => {
    const { queue } = node((source) =>
      join(folder, source === '/a.mov' ? 'day1' : 'today', 'Proxy', 'not', 'there', 'yet', 'A.mov')
    )
    const { lines } = await queue(params(['/a.mov', '/b.mov']))
    expect(kinds(lines)).toEqual(['queued', 'refused'])
  })

  it('lets two commands at once make an output only once', async () => {
    const { queue } = node(() => join(folder, 'X', 'B.mov'))
    const answers = await Promise.all([queue(params(['/a.mov'])), queue(params(['/b.mov']))])
    expect(answers.flatMap(({ lines }) => kinds(lines)).sort()).toEqual(['queued', 'refused'])
  })

  it('tells a bug in one line, and leaves its stack to the log', async () => {
    const { queue, errors } = node(
      (source) => join(folder, 'X', source),
      async () => {
        throw new TypeError('x is undefined')
      }
    )
    const { lines } = await queue(params(['/a.mov']))
    expect(lines).toMatchObject([{ kind: 'refused', error: { code: 'internal' } }])
    expect(errors).toEqual(['queue /a.mov: x is undefined'])
  })

  it('tells what was queued although the ledger takes no more', async () => {
    const { collaborators } = node((source) => join(folder, 'X', source))
    let turns = 0
    const { turn } = collaborators
    const { lines } = await queueSources(params(['/a.mov', '/b.mov']), {
      ...collaborators,
      turn: (event) => {
        turns += 1
        if (turns > 1)
          throw Object.assign(new Error('the disk is full'), { code: 'cannot-write', hint: 'Make room' })
        turn(event)
      }
    })
    expect(kinds(lines)).toEqual(['queued', 'refused'])
    expect(lines[1]).toMatchObject({
      source: '/b.mov',
      error: { code: 'cannot-write', message: 'the disk is full', hint: 'Make room', exitStatus: 1 }
    })
  })
})
