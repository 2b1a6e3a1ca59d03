import { describe, expect, it } from 'vitest'
import { rational } from '../../../../src/timeline/index.ts'
import type { ReadOptions } from '../../../../src/timeline/model.ts'
import { errorOf, onlySequence, skippedOf } from './read.ts'

const asset = (id: string, more = ''): string =>
  `<asset id="${id}" name="${id}" start="0s" duration="100s" hasVideo="1" hasAudio="1" format="f" ${more}>` +
  `<media-rep kind="proxy-media" src="file:///p/${id}.mov"/><media-rep kind="original-media" src="file:///m/${id}.mov"/></asset>`
const document = (resources: string, spine: string): string =>
  `<?xml version="1.0"?>\n<!DOCTYPE fcpxml>\n<fcpxml version="1.11"><resources>` +
  `<format id="f" frameDuration="1001/30000s"/>${resources}</resources><library><event name="E">` +
  `<project name="P"><sequence format="f"><spine>${spine}</spine></sequence></project></event></library></fcpxml>`
const read = (resources: string, spine: string, options?: ReadOptions) =>
  onlySequence('x.fcpxml', document(resources, spine), options)
const clip = (ref: string, more = ''): string =>
  `<asset-clip ref="${ref}" offset="0s" duration="10s" ${more}/>`
const names = (resources: string, spine: string, options?: ReadOptions): string[] =>
  read(resources, spine, options).media.map(({ name }) => name)

