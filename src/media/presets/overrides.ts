import { z } from 'zod'
import { outputKeys, type Preset } from './schema.ts'

/** ffmpeg's levels of talk, quietest first. */
export const logLevels = ['quiet', 'panic', 'fatal', 'error', 'warning', 'info', 'verbose', 'debug'] as const
export type LogLevel = (typeof logLevels)[number]

/** What a machine does in its own way. Nothing of it shows in the output; null: as usual. */
export interface WorkerOptions {
  /** Threads of each encode and decode; `auto`: as many as ffmpeg takes. */
  threads: number | 'auto' | null
  /** What is kept of ffmpeg's talk. */
  logLevel: LogLevel | null
  /** ffmpeg's `-hwaccel`: the machine's own hardware decodes. */
  hardwareDecode: string | null
  /** 0…19. */
  niceness: number | null
}

const freeKeys = {
  threads: z.union([z.int().min(1).max(256), z.literal('auto')], {
    error: 'must be auto, or a number from 1 to 256'
  }),
  logLevel: z.enum(logLevels),
  hardwareDecode: z.string().regex(/^[a-z0-9]{1,20}$/, 'must be a name of `ffmpeg -hwaccels`, like vaapi'),
  niceness: z.int().min(0).max(19)
}

/** Keys that say nothing of the output's content, and are the owner's business: no machine overrides them. */
const { description: _, verify: __, qualityFloor: ___, ...changing } = outputKeys

const keysSchema = z
  .strictObject(
    Object.fromEntries(
      Object.entries({ ...freeKeys, ...changing }).map(([key, schema]) => [key, schema.nullable()])
    ) as { [K in keyof typeof freeKeys]: z.ZodNullable<(typeof freeKeys)[K]> } & {
      [K in keyof typeof changing]: z.ZodNullable<(typeof changing)[K]>
    },
    { error: (issue) => (issue.code === 'invalid_type' ? 'must hold keys, like { threads: 2 }' : undefined) }
  )
  .partial()

/** Every key that an override may have, those that change nothing of the output first. */
export const overrideKeys: readonly string[] = [...Object.keys(freeKeys), ...Object.keys(changing)]

/** One entry of `overrides`: for presets whose names match the pattern, these keys. Null takes an earlier one back. */
export const overrideSchema = z.object({
  /** `*` stands for any letters, `?` for one. */
  presets: z
    .string()
    .regex(/^[A-Za-z0-9_*?-]{1,64}$/, 'must have patterns of letters, digits, _, -, * and ?'),
  keys: keysSchema
})
export type Override = z.infer<typeof overrideSchema>

/**
 * What a machine's overrides make of a preset: entries apply in their order, and of a key the last match wins.
 * @returns `apply`: what the machine does in its own way; `unfit`: why it gets no work of such a preset, because its
 * output would be another, in words that finish a sentence about the machine, or null
 */
export function overridesFor(
  preset: Preset,
  overrides: readonly Override[]
): { apply: WorkerOptions; unfit: string | null } {
  const merged = new Map<string, { value: unknown; presets: string }>()
  for (const { presets, keys } of overrides) {
    if (!nameMatches(presets, preset.name)) continue
    for (const [key, value] of Object.entries(keys)) merged.set(key, { value, presets })
  }
  const free = (key: keyof WorkerOptions) => merged.get(key)?.value ?? null
  const apply = {
    threads: free('threads'),
    logLevel: free('logLevel'),
    hardwareDecode: free('hardwareDecode'),
    niceness: free('niceness')
  } as WorkerOptions
  for (const [key, { value, presets }] of merged) {
    if (key in freeKeys || value === null || isSame(value, preset[key as keyof Preset])) continue
    return { apply, unfit: `its overrides change \`${key}\` for presets like ${presets}` }
  }
  return { apply, unfit: null }
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Names of presets have no other signs, so nothing needs escaping. */
const nameMatches = (pattern: string, name: string): boolean =>
  new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(name)
