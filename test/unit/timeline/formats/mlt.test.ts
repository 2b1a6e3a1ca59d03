import { describe, expect, it } from 'vitest'
import { rational } from '../../../../src/timeline/index.ts'
import { readTimelineText } from '../../../../src/timeline/read.ts'
import { errorOf, onlySequence, skippedOf } from './read.ts'

const producer = (id: string, properties: Record<string, string>, name = 'producer'): string =>
  `<${name} id="${id}" in="0" out="99">${Object.entries({ mlt_service: 'avformat', ...properties })
    .map(([key, value]) => `<property name="${key}">${value}</property>`)
    .join('')}</${name}>`
const document = (inner: string, root = ''): string =>
  `<mlt root="${root}"><profile frame_rate_num="25" frame_rate_den="1"/>${inner}</mlt>`
const playlist = (entries: string): string =>
  `<playlist id="pl">${entries}</playlist><tractor id="t"><track producer="pl"/></tractor>`
const read = (inner: string, root?: string) => onlySequence('x.mlt', document(inner, root))
const entry = (id: string, more = 'in="0" out="24"'): string => `<entry producer="${id}" ${more}/>`

describe('MLT and Kdenlive', () => {
  it('plays both the first and the last frame of an entry', () => {
    const { media } = read(producer('p', { resource: '/a.mov' }) + playlist(entry('p', 'in="10" out="34"')))
    expect(media[0]?.uses).toMatchObject([
      { range: { clock: 'first-frame', start: rational(10, 25), duration: rational(1) } }
    ])
  })

  it.each([
    ['00:00:00.960', 24],
    ['00:00:00,960', 24],
    ['00:00:00:24', 24],
    ['24', 24],
    ['0.96', 24],
    ['01:00.96', 60 * 25 + 24],
    ['1:00:00.960', 3600 * 25 + 24]
  ])('reads the time %s', (out, frame) => {
    const { media } = read(
      producer('p', { resource: '/a.mov' }) + playlist(entry('p', `in="0" out="${out}"`))
    )
    expect(media[0]?.uses).toMatchObject([{ range: { duration: rational(frame + 1, 25) } }])
  })

  it('takes the original of a proxy, of Kdenlive and of Shotcut', () => {
    const proxies =
      producer('k', { resource: '/proxy/x.mkv', 'kdenlive:originalurl': '/m/k.mov' }) +
      producer(
        's',
        { resource: '/proxies/y.mp4', 'shotcut:proxy': '1', 'shotcut:resource': '/m/s.mov' },
        'chain'
      )
    const { media } = read(proxies + playlist(entry('k') + entry('s')))
    expect(media.map(({ path }) => path)).toEqual(['/m/k.mov', '/m/s.mov'])
  })

  it('takes the whole file of a time warp, without the speed before its name', () => {
    const warped = producer('w', { mlt_service: 'timewarp', resource: '-2.5:/m/w.mov' })
    expect(read(warped + playlist(entry('w'))).media).toMatchObject([
      { path: '/m/w.mov', uses: [{ range: null }] }
    ])
    const named = producer('w', { mlt_service: 'timewarp', resource: '2:x', warp_resource: '/m/v.mov' })
    expect(read(named + playlist(entry('w'))).media).toMatchObject([{ path: '/m/v.mov' }])
    const remapped =
      '<chain id="c"><property name="resource">/c.mov</property><link mlt_service="timeremap"/></chain>'
    expect(read(remapped + playlist(entry('c'))).media).toMatchObject([{ uses: [{ range: null }] }])
  })

  it('puts the root before relative names only', () => {
    const files = producer('r', { resource: 'sub/r.mov' }) + producer('a', { resource: 'C:/a.mov' })
    const { media } = read(files + playlist(entry('r') + entry('a')), '/project/')
    expect(media.map(({ path }) => path)).toEqual(['/project/sub/r.mov', 'C:/a.mov'])
  })

  it('knows what a hidden half of a track leaves, and a track that is switched off', () => {
    const tracks = ['video', 'audio', 'both']
      .map((hide) => `<playlist id="${hide}">${entry(`p-${hide}`)}</playlist>`)
      .join('')
    const producers = ['video', 'audio', 'both']
      .map((id) => producer(`p-${id}`, { resource: `/${id}.mov` }))
      .join('')
    const tractor =
      '<tractor id="t"><track producer="video" hide="video"/><track producer="audio" hide="audio"/><track producer="both" hide="both"/></tractor>'
    const { media } = read(producers + tracks + tractor)
    expect(media.map(({ path, enabled, uses }) => [path, enabled, uses[0]?.track])).toEqual([
      ['/video.mov', true, 'audio'],
      ['/audio.mov', true, 'video'],
      ['/both.mov', false, 'both']
    ])
  })

  it('reads inline producers and old multitracks', () => {
    const inline = `<playlist id="a"><entry in="0" out="1">${producer('p', { resource: '/a.mov' })}</entry></playlist>`
    const tractor = '<tractor id="t"><multitrack><track producer="a"/></multitrack></tractor>'
    expect(read(inline + tractor).media).toMatchObject([{ path: '/a.mov' }])
  })

  it('tells still from series, and skips what makes its own pictures', () => {
    const all =
      producer('q', { mlt_service: 'qimage', resource: '/still.png' }) +
      producer('n', { mlt_service: 'qimage', resource: '/series/.all.png' }) +
      producer('c', { mlt_service: 'color', resource: 'red' }) +
      producer('t', { mlt_service: 'kdenlivetitle', resource: '', 'kdenlive:clipname': 'Hello' }) +
      producer('x', { mlt_service: 'xml', resource: '/other.mlt' })
    const sequence = read(
      all + playlist(`${['q', 'n', 'c', 't', 'x'].map((id) => entry(id)).join('')}<blank length="5"/>`)
    )
    expect(sequence.media).toMatchObject([{ path: '/series/.all.png', imageSequence: true }])
    expect(skippedOf(sequence)).toEqual([
      'still still.png ×1',
      'generator red ×1',
      'title Hello ×1',
      'project /other.mlt ×1',
      'gap  ×1'
    ])
  })

  describe('with sequences', () => {
    const uuid = (id: string): string =>
      `<property name="kdenlive:uuid">{${id}}</property><property name="kdenlive:clipname">${id}</property>`
    const sequence = (id: string, inner: string): string =>
      `<playlist id="pl-${id}">${inner}</playlist><tractor id="{${id}}">${uuid(id)}<track producer="pl-${id}"/></tractor>`
    const project = (id: string): string =>
      `<tractor id="project"><property name="kdenlive:projectTractor">1</property><track producer="{${id}}"/></tractor>`

    it('gives the opened one first, with what lies in those that it uses', () => {
      const text = document(
        producer('p', { resource: '/p.mov' }) +
          sequence('inner', entry('p')) +
          sequence('main', entry('{inner}')) +
          project('main')
      )
      const { sequences } = readTimelineText('x.kdenlive', text)
      expect(sequences.map(({ name, media }) => [name, media.length])).toEqual([
        ['main', 1],
        ['inner', 1]
      ])
    })

    it('refuses one that contains itself', () => {
      const text = document(sequence('a', entry('{b}')) + sequence('b', entry('{a}')) + project('a'))
      expect(errorOf('x.kdenlive', text)).toMatchObject({
        code: 'cycle',
        message: expect.stringContaining('contains itself')
      })
    })
  })

  it('does not take the bin for the edit', () => {
    const text =
      '<mlt producer="main_bin"><playlist id="main_bin"><entry producer="p"/></playlist>' +
      `${producer('p', { resource: '/p.mov' })}<playlist id="empty"/><tractor id="t"><track producer="empty"/></tractor></mlt>`
    expect(onlySequence('x.mlt', text).media).toEqual([])
  })

  it('says which time and which rate is none', () => {
    const broken = producer('p', { resource: '/a.mov' }) + playlist(entry('p', 'in="0" out="soon"'))
    expect(errorOf('x.mlt', document(broken))).toMatchObject({ message: '"soon" in <entry> is no time' })
    expect(errorOf('x.mlt', document(broken).replace('="25"', '="0"'))).toMatchObject({ code: 'malformed' })
  })
})
