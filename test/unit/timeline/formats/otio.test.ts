import { describe, expect, it } from 'vitest'
import { rational } from '../../../../src/timeline/index.ts'
import { errorOf, onlySequence, skippedOf } from './read.ts'

const time = (value: number, rate = 24) => ({ OTIO_SCHEMA: 'RationalTime.1', value, rate })
const range = (start: number, duration: number, rate = 24) => ({
  OTIO_SCHEMA: 'TimeRange.1',
  start_time: time(start, rate),
  duration: time(duration, rate)
})
const external = (url: string, more = {}) => ({
  OTIO_SCHEMA: 'ExternalReference.1',
  target_url: url,
  ...more
})
const clip = (more: object) => ({ OTIO_SCHEMA: 'Clip.2', name: 'c', ...more })
const track = (children: unknown[], more = {}) => ({
  OTIO_SCHEMA: 'Track.1',
  kind: 'Video',
  children,
  ...more
})
const timeline = (children: unknown[]): string =>
  JSON.stringify({
    OTIO_SCHEMA: 'Timeline.1',
    name: 'T',
    tracks: { OTIO_SCHEMA: 'Stack.1', children }
  })
const read = (children: unknown[]) => onlySequence('x.otio', timeline(children))

describe('OpenTimelineIO', () => {
  it('counts used ranges from the first frame where the file starts at a timecode', () => {
    const media = external('file:///m/a.mov', { available_range: range(86_400, 240) })
    const [a] = read([track([clip({ media_reference: media, source_range: range(86_424, 48) })])]).media
    expect(a).toMatchObject({
      startTime: rational(3600),
      startTimecode: '01:00:00:00',
      duration: rational(10),
      uses: [{ range: { clock: 'first-frame', start: rational(1), duration: rational(2) }, track: 'video' }]
    })
  })

  it('reads the active one of several references', () => {
    const references = { DEFAULT_MEDIA: external('/hi.mov'), proxy: external('/lo.mov') }
    const one = clip({ media_references: references, active_media_reference_key: 'proxy' })
    const other = clip({ media_references: references })
    expect(read([track([one, other])]).media.map(({ path }) => path)).toEqual(['/lo.mov', '/hi.mov'])
  })

  it('reads rates as programs round them: 23.976023976023978 is 24000/1001', () => {
    const media = external('/a.mov', { available_range: range(0, 100, 23.976023976023978) })
    expect(read([track([clip({ media_reference: media })])]).media[0]).toMatchObject({
      rate: rational(24_000, 1001),
      duration: rational(100 * 1001, 24_000)
    })
  })

  it('takes the whole file when a clip plays at another speed', () => {
    const slow = clip({
      media_reference: external('/a.mov'),
      source_range: range(0, 10),
      effects: [{ OTIO_SCHEMA: 'LinearTimeWarp.1', time_scalar: 0.5 }]
    })
    expect(read([track([slow])]).media[0]?.uses).toMatchObject([{ range: null }])
  })

  it('is switched off with a track, a stack or a clip', () => {
    const used = (path: string, more = {}) => clip({ media_reference: external(path), ...more })
    const { media } = read([
      track([used('/on.mov'), used('/off.mov', { enabled: false })]),
      track([used('/track.mov'), used('/on.mov')], { enabled: false })
    ])
    expect(media.map(({ path, enabled }) => [path, enabled])).toEqual([
      ['/on.mov', true],
      ['/off.mov', false],
      ['/track.mov', false]
    ])
  })

  it('skips gaps, generators and stills, and says so', () => {
    const sequence = read([
      track([
        { OTIO_SCHEMA: 'Gap.1' },
        { OTIO_SCHEMA: 'Transition.1' },
        clip({ name: 'Bars', media_reference: { OTIO_SCHEMA: 'GeneratorReference.1' } }),
        clip({ media_reference: external('/logo.png') })
      ])
    ])
    expect(sequence.media).toEqual([])
    expect(skippedOf(sequence)).toEqual(['gap  ×1', 'generator Bars ×1', 'still logo.png ×1'])
  })

  it('gives a numbered series of pictures by its pattern', () => {
    const series = {
      OTIO_SCHEMA: 'ImageSequenceReference.1',
      target_url_base: 'file:///shots/s1',
      name_prefix: 's1.',
      name_suffix: '.exr',
      start_frame: 101,
      frame_zero_padding: 4,
      rate: 24
    }
    expect(read([track([clip({ media_reference: series })])]).media).toMatchObject([
      { path: 'file:///shots/s1/s1.%04d.exr', imageSequence: true }
    ])
  })

  it('knows sound by its track and by its file', () => {
    const { media } = read([
      track([clip({ media_reference: external('/a.wav') }), clip({ media_reference: external('/v.mov') })]),
      track([clip({ media_reference: external('/v.mov') })], { kind: 'Audio' })
    ])
    expect(media.map(({ path, video, audio }) => [path, video, audio])).toEqual([
      ['/a.wav', false, true],
      ['/v.mov', true, true]
    ])
  })

  it('reads each timeline of a collection', () => {
    const text = JSON.stringify({
      OTIO_SCHEMA: 'SerializableCollection.1',
      children: [JSON.parse(timeline([])), JSON.parse(timeline([track([])]))]
    })
    expect(() => onlySequence('x.otio', text)).toThrow('2 sequences')
  })

  it('reads one file through two spellings of its path', () => {
    const { media } = read([
      track([
        clip({ media_reference: external('file:///m/a%20b.mov') }),
        clip({ media_reference: external('/m/a b.mov') })
      ])
    ])
    expect(media).toHaveLength(1)
  })

  it('says where broken JSON breaks', () => {
    expect(errorOf('x.otio', '{\n  "OTIO_SCHEMA": "Timeline.1",\n  oops\n}')).toMatchObject({
      code: 'malformed',
      place: { line: 3, column: 3 }
    })
    expect(errorOf('x.otio', timeline([track([])]).slice(0, -20))).toMatchObject({ code: 'truncated' })
  })

  it.each([
    ['a clip with a time that is none', [track([clip({ source_range: { start_time: 'x' } })])]],
    [
      'a rate of zero',
      [track([clip({ media_reference: external('/a.mov'), source_range: range(0, 1, 0) })])]
    ],
    [
      'a time beyond all measure',
      [track([clip({ media_reference: external('/a.mov'), source_range: range(1e300, 1) })])]
    ],
    ['a child that is no object', [track(['x'])]]
  ])('refuses %s', (_, children) => {
    expect(errorOf('x.otio', timeline(children))).toMatchObject({ code: 'malformed' })
  })

  it('refuses stacks that lie too deep in each other, without running out of stack', () => {
    const deep = '{"OTIO_SCHEMA":"Stack.1","children":['.repeat(50_000) + ']}'.repeat(50_000)
    expect(errorOf('x.otio', deep)).toMatchObject({ code: 'too-deep' })
  })

  it('refuses a file of millions of objects before it builds them', () => {
    expect(
      errorOf('x.otio', `{"OTIO_SCHEMA":"Timeline.1","x":[${'{},'.repeat(2_000_000)}{}]}`)
    ).toMatchObject({
      code: 'too-large'
    })
  })
})