describe('FCPXML', () => {
  it('takes the original of a file that has a proxy', () => {
    expect(read(asset('a'), clip('a')).media).toMatchObject([
      { path: 'file:///m/a.mov', rate: rational(30_000, 1001), uses: [{ track: 'both' }] }
    ])
  })

  it('counts the range of a component through the clip around it', () => {
    const spine =
      '<clip offset="0s" start="12s" duration="10s"><metadata><md key="com.apple.proapps.studio.reel" value="R7"/></metadata>' +
      '<video ref="a" offset="2s" duration="50s"/></clip>'
    expect(read(asset('a'), spine).media).toMatchObject([
      { reel: 'R7', uses: [{ range: { start: rational(10), duration: rational(10) } }] }
    ])
  })

  it('does not cut a connected clip by the gap that it hangs on', () => {
    const spine = `<gap offset="0s" start="3600s" duration="5s">${clip('a', 'lane="1" start="3s"')}</gap>`
    expect(read(asset('a'), spine).media[0]?.uses).toMatchObject([
      { range: { start: rational(3), duration: rational(10) } }
    ])
  })

  it('counts from the first frame of a file that starts at a timecode, dropped or not', () => {
    const resources = asset('a').replace('start="0s"', 'start="107999892/30000s"')
    const [media] = read(resources, clip('a', 'start="108029892/30000s" tcFormat="DF"')).media
    expect(media).toMatchObject({
      startTime: rational(107_892 * 1001, 30_000),
      startTimecode: '01:00:00;00',
      uses: [{ range: { start: rational(1), duration: rational(10) } }]
    })
    // Without a start of its own, a clip begins where its file does.
    expect(read(resources, clip('a')).media[0]?.uses).toMatchObject([{ range: { start: rational(0) } }])
  })

  it('uses what is heard of a split edit, too', () => {
    const split = clip('a', 'start="20s" audioStart="18s" audioDuration="15s"')
    expect(read(asset('a'), split).media[0]?.uses).toMatchObject([
      { range: { start: rational(18), duration: rational(15) } }
    ])
  })

  it('takes the whole file of a retimed clip', () => {
    const retimed =
      '<asset-clip ref="a" offset="0s" duration="10s"><timeMap><timept time="0s" value="0s"/></timeMap></asset-clip>'
    expect(read(asset('a'), retimed).media[0]?.uses).toMatchObject([{ range: null }])
  })

  it('takes the pick of an audition, or all of it when asked', () => {
    const spine = `<audition>${clip('b')}${clip('a')}</audition>`
    expect(names(asset('a') + asset('b'), spine)).toEqual(['b.mov'])
    expect(names(asset('a') + asset('b'), spine, { allAuditions: true })).toEqual(['b.mov', 'a.mov'])
  })

  describe('with multicam clips', () => {
    const angles = ['a', 'b', 'c']
      .map((id) => `<mc-angle name="${id}" angleID="${id}">${clip(id)}</mc-angle>`)
      .join('')
    const resources = `${asset('a')}${asset('b')}${asset('c')}<media id="m"><multicam>${angles}</multicam></media>`
    const multicam = (sources: string): string =>
      `<mc-clip ref="m" offset="0s" duration="10s">${sources}</mc-clip>`
    const cut = multicam(
      '<mc-source angleID="a" srcEnable="video"/><mc-source angleID="b" srcEnable="audio"/>'
    )

    it('takes the active angles, each for what it is active in', () => {
      const { media } = read(resources, cut)
      expect(media.map(({ name, uses }) => [name, uses[0]?.track])).toEqual([
        ['a.mov', 'video'],
        ['b.mov', 'audio']
      ])
    })

    it('takes all of them when asked, or when none is marked', () => {
      expect(names(resources, cut, { allAngles: true })).toEqual(['a.mov', 'b.mov', 'c.mov'])
      expect(names(resources, multicam(''))).toEqual(['a.mov', 'b.mov', 'c.mov'])
    })

    it('leaves out an angle that is switched off', () => {
      const off = multicam('<mc-source angleID="a"/><mc-source angleID="b" srcEnable="none"/>')
      expect(names(resources, off)).toEqual(['a.mov'])
    })
  })

  it('follows compound clips in compound clips', () => {
    const inner = `<media id="in"><sequence><spine>${clip('a')}</spine></sequence></media>`
    const outer =
      '<media id="out"><sequence><spine><ref-clip ref="in" duration="1s"/></spine></sequence></media>'
    expect(names(asset('a') + inner + outer, '<ref-clip ref="out" offset="0s" duration="1s"/>')).toEqual([
      'a.mov'
    ])
  })

  it('walks each compound clip once, however often they multiply', () => {
    const level = (n: number): string =>
      `<media id="m${n}" name="m${n}"><sequence><spine>${`<ref-clip ref="m${n - 1}" duration="1s"/>`.repeat(10)}</spine></sequence></media>`
    const media = Array.from({ length: 30 }, (_, n) => level(n + 1)).join('')
    const first = `<media id="m0"><sequence><spine>${clip('a')}</spine></sequence></media>`
    expect(names(asset('a') + first + media, '<ref-clip ref="m30" duration="1s"/>')).toEqual(['a.mov'])
  })

  it('refuses a compound clip that contains itself, and names the way round', () => {
    const ring = (id: string, other: string): string =>
      `<media id="${id}" name="${id}"><sequence><spine><ref-clip ref="${other}" duration="1s"/></spine></sequence></media>`
    const error = errorOf(
      'x.fcpxml',
      document(ring('A', 'B') + ring('B', 'A'), '<ref-clip ref="A" duration="1s"/>')
    )
    expect(error).toMatchObject({ code: 'cycle', place: { line: 3 } })
    expect(error.message).toContain('A (A) > B (B) > A (A)')
  })

  it('is switched off with what is around it', () => {
    const spine = `${clip('a', 'enabled="0"')}<gap offset="0s" duration="1s" enabled="0">${clip('b', 'lane="1"')}</gap>`
    expect(read(asset('a') + asset('b'), spine).media.map(({ enabled }) => enabled)).toEqual([false, false])
  })

  it('skips titles, generators, gaps and stills, but not what is connected to them', () => {
    const still = asset('s').replace('duration="100s"', 'duration="0s"')
    const spine =
      `<title name="T" duration="1s">${clip('a', 'lane="-1"')}</title><video ref="e" name="Clouds" duration="1s"/>` +
      '<gap duration="1s"/><video ref="s" duration="1s"/><asset-clip ref="lost" name="L" duration="1s"/>'
    const sequence = read(`${asset('a')}${still}<effect id="e"/>`, spine)
    expect(sequence.media.map(({ name }) => name)).toEqual(['a.mov'])
    expect(skippedOf(sequence)).toEqual([
      'title T ×1',
      'generator Clouds ×1',
      'gap  ×1',
      'still s.mov ×1',
      'no-media L ×1'
    ])
  })

  it('reads the clips of events where there is no project', () => {
    const text = document(asset('a'), '').replace(/<project.*<\/project>/, clip('a'))
    expect(onlySequence('x.fcpxml', text)).toMatchObject({ name: 'E', media: [{ name: 'a.mov' }] })
  })

  it('says which time is none, and which version is not known', () => {
    expect(errorOf('x.fcpxml', document(asset('a'), clip('a', 'start="1,5s"')))).toMatchObject({
      code: 'malformed',
      message: '"1,5s" in <asset-clip> is no time'
    })
    expect(errorOf('x.fcpxml', document('', '').replace('1.11', '2.0'))).toMatchObject({
      code: 'version-unsupported'
    })
    expect(errorOf('x.fcpxml', document(asset('a'), clip('a', 'start="1/0s"')))).toMatchObject({
      code: 'malformed'
    })
  })
})
