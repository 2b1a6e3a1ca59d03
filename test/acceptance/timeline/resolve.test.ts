import { describe, expect, it } from 'vitest'
import { type LinkRequest, linkMany, usualLimits } from '../../../src/timeline/index.ts'
import { film, properties } from '../../fixtures/resolve/scenario.ts'
import { needs, openStage } from './resolve-kit.ts'

/**
 * The bridge scripts, run by a real Python and a real Lua, against stand-ins that obey the documentation: DaVinci Resolve
 * itself cannot be run here.
 */
describe.each(['python', 'lua'] as const)('the bridge to DaVinci Resolve in %s', (language) => {
  it('tells which Resolve and which project it is', async (context) => {
    needs(language, context)
    const { session } = await openStage(language, film())
    expect(session.runtime).toMatch(language === 'python' ? /^Python 3/ : /^LuaJIT 2/)
    expect(await session.hello()).toEqual({
      product: 'DaVinci Resolve Studio',
      version: '20.3.1.6',
      studio: true,
      page: 'edit',
      project: { id: 'p1', name: '映画' }
    })
  })

  it('lists the timelines', async (context) => {
    needs(language, context)
    const { session } = await openStage(language, film())
    const { timelines, problems } = await session.timelines()
    expect(problems).toEqual([])
    expect(timelines).toEqual([
      {
        index: 1,
        id: 't1',
        name: 'Cut 1',
        current: true,
        rate: { num: 24000, den: 1001 },
        startTimecode: '01:00:00:00',
        videoItems: 8,
        audioItems: 1
      },
      {
        index: 2,
        id: 't2',
        name: 'Cut 2',
        current: false,
        rate: { num: 25, den: 1 },
        startTimecode: '01:00:00:00',
        videoItems: 2,
        audioItems: 0
      }
    ])
  })

  it('tells the distinct media of a timeline, whatever lies on its tracks', async (context) => {
    needs(language, context)
    const { session } = await openStage(language, film())
    const { sequence, project, problems } = await session.media('current')
    expect(project.id).toBe('p1')
    expect(problems).toEqual([])
    expect(sequence.skipped).toEqual([
      { kind: 'generator', name: 'Text+', path: null, count: 2 },
      { kind: 'nested', name: 'Compound', path: null, count: 1 },
      { kind: 'still', name: 'logo.png', path: '/gfx/logo.png', count: 1 }
    ])
    const seconds = (from: number, to: number) => [`${from}/25`, `${to - from}/25`]
    const uses = sequence.media.map(({ path, enabled, uses: list, clip }) => ({
      path,
      enabled,
      turned: clip.flips.vertical,
      uses: list.map(({ track, enabled: on, range }) => [
        track,
        on,
        range?.clock === 'first-frame' ? [range.start, range.duration].map(inFrames) : null
      ])
    }))
    expect(uses).toEqual([
      {
        path: '/card/ä/A001.mov',
        enabled: true,
        turned: false,
        uses: [
          ['video', true, seconds(9, 22)],
          ['video', true, seconds(49, 62)],
          ['audio', true, seconds(9, 22)]
        ]
      },
      { path: '/card/B001.mov', enabled: false, turned: true, uses: [['video', false, seconds(4, 7)]] },
      { path: '/card/C001.mov', enabled: false, turned: false, uses: [['video', false, seconds(0, 100)]] }
    ])
  })

  it('takes a timeline by its id or its index', async (context) => {
    needs(language, context)
    const { session } = await openStage(language, film())
    expect((await session.media({ id: 't2' })).sequence.name).toBe('Cut 2')
    expect((await session.media({ index: 2 })).sequence.name).toBe('Cut 2')
    for (const which of [{ id: 't9' }, { index: 0 }, { index: 3 }]) {
      await expect(session.media(which)).rejects.toMatchObject({
        code: 'resolve-no-timeline',
        message: 'there is no such timeline in the project 映画'
      })
    }
  })

  it('says that no timeline is open', async (context) => {
    needs(language, context)
    const { session } = await openStage(language, { ...film(), current: 'p2' })
    expect((await session.timelines()).timelines).toEqual([])
    await expect(session.media('current')).rejects.toMatchObject({
      code: 'resolve-no-timeline',
      message: 'no timeline is open in the project Other'
    })
  })

  it('gets along with a version that has fewer methods', async (context) => {
    needs(language, context)
    const without = [
      ...['GetUniqueId', 'GetIsTrackEnabled', 'GetClipEnabled', 'GetSourceStartFrame', 'GetSourceEndFrame'],
      ...['GetStartTimecode', 'GetCurrentPage']
    ]
    const { session } = await openStage(language, { ...film(), without })
    expect((await session.hello()).project).toEqual({ id: '映画', name: '映画' })
    const { timelines } = await session.timelines()
    expect(timelines.map(({ id, current, startTimecode }) => [id, current, startTimecode])).toEqual([
      [null, true, null],
      [null, false, null]
    ])
    const { sequence } = await session.media({ index: 2 })
    expect(sequence.media.map(({ enabled, uses }) => [enabled, uses[0]?.range])).toEqual([
      [true, null],
      [true, null]
    ])
  })

  it('tells what could not be read beside all the rest', async (context) => {
    needs(language, context)
    const { session } = await openStage(language, { ...film(), raises: ['B', 'mC'] })
    const media = await session.media('current')
    expect(media.sequence.media.map(({ path }) => path)).toEqual(['/card/ä/A001.mov'])
    expect(media.problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/something is wrong with it/),
      expect.stringMatching(/something is wrong with it/)
    ])
    const pool = await session.pool()
    expect(pool.clips.map(({ mediaId }) => mediaId).sort()).toEqual(['mA', 'mB', 'mLogo'])
    expect(pool.problems).toMatchObject([{ name: 'mC' }])
  })

  it('links, tells that it is linked, and takes the link away', async (context) => {
    needs(language, context)
    const { session } = await openStage(language, film())
    const proxyOf = async (mediaId: string) =>
      (await session.pool()).clips.find((clip) => clip.mediaId === mediaId)?.proxy
    const link = { projectId: 'p1', mediaId: 'mA', proxyPath: '/proxy/A001.mov' }
    expect(await session.link({ ...link, proxyPath: '/proxy/short.mov' })).toBe(false)
    expect(await proxyOf('mA')).toEqual({ state: 'none' })
    expect(await session.link(link)).toBe(true)
    expect(await proxyOf('mA')).toEqual({ state: 'linked', path: '/proxy/A001.mov' })
    expect(await session.unlink(link)).toBe(true)
    expect(await proxyOf('mA')).toEqual({ state: 'none' })
  })

  it('finds clips in bins, and says when there is none', async (context) => {
    needs(language, context)
    const { session } = await openStage(language, film())
    const link = { projectId: 'p1', mediaId: 'mB', proxyPath: '/proxy/A001.mov' }
    expect(await session.link(link)).toBe(true)
    await expect(session.link({ ...link, mediaId: 'm9' })).rejects.toMatchObject({
      code: 'resolve-no-clip',
      message: 'the media pool of the project 映画 has no clip m9'
    })
  })

  it('links every item of the media pool that has the media id', async (context) => {
    needs(language, context)
    const scenario = film()
    scenario.projects.p1!.clips!['mA#2'] = { name: 'A copy', properties: properties('/card/ä/A001.mov') }
    const { session } = await openStage(language, scenario)
    expect(await session.link({ projectId: 'p1', mediaId: 'mA', proxyPath: '/proxy/A001.mov' })).toBe(true)
    const { clips } = await session.pool()
    expect(clips.filter(({ mediaId }) => mediaId === 'mA').map(({ proxy }) => proxy.state)).toEqual([
      'linked',
      'linked'
    ])
  })

  it('looks clips up again after the project was closed and opened', async (context) => {
    needs(language, context)
    const { session, stage } = await openStage(language, film())
    const link = { projectId: 'p1', mediaId: 'mA', proxyPath: '/proxy/A001.mov' }
    await session.link(link)
    stage.change({ current: 'p2' })
    await expect(session.link(link)).rejects.toMatchObject({
      code: 'resolve-no-project',
      message: 'another project is open in DaVinci Resolve'
    })
    stage.change({ current: null })
    await expect(session.link(link)).rejects.toMatchObject({ code: 'resolve-no-project' })
    expect((await session.hello()).project).toBeNull()
    stage.change({ current: 'p1' })
    expect(await session.link(link)).toBe(true)
  })

  it('goes on when Resolve was closed and started again', async (context) => {
    needs(language, context)
    const { session, stage } = await openStage(language, film())
    stage.change({ running: false })
    await expect(session.timelines()).rejects.toMatchObject({ code: 'resolve-closed' })
    stage.change({ running: true })
    expect((await session.timelines()).timelines).toHaveLength(2)
  })

  it('does not take a long walk through the media pool for silence', async (context) => {
    needs(language, context)
    const limits = { ...usualLimits, silenceMs: 2_000 }
    const slow = { on: 'GetClipProperty', seconds: 0.7 }
    const { session } = await openStage(language, { ...film(), slow }, { surroundings: { limits } })
    expect((await session.pool()).clips).toHaveLength(4)
  })

  it('does not mistake what a library prints for an answer', async (context) => {
    needs(language, context)
    const { session, words } = await openStage(language, { ...film(), noise: '{"id":1,"result":{}}' })
    expect((await session.hello()).studio).toBe(true)
    expect(words).toContain('{"id":1,"result":{}}')
  })

  it('links a batch clip by clip, with all that may go wrong', async (context) => {
    needs(language, context)
    const scenario = film()
    const { clips } = scenario.projects.p1!
    clips!.mD = { name: 'D', properties: properties('/card/D001.mov', { Frames: '50' }) }
    clips!.mE = {
      name: 'E',
      properties: properties('/card/E001.mov', {
        Proxy: 'オフライン',
        'Proxy Media Path': '/old/E001.mov'
      })
    }
    clips!.mF = {
      name: 'F',
      properties: properties('/card/F001.mov', { Proxy: '640x360', 'Proxy Media Path': '/proxy/A001.mov' })
    }
    const { session } = await openStage(language, scenario)
    const facts = { rate: { num: 25, den: 1 }, frameCount: 100, startTimecode: '01:00:00:00' }
    const request = (name: string, own: Partial<LinkRequest> = {}): LinkRequest => ({
      clip: { sourcePath: `/card/${name}001.mov` },
      proxyPath: '/proxy/A001.mov',
      proxyIdentity: '1',
      facts: { proxy: facts, source: facts },
      ...own
    })
    const options = { replace: false, retryRefused: false }
    const requests = [
      request('ä/A'),
      request('B', { facts: { proxy: { ...facts, frameCount: 99 }, source: facts } }),
      request('D'),
      request('E'),
      request('F'),
      request('Z')
    ]
    const { reports, refusals } = await linkMany(session, requests, [], options)
    expect(reports.map(({ outcome }) => outcome)).toMatchObject([
      { status: 'linked' },
      { status: 'refused', by: 'facts' },
      { status: 'refused', by: 'resolve', reason: expect.stringMatching(/to have 50 frames/) },
      { status: 'linked' },
      { status: 'already-linked' },
      { status: 'not-in-project' }
    ])
    expect(refusals).toHaveLength(1)
    const again = await linkMany(session, requests, refusals, options)
    expect(again.reports.map(({ outcome }) => outcome.status)).toEqual([
      'already-linked',
      'refused',
      'refused',
      'already-linked',
      'already-linked',
      'not-in-project'
    ])
    expect(again.refusals).toEqual(refusals)
  })

  it('holds nothing against a proxy that was refused for an open Project Manager', async (context) => {
    needs(language, context)
    const { session, stage } = await openStage(language, { ...film(), page: null })
    const request: LinkRequest = {
      clip: { mediaId: 'mA' },
      proxyPath: '/proxy/A001.mov',
      proxyIdentity: '1',
      facts: null
    }
    const options = { replace: false, retryRefused: false }
    const first = await linkMany(session, [request], [], options)
    expect(first.reports[0]?.outcome.status).toBe('pending')
    stage.change({ page: 'edit' })
    const second = await linkMany(session, [request], first.refusals, options)
    expect(second.reports[0]?.outcome.status).toBe('linked')
  })
})

const inFrames = ({ num, den }: { num: number; den: number }): string => `${(num * 25) / den}/25`
