import { describe, expect, it } from 'vitest'
import { rational } from '../../../../src/timeline/index.ts'
import type { ReadOptions } from '../../../../src/timeline/model.ts'
import { readTimelineText } from '../../../../src/timeline/read.ts'
import { errorOf, onlySequence, skippedOf } from './read.ts'

const rate = (base: number, ntsc = false): string =>
  `<rate><timebase>${base}</timebase><ntsc>${ntsc ? 'TRUE' : 'FALSE'}</ntsc></rate>`
const file = (id: string, more = ''): string =>
  `<file id="${id}"><name>${id}.mov</name><pathurl>file://localhost/m/${id}.mov</pathurl>${rate(24)}` +
  `<duration>240</duration>${more}<media><video/><audio/></media></file>`
const item = (inner: string, times = '<in>0</in><out>10</out>'): string =>
  `<clipitem><name>item</name><enabled>TRUE</enabled>${rate(24)}<start>0</start><end>10</end>${times}${inner}</clipitem>`
const sequence = (id: string, video: string, audio = ''): string =>
  `<sequence id="${id}"><name>${id}</name>${rate(24)}<media><video>${video}</video><audio>${audio}</audio></media></sequence>`
const document = (inner: string): string =>
  `<?xml version="1.0"?>\n<!DOCTYPE xmeml>\n<xmeml version="5">${inner}</xmeml>`
const read = (video: string, audio = '', options?: ReadOptions) =>
  onlySequence('x.xml', document(sequence('s', video, audio)), options)
const track = (inner: string): string => `<track>${inner}</track>`

