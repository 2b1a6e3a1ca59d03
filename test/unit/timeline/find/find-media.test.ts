import { describe, expect, it } from 'vitest'
import {
  findInIndex,
  findMedia,
  type IndexedFile,
  namesFit,
  rational,
  type TimelineMedia
} from '../../../../src/timeline/index.ts'
import { fakeFiles } from '../fake-files.ts'
import { medium } from '../media.ts'

const nowhere = { timelineFolder: null, maps: [], system: 'posix' as const }

const file = (path: string, known: Partial<IndexedFile> = {}): IndexedFile => ({
  path,
  reel: null,
  startTimecode: null,
  duration: null,
  rate: rational(24),
  ...known
})

describe('finding a medium by its path', () => {
  it('takes the path as it is written first', async () => {
    const files = fakeFiles({ '/mnt/a b.mov': 'x', '/here/a b.mov': 'x' })
    const settings = { ...nowhere, maps: [{ from: '/mnt', to: '/here' }] }
    const outcome = await findMedia(medium({ path: 'file:///mnt/a%20b.mov' }), settings, files, [])
    expect(outcome).toEqual({ status: 'found', path: '/mnt/a b.mov', how: 'path' })
  })

  it('takes a name with a percent sign literally where it is there so', async () => {
    const files = fakeFiles({ '/mnt/100%25.mov': 'x' })
    const outcome = await findMedia(medium({ path: 'file:///mnt/100%25.mov' }), nowhere, files, [])
    expect(outcome).toEqual({ status: 'found', path: '/mnt/100%25.mov', how: 'path' })
  })

  it('then looks where a path map says', async () => {
    const files = fakeFiles({ '/mnt/nas/day1/a.mov': 'x' })
    const settings = { ...nowhere, maps: [{ from: 'N:\\media', to: '/mnt/nas' }] }
    const outcome = await findMedia(medium({ path: 'N:\\Media\\Day1\\a.mov' }), settings, files, [])
    expect(outcome).toEqual({ status: 'found', path: '/mnt/nas/day1/a.mov', how: 'map' })
  })

  it('never takes a Windows path for one of this machine', async () => {
    const files = fakeFiles({ '/media/a.mov': 'x' })
    const outcome = await findMedia(medium({ path: 'D:\\media\\a.mov' }), nowhere, files, [])
    expect(outcome).toEqual({ status: 'missing', similar: [] })
  })

  it('starts relative paths at the folder of the timeline', async () => {
    const files = fakeFiles({ '/project/footage/a.mov': 'x' })
    const settings = { ...nowhere, timelineFolder: '/project/edit' }
    const outcome = await findMedia(medium({ path: '../footage/a.mov' }), settings, files, [])
    expect(outcome).toEqual({ status: 'found', path: '/project/footage/a.mov', how: 'beside-timeline' })
  })

  it('does not climb out of the target of a map', async () => {
    const files = fakeFiles({ '/secret.mov': 'x', '/here/a.mov': 'x' })
    const settings = { ...nowhere, maps: [{ from: '/mnt', to: '/here' }] }
    const outcome = await findMedia(medium({ path: '/../mnt/../secret.mov' }), settings, files, [])
    expect(outcome.status).toBe('missing')
  })

  it.each([
    ['composed in the edit, decomposed on disk', '/m/Caf\u00e9/\u00e9.mov', '/m/Cafe\u0301/e\u0301.mov'],
    ['decomposed in the edit, composed on disk', '/m/Cafe\u0301/e\u0301.mov', '/m/Caf\u00e9/\u00e9.mov'],
    ['in another case', '/M/Day1/A001.MOV', '/m/day1/a001.mov']
  ])('finds names %s', async (_, written, there) => {
    const outcome = await findMedia(medium({ path: written }), nowhere, fakeFiles({ [there]: 'x' }), [])
    expect(outcome).toEqual({ status: 'found', path: there, how: 'path' })
  })

  it('does not choose between names that differ in case only', async () => {
    const files = fakeFiles({ '/m/a.mov': 'x', '/m/A.mov': 'x', '/m/exact.mov': 'x', '/m/Exact.mov': 'x' })
    const outcome = await findMedia(medium({ path: '/m/a.MOV' }), nowhere, files, [])
    expect(outcome.status === 'ambiguous' && outcome.candidates.map(({ path }) => path).sort()).toEqual([
      '/m/A.mov',
      '/m/a.mov'
    ])
    expect(await findMedia(medium({ path: '/m/exact.mov' }), nowhere, files, [])).toMatchObject({
      status: 'found',
      path: '/m/exact.mov'
    })
  })

  it('is ambiguous where two maps of one prefix both have the file', async () => {
    const files = fakeFiles({ '/n1/a.mov': 'x', '/n2/a.mov': 'x' })
    const maps = [
      { from: '/v', to: '/n1' },
      { from: '/v', to: '/n2' }
    ]
    const outcome = await findMedia(medium({ path: '/v/a.mov' }), { ...nowhere, maps }, files, [])
    expect(outcome.status).toBe('ambiguous')
  })

  it('does not take a folder for a file', async () => {
    const files = fakeFiles({ '/m/a.mov/inside.txt': 'x' })
    expect((await findMedia(medium({ path: '/m/a.mov' }), nowhere, files, [])).status).toBe('missing')
  })
})

