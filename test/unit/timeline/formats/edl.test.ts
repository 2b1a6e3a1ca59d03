import { describe, expect, it } from 'vitest'
import { errorOf, onlySequence, skippedOf } from './read.ts'

const event = (
  number: number,
  reel: string,
  more: { track?: string; kind?: string; to?: string } = {}
): string =>
  `${String(number).padStart(3, '0')}  ${reel} ${more.track ?? 'V'}     ${more.kind ?? 'C'}        ` +
  `01:00:04:05 ${more.to ?? '01:00:05:12'} 00:59:53:11 00:59:54:18`
const read = (...lines: string[]) => onlySequence('cut.edl', ['TITLE: Cut', ...lines].join('\r\n'))

describe('an EDL', () => {
  it('names media by FROM CLIP, not by FROM CLIP NAME, where it is a path', () => {
    const { media } = read(event(1, 'ZZ100_50'), '* FROM CLIP NAME: take', '* FROM CLIP: S:\\a\\b.mov')
    expect(media).toMatchObject([
      { path: 'S:\\a\\b.mov', name: 'b.mov', aliases: ['take'], reel: 'ZZ100_50' }
    ])
  })

  it('keeps clips of one cut reel apart by their source files', () => {
    const { media } = read(
      event(1, 'ZZ100_50'),
      '* FROM CLIP NAME: x',
      '* SOURCE FILE: A.mov',
      event(2, 'ZZ100_50'),
      '* SOURCE FILE: B.mov'
    )
    expect(media.map(({ name }) => name)).toEqual(['A.mov', 'B.mov'])
  })

  it('knows AX as no reel and BL as black', () => {
    const sequence = read(event(1, 'AX'), '* FROM CLIP NAME: a.mov', event(2, 'BL'))
    expect(sequence.media).toMatchObject([{ name: 'a.mov', reel: null }])
    expect(skippedOf(sequence)).toEqual(['gap  ×1'])
  })

  it('gives FROM to the leaving and TO to the coming clip of a dissolve', () => {
    const { media } = read(
      event(1, 'R1'),
      '* FROM CLIP NAME: A.mov',
      event(2, 'R1', { to: '01:00:04:05' }),
      event(2, 'R2', { kind: 'D    024' }),
      '* FROM CLIP NAME: A.mov',
      '* TO CLIP NAME: B.mov'
    )
    expect(media.map(({ name, reel }) => [name, reel])).toEqual([
      ['A.mov', 'R1'],
      ['B.mov', 'R2']
    ])
  })

  it('does not use the line of no length that a dissolve begins with', () => {
    const { media } = read(event(1, 'R1', { to: '01:00:04:05' }), event(1, 'R2', { kind: 'D 012' }))
    expect(media.map(({ reel }) => reel)).toEqual(['R2'])
  })

  it('knows the long name of a reel that was replaced', () => {
    const { media } = read(event(1, 'LONG_RE1'), 'FINAL CUT PRO REEL: LONG_REEL_NAME REPLACED BY: LONG_RE1')
    expect(media).toMatchObject([{ reel: 'LONG_REEL_NAME' }])
  })

  it('takes the whole file where M2 changes the speed', () => {
    const { media } = read(event(1, 'R1'), 'M2   R1       048.0                01:00:04:05', event(2, 'R2'))
    expect(media.map(({ uses }) => uses[0]?.range)).toEqual([
      null,
      { clock: 'timecode', from: '01:00:04:05', to: '01:00:05:12' }
    ])
  })

  it.each([
    ['V', 'video'],
    ['V2', 'video'],
    ['A', 'audio'],
    ['A2', 'audio'],
    ['AA/V', 'both'],
    ['B', 'both'],
    ['NONE', 'video']
  ])('knows the channel %s', (track, kind) => {
    expect(read(event(1, 'R1', { track })).media[0]?.uses).toMatchObject([{ track: kind }])
  })

  it('reads reels with spaces, wipes, drop-frame timecodes and old encodings', () => {
    const line = '000001 MY REEL 7 V W001 024 01:00:04;05 01:00:05;12 00:59:53;11 00:59:54;18'
    expect(read(line).media).toMatchObject([{ reel: 'MY REEL 7' }])
  })

  it('skips stills, by remark and by name', () => {
    const sequence = read(
      event(1, 'AX'),
      '* FROM CLIP NAME: logo.png',
      event(2, 'AX'),
      '* FROM CLIP NAME: frozen.mov',
      '* FROM CLIP IS A STILL'
    )
    expect(skippedOf(sequence)).toEqual(['still logo.png ×1', 'still frozen.mov ×1'])
  })

  it('names the line that is broken', () => {
    const broken = ['TITLE: x', event(1, 'R1'), '002  R2 V     C        01:00:04:05 01:00', event(3, 'R3')]
    expect(errorOf('cut.edl', broken.join('\n'))).toMatchObject({ code: 'malformed', place: { line: 3 } })
    expect(errorOf('cut.edl', broken.slice(0, 3).join('\n'))).toMatchObject({ code: 'truncated' })
    expect(errorOf('cut.edl', event(1, 'R1').replace('01:00:04:05', '01:99:04:05'))).toMatchObject({
      code: 'malformed',
      message: '01:99:04:05 is no timecode'
    })
  })

  it('is none without a single event', () => {
    expect(errorOf('cut.edl', 'TITLE: x\nhello')).toMatchObject({ code: 'malformed' })
  })

  it('is read in a moment, whatever its lines look like', () => {
    const hostile = `TITLE: x\n001 ${'a '.repeat(5_000_000)}\n001 ${' '.repeat(4_000_000)}x`
    expect(errorOf('cut.edl', hostile)).toMatchObject({ code: 'malformed' })
  })
})
