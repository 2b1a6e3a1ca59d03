import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { z } from 'zod'
import { brief, placeAt, TimelineError } from './errors.ts'
import { timelineLimits } from './limits.ts'

/** An element of a timeline file. */
export interface XmlElement {
  name: string
  attributes: ReadonlyMap<string, string>
  children: readonly XmlElement[]
  /** All its own text in one, trimmed. */
  text: string
  /** Where it begins in the file's text, in UTF-16 units. */
  offset: number
}

/** The name of the root element, read without parsing the rest; null when this is no XML. */
export function xmlRootName(text: string): string | null {
  const start = rootStart(text)
  return start === null ? null : (/^<([A-Za-z_][\w.:-]*)/.exec(text.slice(start, start + 200))?.[1] ?? null)
}

/** Where the root element begins, after declaration, comments and document type. */
function rootStart(text: string): number | null {
  const prolog = /\uFEFF|\s+|<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!DOCTYPE[^[>]*>/y
  let at = 0
  for (;;) {
    prolog.lastIndex = at
    if (!prolog.test(text)) break
    at = prolog.lastIndex
  }
  return text[at] === '<' ? at : null
}

/**
 * Parses an XML file without a single feature that could make it grow: no document type with declarations, no entities
 * but the five of XML and numbers, bounded counts and depth.
 * @param options.drop elements that are not kept (with all that is in them)
 * @throws TimelineError `entities`, `too-large`, `too-deep`, `truncated`, `malformed`
 */
export function parseXml(text: string, options: { drop?: ReadonlySet<string> } = {}): XmlElement {
  const start = rootStart(text)
  if (start !== null && text.startsWith('<!DOCTYPE', start)) {
    throw new TimelineError('entities', 'it has a document type with declarations of its own', {
      hint: 'timeline files need none: delete everything from <!DOCTYPE to ]>',
      place: placeAt(text, start)
    })
  }
  checkSizes(text)
  const valid = XMLValidator.validate(text)
  if (valid !== true) throw notWellFormed(text, valid.err)
  const parsed = parse(text, options.drop ?? new Set())
  const nodes = z.array(z.custom<RawNode>((node) => typeof node === 'object' && node !== null)).parse(parsed)
  const root = nodes.map((node) => toElement(node)).find((element) => element !== null)
  if (!root) throw new TimelineError('malformed', 'it holds no element')
  return root
}

function parse(text: string, drop: ReadonlySet<string>): unknown {
  let kept = 0
  const keep = (name: string): string | false => {
    if (drop.has(name)) return false
    refuseMore(++kept, timelineLimits.xmlElements, 'elements')
    return name
  }
  try {
    return new XMLParser({
      preserveOrder: true,
      ignoreAttributes: false,
      attributeNamePrefix: '',
      parseTagValue: false,
      parseAttributeValue: false,
      processEntities: false,
      htmlEntities: false,
      ignoreDeclaration: true,
      ignorePiTags: true,
      captureMetaData: true,
      maxNestedTags: timelineLimits.depth,
      jPath: false,
      updateTag: keep
    }).parse(text)
  } catch (cause) {
    if (cause instanceof TimelineError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    if (/nested tags/i.test(reason)) {
      throw new TimelineError('too-deep', `more than ${timelineLimits.depth} elements lie in each other`, {
        hint: 'unnest sequences in the editing program and export again',
        cause
      })
    }
    throw new TimelineError('malformed', `it is no XML that can be read: ${brief(reason, 120)}`, {
      hint: exportAgain,
      cause
    })
  }
}

const exportAgain = 'export it again from the editing program'

/** Measured before anything is built, since tags and attributes cost far more memory than their text. */
function checkSizes(text: string): void {
  const { xmlTags, xmlAttributes, xmlTagLength, xmlTextLength } = timelineLimits
  let tags = 0
  let next = text.indexOf('<')
  while (next !== -1) {
    const at = next
    tags++
    next = text.indexOf('<', at + 1)
    const runLength = (next === -1 ? text.length : next) - at
    if (runLength <= xmlTagLength) continue
    const tagEnd = text.slice(at, at + xmlTagLength).indexOf('>')
    const isTag = /[A-Za-z_]/.test(text[at + 1] ?? '')
    if (runLength > xmlTextLength || (isTag && tagEnd === -1)) {
      throw new TimelineError(
        'too-large',
        'one text or tag in it is larger than any editing program writes',
        {
          hint: exportAgain,
          place: placeAt(text, at)
        }
      )
    }
  }
  refuseMore(tags, xmlTags, 'tags')
  let attributes = 0
  for (let at = text.indexOf('="'); at !== -1; at = text.indexOf('="', at + 2)) attributes++
  for (let at = text.indexOf("='"); at !== -1; at = text.indexOf("='", at + 2)) attributes++
  refuseMore(attributes, xmlAttributes, 'attributes')
}

function refuseMore(count: number, most: number, what: string): void {
  if (count <= most) return
  throw new TimelineError('too-large', `it has more than ${most} ${what}`, {
    hint: 'export one sequence at a time'
  })
}

function notWellFormed(text: string, error: { msg: string; line: number; col: number }): TimelineError {
  const ended =
    text.includes('<') && (/^Invalid '\[|^Unclosed tag/.test(error.msg) || !text.trimEnd().endsWith('>'))
  return ended
    ? new TimelineError('truncated', 'it ends before it is complete', {
        hint: 'copy or export it again',
        place: placeAt(text, text.trimEnd().length)
      })
    : new TimelineError('malformed', `it is not well-formed XML: ${brief(error.msg, 120)}`, {
        hint: exportAgain,
        place: { line: error.line, column: error.col }
      })
}

/** A node as fast-xml-parser gives it: one key with the children, `:@` with the attributes, its place by a symbol. */
type RawNode = Record<string | symbol, unknown>

const metaData = XMLParser.getMetaDataSymbol() as symbol
const rawAttributes = z.record(z.string(), z.string()).optional()
const rawMeta = z.object({ startIndex: z.number() }).optional()

function toElement(node: RawNode): XmlElement | null {
  const name = Object.keys(node).find((key) => key !== ':@')
  if (name === undefined || name === '#text') return null
  const inner = node[name]
  const children: XmlElement[] = []
  let text = ''
  for (const child of Array.isArray(inner) ? (inner as RawNode[]) : []) {
    if (typeof child['#text'] === 'string') text += child['#text']
    else {
      const element = toElement(child)
      if (element !== null) children.push(element)
    }
  }
  const attributes = new Map<string, string>()
  for (const [key, value] of Object.entries(rawAttributes.parse(node[':@']) ?? {})) {
    attributes.set(key, unescapeXml(value))
  }
  const meta = rawMeta.parse(node[metaData])
  return { name, attributes, children, text: unescapeXml(text).trim(), offset: meta?.startIndex ?? 0 }
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** The five entities of XML and numeric references; every other `&…;` stays as it is. */
function unescapeXml(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(\w+));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return named[name] ?? whole
    const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex, 16)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

/** The first child of that name. */
export const child = (element: XmlElement | null, name: string): XmlElement | null =>
  element?.children.find((candidate) => candidate.name === name) ?? null

export const childrenNamed = (element: XmlElement | null, name: string): readonly XmlElement[] =>
  element?.children.filter((candidate) => candidate.name === name) ?? []

/** The text at the end of a path of child names; null when there is none or it is empty. */
export function textAt(element: XmlElement | null, ...path: readonly string[]): string | null {
  let at = element
  for (const name of path) at = child(at, name)
  return at === null || at.text === '' ? null : at.text
}

/** An attribute; null when it is absent or empty. */
export const attribute = (element: XmlElement | null, name: string): string | null =>
  element?.attributes.get(name) || null

/** All elements of that name, in the order of the file, those within each other too. */
export function* descendants(element: XmlElement, name: string): Generator<XmlElement> {
  for (const candidate of element.children) {
    if (candidate.name === name) yield candidate
    yield* descendants(candidate, name)
  }
}
