import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ClipLine, JobView } from '../../src/model/index.ts'
import { ffprobe, makeClip, tool, videoPackets } from '../support/media.ts'
import { buildMissing } from '../support/paths.ts'
import { capabilities, type Lan } from './harness/index.ts'
import { encodersOf, expectLikeOneRun, expectNoWorkTwice, givenStudio } from './studio.ts'

const reason = capabilities().lan ?? buildMissing()
const names = ['A001.mov', 'A002.mov', 'A003.mov'] as const
const timecodes = ['01:00:00:00', '02:00:00:00', '03:00:00:00'] as const

const fcpxml = (folder: string, used: readonly string[]): string => {
  const assets = used.map(
    (name, at) =>
      `<asset id="r${at + 2}" name="${name}" start="0s" duration="4s" hasVideo="1" format="r1"><media-rep kind="original-media" src="file://${folder}/${name}"/></asset>`
  )
  const clips = used.map(
    (name, at) => `<asset-clip ref="r${at + 2}" name="${name}" offset="${at}s" duration="1s" start="1s"/>`
  )
  return (
    `<?xml version="1.0"?><fcpxml version="1.10"><resources><format id="r1" frameDuration="1/25s"/>${assets.join('')}</resources>` +
    `<library><event><project name="Cut"><sequence format="r1"><spine>${clips.join('')}</spine></sequence></project></event></library></fcpxml>`
  )
}

const xmeml = (folder: string, used: readonly string[]): string => {
  const clips = used.map(
    (name, at) =>
      `<clipitem id="c${at}"><name>${name}</name><start>0</start><end>25</end><in>25</in><out>50</out><file id="f${at}"><name>${name}</name><pathurl>file://localhost/${folder}/${name}</pathurl></file></clipitem>`
  )
  return `<?xml version="1.0"?><xmeml version="4"><sequence id="s"><name>Cut</name><rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate><media><video><track>${clips.join('')}</track></video></media></sequence></xmeml>`
}

/** Uses half a second of each from its second second on. */
const edl = (used: readonly (readonly [string, string])[]): string => {
  const events = used.map(([name, timecode], at) => {
    const from = timecode.replace(/00:00$/, '01:00')
    const record = `01:00:0${at}:00 01:00:0${at}:12`
    return `00${at + 1}  AX  V  C  ${from} ${from.replace(/00$/, '12')} ${record}\n* FROM CLIP NAME: ${name}\n`
  })
  return `TITLE: Cut\nFCM: NON-DROP FRAME\n\n${events.join('')}`
}

async function timecodeOf(path: string): Promise<string | undefined> {
  const args = [
    '-v',
    'error',
    '-select_streams',
    'v:0',
    '-show_entries',
    'stream_tags=timecode',
    '-of',
    'json'
  ]
  const text = await tool([ffprobe(), ...args, path])
  const { streams } = JSON.parse(text) as { streams: { tags?: { timecode?: string } }[] }
  return streams[0]?.tags?.timecode
}

/** Queues a timeline on the first host, and gives its clips and its jobs as they ended. */
async function queueEdit(lan: Lan, file: string, text: string, args: readonly string[], map = '{}') {
  const path = join(lan.folder('edits'), file)
  writeFileSync(path, text)
  const argv = ['queue', path, '--preset', 'dnxhr_lb', '--chunk', '1', '--wait', '--json', ...args]
  const result = await lan.host(0).cli(argv, { timeoutMs: 120_000, env: { PROXIMA_PATHS__MAP: map } })
  const lines = result.lines as (ClipLine | JobView)[]
  const last = new Map(lines.filter((line) => line.type === 'job').map((job) => [job.id, job]))
  return {
    status: result.status,
    clips: lines.filter((line) => line.type === 'clip'),
    jobs: [...last.values()]
  }
}

describe.skipIf(reason)(`a timeline on three machines${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('from three programs: exactly its clips, where each program looks, as one run would make them', async () => {
    const lan = await givenStudio({ hosts: 3 })
    const day = join(lan.sharedFolder, 'day1')
    for (const folder of [day, join(lan.sharedFolder, 'day2')]) mkdirSync(folder)
    const clip = (path: string, timecode: string): Promise<string> =>
      makeClip(path, { seconds: 4, more: ['-timecode', timecode] })
    for (const [at, name] of names.entries()) await clip(join(day, name), timecodes[at]!)
    await clip(join(lan.sharedFolder, 'day2', 'A003.mov'), timecodes[2])

    const workers = new Set<string>()
    const checked = async (jobs: readonly JobView[], outputs: readonly string[]): Promise<void> => {
      expect(jobs.map(({ output }) => output)).toEqual(outputs.map((output) => join(day, output)))
      for (const { id, status } of jobs) {
        expect(status).toBe('completed')
        const job = await lan.host(0).job(id)
        for (const name of encodersOf(job)) workers.add(name)
        expectNoWorkTwice(job, 100)
        await expectLikeOneRun(lan, job)
        expect(await timecodeOf(job.output)).toBe(
          timecodes[names.indexOf(basename(job.source) as 'A001.mov')]
        )
      }
    }

    const mac = JSON.stringify({ '/Volumes/nas': lan.sharedFolder })
    const resolve = await queueEdit(
      lan,
      'cut.fcpxml',
      fcpxml('/Volumes/nas/day1', ['A001.mov', 'A002.mov']),
      ['--layout', 'resolve'],
      mac
    )
    expect(resolve.clips.map(({ how }) => how)).toEqual(['map', 'map'])
    await checked(resolve.jobs, ['Proxy/A001.mov', 'Proxy/A002.mov'])

    const windows = JSON.stringify({ 'D:\\media': lan.sharedFolder })
    const premiere = await queueEdit(
      lan,
      'cut.xml',
      xmeml('D%3a/media/day1', ['A002.mov']),
      ['--layout', 'premiere'],
      windows
    )
    await checked(premiere.jobs, ['Proxies/A002_Proxy.mov'])

    const used = [
      ['A001.mov', timecodes[0]],
      ['A003.mov', timecodes[2]],
      ['A009.mov', '09:00:00:00']
    ] as const
    const parts = await queueEdit(lan, 'cut.edl', edl(used), ['--used-ranges', '--handles', '0.4'])
    expect(parts.status).toBe(1)
    expect(parts.clips.map(({ name, status }) => [name, status])).toEqual([
      ['A001.mov', 'found'],
      ['A003.mov', 'ambiguous'],
      ['A009.mov', 'missing']
    ])
    expect(parts.jobs).toMatchObject([{ status: 'completed', output: join(day, 'Proxy/A001_15-46.mov') }])
    const whole = await videoPackets(join(day, 'Proxy/A001.mov'))
    const part = await videoPackets(parts.jobs[0]!.output)
    expect(part.map(({ md5 }) => md5)).toEqual(whole.slice(15, 47).map(({ md5 }) => md5))
    expect(await timecodeOf(parts.jobs[0]!.output)).toBe('01:00:00:15')

    expect(workers.size).toBeGreaterThanOrEqual(2)
    // Nothing but what was used was made.
    expect(readdirSync(day).sort()).toEqual([...names, 'Proxies', 'Proxy'])
    expect(readdirSync(join(lan.sharedFolder, 'day2'))).toEqual(['A003.mov'])
  })
})
