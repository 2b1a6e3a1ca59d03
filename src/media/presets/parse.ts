import { closest, distance } from 'fastest-levenshtein'
import { type Document, isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { z } from 'zod'
import { MediaError, messageOf } from '../errors.ts'
import { matchKeys } from './match.ts'
import { type PresetFile, presetFileSchema, presetKeys } from './schema.ts'

/** One preset file, checked by itself. */
export interface PresetLayer {
  file: string
  keys: PresetFile
  /** `file:line:column` of a key's value. */
  placeOf: (key: string) => string
}

/**
 * Parses the text of a preset file.
 * @throws MediaError `preset-invalid`: `file:line:column: what is wrong`, with the nearest known key
 */
export function parsePresetFile(text: string, file: string): PresetLayer {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${file}:${line}:${col}`
  }
  const syntax = document.errors[0]
  if (syntax) throw invalid(`${at(syntax.pos[0])}: ${syntax.message.split('\n')[0]}`)
  let content: unknown
  try {
    content = document.toJS() ?? {}
  } catch (error) {
    throw invalid(`${file}: ${messageOf(error)}`)
  }
  const parsed = presetFileSchema.safeParse(content)
  const placeOf = (path: readonly PropertyKey[], ofKey = false) => at(offsetOf(document, path, ofKey))
  if (parsed.success) return { file, keys: parsed.data, placeOf: (key) => placeOf([key]) }

  const issue = innermost(parsed.error.issues[0]!)
  const unknown = issue.code === 'unrecognized_keys' ? [issue.keys[0]!] : []
  const place = placeOf([...issue.path, ...unknown], unknown.length > 0)
  throw invalid(`${place}: ${wordsFor(issue)}`)
}

const invalid = (message: string): MediaError => new MediaError('preset-invalid', message)

/** Of alternatives that all fail, an unknown key in one of them tells more than that none fits. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue
  const inner = issue.errors.flat().find(({ code }) => code === 'unrecognized_keys')
  return inner ? { ...inner, path: [...issue.path, ...inner.path] } : issue
}

/** Where in the text a path leads; as far as it leads somewhere. */
function offsetOf(document: Document, path: readonly PropertyKey[], ofKey: boolean): number {
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  for (const [depth, part] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => String(key) === String(part))
      if (!pair) break
      node = ofKey && depth === path.length - 1 ? pair.key : (pair.value ?? pair.key)
    } else if (isSeq(node)) node = node.items[Number(part)]
    else break
    offset = startOf(node) ?? offset
  }
  return offset
}

const startOf = (node: unknown): number | null => (node as Node | null | undefined)?.range?.[0] ?? null

function wordsFor(issue: z.core.$ZodIssue): string {
  const key = issue.path.filter((part) => typeof part === 'string').join('.')
  if (issue.code === 'unrecognized_keys') {
    const [unknown] = issue.keys
    const [known, of] =
      key === ''
        ? [presetKeys, 'a preset']
        : key === 'match'
          ? [matchKeys, '`match`']
          : [['min', 'max'], `\`${key}\``]
    const near = nearest(unknown!, known)
    return `\`${unknown}\` is not a key of ${of}; ${near === null ? `known are ${known.join(', ')}` : `did you mean \`${near}\`?`}`
  }
  if (key === '')
    return issue.code === 'invalid_type' ? 'a preset is made of keys, one `key: value` a line' : issue.message
  if (issue.code === 'invalid_value' && issue.values.length > 1) {
    return `\`${key}\`: must be one of ${issue.values.map(String).join(', ')}`
  }
  return `\`${key}\`: ${issue.message}`
}

/** What keys are called in Proxima's own presets. */
const elsewhere: Readonly<Record<string, string>> = {
  vertical_res: 'height',
  pix_fmt: 'pixelFormat',
  audio_samplerate: 'audioSampleRate',
  misc_args: 'args',
  ext: 'container',
  ffmpeg_loglevel: 'logLevel'
}

/** The candidate that is most like `word`, or null when none is like it. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  if (candidates.length === 0) return null
  const synonym = elsewhere[word.toLowerCase()]
  if (synonym !== undefined && candidates.includes(synonym)) return synonym
  const plain = (text: string) => text.toLowerCase().replace(/[-_]/g, '')
  const best = closest(plain(word), candidates.map(plain))
  const found = candidates.find((candidate) => plain(candidate) === best)!
  const steps = distance(plain(word), best)
  return steps < best.length && steps <= Math.max(2, best.length / 2) ? found : null
}
