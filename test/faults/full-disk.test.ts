import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { capabilities, givenLan, mountDisk, waitFor } from '../lan/harness/index.ts'
import {
  chunkOf,
  chunksDone,
  encodersOf,
  expectLikeOneRun,
  expectNoWorkTwice,
  filmOf,
  inChunks
} from '../lan/studio.ts'
import { buildMissing } from '../support/paths.ts'
import { mediaIn } from '../support/room.ts'

const reason = capabilities().lan ?? capabilities().cpu ?? buildMissing()
const chunks = inChunks(2)

/** Fills a disk to the last byte. @returns makes room again */
function fill(folder: string): () => void {
  const file = join(folder, 'somebody-elses.bin')
  const { bavail, bsize } = statfsSync(folder)
  try {
    writeFileSync(file, Buffer.alloc((bavail + 1_000) * bsize))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
  return () => rmSync(file)
}

describe.skipIf(reason)(`disks that run full in mid-job${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('the storage is full for a while: the job waits, goes on by itself, and loses nothing that was verified', async () => {
    const lan = givenLan({ hosts: 2 })
    mountDisk(lan.sharedFolder, '400m')
    await lan.start()
    await lan.pair()
    await lan.share()
    const owner = lan.host(0)
    const film = await filmOf(lan, 12)
    lan.setCpu(0.3)
    const id = await owner.queue([film, ...chunks])
    const before = await chunksDone(owner, id, 2)
    const makeRoom = fill(lan.sharedFolder)
    await waitFor(
      async () =>
        (await owner.job(id)).tasks.some(({ attempts }) =>
          attempts.some(({ error }) => /space/i.test(error ?? ''))
        ),
      { timeoutMs: 60_000, what: 'somebody to say that there is no space', everyMs: 200 }
    )
    expect((await owner.job(id)).status).toBe('active')
    makeRoom()
    lan.setCpu(null)
    const job = await owner.ended(id, 180_000)
    expect(job).toMatchObject({ status: 'completed', error: null })
    for (const task of before.tasks.filter(({ status }) => status === 'done')) {
      expect(job.tasks.find((one) => one.id === task.id)!.attempts).toHaveLength(task.attempts.length)
    }
    expectNoWorkTwice(job, 300)
    await expectLikeOneRun(lan, job)
    expect(mediaIn(lan.sharedFolder).map((line) => line.split(' ')[0])).toEqual([
      'Proxy/film.mov',
      'film.mp4'
    ])
  })

  test('the disk of the owner’s ledger and that of a worker’s home are full for a while: the job completes', async () => {
    const lan = givenLan({ hosts: 3 })
    const [owner, worker] = [lan.host(0), lan.host(1)]
    mountDisk(owner.home, '24m')
    mountDisk(worker.home, '24m')
    await lan.start()
    await lan.pair()
    await lan.share()
    const film = await filmOf(lan, 12)
    lan.setCpu(0.3)
    const id = await owner.queue([film, ...chunks])
    await chunkOf(owner, id, 'host1')
    const before = await chunksDone(owner, id, 1)
    const roomAtWorker = fill(worker.home)
    const roomAtOwner = fill(owner.home)
    await waitFor(() => /no space|full/i.test(owner.log()), {
      timeoutMs: 60_000,
      what: 'the owner to say that its disk is full',
      everyMs: 200
    })
    roomAtOwner()
    roomAtWorker()
    lan.setCpu(null)
    const job = await owner.ended(id, 180_000)
    expect(job).toMatchObject({ status: 'completed', error: null })
    for (const task of before.tasks.filter(({ status }) => status === 'done')) {
      expect(job.tasks.find((one) => one.id === task.id)!.attempts).toHaveLength(task.attempts.length)
    }
    expect(encodersOf(job)).toContain('host2')
    expectNoWorkTwice(job, 300)
    await expectLikeOneRun(lan, job)
  })
})
