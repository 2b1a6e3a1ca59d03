import { describe, expect, it } from 'vitest'
import type { LinkLine, LinkResult, TimelinesView } from '../../../../src/model/index.ts'
import { NodeError } from '../../../../src/node/errors.ts'
import { cli } from '../fakes.ts'

const project = { id: 'p1', name: 'Film' }

const line = (status: LinkLine['status'], own: Partial<LinkLine> = {}): LinkLine => ({
  status,
  proxy: '/card/Proxy/A.mov',
  source: '/card/A.mov',
  clip: status === 'not-in-project' ? null : 'A',
  mediaId: null,
  job: 'a',
  reason: null,
  hint: null,
  ...own
})

const link = (links: LinkLine[], ...argv: string[]) =>
  cli(['link', ...argv], { running: { link: async () => ({ project, links }) } })

describe('link', () => {
  it('tells of each clip, and ends well when nothing was refused', async () => {
    const { status, stdout } = await link([
      line('linked'),
      line('already-linked', { clip: 'B' }),
      line('not-in-project')
    ])
    expect(status).toBe(0)
    expect(stdout.split('\n')).toEqual([
      'linked   /card/Proxy/A.mov → A',
      'already  /card/Proxy/A.mov → B',
      '1 clip linked in the project Film, 1 linked already, 1 of no clip of it.',
      ''
    ])
  })

  it('fails when a clip was refused, or has to wait, and says why', async () => {
    const refused = await link([line('refused', { reason: 'it has 99 frames', hint: 'encode it again' })])
    expect(refused.status).toBe(1)
    expect(refused.stdout).toContain('refused  /card/Proxy/A.mov → A: it has 99 frames. Encode it again.\n')
    expect((await link([line('pending', { reason: 'closed' })])).status).toBe(1)
  })

  it('says when there is nothing to link', async () => {
    expect(await link([])).toMatchObject({
      status: 0,
      stdout: 'There is no finished proxy to link in the project Film.\n'
    })
  })

  it('prints one JSON object, with the words for people beside', async () => {
    const { json, stderr } = await link([line('linked')], '--json')
    expect(json()).toEqual([{ project, links: [line('linked')] }])
    expect(stderr).toBe('1 clip linked in the project Film.\n')
  })

  it('takes a folder, of which it also tells what no clip is for; no node need run', async () => {
    const asked: unknown[] = []
    const result: LinkResult = { project, links: [line('not-in-project', { source: null })] }
    const { stdout, status } = await cli(['link', 'proxies', '--replace'], {
      cwd: '/work',
      offline: {
        link: async (params) => {
          asked.push(params)
          return result
        }
      }
    })
    expect(asked).toEqual([{ dir: '/work/proxies', replace: true }])
    expect([status, stdout.split('\n')[0]]).toEqual([0, 'no clip  /card/Proxy/A.mov'])
  })
})

describe('timelines', () => {
  const view: TimelinesView = {
    project,
    timelines: [
      {
        index: 1,
        name: 'Cut 1',
        current: true,
        rate: '24000/1001',
        startTimecode: '01:00:00:00',
        videoItems: 8,
        audioItems: 1
      },
      {
        index: 2,
        name: 'Cut 2',
        current: false,
        rate: null,
        startTimecode: null,
        videoItems: 0,
        audioItems: 0
      }
    ],
    problems: [{ name: 'Cut 3', message: 'it does not answer' }]
  }

  it('are listed, with what could not be read beside', async () => {
    const { status, stdout, stderr } = await cli(['timelines'], { offline: { timelines: async () => view } })
    expect(status).toBe(0)
    expect(stdout.split('\n').map((text) => text.trimEnd())).toEqual([
      'Project Film',
      '#  TIMELINE     FPS  START        PICTURE  SOUND',
      '1  Cut 1     23.976  01:00:00:00        8      1  open',
      '2  Cut 2                                0      0',
      ''
    ])
    expect(stderr).toBe('not read: Cut 3: it does not answer\n')
  })

  it('are printed as JSON', async () => {
    const { json } = await cli(['timelines', '--json'], { offline: { timelines: async () => view } })
    expect(json()).toEqual([view])
  })

  it('end with status 1 and what to do when Resolve cannot be asked', async () => {
    const away = new NodeError('resolve-away', 'DaVinci Resolve is not running', { hint: 'Start it.' })
    const { status, stderr } = await cli(['timelines'], {
      offline: { timelines: () => Promise.reject(away) }
    })
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'proxima-node: DaVinci Resolve is not running. Start it.\n'
    })
  })
})
