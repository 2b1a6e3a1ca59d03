import { appendFileSync, mkdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ScreenPart } from '../../../src/model/index.ts'
import type { RunningNode } from '../../../src/node/start.ts'
import { makeClip } from '../../support/media.ts'
import { asked, folder, station, until } from './watch-kit.ts'

const start = (home: string): Promise<RunningNode> => station('desk', home)

const wish = (dir: string) => asked(dir, 1_500, { outDir: join(dir, 'made'), nameTemplate: '{stem}_proxy' })

/** Lines of the screen's log. */
async function events(node: RunningNode): Promise<string[]> {
  const leaving = new AbortController()
  const told: ScreenPart[] = []
  for await (const part of node.control.screen({}, leaving.signal)) {
    told.push(part)
    if (part.kind === 'synced') leaving.abort()
  }
  return told.flatMap((part) => (part.kind === 'events' ? part.events.map(({ text }) => text) : []))
}

test('what is copied into a watched folder is encoded once, over restarts and touches, and again when it is replaced', async () => {
  const home = folder()
  const place = folder()
  const dir = join(place, 'in')
  mkdirSync(dir)
  const clip = readFileSync(await makeClip(join(place, 'clip.mp4'), { seconds: 1, channels: 0 }))
  const other = readFileSync(await makeClip(join(place, 'other.mp4'), { seconds: 2, channels: 0 }))
  let node = await start(home)
  const { watch } = await node.control.watchFolder(wish(dir))
  const view = async () => (await node.control.watches({})).watches[0]!
  const jobs = async () => (await node.control.jobs({})).jobs
  /** Waits for looks that begin from now on: what they do not lead to will not come. */
  const looks = async (n: number) => {
    for (let look = 0; look < n; look++) {
      const { lookedAt } = await view()
      await until('another look', async () => (await view()).lookedAt !== lookedAt)
    }
  }

  // A copy that goes on for longer than the settle time, in steps.
  const a = join(dir, 'a.mp4')
  const step = Math.ceil(clip.length / 4)
  for (let at = 0; at < clip.length; at += step) {
    appendFileSync(a, clip.subarray(at, at + step))
    await looks(1)
    expect(await jobs()).toEqual([])
    expect(await view()).toMatchObject({ counts: { waiting: 1, queued: 0 }, waiting: [{ file: 'a.mp4' }] })
  }
  writeFileSync(join(dir, 'junk.mov'), 'this is no film')
  await until('the copy to be encoded', async () => (await jobs())[0]?.status === 'completed')
  const [job] = await jobs()
  expect(job).toMatchObject({ source: a, output: join(dir, 'made', 'a_proxy.mov') })
  await until('the junk to be refused', async () => (await view()).counts.refused === 1)
  await looks(3)
  const told = (await events(node)).filter((text) => text.includes('junk.mov'))
  expect(told).toHaveLength(1)
  expect(await view()).toMatchObject({
    id: watch.id,
    status: 'watching',
    counts: { waiting: 0, queued: 1, exists: 0, refused: 1 },
    queued: [{ file: 'a.mp4', jobId: job!.id }],
    refused: [{ file: 'junk.mov', reason: told[0]!.replace('watching in: ', '') }]
  })

  await node.stop()
  utimesSync(a, new Date(), new Date())
  node = await start(home)
  await looks(5)
  expect(await jobs()).toHaveLength(1)
  expect((await view()).counts).toEqual({ waiting: 0, queued: 1, exists: 0, refused: 1 })

  writeFileSync(a, other)
  await until('what replaced it to be encoded', async () => (await jobs())[1]?.status === 'completed')
  expect((await jobs())[1]).toMatchObject({ source: a, progress: { totalUnits: 50 } })

  renameSync(dir, join(place, 'gone'))
  await until('it to be away', async () => (await view()).status === 'away')
  expect(await view()).toMatchObject({ reason: 'it is not there' })
  renameSync(join(place, 'gone'), dir)
  await until('it to be back', async () => (await view()).status === 'watching')
  await looks(5)
  expect(await jobs()).toHaveLength(2)
  expect(await events(node)).toEqual(
    expect.arrayContaining([
      `the watched folder ${dir} is away: it is not there; it is waited for`,
      `the watched folder ${dir} is back`
    ])
  )

  await node.control.unwatchFolder({ watch: dir })
  writeFileSync(join(dir, 'b.mp4'), clip)
  expect((await node.control.watches({})).watches).toEqual([])
})

test('two sources of one name do not replace each other’s output while nobody looks', async () => {
  const dir = folder()
  const out = folder()
  for (const day of ['day1', 'day2']) mkdirSync(join(dir, day))
  const clip = await makeClip(join(dir, 'day1', 'a.mp4'), { seconds: 1, channels: 0 })
  const node = await start(folder())
  const params = wish(dir)
  await node.control.watchFolder({ ...params, queue: { ...params.queue, outDir: out } })
  const jobs = async () => (await node.control.jobs({})).jobs
  await until('the first to be encoded', async () => (await jobs())[0]?.status === 'completed')
  await makeClip(join(dir, 'day2', 'a.mp4'), { seconds: 2, channels: 0 })
  const view = async () => (await node.control.watches({})).watches[0]!
  await until('the second to be refused', async () => (await view()).counts.refused === 1)
  expect((await view()).refused).toMatchObject([
    { file: 'day2/a.mp4', reason: expect.stringContaining(`is the output of ${clip}`) }
  ])
  expect(await jobs()).toHaveLength(1)
})

test('a folder of a shared root is away while the root cannot be seen, whatever lies under its mount point', async () => {
  const root = folder()
  const dir = join(root, 'in')
  mkdirSync(dir)
  const node = await start(folder())
  await node.control.share({ path: root, name: 'nas' })
  await node.control.watchFolder(wish(dir))
  const status = async () => (await node.control.watches({})).watches[0]!
  await until('a look', async () => (await status()).lookedAt !== null)
  renameSync(join(root, '.proxima'), join(root, '.elsewhere'))
  await until('it to be away', async () => (await status()).status === 'away')
  expect((await status()).reason).toContain('root')
  renameSync(join(root, '.elsewhere'), join(root, '.proxima'))
  await until('it to be back', async () => (await status()).status === 'watching')
})
