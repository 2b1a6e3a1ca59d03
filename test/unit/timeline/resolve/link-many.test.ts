import { describe, expect, it } from 'vitest'
import { TimelineError } from '../../../../src/timeline/errors.ts'
import { type ClipProxy, type ResolveClip, readClips } from '../../../../src/timeline/resolve/clips.ts'
import {
  type LinkRefusal,
  type LinkRequest,
  type LinkSession,
  linkMany
} from '../../../../src/timeline/resolve/link-many.ts'
import { properties } from '../../../fixtures/resolve/scenario.ts'

const facts = { rate: { num: 25, den: 1 }, frameCount: 100, startTimecode: '01:00:00:00' }
const sourcePath = '/card/A001.mov'
const proxyPath = '/proxy/A001.mov'
const options = { replace: false, retryRefused: false }

const request = (own: Partial<LinkRequest> = {}): LinkRequest => ({
  clip: { sourcePath },
  proxyPath,
  proxyIdentity: '1000@1',
  facts: { proxy: facts, source: facts },
  ...own
})

const clip = (mediaId: string, own: Partial<ResolveClip> = {}): ResolveClip => ({
  ...readClips([{ id: mediaId, name: mediaId, properties: properties(sourcePath) }])[0]!.clip,
  ...own
})

const linkedTo = (path: string): ClipProxy => ({ state: 'linked', path })

/** A Resolve that answers as told, and remembers what it was asked. */
function pretend(
  clips: ResolveClip[],
  {
    link = () => true,
    page = 'edit'
  }: { link?: (mediaId: string, path: string) => boolean; page?: string | null } = {}
) {
  const asked: string[] = []
  const project = { id: 'p1', name: 'Film' }
  const session: LinkSession = {
    hello: async () => ({
      product: 'DaVinci Resolve Studio',
      version: '20',
      studio: true,
      page,
      project
    }),
    pool: async () => ({ project, clips, problems: [] }),
    link: async ({ mediaId, proxyPath: path }) => {
      asked.push(`${mediaId} ${path}`)
      return link(mediaId, path)
    }
  }
  return { session, asked }
}

const fails = (code: TimelineError['code']) => () => {
  throw new TimelineError(code, `it is ${code}`)
}

const outcomes = async (
  session: LinkSession | null,
  requests: LinkRequest[],
  memory: LinkRefusal[] = [],
  own: Partial<typeof options> = {}
) => {
  const result = await linkMany(session, requests, memory, { ...options, ...own })
  return { ...result, outcomes: result.reports.map(({ outcome }) => outcome) }
}

