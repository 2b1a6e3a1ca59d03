import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ffmpeg, makeClip, play } from '../support/media.ts'
import { buildMissing, repoRoot } from '../support/paths.ts'
import { givenRoom, listing, mediaIn } from '../support/room.ts'
import { waitFor } from '../support/wait-for.ts'
import { actShape } from './shapes.ts'

const reason = buildMissing()

/** A station whose encodes wait until `open()`: a job stays active for as long as a test wants. */
async function given() {
  const room = givenRoom()
  const gate = join(room.folder('gate'), 'closed')
  writeFileSync(gate, '')
  const station = room.station('station', {
    PROXIMA_FFMPEG: join(repoRoot, 'test/fixtures/ffmpeg-waits.sh'),
    REAL_FFMPEG: ffmpeg(),
    GATED_ENCODER: 'dnxhd',
    GATE: gate,
    PROXIMA_SLOTS: '1'
  })
  await station.start()
  const media = room.folder('media')
  const clip = await makeClip(join(media, 'a.mp4'), { seconds: 2, channels: 0 })
  const out = room.folder('out')
  const queue = (...more: string[]) =>
    station.queue([clip, '--preset', 'dnxhr_sq', '--chunk', '1', '--out', out, '--force', ...more])
  const running = (id: string) =>
    waitFor(
      async () => {
        const job = await station.job(id)
        return job.tasks.some(({ attempts }) => attempts.some(({ status }) => status === 'running'))
          ? job
          : null
      },
      { timeoutMs: 30_000, what: `an attempt of ${id} to run` }
    )
  const act = async (...args: string[]) =>
    actShape.parse((await station.ok([...args, '--json'])).json).results
  return { room, station, clip, out, media, queue, running, act, open: () => rmSync(gate) }
}

describe.skipIf(reason)(`acting on jobs${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('a paused job waits and a resumed one completes', async () => {
    const { station, queue, running, act, open } = await given()
    const id = await queue()
    await running(id)
    expect(await act('pause', id)).toMatchObject([{ id, ok: true, status: 'paused' }])
    const other = await queue('--name', '{stem}-other')
    open()
    expect(await station.ended(other)).toMatchObject({ status: 'completed' })
    expect(await station.job(id)).toMatchObject({ status: 'paused' })
    expect(await act('resume', id)).toMatchObject([{ id, ok: true }])
    const job = await station.ended(id)
    expect(job.status).toBe('completed')
    await play(job.output)
  })

  test('a canceled job ends its ffmpeg and leaves nothing', async () => {
    const { station, queue, running, act, out, media } = await given()
    const [beforeOut, beforeMedia] = [listing(out), listing(media)]
    const id = await queue()
    await running(id)
    expect(await act('cancel', id)).toMatchObject([{ id, ok: true, status: 'canceled' }])
    const job = await station.ended(id)
    expect(job.tasks.every(({ status }) => status === 'canceled' || status === 'done')).toBe(true)
    await waitFor(async () => (await station.peers()).self.slots.busy === 0, {
      timeoutMs: 20_000,
      what: 'the slot to be free'
    })
    await waitFor(() => listing(out).join() === beforeOut.join(), {
      timeoutMs: 20_000,
      what: 'the output folder to be clean'
    })
    await waitFor(() => listing(media).join() === beforeMedia.join(), {
      timeoutMs: 20_000,
      what: 'the source folder to be clean'
    })
    expect(mediaIn(station.home)).toEqual([])
    const again = await station.cli(['resume', id, '--json'])
    expect(again.status).toBe(1)
    expect(actShape.parse(again.json).results[0]).toMatchObject({ id, ok: false })
  })

  test('a canceled job that is retried completes', async () => {
    const { station, queue, running, act, open } = await given()
    const id = await queue()
    await running(id)
    await act('cancel', id)
    open()
    expect(await act('retry', id)).toMatchObject([{ id, ok: true }])
    const job = await station.ended(id)
    expect(job).toMatchObject({ status: 'completed', error: null })
    await play(job.output)
  })

  test('the job of higher priority goes first', async () => {
    const { station, queue, running, act, open } = await given()
    const first = await queue('--name', '{stem}-1')
    await running(first)
    const low = await queue('--name', '{stem}-2')
    const high = await queue('--name', '{stem}-3')
    expect(await act('priority', '50', high)).toMatchObject([{ id: high, ok: true }])
    expect((await station.jobs()).find(({ id }) => id === high)?.priority).toBe(50)
    open()
    await station.ended(low)
    await station.ended(high)
    const encodesOf = async (id: string) =>
      (await station.job(id)).tasks
        .filter(({ kind }) => kind === 'encode-chunk')
        .flatMap(({ attempts }) => attempts.map(({ startedAt }) => Date.parse(startedAt)))
    expect(Math.max(...(await encodesOf(high)))).toBeLessThanOrEqual(Math.min(...(await encodesOf(low))))
  })

  test('a purged job is forgotten, its output stays', async () => {
    const { station, queue, act, open } = await given()
    open()
    const id = await queue()
    const { output } = await station.ended(id)
    expect(await act('purge', id)).toMatchObject([{ id, ok: true, status: 'purged' }])
    expect(await station.jobs()).toEqual([])
    expect(existsSync(output)).toBe(true)
    expect((await station.cli(['job', id])).status).toBe(1)
  })

  test('--all acts on every job that it fits', async () => {
    const { station, queue, running, act } = await given()
    const ids = [await queue('--name', '{stem}-1'), await queue('--name', '{stem}-2')]
    await running(ids[0]!)
    const results = await act('cancel', '--all')
    expect(results.map(({ id }) => id).sort()).toEqual([...ids].sort())
    for (const id of ids) expect((await station.ended(id)).status).toBe('canceled')
  })

  test('an unknown job is told as such', async () => {
    const { station } = await given()
    const result = await station.cli(['cancel', '0000000000'])
    expect(result.status).toBe(1)
    expect(`${result.stdout}${result.stderr}`).toContain('0000000000')
  })

  test('a node that is stopped and started again finishes its job', async () => {
    const { station, queue, running, open } = await given()
    const id = await queue()
    await running(id)
    expect(await station.stop()).toBe(0)
    open()
    await station.start()
    const job = await station.ended(id)
    expect(job.status).toBe('completed')
    await play(job.output)
  })
})
