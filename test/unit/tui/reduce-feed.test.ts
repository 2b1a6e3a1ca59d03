import { describe, expect, it } from 'vitest'
import type { JobStatus, ScreenPart } from '../../../src/model/index.ts'
import { leftOfAll, totals } from '../../../src/tui/selectors.ts'
import {
  jobRow,
  peerId,
  peerRow,
  sceneChunks,
  sceneEvents,
  sceneJobId,
  sceneParts
} from '../../support/scene.ts'
import { Desk } from './kit.ts'

const job = (id: string, batch: string, status: JobStatus): ScreenPart => ({
  kind: 'job',
  row: jobRow(id, { batch, status, source: `/m/${id}.mov` })
})

describe('what a node tells', () => {
  it('replaces what was shown only when all of it was told', () => {
    const desk = Desk.busy().told([job('other', 'b', 'active')])
    expect([...desk.state.feed.jobs.keys()]).toEqual(['other'])
    expect(desk.state.link).toEqual({ status: 'live' })
  })

  it('adds the events of a block once, however often the block comes', () => {
    const desk = new Desk().told([{ kind: 'events', block: 0, events: sceneEvents.slice(0, 2) }])
    desk.news({ kind: 'events', block: 0, events: sceneEvents.slice(0, 4) })
    expect(desk.state.feed.events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  })

  it('keeps no more events than the node does', () => {
    const desk = new Desk().told([])
    for (let block = 0; block < 20; block++) {
      const events = Array.from({ length: 64 }, (_, i) => ({ ...sceneEvents[0]!, seq: block * 64 + i + 1 }))
      desk.news({ kind: 'events', block, events })
    }
    expect(desk.state.feed.events).toHaveLength(512)
    expect(desk.state.feed.events.at(-1)?.seq).toBe(1280)
  })

  it('gives every peer a letter that stays its own', () => {
    const desk = new Desk().told([
      { kind: 'peer', row: peerRow(0) },
      { kind: 'peer', row: peerRow(1) }
    ])
    desk.news({ kind: 'peer-gone', id: peerId(0) }, { kind: 'peer', row: peerRow(2) })
    expect(['A', 'B', 'C']).toEqual([0, 1, 2].map((i) => desk.state.feed.letters.get(peerId(i))))
    expect(desk.told([{ kind: 'peer', row: peerRow(2) }]).state.feed.letters.get(peerId(2))).toBe('C')
  })

  it('does not know chunks of a job that is not looked at', () => {
    const desk = Desk.busy()
    expect(desk.state.chunks?.jobId).toBe(sceneJobId)
    expect(desk.keys('G').state.chunks).toBeNull()
    expect(desk.chunks(sceneChunks).state.chunks).toBeNull()
  })
})

describe('the end of a batch', () => {
  const both = [job('a', 'b', 'active'), job('c', 'b', 'active')]

  it('rings once, when the last job of it ends', () => {
    const desk = new Desk().told(both).news(job('a', 'b', 'completed'))
    expect(desk.wanted()).toEqual([])
    desk.news(job('c', 'b', 'completed'))
    expect(desk.wanted()).toEqual([{ kind: 'notify', way: 'bell', text: '2 files are finished' }])
    expect(desk.news(job('c', 'b', 'completed')).wanted()).toEqual([])
  })

  it('says how many failed', () => {
    const desk = new Desk().told(both).news(job('a', 'b', 'failed'), job('c', 'b', 'completed'))
    expect(desk.notice).toBe('1 of 2 files failed, 1 is finished')
    expect(desk.state.notice?.level).toBe('bad')
  })

  it('does not ring for what had ended before, nor for what a person canceled, nor when it is off', () => {
    expect(new Desk().told([job('a', 'b', 'completed')]).wanted()).toEqual([])
    expect(
      new Desk()
        .told([job('a', 'b', 'active')])
        .news(job('a', 'b', 'canceled'))
        .wanted()
    ).toEqual([])
    const quiet = new Desk()
      .told([job('a', 'b', 'active')])
      .type(':notify off')
      .keys('Enter')
    expect(quiet.news(job('a', 'b', 'completed')).wanted()).toEqual([])
    expect(quiet.notice).toBe('a.mov is finished')
  })

  it('is told for a while and then no more', () => {
    const desk = new Desk().told([job('a', 'b', 'active')]).news(job('a', 'b', 'completed'))
    const { untilMs } = desk.state.notice!
    expect(desk.act({ kind: 'ticked', nowMs: untilMs - 1 }).notice).toBe('a.mov is finished')
    expect(desk.act({ kind: 'ticked', nowMs: untilMs }).notice).toBeUndefined()
  })
})

describe('totals', () => {
  it('counts who is here and what is open', () => {
    const desk = new Desk().told(sceneParts)
    expect(totals(desk.state.feed)).toMatchObject({
      peersHere: 4,
      peersKnown: 6,
      open: 4,
      failed: 1,
      running: 2
    })
  })

  it('takes waiting jobs into the time left, at the speed of the moment', () => {
    const running = jobRow(
      'a',
      { progress: { units: 0, totalUnits: 1_000, fps: 100, leftMs: null } },
      { left: { minMs: 10_000, maxMs: 12_000 } }
    )
    const waiting = jobRow('b', {
      status: 'queued',
      progress: { units: 0, totalUnits: 3_000, fps: 0, leftMs: null }
    })
    expect(leftOfAll([running])).toEqual({ minMs: 10_000, maxMs: 12_000 })
    expect(leftOfAll([running, waiting])).toEqual({ minMs: 40_000, maxMs: 48_000 })
  })

  it('knows no time while nothing runs, or while a length is not known', () => {
    const running = jobRow(
      'a',
      { progress: { units: 0, totalUnits: 9, fps: 1, leftMs: null } },
      { left: { minMs: 1, maxMs: 2 } }
    )
    const unknown = jobRow('b', {
      status: 'planning',
      progress: { units: 0, totalUnits: 0, fps: 0, leftMs: null }
    })
    expect(leftOfAll([unknown])).toBeNull()
    expect(leftOfAll([running, unknown])).toBeNull()
    expect(leftOfAll([])).toBeNull()
  })

  it('measures frames a second once a second, for two minutes', () => {
    const desk = new Desk().told(sceneParts)
    for (let i = 0; i < 200; i++) desk.act({ kind: 'ticked', nowMs: i * 1000 })
    expect(desk.state.feed.fps).toHaveLength(120)
    expect(desk.state.feed.fps.at(-1)).toBeCloseTo(412.4)
  })
})
