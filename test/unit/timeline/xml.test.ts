import { describe, expect, it } from 'vitest'
import { TimelineError } from '../../../src/timeline/errors.ts'
import { attribute, child, parseXml, textAt } from '../../../src/timeline/xml.ts'

const errorOf = (text: string): TimelineError => {
  try {
    parseXml(text)
  } catch (error) {
    if (error instanceof TimelineError) return error
    throw error
  }
  throw new Error('it was parsed')
}

describe('XML', () => {
  it('gives elements with attributes, text and their places', () => {
    const text =
      '<?xml version="1.0"?>\r\n<!-- c -->\r\n<!DOCTYPE a SYSTEM "a.dtd">\r\n<a>\r\n' +
      '  <b c="1 &amp; 2"> x &lt;y&gt; &#233;<![CDATA[<z>]]></b>\r\n</a>'
    const root = parseXml(text)
    const b = child(root, 'b')
    expect([root.name, attribute(b, 'c'), textAt(root, 'b')]).toEqual(['a', '1 & 2', 'x <y> é<z>'])
    expect(b?.offset).toBe(text.indexOf('<b'))
  })

  it('never takes text for numbers', () => {
    expect(textAt(parseXml('<a><b>007</b></a>'), 'b')).toBe('007')
    expect(textAt(parseXml('<a><b>1e3</b></a>'), 'b')).toBe('1e3')
  })

  it('refuses entities of its own, the bomb and the file of the system alike', () => {
    const bomb =
      '<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>\n<lolz>&lol2;</lolz>'
    expect(errorOf(bomb)).toMatchObject({ code: 'entities', place: { line: 2, column: 1 } })
    const outside = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    expect(errorOf(outside)).toMatchObject({ code: 'entities' })
  })

  it('expands no entity that is declared further down either', () => {
    const text = '<a><!DOCTYPE b [<!ENTITY x "boom">]><b>&x;</b></a>'
    expect(textAt(parseXml(text), 'b')).toBe('&x;')
  })

  it.each([
    ['in an element', '<a><b>x'],
    ['in a tag', '<a><b>x</b><c d="'],
    ['between elements', '<a>\n<b></b>\n']
  ])('says that it was cut off %s', (_, text) => {
    expect(errorOf(text)).toMatchObject({ code: 'truncated' })
  })

  it('says where it is broken', () => {
    expect(errorOf('<a>\n  <b></c>\n</a>')).toMatchObject({ code: 'malformed', place: { line: 2 } })
    expect(errorOf('<a>\n <b c=1/>\n</a>')).toMatchObject({ code: 'malformed', place: { line: 2 } })
  })

  it('refuses elements that lie too deep in each other', () => {
    expect(errorOf('<a>'.repeat(50_000) + '</a>'.repeat(50_000))).toMatchObject({ code: 'too-deep' })
  })

  it.each([
    ['tags', `<a>${'<b/>'.repeat(4_000_001)}</a>`],
    [
      'attributes',
      `<a>${`<b ${Array.from({ length: 100 }, (_, at) => `c${at}=""`).join(' ')}/>`.repeat(10_001)}</a>`
    ],
    ['attributes in one tag', `<a ${Array.from({ length: 40_000 }, (_, at) => `c${at}=""`).join(' ')}/>`],
    ['text', `<a>${' '.repeat(9 * 1024 * 1024)}</a>`]
  ])('refuses more %s than fit into memory', (_, text) => {
    expect(errorOf(text)).toMatchObject({ code: 'too-large' })
  })

  it.each(['<a __proto__="1"/>', '<a><__proto__><x/></__proto__></a>', '<a><constructor/></a>'])(
    'refuses what no editing program writes: %s',
    (text) => {
      expect(errorOf(text)).toMatchObject({ code: 'malformed' })
    }
  )
})
