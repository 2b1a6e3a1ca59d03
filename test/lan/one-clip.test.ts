import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JobView } from '../../src/model/index.ts'
import { audioSamples, makeClip, play, probe } from '../support/media.ts'
import { buildMissing, sampleFilm } from '../support/paths.ts'
import { listing, mediaIn } from '../support/room.ts'
import { skip } from '../support/skip.ts'
import { capabilities } from './harness/index.ts'
import { bring, encodersOf, expectLikeOneRun, expectNoWorkTwice, givenStudio } from './studio.ts'

const reason = capabilities().lan ?? capabilities().cpu ?? buildMissing()

describe.skipIf(reason)(`one clip on three machines${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('a real film with 5.1 sound is encoded by several hosts as one run would', async (context) => {
    const film = sampleFilm()
    if (!film) return skip(context, 'the sample film is not beside the checkout')
    const lan = await givenStudio({ hosts: 3, cpu: 0.3 })
    const clip = bring(lan, film)
    const out = lan.folder('shared/out')
    const options = ['--preset', 'dnxhr_sq', '--chunk', '2', '--out', out, '--wait', '--json']
    const queued = await lan.host(0).ok(['queue', clip, ...options], { timeoutMs: 150_000 })
    const last = (queued.lines as JobView[]).at(-1)!
    expect(last).toMatchObject({ status: 'completed', output: join(out, 'big-buck-bunny-480p-30s.mov') })

    const job = await lan.host(0).job(last.id)
    expect(encodersOf(job).length).toBeGreaterThanOrEqual(2)
    expectNoWorkTwice(job, 720)
    await expectLikeOneRun(lan, job)
    const made = await probe(job.output)
    expect(made.videoFrames).toBe(720)
    expect(made.streams.find(({ type }) => type === 'audio')?.channels).toBe(6)
    const source = await probe(clip)
    expect(await audioSamples(job.output)).toBe(await audioSamples(clip))
    expect(Math.abs(made.durationS - source.durationS)).toBeLessThan(0.05)
    // Nothing but the film, the result and the root's marker is left on the shared storage.
    expect(mediaIn(lan.sharedFolder).map((line) => line.split(' ')[0])).toEqual([
      'big-buck-bunny-480p-30s.mp4',
      'out/big-buck-bunny-480p-30s.mov'
    ])
    const hidden = listing(lan.sharedFolder).filter((line) => line.startsWith('.proxima/'))
    expect(hidden.map((line) => line.split(' ')[0])).toEqual(['.proxima/', '.proxima/root.json'])
  })

  test('a source that only its own host can see is encoded there alone, and queue says so', async () => {
    const lan = await givenStudio({ hosts: 2 })
    const clip = await makeClip(join(lan.folder('private'), 'a.mp4'), { seconds: 4 })
    const queued = await lan
      .host(0)
      .ok(['queue', clip, '--preset', 'dnxhr_sq', '--chunk', '1', '--wait', '--json'])
    const last = (queued.lines as JobView[]).at(-1)!
    expect(last.status).toBe('completed')
    expect((queued.lines as JobView[])[0]!.note).toMatch(/outside every .*root/)
    const job = await lan.host(0).job(last.id)
    const peers = new Set(job.tasks.flatMap(({ attempts }) => attempts.map(({ peerName }) => peerName)))
    expect([...peers]).toEqual(['host0'])
    await play(job.output)
  })
})
