import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { z } from 'zod'
import { SettingsError } from './errors.ts'
import { settingsSchema } from './schema.ts'
import { fromEnvironment, fromFlags, fromYaml, type Given, type GivenSettings } from './sources.ts'

type Parsed = z.output<typeof settingsSchema>

/** What a node goes by, complete. `listen.explicit`: the port was asked for, so another one will not do. */
export type Settings = Omit<Parsed, 'listen'> & { listen: Parsed['listen'] & { explicit: boolean } }

/** Settings of a few kilobytes are long ones; this keeps a wrong file from filling the memory. */
const maxConfigBytes = 1_048_576

/**
 * The settings of a home: `config.yaml` there, `PROXIMA_…` variables over it, flags over both.
 * @param sources.home the home folder; it and its file need not exist.
 * @param sources.flags by dotted key (`chunking.worthDurationMs`) or option name (`port`, `peer`, `debug`)
 * @throws SettingsError with the place (`file:line:column`, variable or flag) and the nearest known key
 */
export function loadSettings(sources: {
  home: string
  env: NodeJS.ProcessEnv
  flags: Readonly<Record<string, unknown>>
}): Settings {
  const given: GivenSettings = new Map([
    ...fromFile(join(sources.home, 'config.yaml')),
    ...fromEnvironment(sources.env),
    ...fromFlags(sources.flags)
  ])
  const parsed = settingsSchema.safeParse(nested(given))
  if (!parsed.success) throw badSetting(parsed.error.issues[0]!, given)
  const { listen, ...rest } = parsed.data
  return { ...rest, listen: { ...listen, explicit: given.has('listen.port') && listen.port !== 0 } }
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
    const [first, second] = key.split('.') as [string, string?]
    if (second === undefined) root[first] = value
    else {
      root[first] ??= {}
      const group = root[first] as Record<string, unknown>
      group[second] = value
    }
  }
  return root
}

function badSetting(issue: z.core.$ZodIssue, given: GivenSettings): SettingsError {
  const key = issue.path
    .slice(0, 2)
    .filter((part) => typeof part === 'string')
    .join('.')
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

/** Of a rule between two settings, the one that was given. */
function relative(key: string, given: GivenSettings): Given | undefined {
  const group = key.split('.')[0]
  return [...given].find(([other]) => other.split('.')[0] === group)?.[1]
}

function shown({ value }: Given): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}
