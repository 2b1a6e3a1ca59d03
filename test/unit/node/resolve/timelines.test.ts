import { describe, expect, it } from 'vitest'
import type { TimelineChoice } from '../../../../src/model/index.ts'
import { listTimelines, readResolve } from '../../../../src/node/resolve/timelines.ts'
import type { ResolveMediaList, ResolveTimeline, WhichTimeline } from '../../../../src/timeline/index.ts'
import { clip, PretendResolve, project } from './kit.ts'

const timeline = (index: number, name: string, own: Partial<ResolveTimeline> = {}): ResolveTimeline => ({
  index,
  id: `t${index}`,
  name,
  current: index === 1,
  rate: { num: 24000, den: 1001 },
  startTimecode: '01:00:00:00',
  videoItems: 3,
  audioItems: 1,
  ...own
})

function given(timelines: ResolveTimeline[]) {
  const resolve = new PretendResolve()
  resolve.clips = []
  resolve.timelines = timelines
  const asked: WhichTimeline[] = []
  const open = async () => {
    const session = await resolve.connect()
    if ('missing' in session) return session
    const media = async (which: WhichTimeline): Promise<ResolveMediaList> => {
      asked.push(which)
      const made = {
        path: '/card/A.mov',
        name: 'A.mov',
        video: true,
        audio: false,
        enabled: true,
        imageSequence: false,
        clip: clip('mA', '/card/A.mov', { flips: { horizontal: null, vertical: true } })
      } as ResolveMediaList['sequence']['media'][number]
      const sequence = { id: 't', name: 'Cut', rate: null, media: [made], skipped: [] }
      return { project, sequence, problems: [] }
    }
    return { ...session, media }
  }
  return { resolve, asked, open, read: (choice: TimelineChoice) => readResolve(open, choice) }
}

const refusal = (message: string) => expect.objectContaining({ code: 'no-such-timeline', message })

describe('timelines', () => {
  it('are listed with rates as fractions', async () => {
    const { open, resolve } = given([timeline(1, 'Cut 1'), timeline(2, 'Cut 2', { rate: null })])
    expect(await listTimelines(open)).toMatchObject({
      project,
      timelines: [
        { index: 1, name: 'Cut 1', current: true, rate: '24000/1001' },
        { index: 2, name: 'Cut 2', current: false, rate: null }
      ]
    })
    expect(resolve.open).toBe(0)
  })

  it('are chosen by name, by place, all of them, or the one that is open', async () => {
    const { asked, read } = given([timeline(1, 'Cut 1'), timeline(2, 'Cut 2', { id: null })])
    await read({ names: ['Cut 2', 'Cut 1'] })
    expect(asked.splice(0)).toEqual([{ index: 2 }, { id: 't1' }])
    await read({ indexes: [2] })
    expect(asked.splice(0)).toEqual([{ index: 2 }])
    await read('all')
    expect(asked.splice(0)).toEqual([{ id: 't1' }, { index: 2 }])
    expect(await read('current')).toMatchObject({
      project,
      sequences: [{ name: 'Cut', media: [{ path: '/card/A.mov' }] }],
      notes: ['A.mov is turned over in Resolve; its proxy is made as the file is: look how it stands there.']
    })
    expect(asked).toEqual(['current'])
  })

  it('refuse a name that none or several have', async () => {
    const { read, resolve } = given([timeline(1, 'Cut'), timeline(2, 'Cut')])
    await expect(read({ names: ['Cat'] })).rejects.toEqual(refusal('the project Film has no timeline Cat'))
    await expect(read({ names: ['Cut'] })).rejects.toEqual(refusal('the project Film has 2 timelines Cut'))
    resolve.trouble = 'resolve-closed'
    await expect(read('all')).rejects.toMatchObject({ code: 'resolve-away' })
    expect(resolve.open).toBe(0)
  })
})
