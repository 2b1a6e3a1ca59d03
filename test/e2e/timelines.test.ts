import { existsSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ClipLine } from '../../src/model/index.ts'
import { makeClip, probe } from '../support/media.ts'
import { buildMissing } from '../support/paths.ts'
import { givenRoom } from '../support/room.ts'

const reason = buildMissing()

/** An event of an EDL that uses 15 frames of a file from a timecode on. */
const event = (number: number, timecode: string, file: string): string => {
  const [hours, minutes, seconds, frames] = timecode.split(':').map(Number)
  const out = [hours, minutes, seconds, frames! + 15].map((part) => String(part).padStart(2, '0')).join(':')
  const [recordIn, recordOut] = [number - 1, number].map((at) => `01:00:${String(at).padStart(2, '0')}:00`)
  return `${String(number).padStart(3, '0')}  AX  V  C  ${timecode} ${out} ${recordIn} ${recordOut}\n* FROM CLIP NAME: ${file}\n`
}

const xmeml = (sequence: string, files: readonly string[]): string => {
  const clips = files.map(
    (path, at) =>
      `<clipitem id="c${at}"><name>clip ${at}</name><start>0</start><end>10</end><in>0</in><out>10</out>` +
      `<file id="f${at}"><name>${path.split('/').at(-1)}</name><pathurl>file://localhost${encodeURI(path)}</pathurl></file></clipitem>`
  )
  return (
    `<sequence id="${sequence}"><name>${sequence}</name><rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>` +
    `<media><video><track>${clips.join('')}</track></video></media></sequence>`
  )
}

describe.skipIf(reason)(`queue with a timeline${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('makes proxies of exactly the clips that are used and found, and tells of the others', async () => {
    const room = givenRoom()
    const station = room.station()
    const media = room.folder('media')
    const clip = (name: string, timecode: string) =>
      makeClip(join(media, name), { seconds: 1, channels: 0, more: ['-timecode', timecode] })
    room.folder('media/day1')
    room.folder('media/day2')
    await clip('day1/A001.mov', '01:00:01:00')
    await clip('day1/unused.mov', '01:00:02:00')
    await clip('day1/B001.mov', '01:00:03:00')
    await clip('day2/B001.mov', '01:00:03:00')
    // A file of the right name with another timecode is another file.
    await clip('day2/A001.mov', '05:00:00:00')
    const edit = join(room.folder('edit'), 'cut.edl')
    writeFileSync(
      edit,
      `TITLE: cut\nFCM: NON-DROP FRAME\n\n${event(1, '01:00:01:05', 'A001.mov')}${event(2, '01:00:03:05', 'B001.mov')}${event(3, '01:00:09:05', 'C001.mov')}`
    )
    await station.ok(['share', media])

    const argv = ['queue', edit, '--preset', 'dnxhr_lb', '--layout', 'premiere', '--json']
    const plan = await station.cli([...argv, '--dry-run'])
    expect(plan.status).toBe(1)
    expect(plan.lines).toMatchObject([
      { type: 'clip' },
      { type: 'clip' },
      { type: 'clip' },
      { type: 'plan', output: join(media, 'day1/Proxies/A001_Proxy.mov') }
    ])
    expect(existsSync(join(media, 'day1/Proxies'))).toBe(false)

    const result = await station.cli([...argv, '--wait'])
    expect(result.status).toBe(1)
    const clips = (result.lines as ClipLine[]).filter(({ type }) => type === 'clip')
    expect(clips.map(({ name, status, source, evidence }) => ({ name, status, source, evidence }))).toEqual([
      {
        name: 'A001.mov',
        status: 'found',
        source: join(media, 'day1/A001.mov'),
        evidence: ['name', 'timecode']
      },
      { name: 'B001.mov', status: 'ambiguous', source: null, evidence: [] },
      { name: 'C001.mov', status: 'missing', source: null, evidence: [] }
    ])
    expect(result.stderr).toContain('cut.edl: B001.mov is ambiguous')
    expect(result.stderr).toContain('cut.edl: C001.mov is missing')
    const made = await probe(join(media, 'day1/Proxies/A001_Proxy.mov'))
    expect(made.videoFrames).toBe(25)
    expect(readdirSync(join(media, 'day2'))).toEqual(['A001.mov', 'B001.mov'])
  })

  test('asks for a sequence, takes one, and refuses clips that would become one file', async () => {
    const room = givenRoom()
    const station = room.station()
    const media = room.folder('media')
    const a = await makeClip(join(media, 'a b.mov'), { seconds: 1, channels: 0 })
    symlinkSync(a, join(media, 'a b.mp4'))
    const edit = join(room.folder('edit'), 'cut.xml')
    const sequences = [xmeml('Reel 1', [a]), xmeml('Reel 2', [a, join(media, 'a b.mp4')])].join('')
    writeFileSync(
      edit,
      `<?xml version="1.0"?><xmeml version="5"><project><children>${sequences}</children></project></xmeml>`
    )

    const argv = ['queue', edit, '--preset', 'dnxhr_lb', '--dry-run']
    const unasked = await station.cli(argv)
    expect(unasked.status).toBe(2)
    expect(unasked.stderr).toContain('cut.xml has 2 sequences: Reel 1, Reel 2. Name some with --sequence')
    const two = await station.cli([...argv, '--all'])
    expect(two.status).toBe(1)
    expect(two.stderr).toContain(`would both become ${join(media, 'Proxy/a b.mov')}; nothing was queued`)
    const one = await station.ok([...argv, '--sequence', 'Reel 1', '--json'])
    expect(one.lines).toMatchObject([
      { type: 'clip', how: 'path', sequence: 'Reel 1' },
      { type: 'plan', source: a }
    ])
  })

  test('ends with status 2 and one line at a file that is damaged or hostile, and queues nothing', async () => {
    const room = givenRoom()
    const station = room.station()
    const folder = room.folder('edit')
    const good = join(folder, 'good.edl')
    writeFileSync(good, `TITLE: x\n\n${event(1, '01:00:01:05', 'A.mov')}`)
    const files: Readonly<Record<string, string>> = {
      'broken.otio': '{"OTIO_SCHEMA": "Timeline.1", "tracks": ',
      'bomb.fcpxml': `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "${'&a;'.repeat(100)}">]><fcpxml version="1.9">&b;</fcpxml>`,
      'cut.kdenlive': '<mlt><producer id="p"><property name="resource">a.mov</property>',
      'loop.xml': `<xmeml version="5"><sequence id="s"><name>s</name><media><video><track><clipitem id="c"><name>c</name><start>0</start><end>9</end><in>0</in><out>9</out><sequence id="s"/></clipitem></track></video></media></sequence></xmeml>`,
      'deep.otio': `{"OTIO_SCHEMA":"Stack.1","children":[`.repeat(100_000),
      'nothing.edl': '',
      'project.prproj': 'x'
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    for (const name of [...Object.keys(files), 'gone.fcpxml']) {
      const { status, stderr, stdout } = await station.cli([
        'queue',
        good,
        join(folder, name),
        '--preset',
        'dnxhr_lb'
      ])
      expect({ name, status, stdout }).toEqual({ name, status: 2, stdout: '' })
      expect(stderr).toMatch(new RegExp(`^proxima-node: .*${name}[^\\n]*\\n$`))
    }
    expect(existsSync(join(station.home, 'ledger.db'))).toBe(false)
  })
})