describe('linkMany', () => {
  it('links every clip that has the source', async () => {
    const other = clip('mOther', { path: '/card/B001.mov' })
    const { session, asked } = pretend([clip('m1'), other, clip('m2')])
    const { reports } = await outcomes(session, [request()])
    expect(reports.map(({ clip, outcome }) => [clip?.mediaId, outcome.status])).toEqual([
      ['m1', 'linked'],
      ['m2', 'linked']
    ])
    expect(asked).toEqual([`m1 ${proxyPath}`, `m2 ${proxyPath}`])
  })

  it('finds a source however its path is written', async () => {
    const { session } = pretend([clip('m1', { path: 'D:\\Card\\A\u0308.mov' })])
    const { outcomes: found } = await outcomes(session, [
      request({ clip: { sourcePath: 'd:/card/\u00e4.MOV' } })
    ])
    expect(found).toEqual([{ status: 'linked' }])
  })

  it('links clips of one media id by one request to Resolve', async () => {
    const { session, asked } = pretend([clip('m1'), clip('m1')])
    await outcomes(session, [request({ clip: { mediaId: 'm1' } })])
    expect(asked).toEqual([`m1 ${proxyPath}`])
  })

  it('leaves what is linked already', async () => {
    const { session, asked } = pretend([clip('m1', { proxy: linkedTo(proxyPath) })])
    expect((await outcomes(session, [request()])).outcomes).toEqual([{ status: 'already-linked' }])
    expect(asked).toEqual([])
  })

  it('links again what is linked but offline', async () => {
    const { session } = pretend([clip('m1', { proxy: { state: 'offline', path: proxyPath } })])
    expect((await outcomes(session, [request()])).outcomes).toEqual([{ status: 'linked' }])
  })

  it('replaces another proxy only when asked to', async () => {
    const mine = '/proxy/by-hand.mov'
    const { session, asked } = pretend([clip('m1', { proxy: linkedTo(mine) })])
    expect((await outcomes(session, [request()])).outcomes).toEqual([
      { status: 'other-proxy', linkedPath: mine }
    ])
    expect(asked).toEqual([])
    expect((await outcomes(session, [request()], [], { replace: true })).outcomes).toEqual([
      { status: 'linked' }
    ])
  })

  it('does not replace what it has just linked itself', async () => {
    const { session } = pretend([clip('m1')])
    const second = request({ proxyPath: '/proxy/second.mov' })
    expect((await outcomes(session, [request(), second])).outcomes).toEqual([
      { status: 'linked' },
      { status: 'other-proxy', linkedPath: proxyPath }
    ])
  })

  it('does not try what differs from its source', async () => {
    const { session, asked } = pretend([clip('m1')])
    const short = request({ facts: { proxy: { ...facts, frameCount: 99 }, source: facts } })
    expect((await outcomes(session, [short])).outcomes).toMatchObject([
      { status: 'refused', by: 'facts', mismatches: ['frame-count'] }
    ])
    expect(asked).toEqual([])
  })

  it('goes on after a clip that Resolve refuses, and remembers it', async () => {
    const { session } = pretend([clip('m1'), clip('m2')], { link: (mediaId) => mediaId === 'm2' })
    const { outcomes: found, refusals } = await outcomes(session, [request()])
    expect(found).toMatchObject([{ status: 'refused', by: 'resolve' }, { status: 'linked' }])
    expect(refusals).toMatchObject([{ projectId: 'p1', mediaId: 'm1', proxyPath, proxyIdentity: '1000@1' }])
  })

  it('does not try again what was refused until the proxy changes', async () => {
    const first = pretend([clip('m1')], { link: () => false })
    const { refusals } = await outcomes(first.session, [request()])
    const kept = JSON.parse(JSON.stringify(refusals)) as LinkRefusal[]

    const second = pretend([clip('m1')])
    const again = await outcomes(second.session, [request()], kept)
    expect(again.outcomes).toMatchObject([{ status: 'refused', by: 'earlier', reason: refusals[0]?.reason }])
    expect(again.refusals).toEqual(kept)
    expect(second.asked).toEqual([])

    const changed = await outcomes(second.session, [request({ proxyIdentity: '2000@2' })], kept)
    expect(changed.outcomes).toEqual([{ status: 'linked' }])
    expect(changed.refusals).toEqual([])
  })

  it('remembers the newer proxy when that is refused too', async () => {
    const { session } = pretend([clip('m1')], { link: () => false })
    const { refusals } = await outcomes(session, [request()])
    const { refusals: newer } = await outcomes(session, [request({ proxyIdentity: 'new' })], refusals)
    expect(newer).toMatchObject([{ proxyIdentity: 'new' }])
  })

  it('tries again what was refused when a person asks for it', async () => {
    const { refusals } = await outcomes(pretend([clip('m1')], { link: () => false }).session, [request()])
    const { session } = pretend([clip('m1')])
    expect((await outcomes(session, [request()], refusals, { retryRefused: true })).outcomes).toEqual([
      { status: 'linked' }
    ])
  })

  it('forgets no refusal of other clips or projects', async () => {
    const other: LinkRefusal = {
      projectId: 'p9',
      mediaId: 'm1',
      proxyPath,
      proxyIdentity: '1000@1',
      reason: 'because',
      hint: ''
    }
    const { outcomes: found, refusals } = await outcomes(pretend([clip('m1')]).session, [request()], [other])
    expect(found).toEqual([{ status: 'linked' }])
    expect(refusals).toEqual([other])
  })

  it('keeps everything for later when Resolve is closed', async () => {
    const result = await linkMany(null, [request(), request()], [], options)
    expect(result.reports.map(({ outcome }) => outcome.status)).toEqual(['pending', 'pending'])
    expect(result.project).toBeNull()
  })

  it('says at once that a proxy does not fit, also when Resolve is closed', async () => {
    const short = request({ facts: { proxy: { ...facts, frameCount: 99 }, source: facts } })
    expect((await outcomes(null, [short])).outcomes).toMatchObject([{ status: 'refused', by: 'facts' }])
  })

  it('keeps the rest for later when Resolve is closed in the middle', async () => {
    const { session, asked } = pretend([clip('m1'), clip('m2'), clip('m3')], {
      link: (mediaId) => (mediaId === 'm1' ? true : fails('resolve-closed')())
    })
    const { outcomes: found, refusals } = await outcomes(session, [request()])
    expect(found).toEqual([
      { status: 'linked' },
      { status: 'pending', reason: 'it is resolve-closed' },
      { status: 'pending', reason: 'it is resolve-closed' }
    ])
    expect(asked).toHaveLength(2)
    expect(refusals).toEqual([])
  })

  it('keeps everything for later when the media pool cannot be read', async () => {
    const { session } = pretend([])
    for (const code of ['resolve-no-project', 'resolve-silent', 'resolve-failed'] as const) {
      const { outcomes: found } = await outcomes({ ...session, pool: async () => fails(code)() }, [request()])
      expect(found).toEqual([{ status: 'pending', reason: `it is ${code}` }])
    }
  })

  it('does not hold an open Project Manager against a proxy', async () => {
    const { session, asked } = pretend([clip('m1'), clip('m2')], { link: () => false, page: null })
    const { outcomes: found, refusals } = await outcomes(session, [request()])
    expect(found.map(({ status }) => status)).toEqual(['pending', 'pending'])
    expect(found[0]).toHaveProperty('reason', expect.stringMatching(/Project Manager is open/))
    expect(refusals).toEqual([])
    expect(asked).toHaveLength(1)
  })

  it('goes on after a clip that Resolve stumbles over', async () => {
    const { session } = pretend([clip('m1'), clip('m2'), clip('m3')], {
      link: (mediaId) => {
        if (mediaId === 'm1') fails('resolve-failed')()
        if (mediaId === 'm2') fails('resolve-no-clip')()
        return true
      }
    })
    expect((await outcomes(session, [request()])).outcomes.map(({ status }) => status)).toEqual([
      'pending',
      'not-in-project',
      'linked'
    ])
  })

  it('says which clips are not in the project', async () => {
    const { session } = pretend([clip('m1')])
    const { reports } = await outcomes(session, [request({ clip: { mediaId: 'm9' } })])
    expect(reports).toMatchObject([{ clip: null, outcome: { status: 'not-in-project' } }])
  })

  it('names what Resolve itself believes of the clip as the likely cause', async () => {
    const reasonFor = async (own: Partial<ResolveClip>, asked = request()) => {
      const { session } = pretend([clip('m1', own)], { link: () => false })
      const [found] = (await outcomes(session, [asked])).outcomes
      return found?.status === 'refused' ? found.reason : ''
    }
    expect(await reasonFor({ frameCount: 50 })).toMatch(/takes A001.mov to have 50 frames, the file has 100/)
    expect(await reasonFor({ startTimecode: '02:00:00:00' })).toMatch(
      /takes A001.mov to start at 02:00:00:00, the file starts at 01:00:00:00/
    )
    expect(await reasonFor({})).toMatch(/Project Manager was open, or it cannot read the proxy's codec/)
    expect(await reasonFor({}, request({ facts: null }))).toMatch(/frame rate, frame count or start timecode/)
  })

  it('passes on what is a mistake of the program', async () => {
    const { session } = pretend([clip('m1')], {
      link: () => {
        throw new RangeError('a bug')
      }
    })
    await expect(outcomes(session, [request()])).rejects.toThrow('a bug')
  })
})
