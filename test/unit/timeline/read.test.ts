import { describe, expect, it } from 'vitest'
import {
  isTimelinePath,
  readTimeline,
  TimelineError,
  type TimelineFiles
} from '../../../src/timeline/index.ts'
import { timelineLimits } from '../../../src/timeline/limits.ts'
import { fakeFiles } from './fake-files.ts'

const otio = '{"OTIO_SCHEMA":"Timeline.1","name":"T"}'
const fcpxml = '<fcpxml version="1.10"><library><event><project name="P"/></event></library></fcpxml>'
const xmeml = '<!DOCTYPE xmeml>\n<xmeml version="4"><sequence><name>S</name></sequence></xmeml>'
const edl = 'TITLE: E\n001  R1 V C 01:00:00:00 01:00:01:00 00:00:00:00 00:00:01:00\n'
const mlt = '<mlt><playlist id="p"/></mlt>'
const kdenlive =
  '<mlt><playlist id="main_bin"><property name="kdenlive:docproperties.version">1</property></playlist></mlt>'

const formatOf = async (name: string, content: string | Uint8Array): Promise<string> =>
  (await readTimeline(`/e/${name}`, fakeFiles({ [`/e/${name}`]: content }))).format

const failure = async (path: string, files: TimelineFiles): Promise<TimelineError> => {
  const error = await readTimeline(path, files).then(
    () => null,
    (reason: unknown) => reason
  )
  if (error instanceof TimelineError) return error
  throw new Error(`no TimelineError: ${error}`)
}
const failureOf = (name: string, content: string | Uint8Array): Promise<TimelineError> =>
  failure(`/e/${name}`, fakeFiles({ [`/e/${name}`]: content }))

describe('the kind of a timeline', () => {
  it.each([
    ['a.otio', otio, 'otio'],
    ['a.fcpxml', fcpxml, 'fcpxml'],
    ['a.xml', fcpxml, 'fcpxml'],
    ['a.xml', xmeml, 'xmeml'],
    ['wrong ending.edl', xmeml, 'xmeml'],
    ['a.edl', edl, 'edl'],
    ['a.txt', edl, 'edl'],
    ['a.mlt', mlt, 'mlt'],
    ['a.kdenlive', mlt, 'kdenlive'],
    ['backup.xml', kdenlive, 'kdenlive']
  ])('of %s is told by what is in it', async (name, content, format) => {
    expect(await formatOf(name, content)).toBe(format)
  })

  it.each([
    ['UTF-16, little end first', Buffer.from(`\uFEFF${xmeml}`, 'utf16le')],
    ['UTF-16, big end first', Buffer.from(`\uFEFF${xmeml}`, 'utf16le').swap16()],
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${xmeml}`)],
    [
      'Latin 1, declared',
      Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${xmeml.replace('S<', '\u00e9<')}`, 'latin1')
    ]
  ])('is read in %s', async (_, content) => {
    expect(await formatOf('a.xml', content)).toBe('xmeml')
  })

  it('reads an EDL of an old system in Windows-1252', async () => {
    const files = fakeFiles({ '/e/a.edl': Buffer.from(`${edl}* FROM CLIP NAME: caf\u00e9.mov\n`, 'latin1') })
    expect((await readTimeline('/e/a.edl', files)).sequences[0]?.media[0]?.name).toBe('caf\u00e9.mov')
  })

  it.each(['cut.otio', 'a.FCPXML', 'b.xml', 'D:\\x\\c.edl', 'c.fcpxmld/', 'd.aaf', 'e.prproj'])(
    'is guessed from a path such as %s',
    (path) => {
      expect(isTimelinePath(path)).toBe(true)
    }
  )

  it.each(['a.mov', 'otio', 'a.constructor'])('is not guessed from %s', (path) => {
    expect(isTimelinePath(path)).toBe(false)
  })
})

