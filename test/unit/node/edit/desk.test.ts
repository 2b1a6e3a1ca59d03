import { describe, expect, it } from 'vitest'
import type { StreamFacts } from '../../../../src/jobs/transcode/index.ts'
import type { RootView } from '../../../../src/model/index.ts'
import { EditDesk } from '../../../../src/node/edit/desk.ts'
import type { EditSettings, SearchProgress } from '../../../../src/node/edit/types.ts'
import type { ResolveEdit } from '../../../../src/node/resolve/index.ts'
import { readTimelineText, type TimelineFiles } from '../../../../src/timeline/index.ts'
import { fakeFiles } from '../../timeline/fake-files.ts'

const root: RootView = { id: 'r', name: 'nas', path: '/mnt/nas', visible: true, reason: null }
const noFilters = { extensions: [], rates: [], minDurationMs: 0, only: [], skip: [] }
const wishes = { only: [], skip: [], search: [], handlesMs: null }
const signal = new AbortController().signal

interface Clip {
  name: string
  url?: string
  enabled?: boolean
  kind?: 'Video' | 'Audio'
}

/** An OTIO file with a track for each sequence. */
const otio = (...clips: Clip[]): string =>
  JSON.stringify({
    OTIO_SCHEMA: 'Timeline.1',
    name: 'cut',
    tracks: {
      OTIO_SCHEMA: 'Stack.1',
      children: clips.map(({ name, url, enabled = true, kind = 'Video' }) => ({
        OTIO_SCHEMA: 'Track.1',
        kind,
        children: [
          {
            OTIO_SCHEMA: 'Clip.1',
            name,
            enabled,
            media_reference:
              url === undefined
                ? { OTIO_SCHEMA: 'MissingReference.1' }
                : { OTIO_SCHEMA: 'ExternalReference.1', target_url: url }
          }
        ]
      }))
    }
  })

const noEdit: ResolveEdit = { project: { id: 'p1', name: 'Film' }, sequences: [], notes: [] }

const facts: StreamFacts = {
  rate: { num: 25, den: 1 },
  duration: { num: 10, den: 1 },
  startTimecode: '01:00:00:00',
  reel: null,
  width: 1920,
  height: 1080,
  audio: null
}

function deskOf(
  files: Record<string, string>,
  given: Partial<EditSettings> & {
    roots?: RootView[]
    probe?: Record<string, StreamFacts>
    resolve?: ResolveEdit
    places?: (files: TimelineFiles) => Partial<TimelineFiles>
  } = {}
) {
  const { roots = [root], probe = {}, resolve = noEdit, places = () => ({}), ...settings } = given
  const inMemory = fakeFiles(files)
  const probed: string[] = []
  const written: [string, string][] = []
  const desk = new EditDesk(
    { map: {}, layout: null, filters: noFilters, system: 'posix', ownFolders: [], ...settings },
    {
      files: { ...inMemory, ...places(inMemory) },
      placing: async ({ preset }) =>
        preset === 'auto'
          ? null
          : async (source) => source.replace(/\.\w+$/, '.mov').replace('/nas/', '/out/'),
      roots: async () => roots,
      realPath: async (path) => path,
      writeNew: async (path, text) => {
        written.push([path, text])
        return path
      },
      probeFrames: async () => ({
        rate: { num: 25, den: 1 },
        frameCount: 250,
        startTimecode: null,
        uneven: null
      }),
      probe: async (path) => {
        probed.push(path)
        return probe[path] ?? facts
      },
      resolve: async () => resolve,
      search: async (folders, fits) => ({
        paths: Object.keys(files).filter(
          (path) => folders.some((folder) => path.startsWith(folder)) && fits(path.split('/').at(-1)!)
        ),
        unread: [],
        cut: null
      })
    }
  )
  const find = async (more = {}, text = '/edit/cut.otio') => {
    const view = await desk.open(text, { allAngles: false })
    return desk.find([{ view, sequences: view.sequences.map((_, at) => at) }], { ...wishes, ...more }, signal)
  }
  return { desk, probed, written, find }
}

