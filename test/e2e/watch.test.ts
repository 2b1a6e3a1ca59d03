import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JobView, WatchView } from '../../src/model/index.ts'
import { markPath } from '../../src/node/watch-folders/claim.ts'
import { makeClip, play } from '../support/media.ts'
import { buildMissing } from '../support/paths.ts'
import { givenRoom } from '../support/room.ts'
import { waitFor } from '../support/wait-for.ts'

const reason = buildMissing()

describe.skipIf(reason)(`watch DIR${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('encodes what comes into the folder, over a restart, until it is told not to', async () => {
    const room = givenRoom()
    const station = room.station('desk', { PROXIMA_WATCH__INTERVAL_MS: '500' })
    const dir = room.folder('in')
    const clip = await makeClip(join(room.folder('cards'), 'a.mp4'), { seconds: 1, channels: 0 })
    await station.start()
    const added = await station.ok(['watch', dir, '--preset', 'dnxhr_sq', '--settle', '1', '--json'])
    expect(added.json).toMatchObject({ type: 'watch', dir, status: 'watching', change: 'added' })
    const watches = async () =>
      ((await station.ok(['watch', '--json'])).json as { watches: WatchView[] }).watches
    const encoded = (output: string) =>
      waitFor(
        async () => (await station.jobs()).some((job) => job.output === output && job.status === 'completed'),
        { timeoutMs: 120_000, what: `${output} to be made`, everyMs: 300 }
      )

    copyFileSync(clip, join(dir, 'a.mp4'))
    await encoded(join(dir, 'Proxy', 'a.mov'))
    await play(join(dir, 'Proxy', 'a.mov'))

    await station.stop()
    copyFileSync(clip, join(dir, 'b.mp4'))
    await station.start()
    await encoded(join(dir, 'Proxy', 'b.mov'))
    expect((await station.jobs()).map(({ source }) => source)).toEqual([
      join(dir, 'a.mp4'),
      join(dir, 'b.mp4')
    ])
    expect(await watches()).toMatchObject([{ dir, counts: { waiting: 0, queued: 2, refused: 0 } }])
    expect((await station.ok(['watch'])).stdout).toContain(dir)

    await station.ok(['watch', '--remove', dir])
    expect(await watches()).toEqual([])
    expect((await station.cli(['watch', '--remove', dir])).status).toBe(1)
  })

  test.skipIf(process.platform === 'win32')(
    'a node ends when it is told to, though storage hangs',
    async () => {
      const room = givenRoom()
      const station = room.station()
      const dir = room.folder('in')
      await station.start()
      // Whoever opens a pipe that nobody writes to waits, as for a server that is away.
      execFileSync('mkfifo', [markPath(dir, 'dnxhr_sq')])
      await station.ok(['watch', dir, '--preset', 'dnxhr_sq'])
      await station.stop(60_000)
      expect((await station.cli(['jobs'])).status).toBe(3)
    }
  )

  test('--once queues what is there and ends, with no node running', async () => {
    const room = givenRoom()
    const station = room.station()
    const dir = room.folder('in')
    await makeClip(join(dir, 'a.mp4'), { seconds: 1, channels: 0 })
    const argv = ['watch', '--once', dir, '--preset', 'dnxhr_sq', '--settle', '0', '--json']
    const lines = (await station.ok(argv)).lines as JobView[]
    expect(lines.at(-1)).toMatchObject({ type: 'job', source: join(dir, 'a.mp4'), status: 'completed' })
    expect((await station.ok(argv)).lines).toMatchObject([{ type: 'exists', source: join(dir, 'a.mp4') }])
    rmSync(join(dir, 'a.mp4'))
    expect(existsSync(join(dir, 'Proxy', 'a.mov'))).toBe(true)
    expect((await station.ok(argv)).stdout).toBe('')
    const none = await station.cli(['watch', '--once', join(dir, 'none'), '--preset', 'dnxhr_sq'])
    expect(none).toMatchObject({ status: 1, stderr: expect.stringContaining('it is not there') })
  })
})