describe('finding a medium in the index', () => {
  const shot: TimelineMedia = medium({
    path: 'file:///Volumes/RAID/day2/A001.mov',
    startTime: rational(3600),
    reel: 'A001R1'
  })

  it('takes the one file of that name, and tells what else agreed', () => {
    const there = file('/nas/A001.MOV', { startTimecode: '01:00:00:00', reel: 'A001R1' })
    expect(findInIndex(shot, [file('/nas/B.mov'), there])).toEqual({
      status: 'found',
      path: '/nas/A001.MOV',
      how: 'index',
      evidence: ['name', 'reel', 'timecode']
    })
  })

  it('tells when the name is all that agreed', () => {
    expect(findInIndex(shot, [file('/nas/A001.mov')])).toMatchObject({ evidence: ['name'] })
  })

  it.each([
    ['timecode', { startTimecode: '02:00:00:00' }],
    ['reel', { reel: 'B002' }]
  ])('does not take a file with another %s', (conflict, known) => {
    expect(findInIndex(shot, [file('/nas/A001.mov', known)])).toEqual({
      status: 'missing',
      similar: [{ path: '/nas/A001.mov', conflicts: [conflict] }]
    })
  })

  it('does not take a file of another length or rate', () => {
    const known = medium({ path: '/x/a.mov', duration: rational(10), rate: rational(24) })
    const other = file('/nas/a.mov', { duration: rational(12), rate: rational(25) })
    expect(findInIndex(known, [other])).toMatchObject({ similar: [{ conflicts: ['duration', 'rate'] }] })
    const oneFrameMore = file('/nas/a.mov', { duration: rational(241, 24) })
    expect(findInIndex(known, [oneFrameMore])).toMatchObject({ evidence: ['name', 'duration'] })
  })

  it('chooses between files of one name by what tells them apart', () => {
    const right = file('/nas/card2/A001.mov', { startTimecode: '01:00:00:00' })
    const wrong = file('/nas/card1/A001.mov', { startTimecode: '05:00:00:00' })
    expect(findInIndex(shot, [wrong, right])).toMatchObject({ status: 'found', path: right.path })
  })

  it('chooses by the folders above, and says so', () => {
    const files = [file('/nas/day1/A001.mov'), file('/nas/day2/A001.mov')]
    expect(findInIndex(shot, files)).toEqual({
      status: 'found',
      path: '/nas/day2/A001.mov',
      how: 'index',
      evidence: ['name', 'folders']
    })
  })

  it('never chooses between files that nothing tells apart', () => {
    const files = [file('/nas/x/A001.mov'), file('/nas/y/A001.mov')]
    expect(findInIndex(shot, files)).toEqual({
      status: 'ambiguous',
      candidates: files.map(({ path }) => ({ path, evidence: ['name'] }))
    })
  })

  it('does not take a file of another ending for one whose path is known', () => {
    expect(findInIndex(shot, [file('/nas/A001.mp4')]).status).toBe('missing')
    expect(namesFit([shot])('A001.mp4')).toBe(false)
  })

  it('lets the name of a clip stand for a file with an ending', () => {
    const clip = medium({ name: 'interview', aliases: ['A001.mov'] })
    expect(namesFit([clip])('Interview.mxf')).toBe(true)
    expect(findInIndex(clip, [file('/nas/A002.mov'), file('/nas/Interview.mxf')])).toMatchObject({
      status: 'found',
      path: '/nas/Interview.mxf'
    })
    expect(namesFit([clip])('A001.mov')).toBe(true)
    expect(namesFit([clip])('A002.mov')).toBe(false)
  })

  it('takes a start of zero for no statement', () => {
    const unknown = medium({ path: '/x/a.mov', startTime: rational(0) })
    const there = file('/nas/a.mov', { startTimecode: '01:00:00:00' })
    expect(findInIndex(unknown, [there])).toMatchObject({ status: 'found', evidence: ['name'] })
  })

  describe('by the reel of an EDL', () => {
    const event = medium({
      name: 'ZZ100_50',
      reel: 'ZZ100_50',
      uses: [
        {
          range: { clock: 'timecode', from: '01:00:04:05', to: '01:00:05:12' },
          track: 'video',
          enabled: true
        }
      ]
    })
    const roll = (reel: string, start: string): IndexedFile =>
      file(`/nas/${reel}-${start[1]}.mov`, { reel, startTimecode: start, duration: rational(60) })

    it('needs the timecode to lie in the file, since the reel is cut to 8 characters', () => {
      const files = [roll('ZZ100_501', '01:00:00:00'), roll('ZZ100_502', '02:00:00:00')]
      expect(findInIndex(event, files)).toEqual({
        status: 'found',
        path: '/nas/ZZ100_501-1.mov',
        how: 'index',
        evidence: ['reel', 'timecode']
      })
    })

    it('reads colons as the file counts, whose numbers are dropped', () => {
      const range = { clock: 'timecode', from: '01:09:59:10', to: '01:10:00:00' } as const
      const atEnd = { ...event, uses: [{ range, track: 'video', enabled: true } as const] }
      const there = file('/nas/ZZ100_501.mov', {
        reel: 'ZZ100_501',
        startTimecode: '01:09:00;02',
        rate: rational(30_000, 1001),
        duration: rational(1_798 * 1001, 30_000)
      })
      expect(findInIndex(atEnd, [there])).toMatchObject({ status: 'found', evidence: ['reel', 'timecode'] })
    })

    it('is ambiguous when two such reels have the timecode', () => {
      const files = [roll('ZZ100_501', '01:00:00:00'), roll('ZZ100_502', '01:00:00:00')]
      expect(findInIndex(event, files).status).toBe('ambiguous')
    })

    it('does not take a short reel for the beginning of a longer one', () => {
      const short = { ...event, name: 'A1', reel: 'A1' }
      expect(findInIndex(short, [roll('A12', '01:00:00:00')]).status).toBe('missing')
      expect(findInIndex(short, [roll('A1', '01:00:00:00')]).status).toBe('found')
    })

    it('is missing when the reel fits and nothing tells its timecode', () => {
      expect(findInIndex(event, [file('/nas/a.mov', { reel: 'ZZ100_501' })]).status).toBe('missing')
    })
  })
})