describe('finding the clips of a timeline', () => {
  it('tells how far it is while it probes what may be a clip that is known by its reel alone', async () => {
    const files: Record<string, string> = {
      '/edit/cut.edl':
        'TITLE: c\nFCM: NON-DROP FRAME\n\n001  REEL7  V  C  01:00:01:00 01:00:02:00 01:00:00:00 01:00:01:00\n'
    }
    for (let at = 0; at < 10; at++) files[`/mnt/nas/${at}.mov`] = 'x'
    const { desk, probed } = deskOf(files)
    const view = await desk.open('/edit/cut.edl', { allAngles: false })
    const told: SearchProgress[] = []
    await desk.find([{ view, sequences: [0] }], wishes, signal, (progress) => told.push(progress))
    expect(probed).toHaveLength(10)
    expect(told).toEqual([0, 4, 8].map((done) => ({ what: 'probe', done, of: 10 })))
  })

  it('takes what is at its path without looking any further', async () => {
    const { find, probed } = deskOf({
      '/edit/cut.otio': otio({ name: 'a', url: 'file:///media/a.mov' }),
      '/media/a.mov': 'x',
      '/mnt/nas/a.mov': 'x'
    })
    const { clips } = await find()
    expect(clips).toMatchObject([{ status: 'found', how: 'path', source: '/media/a.mov', sequence: 'cut' }])
    expect(probed).toEqual([])
  })

  it('finds the other clips where the system does not let it look at one, and says why that is missing', async () => {
    const { find } = deskOf(
      {
        '/edit/cut.otio': otio(
          { name: 'a', url: 'file:///home/anna/a.mov' },
          { name: 'b', url: 'file:///media/b.mov' }
        ),
        '/media/b.mov': 'x'
      },
      {
        places: ({ look }) => ({
          look: async (path) => {
            if (!path.startsWith('/home/anna')) return look(path)
            throw Object.assign(new Error(`EACCES: permission denied, stat '${path}'`), { code: 'EACCES' })
          }
        })
      }
    )
    const { clips } = await find()
    expect(clips).toMatchObject([
      {
        status: 'missing',
        reason: 'this user may not look into a folder of its path, and no file of its name was found'
      },
      { status: 'found', source: '/media/b.mov' }
    ])
  })

  it('lists a folder once, however many clips are missing from it', async () => {
    const names = Array.from({ length: 50 }, (_, at) => ({ name: `${at}`, url: `file:///media/${at}.mov` }))
    const listed: string[] = []
    const { find } = deskOf(
      { '/edit/cut.otio': otio(...names), '/media/other.mov': 'x' },
      {
        places: ({ list }) => ({
          list: async (folder) => {
            listed.push(folder)
            return list(folder)
          }
        })
      }
    )
    await find()
    expect(listed).toEqual(['/', '/media'])
  })

  it('takes a map to a root by the root’s name', async () => {
    const { find } = deskOf(
      {
        '/edit/cut.otio': otio({ name: 'a', url: 'file:///N:/day1/a.mov' }),
        '/mnt/nas/media/day1/a.mov': 'x'
      },
      { map: { 'N:\\': 'nas/media' } }
    )
    const { clips } = await find()
    expect(clips).toMatchObject([{ status: 'found', how: 'map', source: '/mnt/nas/media/day1/a.mov' }])
  })

  it('refuses a map to a root that is not there, naming those that are', async () => {
    const { find } = deskOf({ '/edit/cut.otio': otio({ name: 'a' }) }, { map: { 'N:\\': 'nsa' } })
    await expect(find()).rejects.toMatchObject({
      code: 'no-such-root',
      exitStatus: 2,
      hint: 'The roots here are: nas'
    })
  })

  it('looks for the rest by name under the roots, and probes only files of such names', async () => {
    const { find, probed } = deskOf({
      '/edit/cut.otio': otio(
        { name: 'a', url: 'file:///gone/a.mov' },
        { name: 'b', url: 'file:///gone/b.mov' }
      ),
      '/mnt/nas/day1/a.mov': 'x',
      '/mnt/nas/day1/other.mov': 'x'
    })
    const { clips } = await find()
    expect(clips).toMatchObject([
      { status: 'found', how: 'index', evidence: ['name'], source: '/mnt/nas/day1/a.mov' },
      {
        status: 'missing',
        name: 'b.mov',
        source: null,
        reason: expect.stringContaining('no file of its name')
      }
    ])
    expect(probed).toEqual(['/mnt/nas/day1/a.mov'])
  })

  it('tells of ambiguous clips and guesses nothing', async () => {
    const { find } = deskOf({
      '/edit/cut.otio': otio({ name: 'a', url: 'file:///gone/a.mov' }),
      '/mnt/nas/1/a.mov': 'x',
      '/mnt/nas/2/a.mov': 'x'
    })
    const { clips } = await find()
    expect(clips).toMatchObject([
      {
        status: 'ambiguous',
        source: null,
        candidates: [{ path: '/mnt/nas/1/a.mov' }, { path: '/mnt/nas/2/a.mov' }]
      }
    ])
  })

  it('says which roots it could not search, and that there are none', async () => {
    const edit = { '/edit/cut.otio': otio({ name: 'a' }) }
    const away: RootView = { ...root, visible: false, reason: 'it is not mounted' }
    expect((await deskOf(edit, { roots: [away] }).find()).notes).toEqual([
      'The root nas was not searched: it is not mounted'
    ])
    expect((await deskOf(edit, { roots: [] }).find()).notes).toEqual([
      'No root is declared here, so nothing is looked for by its name.'
    ])
  })

  it('tells which parts are used, in frames of the file that was found', async () => {
    const text = otio({ name: 'a', url: 'file:///media/a.mov' }).replace(
      '"name":"a"',
      '"name":"a","source_range":{"OTIO_SCHEMA":"TimeRange.1","start_time":{"OTIO_SCHEMA":"RationalTime.1","rate":25,"value":100},"duration":{"OTIO_SCHEMA":"RationalTime.1","rate":25,"value":50}}'
    )
    const { find } = deskOf({ '/edit/cut.otio': text, '/media/a.mov': 'x' })
    expect((await find()).clips).toMatchObject([{ parts: null }])
    expect((await find({ handlesMs: 1_000 })).clips).toMatchObject([
      { parts: [{ start: 75, end: 175, timecode: null }] }
    ])
  })

  it('says which files are queued whole because their use is not told', async () => {
    const { find } = deskOf({
      '/edit/cut.otio': otio({ name: 'a', url: 'file:///media/a.mov' }),
      '/media/a.mov': 'x'
    })
    expect((await find({ handlesMs: 0 })).notes).toEqual([
      '/media/a.mov is queued whole: the timeline does not tell which part of it is used (another speed?)'
    ])
    expect((await find()).notes).toEqual([])
  })

  it('leaves out what is switched off, only heard or filtered, with the reason', async () => {
    const { find, probed } = deskOf(
      {
        '/edit/cut.otio': otio(
          { name: 'off', url: 'file:///media/off.mov', enabled: false },
          { name: 'song', url: 'file:///media/song.mov', kind: 'Audio' },
          { name: 'wild', url: 'file:///media/wild.mov' },
          { name: 'short', url: 'file:///media/short.mov' },
          { name: 'gone', url: 'file:///media/gone.mp4' }
        ),
        '/media/off.mov': 'x',
        '/media/wild.mov': 'x',
        '/media/short.mov': 'x'
      },
      { filters: { ...noFilters, minDurationMs: 20_000, extensions: ['mov'] } }
    )
    const { clips } = await find({ skip: ['wild*'] })
    expect(clips.map(({ status, reason }) => [status, reason])).toEqual([
      ['left-out', 'switched off in the edit'],
      ['left-out', 'only its sound is used'],
      ['left-out', 'skipped by wild*'],
      ['left-out', '10 s is shorter than 20 s'],
      ['left-out', '.mp4 is not among the endings mov']
    ])
    expect(probed).toEqual(['/media/short.mov'])
  })
})

