import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Cell } from './cell.ts'
import { type Family, families } from './kinds/index.ts'

/** Folder that results are written to, a file a process; set by `main.ts`, which reads them when all have ended. */
const resultsVariable = 'PROXIMA_MATRIX_RESULTS'
/** Names, separated by commas, that a run is limited to. */
const kindsVariable = 'PROXIMA_MATRIX_KINDS'
const presetsVariable = 'PROXIMA_MATRIX_PRESETS'

const cell = z.object({
  kind: z.string(),
  what: z.string(),
  preset: z.string(),
  mesh: z.string(),
  verdict: z.enum(['equal', 'known', 'differs', 'refused', 'skipped']),
  pieces: z.number(),
  seam: z.object({ joinedDb: z.number(), singleDb: z.number() }).nullable(),
  reasons: z.array(z.string()),
  ms: z.number()
})

/** What an hour-long source took, with one preset. */
const hour = z.object({
  preset: z.string(),
  frames: z.number(),
  chunks: z.number(),
  planMs: z.number(),
  singleMs: z.number(),
  chunksMs: z.number(),
  joinMs: z.number()
})
export type Hour = z.infer<typeof hour>

const entry = z.union([z.object({ cell }), z.object({ hour })])

export interface Selection {
  kinds: readonly string[]
  presets: readonly string[]
}

/** The environment that a run of the tests is told by. */
export const environmentOf = (results: string, { kinds, presets }: Selection): Record<string, string> => ({
  [resultsVariable]: results,
  [kindsVariable]: kinds.join(),
  [presetsVariable]: presets.join()
})

const listed = (variable: string): string[] =>
  (process.env[variable] ?? '').split(',').filter((name) => name !== '')

/** True when no kinds were asked for, or this one. */
export const isAskedFor = (kind: string): boolean => {
  const kinds = listed(kindsVariable)
  return kinds.length === 0 || kinds.includes(kind)
}

/** The presets that were asked for, else the usual ones. */
export const askedOf = (usual: readonly string[]): readonly string[] => {
  const presets = listed(presetsVariable)
  return presets.length === 0 ? usual : presets
}

/** Keeps a result for the table. Does nothing when nobody collects them. */
export function record(result: { cell: Cell } | { hour: Hour }): void {
  const folder = process.env[resultsVariable]
  if (folder) appendFileSync(join(folder, `${process.pid}.jsonl`), `${JSON.stringify(result)}\n`)
}

/** Everything that was recorded, in the order of the kinds. */
export function collected(folder: string): { cells: Cell[]; hours: Hour[] } {
  const files = existsSync(folder) ? readdirSync(folder) : []
  const entries = files.flatMap((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => entry.parse(JSON.parse(line)))
  )
  const order = (Object.keys(families) as Family[]).flatMap((family) =>
    families[family].map(({ name }) => name)
  )
  const cells = entries.flatMap((found) => ('cell' in found ? [found.cell] : []))
  cells.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
  return { cells, hours: entries.flatMap((found) => ('hour' in found ? [found.hour] : [])) }
}
