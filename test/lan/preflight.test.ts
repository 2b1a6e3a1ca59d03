import { copyFileSync, cpSync, mkdirSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JobView, Participant, PlanLine } from '../../src/model/index.ts'
import { ffmpeg, makeClip } from '../support/media.ts'
import { buildMissing, repoRoot } from '../support/paths.ts'
import { capabilities, givenLan, type Lan, waitFor } from './harness/index.ts'

const reason = capabilities().lan ?? buildMissing()
/** Not that of the trial that every node makes of its encoders at its start. */
const size = '704x396'

/** Of each host by name: null when it takes part, else why not. */
const told = (participants: readonly Participant[] = []): Record<string, string | null> =>
  Object.fromEntries(participants.map(({ name, takesPart, reason: why }) => [name, takesPart ? null : why]))

/** Hosts 0 and 3 are fit, 1's ffmpeg fails on the clip's size, and 2's folder is a copy of the NAS with another clip. */
async function givenOddMachines(): Promise<{ lan: Lan; clip: string; elsewhere: string }> {
  const lan = givenLan({ hosts: 1 })
  lan.addHost({
    env: {
      PROXIMA_FFMPEG: join(repoRoot, 'test/fixtures/ffmpeg-refuses-size.sh'),
      REAL_FFMPEG: ffmpeg(),
      REFUSED_SIZE: size
    }
  })
  lan.addHost()
  lan.addHost()
  const clip = await makeClip(join(lan.sharedFolder, 'film.mp4'), { seconds: 6, size, gop: 25 })
  await lan.start()
  await lan.pair()
  await lan.share([0, 1, 3])
  const elsewhere = lan.folder('elsewhere')
  cpSync(join(lan.sharedFolder, '.proxima'), join(elsewhere, '.proxima'), { recursive: true })
  await makeClip(join(elsewhere, 'film.mp4'), { seconds: 1 })
  await lan.host(2).ok(['share', elsewhere, '--as', 'nas', '--json'])
  return { lan, clip, elsewhere }
}

describe.skipIf(reason)(`machines that cannot take part${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('are told with their reasons and get nothing; the others do the work', async () => {
    const { lan, clip, elsewhere } = await givenOddMachines()
    const owner = lan.host(0)
    mkdirSync(join(lan.sharedFolder, 'out'))
    const options = ['--preset', 'dnxhr_lb', '--chunk', '1', '--out', join(lan.sharedFolder, 'out'), '--json']

    const planned = (await owner.ok(['queue', clip, ...options, '--dry-run'])).lines as PlanLine[]
    const plan = planned[0] as Extract<PlanLine, { kind: 'plan' }>
    const reasons = {
      host0: null,
      host1: expect.stringMatching(/^its ffmpeg has no working encoder dnxhd .*no session for a picture/),
      host2: expect.stringMatching(/^it sees another film\.mp4 \(\d+ bytes, not \d+\)$/),
      host3: null
    }
    expect(told(plan.participants)).toEqual(reasons)
    expect(plan.chunks).toBe(6)
    expect(plan.freeBytes).toBeGreaterThan(plan.estimateBytes)
    expect(await owner.jobs()).toEqual([])

    const queued = (await owner.ok(['queue', clip, ...options])).lines as JobView[]
    expect(queued).toHaveLength(1)
    expect(told(queued[0]!.participants)).toEqual(reasons)
    const job = await owner.ended(queued[0]!.id)
    expect(job).toMatchObject({ status: 'completed', error: null })
    const workers = new Set(job.tasks.flatMap(({ attempts }) => attempts.map(({ peerName }) => peerName)))
    expect([...workers].sort()).toEqual(['host0', 'host3'])

    // The right clip is there now: at the next command its machine takes part.
    copyFileSync(clip, join(elsewhere, 'film.mp4'))
    const { atime, mtime } = statSync(clip)
    utimesSync(join(elsewhere, 'film.mp4'), atime, mtime)
    mkdirSync(join(elsewhere, 'out'))
    const again = await owner.ok(['queue', clip, ...options, '--force', '--dry-run'])
    expect(told((again.lines as Extract<PlanLine, { kind: 'plan' }>[])[0]!.participants).host2).toBeNull()
  })

  test('a job that no machine may take says why, of each', async () => {
    const lan = givenLan({ hosts: 2, env: { PROXIMA_SLOTS: '1' } })
    await lan.start()
    await lan.pair()
    await lan.share([0])
    const clip = await makeClip(join(lan.sharedFolder, 'film.mp4'), { seconds: 2, channels: 0 })
    const owner = lan.host(0)
    const line = ['queue', clip, '--preset', 'dnxhr_lb', '--tag', 'gpu', '--json']
    const [queued] = (await owner.ok(line)).lines as JobView[]
    expect(told(queued!.participants)).toEqual({
      host0: 'it does not carry tag gpu',
      host1: expect.stringMatching(/^it does not see root/)
    })
    const job = await waitFor(
      async () => {
        const shown = await owner.job(queued!.id)
        return shown.note?.startsWith('no machine can take it') ? shown : null
      },
      { timeoutMs: 20_000, what: 'the job to say why it waits' }
    )
    expect(told(job.participants)).toMatchObject({ host0: 'it does not carry tag gpu' })
  })
})
