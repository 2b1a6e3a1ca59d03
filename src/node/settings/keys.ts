import { distance } from 'fastest-levenshtein'
import { z } from 'zod'
import { settingsSchema } from './schema.ts'

/** How a setting is read from the text of an environment variable. */
export type SettingForm = 'text' | 'number' | 'flag' | 'list' | 'numbers' | 'map' | 'rules'

export interface SettingKey {
  /** Dotted: `chunking.worthDurationMs`. */
  key: string
  form: SettingForm
  /** For people: what it does, and what holds when it is not given. */
  description: string
  defaultValue: unknown
}

/** Every setting, in the order of the schema. */
export const settingKeys: readonly SettingKey[] = [...leavesOf(settingsSchema, '')]

const byKey = new Map(settingKeys.map((entry) => [entry.key, entry]))
const groups = new Set(settingKeys.flatMap(({ key }) => groupsOf(key)))

/** `queue` and `queue.filters` for `queue.filters.rates`. */
function groupsOf(key: string): string[] {
  const parts = key.split('.')
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('.'))
}

export const findSetting = (key: string): SettingKey | undefined => byKey.get(key)
export const isGroup = (key: string): boolean => groups.has(key)

/** The variable that sets a key: `chunking.worthDurationMs` is `PROXIMA_CHUNKING__WORTH_DURATION_MS`. */
export function variableOf(key: string): string {
  const parts = key.split('.').map((part) => part.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase())
  return `PROXIMA_${parts.join('__')}`
}

/**
 * The known key that somebody who wrote `key` probably meant, or null. Upper case, dashes and underscores do not
 * count; a setting written outside its group is found by its last part, a longer one by its beginning.
 */
export function nearestKey(key: string): string | null {
  const wanted = plain(key)
  const last = plain(key.split('.').at(-1)!)
  let best: { key: string; steps: number } | null = null
  for (const known of [...byKey.keys(), ...groups]) {
    const lastKnown = plain(known.split('.').at(-1)!)
    const begun = last.length >= 3 && lastKnown.startsWith(last) ? 1 : Number.POSITIVE_INFINITY
    const steps = Math.min(distance(wanted, plain(known)), distance(last, lastKnown) + 0.5, begun)
    if (best === null || steps < best.steps) best = { key: known, steps }
  }
  return best && best.steps <= Math.max(2, last.length * 0.4) ? best.key : null
}

const plain = (text: string): string => text.toLowerCase().replace(/[-_]/g, '')

function* leavesOf(schema: z.ZodType, key: string): Generator<SettingKey> {
  const inner = bare(schema)
  if (inner instanceof z.ZodObject) {
    for (const [part, child] of Object.entries(inner.shape)) {
      yield* leavesOf(child as z.ZodType, key ? `${key}.${part}` : part)
    }
    return
  }
  yield {
    key,
    form: formOf(inner),
    description: schema.description ?? '',
    defaultValue: schema.parse(undefined)
  }
}

function bare(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodNullable) {
    return bare(schema.unwrap() as z.ZodType)
  }
  return schema instanceof z.ZodPipe ? bare(schema.in as z.ZodType) : schema
}

function formOf(schema: z.ZodType): SettingForm {
  if (schema instanceof z.ZodNumber) return 'number'
  if (schema instanceof z.ZodBoolean) return 'flag'
  if (schema instanceof z.ZodRecord) return 'map'
  if (schema instanceof z.ZodArray) {
    if (schema.element instanceof z.ZodObject) return 'rules'
    return schema.element instanceof z.ZodNumber ? 'numbers' : 'list'
  }
  return 'text'
}
