import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { makeClip } from '../support/media.ts'
import { buildMissing } from '../support/paths.ts'
import { Room } from '../support/room.ts'
import type { Station } from '../support/station.ts'
import { waitFor } from '../support/wait-for.ts'
import * as shapes from './shapes.ts'

const reason = buildMissing()

describe.skipIf(reason)(`what --json prints${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let room: Room
  let station: Station
  let clip: string
  let id: string

  beforeAll(async () => {
    room = new Room()
    station = room.station('cutting room')
    await station.start()
    clip = await makeClip(join(room.folder('media'), 'a.mp4'), { seconds: 4 })
    await station.ok(['share', room.folder('media'), '--as', 'nas'])
    id = await station.queue([clip, '--preset', 'dnxhr_sq', '--chunk', '2'])
    await station.ended(id)
  })
  afterAll(() => room?.destroy())

  const parsed = async <T extends z.ZodType>(shape: T, ...args: string[]): Promise<z.infer<T>> =>
    shape.parse((await station.ok([...args, '--json'])).json)

  test('jobs', async () => {
    const { jobs } = await parsed(shapes.jobsShape, 'jobs')
    expect(jobs).toHaveLength(1)
    expect(jobs[0]).toMatchObject({ id, status: 'completed', source: clip, preset: 'dnxhr_sq' })
    expect(jobs[0]!.tasks).toMatchObject({ total: 4, done: 4, running: 0 })
    expect(Date.parse(jobs[0]!.endedAt!)).toBeGreaterThanOrEqual(Date.parse(jobs[0]!.startedAt!))
    expect(Date.parse(jobs[0]!.startedAt!)).toBeGreaterThanOrEqual(Date.parse(jobs[0]!.queuedAt))
  })

  test('job, with its tasks and attempts', async () => {
    const job = await parsed(shapes.jobWithTasksShape, 'job', id)
    const { self } = await station.peers()
    expect(job.shape).toBe('split')
    expect(job.tasks.every(({ status }) => status === 'done')).toBe(true)
    for (const { attempts } of job.tasks) {
      expect(attempts.filter(({ status }) => status === 'done')).toHaveLength(1)
      expect(attempts[0]).toMatchObject({ peerId: self.peerId, peerName: 'cutting room', error: null })
    }
    const ranges = job.tasks.flatMap(({ range }) => (range ? [range] : [])).sort((a, b) => a.start - b.start)
    expect(ranges[0]!.start).toBe(0)
    expect(ranges.at(-1)!.end).toBe(100)
    for (const [index, range] of ranges.slice(1).entries()) expect(range.start).toBe(ranges[index]!.end)
  })

  test('log of a job and of one of its tasks', async () => {
    const whole = await parsed(shapes.logShape, 'log', id)
    expect(whole.peerName).toBe('cutting room')
    const job = await station.job(id)
    const chunk = job.tasks.find(({ kind }) => kind === 'encode-chunk')!
    const log = await parsed(shapes.logShape, 'log', id, chunk.id)
    expect(log.command.join(' ')).toContain('dnxhr_sq')
  })

  test('peers and this machine', async () => {
    const { self, peers } = await parsed(shapes.peersShape, 'peers')
    expect(peers).toEqual([])
    expect(self).toMatchObject({ name: 'cutting room', status: 'self', state: 'awake', slots: { busy: 0 } })
    expect(self.slots.total).toBeGreaterThanOrEqual(1)
    expect(self.encoders).toContain('dnxhd')
    expect(self.roots).toHaveLength(1)
    expect(self.version).toMatch(/^\d+\.\d+\.\d+/)
  })

  test('roots and share', async () => {
    const { roots } = await parsed(shapes.rootsShape, 'roots')
    expect(roots).toHaveLength(1)
    expect(roots[0]).toMatchObject({ name: 'nas', path: room.folder('media'), visible: true, reason: null })
    const again = (await station.ok(['share', room.folder('media'), '--json'])).json
    expect(again).toMatchObject({ id: roots[0]!.id, name: 'nas' })
    const mistake = (await station.ok(['share', room.folder('mistake'), '--json'])).json
    expect((await station.ok(['roots', '--remove', 'mistake', '--json'])).json).toEqual(mistake)
    expect((await parsed(shapes.rootsShape, 'roots')).roots).toEqual(roots)
  })

  test('mesh invite and mesh list', async () => {
    const { expiresAt } = await parsed(shapes.inviteShape, 'mesh', 'invite')
    const minutes = (Date.parse(expiresAt) - Date.now()) / 60_000
    expect(minutes).toBeGreaterThan(9)
    expect(minutes).toBeLessThanOrEqual(10)
    const { members } = (await station.ok(['mesh', 'list', '--json'])).json as { members: unknown[] }
    expect(members).toEqual([expect.objectContaining({ name: 'cutting room', self: true })])
  })

  test('presets, and one with its command for a file', async () => {
    const { presets } = await parsed(shapes.presetsShape, 'presets')
    expect(presets.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'dnxhr_lb',
        'dnxhr_sq',
        'h264_proxy',
        'h265_archive',
        'prores_lt',
        'prores_proxy'
      ])
    )
    const { command } = await parsed(shapes.presetForShape, 'presets', 'dnxhr_sq', '--for', clip)
    expect(command[0]).toMatch(/ffmpeg$/)
    expect(command.some((argument) => argument === clip || argument === `file:${clip}`)).toBe(true)
    expect(command.join(' ')).toContain('dnxhr_sq')
  })

  test('doctor', async () => {
    const { checks } = shapes.doctorShape.parse((await station.cli(['doctor', '--json'])).json)
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([])
    expect(checks.some(({ name, message }) => /ffmpeg/i.test(`${name} ${message}`))).toBe(true)
  })

  test('jobs --follow, a line per change', async () => {
    const follow = station.spawn(['jobs', '--follow', '--json'])
    await waitFor(() => follow.stdout().includes('\n'), {
      timeoutMs: 20_000,
      what: 'the first line of --follow'
    })
    const more = await station.queue([clip, '--preset', 'dnxhr_lb', '--out', room.folder('more')])
    await waitFor(() => follow.stdout().includes('"completed"') && follow.stdout().includes(more), {
      timeoutMs: 60_000,
      what: 'the new job to be followed'
    })
    await station.ended(more)
    follow.kill('SIGINT')
    const { status, lines } = await follow.done
    expect(status).toBe(130)
    for (const line of lines) shapes.jobShape.parse(line)
    expect((lines as { id: string }[]).some((line) => line.id === more)).toBe(true)
  })

  test('without --json, listings are for people and on standard output', async () => {
    const { stdout, stderr } = await station.ok(['jobs'])
    expect(stdout).toContain('a.mp4')
    expect(stderr).toBe('')
    expect(stdout).not.toContain('\u001b[')
  })
})
