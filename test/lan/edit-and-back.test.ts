import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { ClipLine, JobView } from '../../src/model/index.ts'
import { properties, Stage, standInFolder } from '../fixtures/resolve/scenario.ts'
import { ffprobe, makeClip, onPath, tool } from '../support/media.ts'
import { buildMissing } from '../support/paths.ts'
import { mediaIn } from '../support/room.ts'
import { capabilities, givenLan, waitFor } from './harness/index.ts'
import { encodersOf, expectLikeOneRun } from './studio.ts'

const reason =
  capabilities().lan ??
  buildMissing() ??
  (onPath('python3') === null ? 'there is no python3 on the PATH' : null)

const seconds = 6

const otioClip = (url: string) => ({
  OTIO_SCHEMA: 'Clip.1',
  name: basename(url),
  source_range: {
    OTIO_SCHEMA: 'TimeRange.1',
    start_time: { OTIO_SCHEMA: 'RationalTime.1', value: 90_010, rate: 25 },
    duration: { OTIO_SCHEMA: 'RationalTime.1', value: 20, rate: 25 }
  },
  media_reference: { OTIO_SCHEMA: 'ExternalReference.1', target_url: url }
})

const otioOf = (urls: readonly string[]) =>
  JSON.stringify({
    OTIO_SCHEMA: 'Timeline.1',
    name: 'Cut A',
    tracks: {
      OTIO_SCHEMA: 'Stack.1',
      children: [{ OTIO_SCHEMA: 'Track.1', kind: 'Video', children: urls.map(otioClip) }]
    }
  })

const fcpxmlOf = (path: string) => `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE fcpxml>
<fcpxml version="1.10">
  <resources>
    <format id="r1" frameDuration="1/25s" width="640" height="360"/>
    <asset id="r2" name="B1" start="7200s" duration="${seconds}s" hasVideo="1" hasAudio="1" format="r1">
      <media-rep kind="original-media" src="${pathToFileURL(path)}"/>
    </asset>
  </resources>
  <library><event name="E"><project name="Cut B"><sequence format="r1"><spine>
    <asset-clip ref="r2" name="B1" start="7201s" duration="1s" offset="0s"/>
  </spine></sequence></project></event></library>
</fcpxml>
`

const edlOf = (name: string) => `TITLE: Cut C
FCM: NON-DROP FRAME

001  AX       V     C        03:00:01:00 03:00:02:00 01:00:00:00 01:00:01:00
* FROM CLIP NAME: ${name}
`

/** The timecode of a file, as its streams or its container carry it. */
async function timecodeOf(path: string): Promise<string | undefined> {
  const shown = await tool([ffprobe(), '-v', 'error', '-show_streams', '-show_format', '-of', 'json', path])
  return /"timecode": "([^"]+)"/.exec(shown)?.[1]
}

