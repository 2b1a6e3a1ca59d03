import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type LeaseId, leaseIdOf } from '../../../src/model/index.ts'
import { TaskLogs } from '../../../src/node/task-logs.ts'
import { jobA, jobB } from '../scheduler/kit.ts'

const leaseId = (taskNo: number): LeaseId => leaseIdOf({ jobId: jobA, taskNo, attempt: 1 })

let parent: string
let folder: string
let errors: unknown[]

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'proxima-task-logs-'))
  folder = join(parent, 'tasks')
  errors = []
})
afterEach(() => rm(parent, { recursive: true, force: true }))

const nowMs = Date.now()
const open = (bounds: { maxBytes?: number; maxAgeMs?: number } = {}): TaskLogs =>
  new TaskLogs(
    { folder, maxBytes: 1e9, maxAgeMs: Number.POSITIVE_INFINITY, ...bounds },
    { wallClock: () => new Date(nowMs), onError: (error) => errors.push(error) }
  )

describe('the log of a task', () => {
  it('can be read while it runs and after it has ended, also by the next life of the node', async () => {
    const logs = open()
    const { line, command } = logs.open(leaseId(1))
    command(['ffmpeg', '-i', 'clip.mov'])
    line('frame 1')
    const expected = { lines: ['frame 1'], command: ['ffmpeg', '-i', 'clip.mov'] }
    expect(await logs.read(leaseId(1))).toEqual(expected)
    await logs.close(leaseId(1))
    expect(await logs.read(leaseId(1))).toEqual(expected)
    expect(await open().read(leaseId(1))).toEqual(expected)
    expect(errors).toEqual([])
  })

  it('is kept apart from those of other tasks', async () => {
    const logs = open()
    logs.open(leaseId(1)).line('one')
    logs.open(leaseId(2)).line('two')
    await logs.close(leaseId(1))
    expect((await logs.read(leaseId(1)))?.lines).toEqual(['one'])
    expect((await logs.read(leaseId(2)))?.lines).toEqual(['two'])
  })

  it('keeps the last 200 lines, each cut to 2,000 characters', async () => {
    const logs = open()
    const { line } = logs.open(leaseId(1))
    for (let i = 1; i <= 250; i++) line(`line ${i}`)
    line('x'.repeat(5_000))
    const lines = (await logs.read(leaseId(1)))!.lines
    expect(lines).toHaveLength(200)
    expect(lines[0]).toBe('line 52')
    expect(lines.at(-1)).toBe('x'.repeat(2_000))
  })

  it('that is read is a copy: it does not change under its reader', async () => {
    const logs = open()
    const { line } = logs.open(leaseId(1))
    line('one')
    const read = await logs.read(leaseId(1))
    line('two')
    expect(read!.lines).toEqual(['one'])
  })

  it('of a task that never ran here is null', async () => {
    expect(await open().read(leaseId(9))).toBeNull()
  })

  it('is never looked for outside its folder', async () => {
    await writeFile(join(parent, 'secret.json'), '{"lines":["secret"],"command":[]}')
    const logs = open()
    logs.open(leaseId(1))
    await logs.close(leaseId(1))
    expect(await logs.read('../secret' as LeaseId)).toBeNull()
    expect(await logs.read('' as LeaseId)).toBeNull()
  })

  it('that was never opened has nothing to close', async () => {
    await open().close(leaseId(1))
    expect(errors).toEqual([])
    expect(await readdir(parent)).toEqual([])
  })
})

describe('logs on disk', () => {
  it('that cannot be written are told of, and hurt nothing else', async () => {
    await writeFile(folder, 'a file where the folder should be')
    const logs = open()
    logs.open(leaseId(1)).line('one')
    await logs.close(leaseId(1))
    expect(errors).toHaveLength(1)
  })

  it('leave no half-written files', async () => {
    const logs = open()
    for (let i = 1; i <= 5; i++) {
      logs.open(leaseId(i))
      await logs.close(leaseId(i))
    }
    expect((await readdir(folder)).every((name) => name.endsWith('.json'))).toBe(true)
  })

  const fill = async (files: number): Promise<void> => {
    const logs = open()
    logs.open(leaseId(0))
    await logs.close(leaseId(0))
    for (let i = 1; i < files; i++) {
      const path = join(folder, `${leaseId(i)}.json`)
      await writeFile(path, '{"lines":[],"command":[]}')
      await utimes(path, 1_000 + i, 1_000 + i)
    }
  }

  it('are at most 2,000: the oldest go', async () => {
    await fill(2_000)
    const logs = open()
    logs.open(leaseId(5_000))
    await logs.close(leaseId(5_000))
    const names = await readdir(folder)
    expect(names).toHaveLength(2_000)
    expect(names).not.toContain(`${leaseId(1)}.json`)
    expect(names).toContain(`${leaseId(2)}.json`)
    expect(names).toContain(`${leaseId(5_000)}.json`)
    expect(errors).toEqual([])
  })

  it('are bounded just so when many tasks end at once', async () => {
    await fill(2_000)
    const logs = open()
    const ids = Array.from({ length: 20 }, (_, i) => leaseId(5_000 + i))
    for (const id of ids) logs.open(id)
    await Promise.all(ids.map((id) => logs.close(id)))
    expect(errors).toEqual([])
    const names = await readdir(folder)
    expect(names).toHaveLength(2_000)
    for (const id of ids) expect(names).toContain(`${id}.json`)
  })

  it('take no more room than they may: the oldest go', async () => {
    const logs = open({ maxBytes: 250 })
    for (let i = 1; i <= 4; i++) {
      logs.open(leaseId(i)).line('x'.repeat(60)) // 89 bytes as a file
      await logs.close(leaseId(i))
    }
    expect((await readdir(folder)).sort()).toEqual([3, 4].map((no) => `${leaseId(no)}.json`))
  })

  it('are kept no longer than they may, also those of a life before', async () => {
    await fill(3)
    await utimes(join(folder, `${leaseId(2)}.json`), nowMs / 1_000 - 50, nowMs / 1_000 - 50)
    await open({ maxAgeMs: 60_000 }).tidy()
    expect((await readdir(folder)).sort()).toEqual([0, 2].map((no) => `${leaseId(no)}.json`))
  })

  it('go with their job when it is purged', async () => {
    const logs = open()
    const other = leaseIdOf({ jobId: jobB, taskNo: 1, attempt: 1 })
    for (const id of [leaseId(1), leaseId(2), other]) {
      logs.open(id)
      await logs.close(id)
    }
    await logs.removeJob(jobA)
    expect(await readdir(folder)).toEqual([`${other}.json`])
    expect(await logs.read(leaseId(1))).toBeNull()
  })

  it('that a crash left half-written are removed', async () => {
    await fill(1)
    await writeFile(join(folder, `${leaseId(7)}.json.part`), '{')
    await open().tidy()
    expect(await readdir(folder)).toEqual([`${leaseId(0)}.json`])
  })
})