describe('a bundle', () => {
  it('of Final Cut and of OpenTimelineIO is read, with its folder for relative paths', async () => {
    const files = fakeFiles({ '/e/a.fcpxmld/Info.fcpxml': fcpxml, '/e/b.otiod/content.otio': otio })
    expect(await readTimeline('/e/a.fcpxmld', files)).toMatchObject({
      format: 'fcpxml',
      folder: '/e/a.fcpxmld'
    })
    expect(await readTimeline('/e/b.otiod/', files)).toMatchObject({ format: 'otio', folder: '/e/b.otiod' })
  })

  it('without its document is refused', async () => {
    const files = fakeFiles({ '/e/a.fcpxmld/x': '', '/e/clips/x': '' })
    expect(await failure('/e/a.fcpxmld', files)).toMatchObject({ code: 'malformed' })
    expect(await failure('/e/clips', files)).toMatchObject({ code: 'not-a-timeline' })
  })
})

describe('what is no timeline that can be read', () => {
  it.each([
    ['cut.aaf', 'AAF'],
    ['cut.prproj', 'a Premiere project'],
    ['cut.drp', 'a DaVinci Resolve project']
  ])('%s is named, with the formats to export instead', async (name, what) => {
    const error = await failureOf(name, 'x')
    expect(error).toMatchObject({ code: 'format-unsupported', message: `/e/${name}: ${what} is not read` })
    expect(error.hint).toMatch(/OpenTimelineIO.*FCPXML.*Final Cut 7 XML.*EDL/)
  })

  it('an AAF is known by its first bytes, whatever it is called', async () => {
    const bytes = Buffer.from('d0cf11e0a1b11ae1', 'hex')
    expect(await failureOf('cut.otio', bytes)).toMatchObject({ code: 'format-unsupported' })
  })

  it.each([
    ['a.xml', '<html></html>', 'not-a-timeline'],
    ['a.txt', 'hello', 'not-a-timeline'],
    ['a.json', '{"a":1}', 'not-a-timeline'],
    ['a.otio', 'hello', 'malformed'],
    ['a.fcpxml', 'hello', 'malformed'],
    ['a.edl', '', 'empty-file'],
    ['a.xml', Buffer.from(xmeml.replace('S<', '\u00e9<'), 'latin1'), 'encoding'],
    ['a.xml', `<?xml version="1.0" encoding="klingon"?>${xmeml}`, 'encoding'],
    ['bomb.xml', `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n<xmeml>&b;</xmeml>`, 'entities']
  ])('%s with %j is refused as %s', async (name, content, code) => {
    const error = await failureOf(name, content)
    expect(error).toMatchObject({ code })
    expect(error.message).toMatch(/^\/e\/[^\n]+$/)
    expect(error.hint).not.toBeNull()
  })

  it('names file, line and column', async () => {
    const text = `<fcpxml version="1.10">\n  <library>\n</fcpxml>`
    expect((await failureOf('a.fcpxml', text)).message).toMatch(
      /^\/e\/a\.fcpxml:\d+:\d+: it is not well-formed/
    )
  })

  it('is refused by its size before it is read', async () => {
    const files: TimelineFiles = {
      ...fakeFiles({}),
      look: async () => ({ kind: 'file', sizeBytes: timelineLimits.fileSizeBytes + 1 }),
      read: async (_, start, length) => {
        if (start + length > 4_096) throw new Error('it was read')
        return Buffer.from('<xmeml>')
      }
    }
    expect(await failure('/e/a.xml', files)).toMatchObject({ code: 'too-large' })
  })

  it('says so when there is no such file, or when the system refuses', async () => {
    expect(await failure('/e/none.otio', fakeFiles({}))).toMatchObject({ code: 'no-such-file' })
    const denied: TimelineFiles = {
      ...fakeFiles({ '/e/a.otio': otio }),
      read: async () =>
        Promise.reject(Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' }))
    }
    expect(await failure('/e/a.otio', denied)).toMatchObject({
      code: 'unreadable',
      message: '/e/a.otio cannot be read: EACCES: permission denied'
    })
  })
})
