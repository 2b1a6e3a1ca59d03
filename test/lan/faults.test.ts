import { describe, expect, test } from 'vitest'
import { buildMissing } from '../support/paths.ts'
import { mediaIn } from '../support/room.ts'
import { capabilities, waitFor } from './harness/index.ts'
import {
  chunkOf,
  chunksDone,
  doneTasks,
  encodersOf,
  expectLikeOneRun,
  expectNoWorkTwice,
  filmOf,
  givenStudio,
  inChunks,
  runningChunk
} from './studio.ts'

const reason = capabilities().lan ?? capabilities().cpu ?? buildMissing()
const chunks = inChunks(2)
/** Long enough that one which was seen in its first half is still under way when something happens to its host. */
const longChunks = inChunks(6)

describe.skipIf(reason)(`machines that fail in mid-job${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('a worker is killed in mid-chunk and another machine joins late: the job completes', async () => {
    const lan = await givenStudio({ hosts: 2, cpu: 0.25 })
    const [owner, worker] = [lan.host(0), lan.host(1)]
    const id = await owner.queue([await filmOf(lan, 20), ...longChunks])
    const { taskId, attempt } = await runningChunk(owner, id, worker)
    await worker.kill()
    await waitFor(() => worker.processes().length === 0, {
      timeoutMs: 30_000,
      what: 'the ffmpeg of the killed node to end by itself'
    })

    const late = lan.addHost()
    await late.start()
    await lan.pair([0, 2])
    await lan.share([2])
    await chunkOf(owner, id, 'host2')
    lan.setCpu(null)

    const job = await owner.ended(id)
    expect(job).toMatchObject({ status: 'completed', error: null })
    const broken = job.tasks
      .find((task) => task.id === taskId)!
      .attempts.find((one) => one.attempt === attempt)!
    expect(broken).toMatchObject({ status: 'lost', peerName: 'host1' })
    expect(encodersOf(job)).toContain('host2')
    expectNoWorkTwice(job, 500)
    await expectLikeOneRun(lan, job)
    expect(mediaIn(lan.sharedFolder).map((line) => line.split(' ')[0])).toEqual([
      'Proxy/film.mov',
      'film.mp4'
    ])
  })

  test('the owner is killed and started again in mid-job: it goes on from what was verified', async () => {
    const lan = await givenStudio({ hosts: 3, cpu: 0.25 })
    const owner = lan.host(0)
    const id = await owner.queue([await filmOf(lan, 16), ...chunks])
    const before = await chunksDone(owner, id, 3)
    await owner.kill()
    lan.setCpu(null)
    await owner.start()

    const job = await owner.ended(id)
    expect(job).toMatchObject({ status: 'completed', error: null })
    for (const taskId of doneTasks(before)) {
      const then = before.tasks.find((task) => task.id === taskId)!
      const now = job.tasks.find((task) => task.id === taskId)!
      expect(now.attempts.map(({ attempt, status }) => ({ attempt, status }))).toEqual(
        then.attempts.map(({ attempt, status }) => ({ attempt, status }))
      )
    }
    expectNoWorkTwice(job, 400)
    await expectLikeOneRun(lan, job)
  })

  test('a worker that is stopped politely hands its lease back at once', async () => {
    const lan = await givenStudio({ hosts: 2, cpu: 0.25 })
    const [owner, worker] = [lan.host(0), lan.host(1)]
    const id = await owner.queue([await filmOf(lan, 12), ...longChunks])
    const { taskId, attempt } = await runningChunk(owner, id, worker)
    expect(await worker.stop()).toBe(0)
    lan.setCpu(null)
    const given = (await owner.job(id)).tasks.find((task) => task.id === taskId)!
    expect(given.attempts.find((one) => one.attempt === attempt)).toMatchObject({ status: 'returned' })
    expect((await owner.ended(id)).status).toBe('completed')
  })
})
