import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { buildMissing } from '../support/paths.ts'
import { capabilities, givenLan, mountShare, unmount, waitFor } from './harness/index.ts'
import { expectLikeOneRun, expectNoWorkTwice, filmOf, inChunks, runningChunk } from './studio.ts'

const reason = capabilities().lan ?? capabilities().cpu ?? buildMissing()
/** Long enough that one which was seen in its first half is still under way when its storage goes. */
const chunks = inChunks(4)

describe.skipIf(reason)(`storage that fails in mid-job${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('it is gone from under a worker and comes back: nothing goes astray, and the worker works again', async () => {
    const lan = givenLan({ hosts: 3 })
    await lan.start()
    await lan.pair()
    const [owner, worker] = [lan.host(0), lan.host(1)]
    const mount = join(worker.folder, 'nas')
    mountShare(lan.sharedFolder, mount)
    await lan.share([0, 2])
    await lan.share([1], mount)
    const film = await filmOf(lan, 24)
    // The owner encodes nothing and has all its time: it must not miss to tell of what is under way elsewhere.
    await owner.ok(['drain'])
    for (const host of lan.hosts.slice(1)) host.setCpu(0.25)
    const id = await owner.queue([film, ...chunks])
    const { taskId, attempt } = await runningChunk(owner, id, worker)
    unmount(mount)
    const interrupted = await waitFor(
      async () => {
        const task = (await owner.job(id)).tasks.find((one) => one.id === taskId)!
        const its = task.attempts.find((one) => one.attempt === attempt)!
        return its.status === 'running' ? null : its
      },
      { timeoutMs: 60_000, what: 'the chunk of the worker that lost the storage to end', everyMs: 200 }
    )
    expect(interrupted).toMatchObject({ status: 'hindered', peerName: 'host1' })
    expect(interrupted.error).toMatch(/nas/)
    expect(readdirSync(mount)).toEqual([])

    mountShare(lan.sharedFolder, mount)
    const before = (await owner.job(id)).tasks.flatMap(({ attempts }) => attempts).length
    await waitFor(
      async () =>
        (await owner.job(id)).tasks
          .flatMap(({ attempts }) => attempts)
          .slice(before)
          .some(({ peerName }) => peerName === 'host1'),
      { timeoutMs: 60_000, what: 'the worker to be given work again', everyMs: 200 }
    )
    lan.setCpu(null)
    await owner.ok(['awake'])
    const job = await owner.ended(id)
    expect(job).toMatchObject({ status: 'completed', error: null })
    expectNoWorkTwice(job, 600)
    await expectLikeOneRun(lan, job)
    unmount(mount)
    expect(readdirSync(mount)).toEqual([])
  })
})
