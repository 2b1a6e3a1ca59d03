import { describe, expect, test } from 'vitest'
import { capabilities, waitFor } from '../lan/harness/index.ts'
import {
  chunksDone,
  expectLikeOneRun,
  expectNoWorkTwice,
  filmOf,
  givenStudio,
  inChunks,
  runningChunk
} from '../lan/studio.ts'
import { buildMissing } from '../support/paths.ts'
import { mediaIn } from '../support/room.ts'

const reason = capabilities().lan ?? capabilities().cpu ?? buildMissing()
const chunks = inChunks(2)
const longChunks = inChunks(6)

describe.skipIf(reason)(`hosts that are away as a whole${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('every machine loses its power at once and comes back: the job completes', async () => {
    const lan = await givenStudio({ hosts: 2, cpu: 0.3 })
    const owner = lan.host(0)
    const id = await owner.queue([await filmOf(lan, 16), ...chunks])
    await chunksDone(owner, id, 2)
    await Promise.all(lan.hosts.map((host) => host.powerCut()))
    lan.setCpu(null)
    await lan.start()
    const job = await owner.ended(id)
    expect(job.status).toBe('completed')
    expectNoWorkTwice(job, 400)
    await expectLikeOneRun(lan, job)
  })

  test('a cable is pulled for longer than the lease and put back: the job completes', async () => {
    const lan = await givenStudio({
      hosts: 2,
      cpu: 0.25,
      env: { PROXIMA_LEASE__TTL_MS: '4000', PROXIMA_LEASE__HEARTBEAT_MS: '1000' }
    })
    const [owner, worker] = [lan.host(0), lan.host(1)]
    const id = await owner.queue([await filmOf(lan, 20), ...longChunks])
    const { taskId, attempt } = await runningChunk(owner, id, worker)
    worker.cut()
    const statusOf = async () =>
      (await owner.job(id)).tasks
        .find((task) => task.id === taskId)
        ?.attempts.find((one) => one.attempt === attempt)?.status
    await waitFor(async () => (await statusOf()) !== 'running', {
      timeoutMs: 30_000,
      what: 'the owner to give the lease up'
    })
    worker.restore()
    await lan.connected([0, 1])
    lan.setCpu(null)
    const job = await owner.ended(id)
    expect(job).toMatchObject({ status: 'completed', error: null })
    expectNoWorkTwice(job, 500)
    await expectLikeOneRun(lan, job)
    expect(mediaIn(lan.sharedFolder).map((line) => line.split(' ')[0])).toEqual([
      'Proxy/film.mov',
      'film.mp4'
    ])
  })
})