describe('Final Cut 7 XML', () => {
  it('reads a file once and follows later references to its id', () => {
    const { media } = read(track(item(file('a')) + item('<file id="a"/>', '<in>20</in><out>30.0</out>')))
    expect(media).toHaveLength(1)
    expect(media[0]?.uses.map(({ range }) => range)).toEqual([
      { clock: 'first-frame', start: rational(0), duration: rational(10, 24) },
      { clock: 'first-frame', start: rational(20, 24), duration: rational(10, 24) }
    ])
  })

  it('reads a reference that comes before its definition', () => {
    expect(read(track(item('<file id="a"/>') + item(file('a')))).media.map(({ name }) => name)).toEqual([
      'a.mov'
    ])
  })

  it('reads reel, start and NTSC rates', () => {
    const timecode =
      `<timecode>${rate(30, true)}<string>01:00:00;00</string><frame>107892</frame>` +
      '<displayformat>DF</displayformat><reel><name>A001R1</name></reel></timecode>'
    expect(read(track(item(file('a', timecode)))).media).toMatchObject([
      {
        reel: 'A001R1',
        startTimecode: '01:00:00;00',
        startTime: rational(107_892 * 1001, 30_000),
        duration: rational(10)
      }
    ])
  })

  it('counts in the rate of the clip item, which may be another than the file’s', () => {
    const slow = item(file('a')).replace(rate(24), rate(12))
    expect(read(track(slow)).media[0]?.uses).toMatchObject([{ range: { duration: rational(10, 12) } }])
  })

  it.each([
    ['in and out are not told', item(file('a'), '<in>-1</in><out>-1</out>')],
    [
      'the speed is changed',
      item(`${file('a')}<filter><effect><effectid>timeremap</effectid></effect></filter>`)
    ],
    ['it is frozen', item(`${file('a')}<stillframe>TRUE</stillframe>`)]
  ])('takes the whole file when %s', (_, clip) => {
    expect(read(track(clip)).media[0]?.uses).toMatchObject([{ range: null }])
  })

  it('follows sequences in clips, also by reference, and tells them apart from the project’s own', () => {
    const inner = sequence('inner', track(item(file('a'))))
    const outer = sequence('outer', track(item(inner) + item('<sequence id="inner"/>')))
    const { sequences } = readTimelineText(
      'x.xml',
      document(`<project><children>${outer}</children></project>`)
    )
    expect(sequences.map(({ name, media }) => [name, media.length])).toEqual([['outer', 1]])
  })

  it('counts a sequence that is both in the project and in a clip as the project’s, too', () => {
    const outer = sequence('outer', track(item(sequence('inner', track(item(file('a')))))))
    const text = document(`<children>${outer}<sequence id="inner"/></children>`)
    expect(readTimelineText('x.xml', text).sequences.map(({ name }) => name)).toEqual(['outer', 'inner'])
  })

  it('uses of a nested sequence what the track is for', () => {
    const inner = sequence('inner', track(item(file('v'))), track(item(file('a'))))
    expect(read(track(item(inner))).media.map(({ name }) => name)).toEqual(['v.mov'])
    expect(read('', track(item(inner))).media.map(({ name }) => name)).toEqual(['a.mov'])
  })

  it('refuses a sequence that contains itself', () => {
    const error = errorOf('x.xml', document(sequence('s', track(item('<sequence id="s"/>')))))
    expect(error).toMatchObject({ code: 'cycle' })
    expect(error.message).toContain('s (s) > s (s)')
  })

  describe('with multiclips', () => {
    const angle = (id: string, active: boolean): string =>
      `<angle><activevideoangle>${active ? 'TRUE' : 'FALSE'}</activevideoangle><activeaudioangle>FALSE</activeaudioangle>` +
      `<clip><media><video>${track(item(file(id)))}</video></media></clip></angle>`
    const multiclip = (first: boolean): string =>
      track(item(`<multiclip>${angle('a', first)}${angle('b', false)}</multiclip>`))

    it('takes the active angle, or all when asked or when none is marked', () => {
      const names = (video: string, options?: ReadOptions): string[] =>
        read(video, '', options).media.map(({ name }) => name)
      expect(names(multiclip(true))).toEqual(['a.mov'])
      expect(names(multiclip(true), { allAngles: true })).toEqual(['a.mov', 'b.mov'])
      expect(names(multiclip(false))).toEqual(['a.mov', 'b.mov'])
    })
  })

  it('is switched off with its track or clip', () => {
    const off = item(file('a')).replace('<enabled>TRUE', '<enabled>FALSE')
    const { media } = read(track(off) + track(`<enabled>FALSE</enabled>${item(file('b'))}`))
    expect(media.map(({ name, enabled }) => [name, enabled])).toEqual([
      ['a.mov', false],
      ['b.mov', false]
    ])
  })

  it('skips generators, titles, slugs, stills and renders without a path', () => {
    const sequenceRead = read(
      track(
        '<generatoritem><name>Text</name><effect><effectcategory>Text</effectcategory></effect></generatoritem>' +
          '<generatoritem><name>Bars</name><effect><effectcategory>Bars</effectcategory></effect></generatoritem>' +
          item('<file id="sl"><name>Slug</name><mediaSource>Slug</mediaSource></file>') +
          item('<file id="r"><name>/</name></file>') +
          item(file('logo').replaceAll('.mov', '.psd'))
      )
    )
    expect(sequenceRead.media).toEqual([])
    expect(skippedOf(sequenceRead)).toEqual([
      'title Text ×1',
      'generator Bars ×1',
      'generator Slug ×1',
      'no-media / ×1',
      'still logo.psd ×1'
    ])
  })

  it('keeps an offline clip by its name', () => {
    expect(read(track(item('<file id="o"><name>lost.mov</name></file>'))).media).toMatchObject([
      { path: null, name: 'lost.mov' }
    ])
  })

  it('reads the clips of bins where there is no sequence', () => {
    const text = document(`<bin><children><clip><name>c</name>${file('a')}</clip></children></bin>`)
    expect(onlySequence('bin.xml', text)).toMatchObject({ name: 'bin', media: [{ name: 'a.mov' }] })
  })

  it('says where a number is none', () => {
    const text = document(sequence('s', track(item(file('a'), '\n<in>zero</in><out>1</out>'))))
    expect(errorOf('x.xml', text)).toMatchObject({
      code: 'malformed',
      message: '"zero" in <in> is no number',
      place: { line: 4, column: 1 }
    })
  })
})
