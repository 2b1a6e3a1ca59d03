import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadPreset } from '../../src/media/index.ts'
import type { JobView, JobWithTasks } from '../../src/model/index.ts'
import { presetFolder } from '../acceptance/media/support/owner.ts'
import { wrongs } from '../media/against-recipe.ts'
import { differences } from '../media/compare.ts'
import { allKinds, type SourceKind } from '../media/kinds/index.ts'
import { tool } from '../support/media.ts'
import { buildMissing } from '../support/paths.ts'
import { capabilities, type Lan } from './harness/index.ts'
import { encodersOf, expectNoWorkTwice, givenStudio } from './studio.ts'

const reason = capabilities().lan ?? buildMissing()
/** Holds fields, any size and any rate, and every frame of it stands alone. */
const preset = 'prores_proxy'
const names = ['vfr-phone', 'ts-late', 'tff-h264', 'mono4', 'hevc10-open']
const kinds = allKinds.filter(({ name, missing }) => names.includes(name) && !missing)

describe.skipIf(reason)(`a day's cards${reason ? ` (skipped: ${reason})` : ''}`, () => {
  test('what many cameras made, queued as one folder, comes out of three machines as of one run', async () => {
    const lan = await givenStudio({ hosts: 3 })
    const folder = join(lan.sharedFolder, 'cards')
    mkdirSync(folder)
    for (const kind of kinds) kind.make(join(folder, fileOf(kind)))
    const out = lan.folder('shared/out')
    const options = ['--preset', preset, '--chunk', '0.5', '--out', out, '--wait', '--json']
    const queued = await lan.host(0).ok(['queue', folder, ...options], { timeoutMs: 120_000 })
    const last = new Map((queued.lines as JobView[]).map((job) => [basename(job.source), job]))
    expect([...last.keys()].sort()).toEqual(kinds.map(fileOf).sort())

    const workers = new Set<string>()
    for (const kind of kinds) {
      const view = last.get(fileOf(kind))!
      expect(view, kind.what).toMatchObject({ status: 'completed' })
      const job = await lan.host(0).job(view.id)
      for (const name of encodersOf(job)) workers.add(name)
      expectNoWorkTwice(job, kind.expected.timesS.length)
      await expectLikeOneRun(lan, job, kind)
    }
    // On a busy machine one of the three may come too late for any of so few chunks.
    expect(workers.size).toBeGreaterThanOrEqual(2)
  })
})

const fileOf = ({ name, ending }: SourceKind): string => `${name}.${ending}`

/** The output equals the command that `presets NAME --for FILE` prints, and that is what the source was made of. */
async function expectLikeOneRun(lan: Lan, job: JobWithTasks, kind: SourceKind): Promise<void> {
  const shown = await lan.host(0).ok(['presets', job.preset, '--for', job.source, '--json'])
  const { command } = shown.json as { command: string[] }
  const single = join(lan.folder('reference'), basename(job.output))
  await tool([...command.slice(0, -1), single])
  const starts = job.tasks.flatMap(({ range }) => (range ? [range.start] : []))
  expect(starts.length, kind.what).toBeGreaterThanOrEqual(3)
  const recipe = await loadPreset(job.preset, [presetFolder])
  expect(differences(job.output, single, recipe, starts), kind.what).toEqual([])
  expect(wrongs(single, kind, recipe), kind.what).toEqual([])
}
