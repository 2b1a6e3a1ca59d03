import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { nearest, overrideKeys } from '../../jobs/transcode/override-settings.ts'
import type { Json, SettingLine } from '../../model/index.ts'
import { SettingsError } from './errors.ts'
import { findSetting, settingKeys, variableOf } from './keys.ts'
import { settingsSchema } from './schema.ts'
import { fromEnvironment, fromFlags, fromYaml, type Given, type GivenSettings } from './sources.ts'

type Parsed = z.output<typeof settingsSchema>

/** What a node goes by, complete. `listen.explicit`: the port was asked for, so another one will not do. */
export type Settings = Omit<Parsed, 'listen'> & { listen: Parsed['listen'] & { explicit: boolean } }

/** Settings of a few kilobytes are long ones; this keeps a wrong file from filling the memory. */
const maxConfigBytes = 1_048_576

export interface SettingSources {
  home: string
  env: NodeJS.ProcessEnv
  flags: Readonly<Record<string, unknown>>
}

/**
 * The settings of a home: `config.yaml` there, `PROXIMA_…` variables over it, flags over both.
 * @param sources.home the home folder; it and its file need not exist.
 * @param sources.flags by dotted key (`chunking.worthDurationMs`) or option name (`port`, `peer`, `debug`)
 * @throws SettingsError with the place (`file:line:column`, variable or flag) and the nearest known key
 */
export function loadSettings(sources: SettingSources): Settings {
  const { parsed, given } = read(sources)
  const { listen, ...rest } = parsed
  return { ...rest, listen: { ...listen, explicit: given.has('listen.port') && listen.port !== 0 } }
}

/**
 * Every setting with the value that holds and where it comes from (null: nobody set it, it is the default).
 * @throws SettingsError as `loadSettings`
 */
export function describeSettings(sources: SettingSources): SettingLine[] {
  const { parsed, given } = read(sources)
  return settingKeys.map(({ key, description }) => ({
    key,
    value: valueAt(parsed, key),
    from: given.get(key)?.where ?? null,
    variable: variableOf(key),
    description
  }))
}

function read({ home, env, flags }: SettingSources): { parsed: Parsed; given: GivenSettings } {
  const given: GivenSettings = new Map([
    ...fromFile(join(home, 'config.yaml')),
    ...fromEnvironment(env),
    ...fromFlags(flags)
  ])
  const parsed = settingsSchema.safeParse(nested(given))
  if (!parsed.success) throw badSetting(parsed.error.issues[0]!, given)
  return { parsed: parsed.data, given }
}

function valueAt(parsed: Parsed, key: string): Json {
  let value: unknown = parsed
  for (const part of key.split('.')) value = (value as Record<string, unknown>)[part]
  return value as Json
}

function fromFile(file: string): GivenSettings {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map()
    throw new SettingsError('config-unreadable', `${file} cannot be read: ${(error as Error).message}`, {
      hint: 'Check its permissions, or move it away.',
      cause: error
    })
  }
  if (text.length > maxConfigBytes) {
    throw new SettingsError('config-malformed', `${file} is larger than a file of settings can be`, {
      hint: 'Move it away.'
    })
  }
  return fromYaml(text, file)
}

function nested(given: GivenSettings): Record<string, unknown> {
  const root: Record<string, unknown> = {}
  for (const [key, { value }] of given) {
    const parts = key.split('.')
    let group = root
    for (const part of parts.slice(0, -1)) {
      group[part] ??= {}
      group = group[part] as Record<string, unknown>
    }
    group[parts.at(-1)!] = value
  }
  return root
}

function badSetting(issue: z.core.$ZodIssue, given: GivenSettings): SettingsError {
  if (issue.path[0] === 'overrides' && issue.path.length > 1) return badOverride(issue, given)
  const names = issue.path.filter((part) => typeof part === 'string')
  const paths = names.map((_, at) => names.slice(0, names.length - at).join('.'))
  // Within a list or map, the setting itself.
  const key = paths.find((path) => findSetting(path)) ?? paths[0] ?? ''
  const source = given.get(key) ?? relative(key, given)
  const value = given.get(key)
  const instead = value ? `, not ${shown(value)}` : ''
  return new SettingsError(
    'bad-setting',
    `${source?.where ?? 'settings'}: ${key} ${issue.message}${instead}`,
    {
      hint: 'Correct it, or leave it out for the default.'
    }
  )
}

/** What is wrong in one entry, named by its pattern. */
function badOverride(issue: z.core.$ZodIssue, given: GivenSettings): SettingsError {
  const source = given.get('overrides')!
  const path = issue.path.slice(1)
  const entry = (source.value as { presets: string; keys: Record<string, unknown> }[])[Number(path[0])]!
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0]! : null
  const at = unknown === null ? path : [...path, unknown]
  const where = source.placeOf?.(at, unknown !== null) ?? source.where
  const pattern = JSON.stringify(entry.presets)
  if (unknown !== null) {
    const near = nearest(unknown, overrideKeys)
    return new SettingsError('unknown-setting', `${where}: overrides for ${pattern} cannot say ${unknown}`, {
      hint: near === null ? `They can say ${overrideKeys.join(', ')}.` : `Did you mean ${near}?`
    })
  }
  const key = path[2]
  const told = key === undefined ? '' : ` for ${pattern}: ${String(key)}`
  const value = key === undefined ? entry.presets : entry.keys[String(key)]
  return new SettingsError(
    'bad-setting',
    `${where}: overrides${told} ${wordsOf(issue)}, not ${shown({ value })}`,
    { hint: 'Correct it, or leave it out.' }
  )
}

const wordsOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_value' && issue.values.length > 1
    ? `must be one of ${issue.values.map(String).join(', ')}`
    : issue.message

/** Of a rule between two settings, the one that was given. */
function relative(key: string, given: GivenSettings): Given | undefined {
  const group = key.split('.')[0]
  return [...given].find(([other]) => other.split('.')[0] === group)?.[1]
}

function shown({ value }: Pick<Given, 'value'>): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
