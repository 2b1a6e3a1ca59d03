import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ClipLine, JobView } from '../../src/model/index.ts'
import { audioSamples, ffprobe, makeClip, tool, videoPackets } from '../support/media.ts'
import { buildMissing } from '../support/paths.ts'
import { capabilities, type Lan } from './harness/index.ts'
import { encodersOf, expectNoWorkTwice, givenStudio } from './studio.ts'

const reason = capabilities().lan ?? buildMissing()

/** Uses 100 frames of the film from frame 75 on, and 60 from frame 250 on. */
const edl = [
  'TITLE: Cut\nFCM: NON-DROP FRAME\n',
  '001  AX  V  C  10:00:03:00 10:00:07:00 01:00:00:00 01:00:04:00\n* FROM CLIP NAME: film.mov',
  '002  AX  V  C  10:00:10:00 10:00:12:10 01:00:04:00 01:00:06:10\n* FROM CLIP NAME: film.mov\n'
].join('\n')

async function timecodeOf(path: string): Promise<string | undefined> {
  const entries = ['-select_streams', 'v:0', '-show_entries', 'stream_tags=timecode']
  const text = await tool([ffprobe(), '-v', 'error', ...entries, '-of', 'json', path])
  const { streams } = JSON.parse(text) as { streams: { tags?: { timecode?: string } }[] }
  return streams[0]?.tags?.timecode
}

/** The packets of the very command that `presets NAME --for FILE` prints, run here. */
async function packetsOfOneRun(lan: Lan, source: string): Promise<string[]> {
  const shown = await lan.host(0).ok(['presets', 'dnxhr_lb', '--for', source, '--json'])
  const { command } = shown.json as { command: string[] }
  const reference = join(lan.folder('reference'), 'film.mov')
  await tool([...command.slice(0, -1), reference])
  return (await videoPackets(reference)).map(({ md5 }) => md5)
}

describe.skipIf(reason)(`used ranges on three machines${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('are cut out by all of them as one run would make these frames, each with its timecode', async () => {
    const lan = await givenStudio({ hosts: 3 })
    const more = ['-timecode', '10:00:00:00']
    const film = await makeClip(join(lan.sharedFolder, 'film.mov'), { seconds: 14, gop: 40, more })
    const cut = join(lan.folder('edits'), 'cut.edl')
    writeFileSync(cut, edl)

    const argv = ['queue', cut, '--preset', 'dnxhr_lb', '--chunk', '1', '--used-ranges', '--handles', '0.4']
    const result = await lan.host(0).ok([...argv, '--wait', '--json'], { timeoutMs: 120_000 })
    const lines = result.lines as (ClipLine | JobView)[]
    const parts = [
      { start: 65, end: 185, timecode: '10:00:02:15' },
      { start: 240, end: 320, timecode: '10:00:09:15' }
    ]
    expect(lines[0]).toMatchObject({ type: 'clip', source: film, parts })
    const ids = new Set(lines.flatMap((line) => (line.type === 'job' ? [line.id] : [])))
    expect(ids.size).toBe(2)

    const whole = await packetsOfOneRun(lan, film)
    const workers = new Set<string>()
    for (const [at, id] of [...ids].entries()) {
      const { start, end, timecode } = parts[at]!
      const job = await lan.host(0).job(id)
      const output = join(lan.sharedFolder, 'Proxy', `film_${start}-${end - 1}.mov`)
      expect(job).toMatchObject({ status: 'completed', output })
      expectNoWorkTwice(job, end - start)
      for (const name of encodersOf(job)) workers.add(name)
      expect((await videoPackets(output)).map(({ md5 }) => md5)).toEqual(whole.slice(start, end))
      expect(await audioSamples(output)).toBe((end - start) * 1920)
      expect(await timecodeOf(output)).toBe(timecode)
    }
    expect(workers.size).toBeGreaterThanOrEqual(2)
  })
})