describe('an edit in DaVinci Resolve', () => {
  const medium = (name: string, own: Partial<ResolveEdit['sequences'][number]['media'][number]> = {}) =>
    ({
      path: `/card/${name}`,
      name,
      aliases: [],
      reel: null,
      startTime: null,
      startTimecode: null,
      rate: null,
      duration: null,
      video: true,
      audio: false,
      imageSequence: false,
      enabled: true,
      mediaId: `m ${name}`,
      uses: [],
      ...own
    }) as ResolveEdit['sequences'][number]['media'][number]

  it('is an edit like any other, whose files remember their clips', async () => {
    const media = [
      medium('a.mov'),
      medium('b.mov', { enabled: false }),
      medium('gone.mov'),
      medium('c.mov', { path: null })
    ]
    const skipped = [{ kind: 'generator', name: 'Text+', path: null, count: 2 } as const]
    const sequences = [{ id: 't1', name: 'Cut', rate: null, media, skipped }]
    const { desk } = deskOf(
      { '/card/a.mov': 'x', '/card/b.mov': 'x', '/mnt/nas/new/gone.mov': 'x' },
      { resolve: { project: { id: 'p1', name: 'Film' }, sequences, notes: ['a note'] } }
    )
    const { view, notes } = await desk.openResolve('current', signal)
    expect(notes).toEqual(['a note'])
    expect(view).toEqual({
      file: 'Film',
      format: 'resolve',
      sequences: [{ name: 'Cut', rate: null, clips: 4 }]
    })
    const { clips } = await desk.find([{ view, sequences: [0] }], wishes, signal)
    expect(clips).toMatchObject([
      { timeline: 'Film', status: 'found', mediaId: 'm a.mov', source: '/card/a.mov' },
      { status: 'left-out', reason: 'switched off in the edit' },
      { status: 'found', how: 'index', mediaId: 'm gone.mov', source: '/mnt/nas/new/gone.mov' },
      { status: 'missing', name: 'c.mov' },
      { status: 'left-out', reason: 'a generator (2 times)' }
    ])
  })
})

