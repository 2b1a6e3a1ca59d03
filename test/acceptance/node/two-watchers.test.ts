import { copyFileSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunningNode } from '../../../src/node/start.ts'
import { makeClip } from '../../support/media.ts'
import { asked, folder, station, until } from './watch-kit.ts'

/** Beside their sources, in a folder of their own. */
const wish = (dir: string) => asked(dir, 500, { layout: 'premiere' })

test('of two stations that watch one folder, one queues; the other goes on where that is told to stop', async () => {
  const place = folder()
  const dir = join(place, 'in')
  mkdirSync(dir)
  const clip = await makeClip(join(place, 'clip.mp4'), { seconds: 1, channels: 0 })
  const home = folder()
  const [tower, nuc] = [await station('tower', home), await station('nuc')]
  const view = async (node: RunningNode) => (await node.control.watches({})).watches[0]!
  const jobs = async (node: RunningNode) => (await node.control.jobs({})).jobs

  expect((await tower.control.watchFolder(wish(dir))).watch.status).toBe('watching')
  expect((await nuc.control.watchFolder(wish(dir))).watch).toMatchObject({
    status: 'standby',
    reason: expect.stringMatching(/^tower watches it since 20/)
  })
  copyFileSync(clip, join(dir, 'a.mp4'))
  await until('the clip to be made', async () => (await jobs(tower))[0]?.status === 'completed')

  // Its next life has the folder at once.
  await tower.stop()
  const again = await station('tower', home)
  copyFileSync(clip, join(dir, 'b.mp4'))
  await until('the next to be made', async () => (await jobs(again))[1]?.status === 'completed')
  expect(await jobs(nuc)).toEqual([])
  expect(await view(nuc)).toMatchObject({ status: 'standby', counts: { waiting: 0, queued: 0 } })

  await again.control.unwatchFolder({ watch: dir })
  copyFileSync(clip, join(dir, 'c.mp4'))
  await until('the other to make one', async () => (await jobs(nuc))[0]?.status === 'completed')
  expect(await view(nuc)).toMatchObject({ status: 'watching', counts: { queued: 1, exists: 2, refused: 0 } })
  expect(await jobs(nuc)).toMatchObject([{ source: join(dir, 'c.mp4') }])
  expect(readdirSync(join(dir, 'Proxies')).sort()).toEqual(['a_Proxy.mov', 'b_Proxy.mov', 'c_Proxy.mov'])

  await nuc.control.unwatchFolder({ watch: dir })
  expect(readdirSync(dir).filter((name) => name.startsWith('.'))).toEqual([])
})
