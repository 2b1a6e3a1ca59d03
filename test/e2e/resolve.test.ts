import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JobWithTasks, LinkResult, TimelinesView } from '../../src/model/index.ts'
import { properties, type Scenario, Stage, standInFolder } from '../fixtures/resolve/scenario.ts'
import { ffprobe, makeClip, onPath } from '../support/media.ts'
import { buildMissing } from '../support/paths.ts'
import { givenRoom } from '../support/room.ts'
import type { Station } from '../support/station.ts'
import { waitFor } from '../support/wait-for.ts'

const reason = buildMissing() ?? (onPath('python3') === null ? 'there is no python3 on the PATH' : null)

/** Frames of the clips, at 25 a second. */
const frames = 50

/**
 * A station beside a stand-in for DaVinci Resolve, which cannot be run here: its documented scripting module, loaded by
 * a real Python. Two clips with timecode are in its project; the timeline shows the first.
 */
async function given(own: Partial<Scenario> = {}) {
  const room = givenRoom()
  const media = room.folder('media')
  const [a, b] = await Promise.all(
    ['A001.mov', 'B001.mov'].map((name) =>
      makeClip(join(media, name), { seconds: frames / 25, channels: 0, more: ['-timecode', '10:00:00:00'] })
    )
  )
  const told = { Frames: String(frames), 'Start TC': '10:00:00:00' }
  const stage = new Stage(room.folder('resolve'), {
    current: 'p1',
    projects: {
      p1: {
        name: '映画',
        timelines: [
          {
            id: 't1',
            name: 'Cut 1',
            video: [
              {
                items: [
                  { name: 'A', media: 'mA', source: [10, 20] },
                  { name: 'A again', media: 'mA', source: [30, 40] },
                  { name: 'Text+' },
                  { name: 'Gone', media: 'mGone', source: [0, 10] }
                ]
              }
            ]
          },
          { id: 't2', name: 'Cut 2', video: [null] }
        ],
        clips: {
          mA: { name: 'A', properties: properties(a!, told) },
          mB: { name: 'B', bin: 'cards', properties: properties(b!, told) },
          mGone: { name: 'Gone', properties: properties(join(media, 'gone.mov'), told) }
        }
      }
    },
    ffprobe: ffprobe(),
    ...own
  })
  const station = room.station('station', {
    ...stage.env,
    PROXIMA_RESOLVE__SCRIPT_API: standInFolder,
    PROXIMA_RESOLVE__SCRIPT_LIB: join(standInFolder, 'nothing-here'),
    PROXIMA_RESOLVE__LANGUAGE: 'python'
  })
  const proxyOf = (name: string) => join(media, 'Proxy', name)
  /** What the project has as the proxy of a clip. */
  const linked = (clip: string) => stage.scenario.projects.p1!.clips![clip]!.properties['Proxy Media Path']
  const clipOf = (clip: string, change: Record<string, string>) => {
    const { projects } = stage.scenario
    Object.assign(projects.p1!.clips![clip]!.properties, change)
    stage.change({ projects })
  }
  return { room, stage, station, a: a!, b: b!, proxyOf, linked, clipOf }
}

const isLink = (station: Station, id: string, what: (link: NonNullable<JobWithTasks['link']>) => boolean) =>
  waitFor(
    async () => {
      const { link } = await station.job(id)
      return link && what(link) ? link : null
    },
    { timeoutMs: 120_000, what: `the link of ${id}`, everyMs: 500 }
  )

describe.skipIf(reason)(`DaVinci Resolve${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('the clips of a timeline are queued, and linked when they are done', async () => {
    const { station, a, proxyOf, linked } = await given()
    const { timelines } = (await station.ok(['timelines', '--json'])).json as TimelinesView
    expect(timelines.map(({ name, current, videoItems }) => [name, current, videoItems])).toEqual([
      ['Cut 1', true, 4],
      ['Cut 2', false, 0]
    ])

    // No node runs: the command runs one, which links before it ends.
    const queued = await station.cli(['queue', '--resolve', '--preset', 'dnxhr_sq', '--json'], {
      timeoutMs: 120_000
    })
    expect(queued.status).toBe(1)
    expect(queued.lines.slice(0, 4)).toMatchObject([
      { type: 'clip', status: 'found', source: a, sequence: 'Cut 1', mediaId: 'mA' },
      { type: 'clip', status: 'missing', name: 'gone.mov' },
      { type: 'clip', status: 'left-out', name: 'Text+' },
      { type: 'job', source: a, output: proxyOf('A001.mov') }
    ])
    expect(queued.lines.at(-1)).toMatchObject({ status: 'completed' })
    expect([linked('mA'), linked('mB')]).toEqual([proxyOf('A001.mov'), ''])

    await station.start()
    const { id } = queued.lines.at(-1) as { id: string }
    const { link } = await station.job(id)
    expect(link).toMatchObject({ project: '映画', clips: [{ mediaId: 'mA', name: 'A001.mov' }] })
    expect((await station.ok(['job', id])).stdout).toContain('link      linked in 映画 (A001.mov)')

    const doctor = (await station.ok(['doctor', '--json'])).json as { checks: object[] }
    expect(doctor.checks).toContainEqual({
      name: 'resolve',
      status: 'ok',
      message: expect.stringContaining('the project 映画 is open')
    })
  })

  test('a link waits for Resolve over a restart, a refused one says why and is made by hand', async () => {
    const { stage, station, a, b, proxyOf, linked, clipOf } = await given({ running: false })
    await station.start()
    const waits = await station.queue([a, '--preset', 'dnxhr_sq'])
    await station.ended(waits)
    const pending = await isLink(station, waits, (link) => link.reason !== null)
    expect(pending).toMatchObject({ state: 'pending', reason: expect.stringContaining('DaVinci Resolve') })
    const tooEarly = await station.cli(['link', '--json'])
    expect(tooEarly).toMatchObject({ status: 1, stdout: '' })
    expect(tooEarly.stderr).toContain('DaVinci Resolve')

    await station.kill()
    // Somebody stretched the other clip in Resolve: it takes it to have more frames than the file.
    clipOf('mB', { Frames: '60' })
    stage.change({ running: true })
    await station.start()
    await isLink(station, waits, ({ state }) => state === 'linked')
    expect(linked('mA')).toBe(proxyOf('A001.mov'))

    const refused = await station.queue([b, '--preset', 'dnxhr_sq'])
    await station.ended(refused)
    const why = await isLink(station, refused, ({ state }) => state === 'refused')
    expect(why.reason).toContain('to have 60 frames, the file has 50')
    const byHand = await station.cli(['link', '--json'])
    expect(byHand.status).toBe(1)
    const statuses = (byHand.json as LinkResult).links.map(({ job, status, clip }) => [job, status, clip])
    expect(statuses).toEqual([
      [waits, 'already-linked', 'A001.mov'],
      [refused, 'refused', 'B001.mov']
    ])

    clipOf('mB', { Frames: '50' })
    await station.stop()
    // Without a node; by the names of the files alone.
    const folder = (await station.ok(['link', join(proxyOf('B001.mov'), '..'), '--json'])).json as LinkResult
    expect(folder.links.map(({ status, clip }) => [clip, status])).toEqual([
      ['A001.mov', 'already-linked'],
      ['B001.mov', 'linked']
    ])
    expect(linked('mB')).toBe(proxyOf('B001.mov'))
  })
})