describe('outputs that would be one file', () => {
  const placing = { preset: 'p', outDir: null, nameTemplate: null }

  it('are found before anything is queued', async () => {
    const { desk } = deskOf({})
    expect(await desk.collisions(['/nas/a.mov', '/nas/b.mov', '/nas/A.mxf'], placing)).toEqual([
      { output: '/out/a.mov', sources: ['/nas/a.mov', '/nas/A.mxf'] }
    ])
  })

  it('are not known where each file gets a preset of its own', async () => {
    const { desk } = deskOf({})
    expect(await desk.collisions(['/nas/a.mov', '/nas/a.mxf'], { ...placing, preset: 'auto' })).toEqual([])
  })
})

describe('the list for Final Cut Pro', () => {
  const wish = {
    preset: 'p',
    outDir: null,
    nameTemplate: null,
    origins: { '/nas/a.mov': { kind: 'timeline', file: '/edit/My cut.fcpxml' } }
  } as const
  const proxies = [{ source: '/nas/a.mov', output: '/nas/Proxy/a.mov' }]

  it('is written beside the timeline, with original and proxy', async () => {
    const { desk, written } = deskOf({})
    const path = await desk.listForFinalCut(proxies, { ...wish, layout: 'fcp' }, signal)
    expect(path).toBe('/edit/My cut proxies.fcpxml')
    const [event] = readTimelineText('x.fcpxml', written[0]![1]).sequences
    expect(event).toMatchObject({
      name: 'My cut',
      media: [{ path: 'file:///nas/a.mov', startTimecode: '01:00:00:00' }]
    })
    expect(written[0]![1]).toContain('<media-rep kind="proxy-media" src="file:///nas/Proxy/a.mov"/>')
  })

  it('is written for that layout alone, and when the names are its own', async () => {
    const { desk, written } = deskOf({}, { layout: 'fcp' })
    expect(await desk.listForFinalCut(proxies, { ...wish, layout: 'resolve' }, signal)).toBeNull()
    expect(await desk.listForFinalCut(proxies, { ...wish, outDir: '/out' }, signal)).toBeNull()
    expect(await desk.listForFinalCut([], wish, signal)).toBeNull()
    expect(written).toEqual([])
    expect(await desk.listForFinalCut(proxies, wish, signal)).not.toBeNull()
  })
})
