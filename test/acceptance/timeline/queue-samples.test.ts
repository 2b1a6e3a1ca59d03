import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ClipLine, QueueParams } from '../../../src/model/index.ts'
import { type EditReader, openEditDesk } from '../../../src/node/edit/index.ts'
import { readLocations, readTimeline, realFiles, type TimelineMedia } from '../../../src/timeline/index.ts'
import { jobView } from '../../support/control.ts'
import { repoRoot } from '../../support/paths.ts'
import { skip } from '../../support/skip.ts'
import { cli } from '../../unit/cli/fakes.ts'

const samples = resolve(repoRoot, '../shared/timelines')
const names = existsSync(samples) ? readdirSync(samples).filter((name) => !name.endsWith('.tsv')) : []

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxima-samples-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Where the maps below put a path of another machine; null for what has no whole path. */
function hereOf({ path }: TimelineMedia): string | null {
  const [location] = path === null ? [] : readLocations(path)
  if (location === undefined || location.volume === '') return null
  return join(folder, location.volume === '/' ? 'posix' : location.volume.slice(0, 1), ...location.components)
}

const isEncoded = ({ video, enabled, imageSequence }: TimelineMedia): boolean =>
  video && enabled && !imageSequence

describe('queueing the samples of real exporters', () => {
  it('finds them', (context) => {
    if (names.length === 0) skip(context, `${samples} is not there`)
    expect(names.length).toBeGreaterThan(15)
  })

  it.for(names)('%s: every file that it shows is queued once, and nothing is lost untold', async (name) => {
    const { sequences } = await readTimeline(join(samples, name), realFiles)
    const media = sequences.flatMap((sequence) => sequence.media)
    const wanted = [...new Set(media.filter(isEncoded).flatMap((medium) => hereOf(medium) ?? []))]
    for (const path of wanted) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, '')
    }
    const map = { '/': join(folder, 'posix'), 'D:/': join(folder, 'D'), 'S:/': join(folder, 'S') }
    const desk = await openEditDesk(join(folder, 'home'), { 'paths.map': map })
    const edits: Partial<EditReader> = {
      open: (...given) => desk.open(...given),
      find: (...given) => desk.find(...given)
    }
    const asked: string[] = []
    const queue = async ({ sources }: QueueParams) => {
      asked.push(...sources)
      return {
        batchId: 'b',
        lines: sources.map((source) => ({ kind: 'queued' as const, job: jobView('j', { source }) }))
      }
    }
    const argv = ['queue', join(samples, name), '--all', '--preset', 'auto', '--json']
    const { status, stdout, stderr } = await cli(argv, { running: { queue }, edits })

    expect(asked.sort()).toEqual(wanted.sort())
    const lines =
      stdout === ''
        ? []
        : stdout
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line) as ClipLine)
    const clips = lines.filter(({ type }) => type === 'clip')
    const bad = clips.filter((clip) => ['missing', 'ambiguous', 'unusable'].includes(clip.status))
    expect(status).toBe(bad.length === 0 ? 0 : 1)
    for (const medium of media) expect(clips.map((clip) => clip.name)).toContain(medium.name)
    for (const clip of bad) expect(stderr).toContain(clip.name)
  })
})
