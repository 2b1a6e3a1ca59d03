import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { QueueLine } from '../../../../src/model/index.ts'
import { asked, choices, Scene } from './kit.ts'

const given = (): Scene => {
  const scene = new Scene()
  scene.folders.set('/in', 'inode 1')
  return scene
}

const refusal =
  (code: string, message: string) =>
  (source: string): QueueLine => ({
    kind: 'refused',
    source,
    error: { code, message, hint: null, exitStatus: 1 }
  })

describe('a watched folder', () => {
  it('has its files queued once they have settled, with where they came from', async () => {
    const scene = given()
    const watches = await scene.open()
    await watches.watch(asked('/in'))
    scene.put('/in/a.mov', 'aaa')
    for (let n = 0; n < 4; n++) await scene.look(watches)
    expect(scene.queued).toEqual(['/in/a.mov'])
    expect(scene.jobs[0]?.request.origin).toEqual({ kind: 'watch', file: '/in' })
    const [view] = watches.views()
    expect(view).toMatchObject({
      dir: '/in',
      status: 'watching',
      counts: { waiting: 0, queued: 1, exists: 0, refused: 0 },
      queued: [{ file: 'a.mov', jobId: 'job1', output: '/out/a.mov' }]
    })
  })

  it('is shown with what still grows', async () => {
    const scene = given()
    const watches = await scene.open()
    await watches.watch(asked('/in'))
    for (let n = 1; n < 6; n++) {
      scene.put('/in/a.mov', 'a'.repeat(n))
      await scene.look(watches)
    }
    expect(scene.queued).toEqual([])
    expect(watches.views()[0]).toMatchObject({
      counts: { waiting: 1 },
      waiting: [{ file: 'a.mov', sizeBytes: 5, reason: 'it still grows' }]
    })
  })

  it('leaves a file that changes between the look and its queueing', async () => {
    const scene = given()
    const watches = await scene.open()
    await watches.watch(asked('/in'))
    scene.put('/in/a.mov', 'aaa')
    for (let n = 0; n < 2; n++) await scene.look(watches)
    const { print } = scene.disk
    scene.disk.print = async (path, signal) => {
      const found = await print(path, signal)
      scene.put('/in/a.mov', 'aaaa')
      return found
    }
    await scene.look(watches)
    expect(scene.queued).toEqual([])
  })

  it('queues nothing twice over a restart, a touch and a new name of the folder', async () => {
    const scene = given()
    const first = await scene.open()
    await first.watch(asked('/in'))
    scene.put('/in/a.mov', 'aaa')
    for (let n = 0; n < 4; n++) await scene.look(first)

    const second = await scene.open()
    for (let n = 0; n < 4; n++) await scene.look(second)
    scene.put('/in/a.mov', 'aaa', 99)
    for (let n = 0; n < 4; n++) await scene.look(second)
    // Touched, as it is remembered: a third life need not read it again.
    expect(second.views()[0]?.counts).toEqual({ waiting: 0, queued: 1, exists: 0, refused: 0 })

    scene.rename('/in', '/moved')
    await scene.look(second)
    expect(second.views()[0]).toMatchObject({ status: 'away', reason: 'it is not there' })
    expect((await second.watch(asked('/moved'))).change).toBe('moved')
    for (let n = 0; n < 4; n++) await scene.look(second)
    expect(second.views()).toHaveLength(1)

    const third = await scene.open()
    for (let n = 0; n < 4; n++) await scene.look(third)
    expect(scene.queued).toEqual(['/in/a.mov'])
  })

  it('has a replaced file queued again', async () => {
    const scene = given()
    const watches = await scene.open()
    await watches.watch(asked('/in'))
    scene.put('/in/a.mov', 'aaa')
    for (let n = 0; n < 4; n++) await scene.look(watches)
    scene.put('/in/a.mov', 'bbb')
    for (let n = 0; n < 4; n++) await scene.look(watches)
    expect(scene.queued).toEqual(['/in/a.mov', '/in/a.mov'])
    expect(watches.views()[0]).toMatchObject({ counts: { queued: 1 }, queued: [{ jobId: 'job2' }] })
  })

  it('never has what this node made of it queued, also when the job was removed since', async () => {
    const scene = given()
    const watches = await scene.open()
    await watches.watch(asked('/in'))
    scene.folders.set('/out', 'inode 2')
    await watches.watch(asked('/out'))
    scene.put('/in/a.mov', 'aaa')
    for (let n = 0; n < 4; n++) await scene.look(watches)
    scene.put('/out/a.mov', 'proxy of aaa')
    for (let n = 0; n < 4; n++) await scene.look(watches)
    scene.jobs.length = 0
    const later = await scene.open()
    for (let n = 0; n < 4; n++) await scene.look(later)
    expect(scene.queued).toEqual(['/in/a.mov'])
  })

  it('tells once of what cannot be queued, and tries it again only when it changes', async () => {
    const scene = given()
    const watches = await scene.open()
    await watches.watch(asked('/in'))
    let asks = 0
    scene.answer = (source) => {
      asks += 1
      return refusal('not-media', '/in/a.mov is no media file')(source)
    }
    scene.put('/in/a.mov', 'junk')
    for (let n = 0; n < 9; n++) await scene.look(watches, 600)
    const told = () => scene.told.filter((text) => text.includes('no media'))
    expect({ asks, told: told() }).toEqual({ asks: 1, told: ['watching in: /in/a.mov is no media file'] })
    expect(watches.views()[0]?.refused).toMatchObject([
      { file: 'a.mov', reason: '/in/a.mov is no media file' }
    ])
    const later = await scene.open()
    for (let n = 0; n < 4; n++) await scene.look(later, 600)
    expect(asks).toBe(1)
    scene.put('/in/a.mov', 'whole now')
    scene.answer = null
    for (let n = 0; n < 4; n++) await scene.look(later)
    expect(scene.queued).toEqual(['/in/a.mov'])
  })

  it('has what only lacked room queued later, and tells of it once', async () => {
    const scene = given()
    const watches = await scene.open()
    await watches.watch(asked('/in'))
    scene.answer = refusal('no-space', 'no room in /out')
    scene.put('/in/a.mov', 'aaa')
    for (let n = 0; n < 20; n++) await scene.look(watches)
    expect(scene.told.filter((text) => text.includes('no room'))).toEqual([
      'watching in, tried again later: no room in /out'
    ])
    expect(watches.views()[0]?.waiting).toMatchObject([{ reason: 'no room in /out' }])
    scene.answer = null
    await scene.look(watches, 900)
    expect(scene.queued).toEqual(['/in/a.mov'])
  })

  it('is waited for when it goes away, and its files are not taken for new when it is back', async () => {
    const scene = given()
    const watches = await scene.open()
    await watches.watch(asked('/in'))
    scene.put('/in/a.mov', 'aaa')
    for (let n = 0; n < 4; n++) await scene.look(watches)
    scene.away = 'its marker cannot be read'
    for (let n = 0; n < 4; n++) await scene.look(watches)
    expect(watches.views()[0]).toMatchObject({ status: 'away', reason: 'its marker cannot be read' })
    scene.away = null
    for (let n = 0; n < 4; n++) await scene.look(watches)
    expect(watches.views()[0]).toMatchObject({ status: 'watching', reason: null })
    expect(scene.queued).toEqual(['/in/a.mov'])
    expect(scene.told.slice(1)).toEqual([
      'the watched folder /in is away: its marker cannot be read; it is waited for',
      'the watched folder /in is back'
    ])
  })

  it('counts as away while its storage says nothing, until that answers', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const scene = given()
    const watches = await scene.open()
    await watches.watch(asked('/in'))
    const { list } = scene.disk
    const answer = Promise.withResolvers<void>()
    scene.disk.list = async (...asked) => {
      await answer.promise
      return list(...asked)
    }
    const looking = scene.look(watches)
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
    vi.advanceTimersByTime(25_000)
    expect(watches.views()[0]?.status).toBe('watching')
    vi.advanceTimersByTime(25_000)
    expect(watches.views()[0]).toMatchObject({
      status: 'away',
      reason: 'the storage does not answer since 2026-03-01T12:00:05.000Z'
    })
    answer.resolve()
    await looking
    expect(watches.views()[0]).toMatchObject({ status: 'watching', reason: null })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not hold up the others when its storage hangs, nor who watches another or ends its watch', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const scene = given()
    const watches = await scene.open()
    for (const dir of ['/nas/1', '/nas/2', '/nas/3']) {
      scene.folders.set(dir, `inode of ${dir}`)
      await watches.watch(asked(dir))
    }
    await watches.watch(asked('/in'))
    scene.put('/in/a.mov', 'aaa')
    scene.hanging = '/nas'
    const hanging = watches.lookNow()
    await vi.waitFor(() => expect(scene.held).toBe(2))
    vi.advanceTimersByTime(45_000)
    for (let n = 0; n < 4; n++) {
      scene.nowMs += 5_000
      void watches.lookNow()
      const looked = new Date(Date.parse('2026-03-01T12:00:00Z') + scene.nowMs).toISOString()
      await vi.waitFor(() => expect(watches.views()[3]?.lookedAt).toBe(looked))
    }
    await vi.waitFor(() => expect(scene.queued).toEqual(['/in/a.mov']))
    expect(watches.views().map(({ status }) => status)).toEqual(['away', 'away', 'away', 'watching'])
    expect(watches.views()[2]?.reason).toBe('the storage does not answer since 2026-03-01T12:00:05.000Z')
    expect(scene.held).toBe(2)

    await expect(watches.watch(asked('/nas/4'))).rejects.toThrow(
      '/nas/4 cannot be used: the storage does not'
    )
    scene.folders.set('/more', 'inode of more')
    expect((await watches.watch(asked('/more'))).change).toBe('added')
    expect((await watches.unwatch('/nas/1')).dir).toBe('/nas/1')
    expect(scene.held).toBe(2)
    scene.answerAgain()
    await hanging
  })

  it('is not claimed once more by a look that was held up until its watch had ended', async () => {
    const scene = given()
    const watches = await scene.open()
    await watches.watch(asked('/in'))
    const answer = Promise.withResolvers<null>()
    scene.whyAway = () => answer.promise
    const looking = scene.look(watches)
    await watches.unwatch('/in')
    expect(scene.marks.size).toBe(0)
    answer.resolve(null)
    await looking
    expect(scene.marks.size).toBe(0)
  })

  it('tells when a file was replaced but its output must be left as it is', async () => {
    const scene = given()
    const watches = await scene.open()
    await watches.watch(asked('/in'))
    const message = '/out/a.mov exists already'
    scene.answer = (source) => ({ kind: 'exists', source, output: '/out/a.mov', message })
    scene.put('/in/a.mov', 'aaa')
    for (let n = 0; n < 4; n++) await scene.look(watches)
    const told = () => scene.told.filter((text) => text.includes(message))
    expect(told()).toEqual([])
    scene.put('/in/a.mov', 'bbb')
    for (let n = 0; n < 4; n++) await scene.look(watches)
    expect(told()).toEqual([`watching in: ${message}`])
    expect(watches.views()[0]?.counts).toEqual({ waiting: 0, queued: 0, exists: 1, refused: 0 })
  })

  it('says what of it cannot be read', async () => {
    const scene = given()
    const watches = await scene.open()
    await watches.watch(asked('/in'))
    scene.problem = 'day2 cannot be read: permission denied'
    for (let n = 0; n < 3; n++) await scene.look(watches)
    expect(watches.views()[0]).toMatchObject({ status: 'watching', reason: scene.problem })
    expect(scene.told.filter((text) => text.includes('day2'))).toHaveLength(1)
  })
})

