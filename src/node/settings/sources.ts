import { distance } from 'fastest-levenshtein'
import { isAlias, isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml'
import { SettingsError } from './errors.ts'
import { findSetting, isGroup, nearestKey, type SettingForm, settingKeys, variableOf } from './keys.ts'
import { readRules } from './rules.ts'

/** A value as it was given, and where, in words that lead a person there. */
export interface Given {
  value: unknown
  where: string
  /** Of a setting that is made of rules: where a part of them is. */
  placeOf?: (path: readonly PropertyKey[], ofKey: boolean) => string
}

/** What one source gives, by dotted key. */
export type GivenSettings = Map<string, Given>

/**
 * What `config.yaml` says, with `file:line:column` for every value.
 * @throws SettingsError `config-malformed`, `unknown-setting`, `bad-setting`
 */
export function fromYaml(text: string, file: string): GivenSettings {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const given: GivenSettings = new Map()
  const flaw = document.errors[0]
  if (flaw)
    throw malformed(`${at(flaw.pos[0])}: ${firstLine(flaw.message)}`, startsWithStar(text, flaw.pos[0]))

  const resolved = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node)
  const walk = (node: unknown, prefix: string): void => {
    const map = resolved(node)
    if (map === null || map === undefined || (isScalar(map) && map.value === null)) return
    if (!isMap(map)) {
      throw malformed(
        `${at(offsetOf(node))}: ${prefix || 'the file'} must hold settings, one "key: value" a line`
      )
    }
    for (const pair of map.items) {
      const part = isScalar(pair.key) ? String(pair.key.value) : String(pair.key)
      const key = prefix ? `${prefix}.${part}` : part
      const where = at(offsetOf(pair.key))
      if (isGroup(key)) walk(pair.value, key)
      else if (findSetting(key)?.form === 'rules') {
        if (isNothing(pair.value)) continue
        const rules = readRules(pair.value, document)
        if (rules === null)
          throw malformed(`${at(offsetOf(pair.value))}: ${key} must be a map of patterns, or a list of such`)
        const placeOf: Given['placeOf'] = (path, ofKey) => at(rules.offsetOf(path, ofKey))
        given.set(key, { value: rules.value, where, placeOf })
      } else if (findSetting(key)) {
        const value = resolved(pair.value) as Node | null
        const place = pair.value === null ? where : at(offsetOf(pair.value))
        given.set(key, { value: value === null ? null : value.toJS(document), where: place })
      } else throw unknownSetting(where, key)
    }
  }
  walk(document.contents, '')
  return given
}

/** Variables of the same beginning that are no settings, or are read elsewhere. */
const otherVariables = new Set(['PROXIMA_HOME', 'PROXIMA_FFMPEG', 'PROXIMA_FFPROBE', 'PROXIMA_DEBUG'])

/**
 * What `PROXIMA_…` variables say. Lists are separated by commas, maps are YAML; an empty variable counts as not set.
 * Variables of other programs pass, but not those that can only be meant as a setting (`PROXIMA_A__B`, `PROXIMA_SLOT`).
 * @throws SettingsError `unknown-setting`
 */
export function fromEnvironment(env: NodeJS.ProcessEnv): GivenSettings {
  const given: GivenSettings = new Map()
  const variables = new Map(settingKeys.map((entry) => [variableOf(entry.key), entry]))
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith('PROXIMA_') || !text || otherVariables.has(variable)) continue
    const entry = variables.get(variable)
    if (entry) given.set(entry.key, { value: fromText(text, entry.form), where: variable })
    else if (variable.includes('__')) throw unknownSetting(variable, keyOf(variable))
    else {
      const near = [...variables.keys()].find((name) => !name.includes('__') && distance(name, variable) <= 1)
      if (near) throw unknownSetting(variable, keyOf(variable))
    }
  }
  return given
}

/** Flags of the command line whose names are not those of settings. */
const flagKeys: Readonly<Record<string, string>> = { port: 'listen.port', host: 'listen.host', peer: 'peers' }

/**
 * What flags say: settings by their dotted keys, or by the names of the command's options (`port`, `peer`).
 * `debug: true` sets the log's level. Undefined values count as not given.
 * @throws SettingsError `unknown-setting`
 */
export function fromFlags(flags: Readonly<Record<string, unknown>>): GivenSettings {
  const given: GivenSettings = new Map()
  for (const [flag, value] of Object.entries(flags)) {
    if (value === undefined) continue
    if (flag === 'debug') {
      if (value === true) given.set('log.level', { value: 'debug', where: '--debug' })
      continue
    }
    const key = flagKeys[flag] ?? flag
    if (!findSetting(key)) throw unknownSetting(`--${flag}`, key)
    given.set(key, { value, where: `--${flag}` })
  }
  return given
}

function fromText(text: string, form: SettingForm): unknown {
  const trimmed = text.trim()
  switch (form) {
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : text
    case 'flag':
      if (/^(true|yes|on|1)$/i.test(trimmed)) return true
      return /^(false|no|off|0)$/i.test(trimmed) ? false : text
    case 'list':
      return trimmed.split(',').flatMap((item) => item.trim() || [])
    case 'numbers':
      return trimmed.split(',').flatMap((item) => (item.trim() ? [fromText(item, 'number')] : []))
    case 'map': {
      const document = parseDocument(text)
      return document.errors.length === 0 && isMap(document.contents) ? document.toJS() : text
    }
    case 'rules': {
      const document = parseDocument(text)
      return readRules(document.contents, document)?.value ?? text
    }
    case 'text':
      return text
  }
}

function keyOf(variable: string): string {
  return variable
    .slice('PROXIMA_'.length)
    .split('__')
    .map((part) => part.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()))
    .join('.')
}

const isNothing = (node: unknown): boolean => node === null || (isScalar(node) && node.value === null)

function offsetOf(node: unknown): number {
  const range = (node as Node | null)?.range
  return range ? range[0] : 0
}

/** The line there begins with a `*` of its own, which YAML takes for an alias. */
const startsWithStar = (text: string, offset: number): boolean =>
  /^[\s-]*\*/.test(text.slice(text.lastIndexOf('\n', offset - 1) + 1).split('\n', 1)[0]!)

const firstLine = (text: string): string => text.split('\n', 1)[0]!

function malformed(message: string, unquoted = false): SettingsError {
  return new SettingsError('config-malformed', message, {
    hint: unquoted
      ? 'Put a pattern that begins with * in quotes: "*proxy".'
      : 'Correct that line, or move the file away.'
  })
}

function unknownSetting(where: string, key: string): SettingsError {
  const near = nearestKey(key)
  const variable = where.startsWith('PROXIMA_')
  const suggestion = near && variable && !isGroup(near) ? variableOf(near) : near
  return new SettingsError('unknown-setting', `${where}: there is no setting ${key}`, {
    hint: suggestion
      ? `Did you mean ${suggestion}?`
      : `The settings are ${settingKeys.map((s) => s.key).join(', ')}.`
  })
}
