import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { WatchFolders } from '../../../../src/node/watch-folders/watch-folders.ts'
import { asked, choices, Scene } from './kit.ts'

const minutes = (n: number): number => n * 60

/** Two nodes with homes of their own, told to watch one folder of the storage that they share. */
async function given() {
  const tower = new Scene(null, 'tower')
  tower.folders.set('/in', 'inode 1')
  const nuc = new Scene(tower, 'nuc')
  const [first, second] = [await tower.open(), await nuc.open()]
  await first.watch(asked('/in'))
  await second.watch(asked('/in'))
  return { tower, nuc, first, second }
}

/** So many seconds go by, with looks of those who are awake, as both clocks tell. */
async function pass(seconds: number, awake: readonly (readonly [Scene, WatchFolders])[]) {
  for (let at = 0; at < seconds; at += 5) for (const [scene, watches] of awake) await scene.look(watches)
}

const statusOf = (watches: WatchFolders) => watches.views()[0]!

describe('two nodes that watch one folder', () => {
  it('do not queue its files twice: the second stands by and says for whom', async () => {
    const { tower, nuc, first, second } = await given()
    expect(statusOf(second)).toMatchObject({
      status: 'standby',
      reason: 'tower watches it since 2026-03-01T12:00:00.000Z; this node takes over when that falls silent'
    })
    tower.put('/in/a.mov', 'aaa')
    await pass(minutes(10), [
      [tower, first],
      [nuc, second]
    ])
    expect(tower.queued).toEqual(['/in/a.mov'])
    expect(nuc.queued).toEqual([])
    expect(statusOf(first).status).toBe('watching')
    expect(nuc.told.filter((text) => text.includes('not watched from here'))).toHaveLength(1)
  })

  it('change over when the first has been silent for three minutes, and not back when it returns', async () => {
    const { tower, nuc, first, second } = await given()
    await pass(minutes(1), [
      [tower, first],
      [nuc, second]
    ])
    tower.put('/in/a.mov', 'aaa')
    await pass(minutes(2.5), [[nuc, second]])
    expect(nuc.queued).toEqual([])
    await pass(minutes(2), [[nuc, second]])
    expect(nuc.queued).toEqual(['/in/a.mov'])
    expect(nuc.told).toContain('/in is watched from here: nobody else does')

    const again = await tower.open()
    tower.put('/in/b.mov', 'b')
    await pass(minutes(2), [
      [tower, again],
      [nuc, second]
    ])
    expect(statusOf(again)).toMatchObject({
      status: 'standby',
      reason: expect.stringContaining('nuc watches')
    })
    expect(tower.queued).toEqual([])
    expect(nuc.queued).toEqual(['/in/a.mov', '/in/b.mov'])
  })

  it('stay as they are over a restart of the first that takes less', async () => {
    const { tower, nuc, first, second } = await given()
    await pass(30, [[tower, first]])
    await first.stop()
    await pass(minutes(2), [[nuc, second]])
    const again = await tower.open()
    tower.put('/in/a.mov', 'aaa')
    await pass(minutes(5), [
      [tower, again],
      [nuc, second]
    ])
    expect([tower.queued, nuc.queued]).toEqual([['/in/a.mov'], []])
  })

  it('change over at once when the first is told to watch no longer', async () => {
    const { tower, nuc, first, second } = await given()
    await first.unwatch('/in')
    tower.put('/in/a.mov', 'aaa')
    await pass(30, [[nuc, second]])
    expect(nuc.queued).toEqual(['/in/a.mov'])
  })

  it('never both queue a file when the first sleeps in the middle of a look', async () => {
    const { tower, nuc, first, second } = await given()
    tower.put('/in/a.mov', 'aaa')
    await pass(10, [[tower, first]])
    const { print } = tower.disk
    tower.disk.print = async (path, signal) => {
      // The lid is closed here; its clock stands still meanwhile.
      tower.disk.print = print
      await pass(minutes(5), [[nuc, second]])
      return print(path, signal)
    }
    await pass(10, [[tower, first]])
    expect([tower.queued, nuc.queued]).toEqual([[], ['/in/a.mov']])
    expect(statusOf(first).status).toBe('standby')
  })

  it('of three, one takes over', async () => {
    const { tower, nuc, second } = await given()
    const mac = new Scene(tower, 'mac')
    const third = await mac.open()
    await third.watch(asked('/in'))
    tower.put('/in/a.mov', 'aaa')
    await pass(minutes(10), [
      [nuc, second],
      [mac, third]
    ])
    expect([...nuc.queued, ...mac.queued]).toEqual(['/in/a.mov'])
    expect([statusOf(second).status, statusOf(third).status].sort()).toEqual(['standby', 'watching'])
  })

  it('each do their own with presets of their own', async () => {
    const { tower, nuc, first, second } = await given()
    await second.watch({ ...asked('/in'), queue: { ...choices, preset: 'prores_lt' } })
    tower.put('/in/a.mov', 'aaa')
    await pass(30, [
      [tower, first],
      [nuc, second]
    ])
    expect([tower.queued, nuc.queued]).toEqual([['/in/a.mov'], ['/in/a.mov']])
    expect(tower.marks.size).toBe(2)
    await first.unwatch('/in')
    await second.unwatch('/in')
    expect(tower.marks.size).toBe(0)
  })

  it('are not coordinated where no mark can be left: a folder for reading is watched all the same', async () => {
    const tower = new Scene(null, 'tower')
    tower.folders.set('/in', 'inode 1')
    tower.unwritable = 'EROFS'
    const watches = await tower.open()
    await watches.watch(asked('/in'))
    tower.put('/in/a.mov', 'aaa')
    await pass(30, [[tower, watches]])
    expect(tower.queued).toEqual(['/in/a.mov'])
    expect(statusOf(watches)).toMatchObject({ status: 'watching', reason: null })
  })

  it.each([
    ['looks and restarts, before any output is there', ['look', 'look', 'restart', 'put'], false],
    ['sleeps, restarts or is told to stop', ['look', 'look', 'sleep', 'restart', 'leave', 'put'], true]
  ])('queue every file exactly once between them, whoever %s', async (_, kinds, areMade) => {
    const step = fc.record({
      who: fc.nat(2),
      does: fc.constantFrom(...kinds)
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const tower = new Scene(null, 'tower')
        tower.folders.set('/in', 'inode 1')
        const scenes = [tower, new Scene(tower, 'nuc'), new Scene(tower, 'mac')]
        const made = new Set<string>()
        for (const scene of scenes) {
          scene.answer = (source) => {
            const output = `/out${source}`
            if (areMade && made.has(output)) return { kind: 'exists', source, output, message: 'it is there' }
            made.add(output)
            return null
          }
        }
        const watches = await Promise.all(scenes.map((scene) => scene.open()))
        for (const one of watches) await one.watch(asked('/in'))
        let files = 0
        for (const { who, does } of steps) {
          const scene = scenes[who]!
          if (does === 'put') tower.put(`/in/${files++}.mov`, `${files}`)
          if (does === 'look') await scene.look(watches[who]!)
          // The others go on without it, by their own clocks.
          if (does === 'sleep') {
            const others = scenes.flatMap((one, at) => (at === who ? [] : [[one, watches[at]!] as const]))
            await pass(minutes(4), others)
          }
          if (does === 'restart') watches[who] = await scene.open()
          if (does === 'leave' && watches[who]!.views().length > 0) {
            await watches[who]!.unwatch('/in')
            await watches[who]!.watch(asked('/in'))
          }
        }
        const all = scenes.map((scene, at) => [scene, watches[at]!] as const)
        await pass(minutes(8), all)
        const queued = scenes.flatMap((scene) => scene.queued).sort()
        expect(queued).toEqual([...Array(files).keys()].map((n) => `/in/${n}.mov`).sort())
        expect(watches.filter((one) => statusOf(one).status === 'watching')).toHaveLength(1)
        expect(scenes.flatMap(({ errors }) => errors)).toEqual([])
      }),
      { numRuns: 25 }
    )
  })

  it('leave a mark that cannot be read to whoever wrote it, until it is old', async () => {
    const { tower, nuc, second } = await given()
    for (const path of tower.marks.keys()) tower.marks.set(path, '{"version":2')
    tower.put('/in/a.mov', 'aaa')
    await pass(minutes(2), [[nuc, second]])
    expect(statusOf(second)).toMatchObject({
      status: 'standby',
      reason: expect.stringContaining('another node watches it')
    })
    await pass(minutes(2), [[nuc, second]])
    expect(nuc.queued).toEqual(['/in/a.mov'])
  })
})
