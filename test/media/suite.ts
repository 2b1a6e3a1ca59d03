import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { skip } from '../support/skip.ts'
import { type Bench, type Cell, runCell } from './cell.ts'
import { presetsFor } from './choice.ts'
import type { SourceKind } from './kinds/index.ts'
import { askedOf, isAskedFor, record } from './record.ts'

/** A test for every kind and preset, which records its cell. */
export function proveKinds(
  kinds: readonly SourceKind[],
  { mesh, ffmpegPath }: Pick<Bench, 'mesh' | 'ffmpegPath'>,
  presets: (kind: SourceKind) => readonly string[] = presetsFor
): void {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'proxima-matrix-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  for (const kind of kinds) {
    const asked = isAskedFor(kind.name) ? askedOf(presets(kind)) : []
    describe.skipIf(asked.length === 0)(`${kind.name}: ${kind.what}`, () => {
      const source = () => join(folder, `${kind.name}.${kind.ending}`)
      afterAll(() => rm(source(), { force: true }))

      test.for(asked)('%s in chunks equals one run, and one run is right', async (preset, context) => {
        if (kind.missing) {
          record({ cell: skipped(kind, preset, mesh, kind.missing) })
          return skip(context, kind.missing)
        }
        if (!existsSync(source())) kind.make(source())
        const cell = await runCell({ folder, ffmpegPath, mesh }, kind, source(), preset)
        record({ cell })
        expect(cell.verdict === 'differs' ? cell.reasons : []).toEqual([])
      })
    })
  }
}

const skipped = (kind: SourceKind, preset: string, mesh: string, why: string): Cell => ({
  ...{ kind: kind.name, what: kind.what, preset, mesh, verdict: 'skipped', pieces: 0, seam: null },
  ...{ reasons: [why], ms: 0 }
})
