import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JobWithTasks } from '../../src/model/index.ts'
import { capabilities, givenLan } from '../lan/harness/index.ts'
import { encodersOf, expectLikeOneRun, expectNoWorkTwice, filmOf } from '../lan/studio.ts'
import { ffmpeg } from '../support/media.ts'
import { buildMissing, repoRoot } from '../support/paths.ts'
import { mediaIn } from '../support/room.ts'

const reason = capabilities().lan ?? buildMissing()

/** How the ffmpeg of each machine but the first goes wrong (`test/fixtures/ffmpeg-breaks.sh`). */
const ways = ['crash', 'hang', 'few', 'cut', 'garbage'] as const

/** What is said of each. */
const whys = { crash: /SIGSEGV/, hang: /no progress/, few: /of 25 frames/, cut: /./, garbage: /./ }

/** What became of what a host was given, and why. */
const endsOf = (job: JobWithTasks, hostName: string) =>
  job.tasks.flatMap(({ attempts }) =>
    attempts
      .filter(({ peerName }) => peerName === hostName)
      .map(({ status, error }) => ({ status, error: error ?? '' }))
  )

describe.skipIf(reason)(`machines whose ffmpeg is broken${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('crash, hang, too few frames, a file cut short, noise: the good machine makes the right file', async () => {
    const lan = givenLan({ hosts: 1 })
    for (const way of ways) {
      lan.addHost({
        env: {
          PROXIMA_FFMPEG: join(repoRoot, 'test/fixtures/ffmpeg-breaks.sh'),
          REAL_FFMPEG: ffmpeg(),
          BREAKS: way
        }
      })
    }
    await lan.start()
    await lan.pair()
    await lan.share()
    const owner = lan.host(0)
    const film = await filmOf(lan, 6)
    for (const host of lan.hosts.slice(1)) await host.ok(['drain'])
    owner.setCpu(0.5)
    for (const [index, way] of ways.entries()) {
      const host = lan.host(index + 1)
      await host.ok(['awake'])
      const out = lan.folder(`shared/${way}`)
      const id = await owner.queue([film, '--preset', 'dnxhr_sq', '--chunk', '1', '--out', out])
      const job = await owner.ended(id)
      await host.ok(['drain'])
      const ends = endsOf(job, host.name.replace('h', 'host'))
      expect(job, way).toMatchObject({ status: 'completed', error: null })
      expect(encodersOf(job), way).toEqual(['host0'])
      expectNoWorkTwice(job, 150)
      await expectLikeOneRun(lan, job)
      expect(ends.length, way).toBeGreaterThan(0)
      for (const { status, error } of ends) {
        expect(status, way).toMatch(way === 'hang' ? /^(failed|superseded)$/ : /^(failed|rejected)$/)
        if (status !== 'superseded') expect(error, way).toMatch(whys[way])
      }
    }
    expect(mediaIn(lan.sharedFolder).map((line) => line.split(' ')[0])).toEqual(
      [...ways.map((way) => `${way}/film.mov`), 'film.mp4'].sort()
    )
  })
})