describe.skipIf(reason)(`from the edit and back${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('three timelines of three formats: proxies of the clips that they use, made by three hosts, linked', async () => {
    const lan = givenLan({ hosts: 0 })
    const shared = lan.sharedFolder
    const clip = (path: string, hour: number) => {
      mkdirSync(dirname(join(shared, path)), { recursive: true })
      return makeClip(join(shared, path), {
        seconds,
        size: '640x360',
        more: ['-timecode', `0${hour}:00:00:00`]
      })
    }
    const [a1, a2, b1, c1] = await Promise.all([
      clip('day 1/A1.mov', 1),
      clip('day 1/Ä2.mov', 1),
      clip('day 2/B1.mov', 2),
      clip('day 2/C1.mov', 3)
    ])
    await clip('day 1/unused.mov', 1)
    await clip('day 1/twin.mov', 1)
    mkdirSync(join(shared, 'copies'))
    copyFileSync(join(shared, 'day 1/twin.mov'), join(shared, 'copies/twin.mov'))

    const used = [a1!, a2!, b1!, c1!]
    const told = (path: string) =>
      properties(path, {
        Frames: String(seconds * 25),
        'Start TC': `0${[1, 1, 2, 3][used.indexOf(path)]}:00:00:00`
      })
    const stage = new Stage(lan.folder('resolve'), {
      current: 'p1',
      projects: {
        p1: {
          name: 'Film',
          timelines: [],
          clips: Object.fromEntries(
            used.map((path) => [`m${basename(path)}`, { name: basename(path), properties: told(path) }])
          )
        }
      },
      ffprobe: ffprobe()
    })
    lan.addHost({
      env: {
        ...(stage.env as Record<string, string>),
        PROXIMA_RESOLVE__SCRIPT_API: standInFolder,
        PROXIMA_RESOLVE__SCRIPT_LIB: join(standInFolder, 'nothing-here'),
        PROXIMA_RESOLVE__LANGUAGE: 'python'
      }
    })
    lan.addHost()
    lan.addHost()
    await lan.start()
    await lan.pair()
    await lan.share()
    const owner = lan.host(0)
    writeFileSync(
      join(owner.home, 'config.yaml'),
      `paths:\n  map:\n    /Volumes/nas: ${JSON.stringify(shared)}\n`
    )
    const edit = (name: string, text: string): string => {
      const path = join(lan.folder('edits'), name)
      writeFileSync(path, text)
      return path
    }
    const url = (path: string) => `file:///Volumes/nas/${path.split('/').map(encodeURIComponent).join('/')}`
    const otio = edit(
      'cut a.otio',
      otioOf([
        url('day 1/A1.mov'),
        url('day 1/Ä2.mov'),
        url('day 1/A1.mov'),
        url('gone.mov'),
        '/elsewhere/twin.mov'
      ])
    )
    const queue = async (file: string, ...more: string[]) => {
      const { status, lines, stderr } = await owner.cli(
        ['queue', file, '--preset', 'dnxhr_lb', '--chunk', '2', '--worth-chunking', '1', ...more, '--json'],
        { timeoutMs: 120_000 }
      )
      const all = lines as (JobView | ClipLine)[]
      return {
        status,
        stderr,
        clips: all.filter((line): line is ClipLine => line.type === 'clip'),
        jobs: all.filter((line): line is JobView => line.type === 'job')
      }
    }

    const first = await queue(otio)
    expect(first.status, first.stderr).toBe(1)
    expect(first.clips.map(({ name, status, how }) => [name, status, how])).toEqual([
      ['A1.mov', 'found', 'map'],
      ['Ä2.mov', 'found', 'map'],
      ['gone.mov', 'missing', null],
      ['twin.mov', 'ambiguous', null]
    ])
    expect(first.clips[3]!.candidates.map(({ path }) => path).sort()).toEqual([
      join(shared, 'copies/twin.mov'),
      join(shared, 'day 1/twin.mov')
    ])
    const second = await queue(edit('cut b.fcpxml', fcpxmlOf(b1!)), '--layout', 'premiere')
    const third = await queue(edit('cut c.edl', edlOf('C1.mov')))
    expect([second.status, third.status], second.stderr + third.stderr).toEqual([0, 0])

    const queued = [first, second, third].flatMap(({ jobs }) => jobs)
    expect(queued.map(({ source, output }) => [source, output])).toEqual([
      [a1, join(shared, 'day 1/Proxy/A1.mov')],
      [a2, join(shared, 'day 1/Proxy/Ä2.mov')],
      [b1, join(shared, 'day 2/Proxies/B1_Proxy.mov')],
      [c1, join(shared, 'day 2/Proxy/C1.mov')]
    ])
    const hosts = new Set<string>()
    for (const { id, source } of queued) {
      const job = await owner.ended(id)
      expect(job).toMatchObject({ status: 'completed', error: null })
      await expectLikeOneRun(lan, job)
      expect(await timecodeOf(job.output)).toBe(await timecodeOf(source))
      for (const host of encodersOf(job)) hosts.add(host)
      await waitFor(async () => (await owner.job(id)).link?.state === 'linked', {
        timeoutMs: 60_000,
        what: `${basename(source)} to be linked`
      })
    }
    // On a busy machine one of the three may come too late for any of so few chunks.
    expect(hosts.size).toBeGreaterThanOrEqual(2)
    const { clips } = stage.scenario.projects.p1!
    expect(Object.values(clips!).map((one) => one.properties['Proxy Media Path'])).toEqual(
      queued.map(({ output }) => output)
    )
    const made = mediaIn(shared).map((line) => line.split(' ').slice(0, -1).join(' '))
    expect(made.filter((path) => /Prox/.test(path))).toHaveLength(4)
  })
})