describe('what is watched', () => {
  it('changes its rules when it is watched again: what was refused is tried by the new ones', async () => {
    const scene = given()
    const watches = await scene.open()
    await watches.watch(asked('/in'))
    scene.answer = (source) => (source === '/in/a.mov' ? refusal('not-encodable', 'no')(source) : null)
    scene.put('/in/a.mov', 'aaa')
    scene.put('/in/b.mov', 'bbb')
    for (let n = 0; n < 4; n++) await scene.look(watches)
    scene.answer = null
    const { change } = await watches.watch({
      ...asked('/in'),
      queue: { ...choices, preset: 'prores_lt' }
    })
    expect(change).toBe('changed')
    for (let n = 0; n < 4; n++) await scene.look(watches)
    expect(scene.queued).toEqual(['/in/b.mov', '/in/a.mov'])
    expect(watches.views()).toMatchObject([{ queue: { preset: 'prores_lt' } }])
  })

  it('ends by id or folder, for good', async () => {
    const scene = given()
    scene.folders.set('/other', 'inode 2')
    const watches = await scene.open()
    const { watch } = await watches.watch(asked('/in'))
    await watches.watch(asked('/other'))
    await watches.unwatch(watch.id.slice(0, 6))
    expect((await watches.unwatch('/other')).dir).toBe('/other')
    expect((await scene.open()).views()).toEqual([])
    await expect(watches.unwatch('/in')).rejects.toMatchObject({ code: 'unknown-watch' })
  })

  it('is no folder into which its outputs would go, and none with a preset that does not exist', async () => {
    const scene = given()
    const watches = await scene.open()
    const into = { ...asked('/in'), queue: { ...choices, outDir: '/in' } }
    await expect(watches.watch(into)).rejects.toMatchObject({ code: 'bad-watch', exitStatus: 2 })
    const unknown = { ...asked('/in'), queue: { ...choices, preset: 'nope' } }
    await expect(watches.watch(unknown)).rejects.toThrow('no preset nope')
    expect(watches.views()).toEqual([])
  })

  it('is taken up where a crash between two writes left it', async () => {
    const scene = given()
    const first = await scene.open()
    await first.watch(asked('/in'))
    scene.put('/in/a.mov', 'aaa')
    for (let n = 0; n < 4; n++) await scene.look(first)
    const journal = join(scene.home, 'watches', readdirSync(join(scene.home, 'watches'))[0]!)
    const lines = readFileSync(journal, 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).known?.outcome)).toEqual([undefined, 'queueing', 'queued'])
    // The job was made, but the node ended before it could write that down.
    writeFileSync(journal, `${lines.slice(0, 2).join('\n')}\n{"path":"a.mov","kno`)
    const second = await scene.open()
    for (let n = 0; n < 4; n++) await scene.look(second)
    expect(scene.queued).toEqual(['/in/a.mov'])
    expect(second.views()[0]?.queued).toMatchObject([{ jobId: 'job1', output: '/out/a.mov' }])
  })

  it('has a replaced file queued also when a crash came just before that', async () => {
    const scene = given()
    const first = await scene.open()
    await first.watch(asked('/in'))
    scene.put('/in/a.mov', 'aaa')
    for (let n = 0; n < 4; n++) await scene.look(first)
    scene.put('/in/a.mov', 'bbb')
    for (let n = 0; n < 4; n++) await scene.look(first)
    expect(scene.queued).toHaveLength(2)
    // Written down that it is about to be queued; the second job was never made.
    const journal = join(scene.home, 'watches', readdirSync(join(scene.home, 'watches'))[0]!)
    writeFileSync(journal, `${readFileSync(journal, 'utf8').trimEnd().split('\n').slice(0, -1).join('\n')}\n`)
    scene.jobs.pop()
    const second = await scene.open()
    for (let n = 0; n < 4; n++) await scene.look(second)
    expect(scene.queued).toHaveLength(3)
  })

  it('is set aside when what it remembers was damaged, and the others go on', async () => {
    const scene = given()
    scene.folders.set('/other', 'inode 2')
    const first = await scene.open()
    await first.watch(asked('/in'))
    const { watch } = await first.watch(asked('/other'))
    const folder = join(scene.home, 'watches')
    writeFileSync(join(folder, `${watch.id}.jsonl`), '{"version":1,"dir":')
    appendFileSync(join(folder, 'notes.txt'), 'not a journal')
    const second = await scene.open()
    expect(second.views().map(({ dir }) => dir)).toEqual(['/in'])
    expect(readdirSync(folder)).toContain(`${watch.id}.jsonl.damaged`)
    expect(scene.errors).toHaveLength(1)
  })
})
