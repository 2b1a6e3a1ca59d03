import { describe, expect, it } from 'vitest'
import type { JobRow, JobStatus } from '../../../src/model/index.ts'
import { fpsOf, nextPaces, noPaces, type Paces } from '../../../src/tui/pace.ts'
import { jobRow, sceneNode, sceneNowMs } from '../../support/scene.ts'
import { Desk } from './kit.ts'

const row = (id: string, units: number, change: { status?: JobStatus; fps?: number } = {}): JobRow =>
  jobRow(
    id,
    {
      batch: 'b',
      status: change.status ?? 'active',
      source: `/m/${id}.mov`,
      progress: { units, totalUnits: 10_000, fps: 0, leftMs: null }
    },
    { fps: change.fps ?? 0 }
  )

/** Looks at rows, a second apart. */
const looking = (looks: readonly (readonly JobRow[])[], from: Paces = noPaces): Paces =>
  looks.reduce((paces, rows) => nextPaces(paces, rows, (paces.atMs ?? 0) + 1_000), from)

/** The same rows after looks of which each found so many frames more. */
const steady = (looks: number, perLook: number) =>
  Array.from({ length: looks }, (_, i) => [row('a', i * perLook)])

const fps = (rows: readonly JobRow[], paces: Paces): number => fpsOf(rows, paces)

describe('frames a second', () => {
  it('are what was done lately while pieces are too short to say anything', () => {
    expect(fps([row('a', 400)], looking(steady(5, 100)))).toBe(100)
    expect(fps([row('a', 4_000)], looking(steady(41, 100)))).toBe(100)
  })

  it('are what the running pieces say, where that is most of it', () => {
    const paces = looking(steady(10, 100))
    expect(fps([row('a', 900, { fps: 60 })], paces)).toBe(60)
    expect(fps([row('a', 900, { fps: 140 })], paces)).toBe(140)
    // One slow piece speaks, beside those that fly.
    expect(fps([row('a', 900, { fps: 5 })], paces)).toBe(100)
  })

  it('are not told after one look, nor of what was done before the first', () => {
    expect(fps([row('a', 5_000)], looking([[row('a', 5_000)]]))).toBe(0)
    const paces = looking([[row('a', 5_000)], [row('a', 5_000)], [row('a', 5_000)]])
    expect(fps([row('a', 5_000)], paces)).toBe(0)
    expect(fps([row('a', 200)], looking(steady(2, 100)))).toBe(0)
  })

  it('are counted from when a job began, not from before', () => {
    const waits = Array.from({ length: 20 }, () => [row('a', 0, { status: 'queued' })])
    expect(fps([row('a', 300)], looking([...waits, ...steady(4, 100).slice(1)]))).toBe(100)
  })

  it('end soon where nothing gets on: no machine takes it', () => {
    const stands = Array.from({ length: 9 }, () => [row('a', 900)])
    expect(fps([row('a', 900)], looking(stands, looking(steady(10, 100))))).toBe(0)
  })

  it('are none of a job that is paused or waits, at once, and begin anew when it goes on', () => {
    const busy = looking(steady(10, 100))
    for (const status of ['paused', 'queued', 'planning'] as const) {
      const still = row('a', 900, { status })
      expect(fps([still], looking([[still]], busy))).toBe(0)
      const again = looking([[row('a', 1_000)]], looking([[still]], busy))
      expect(fps([row('a', 1_000)], again)).toBe(0)
    }
  })

  it('are not below nothing when a piece is lost, and not beyond measure when the clock goes back', () => {
    const lost = looking([[row('a', 100)], [row('a', 150)]], looking(steady(10, 100)))
    expect(fps([row('a', 150)], lost)).toBeGreaterThan(0)
    expect(fps([row('a', 150)], lost)).toBeLessThan(100)
    const back = nextPaces(looking(steady(10, 100)), [row('a', 2_000)], 3_000)
    expect(fps([row('a', 2_000)], back)).toBe(0)
  })

  it('of a batch hold those of files that came and were finished between two looks', () => {
    const files = (made: number) =>
      Array.from({ length: 20 }, (_, i) =>
        i < made ? row(`f${i}`, 50, { status: 'completed' }) : row(`f${i}`, 0, { status: 'queued' })
      )
    const paces = looking(Array.from({ length: 10 }, (_, i) => files(i * 2)))
    expect(fps(files(18), paces)).toBe(100)
    expect(fps(files(20), paces)).toBe(0)
  })
})

describe('the screen, while pieces are too short to say anything', () => {
  /** Seconds in which a job made 100 frames each. */
  const flying = (seconds: number) => {
    const desk = new Desk().told([
      { kind: 'node', node: sceneNode },
      { kind: 'job', row: row('a', 0) },
      { kind: 'job', row: row('c', 0, { status: 'queued' }) }
    ])
    for (let i = 0; i <= seconds; i++) {
      desk.news({ kind: 'job', row: row('a', i * 100) })
      desk.act({ kind: 'ticked', nowMs: sceneNowMs + i * 1_000 })
    }
    return desk
  }

  it('shows it of the job, of its batch and of all, and draws the curve', () => {
    const desk = flying(6)
    const [head, ...rest] = desk.frame()
    expect(head).toMatch(/ 100 fps [▁▂▃▄▅▆▇█]/)
    expect(rest.find((line) => line.includes('2 files'))).toMatch(/ 100 /)
    expect(rest.find((line) => line.includes('a.mov'))).toMatch(/ 100 /)
    expect(rest.find((line) => line.includes('c.mov'))).not.toMatch(/ 100 /)
    expect(desk.keys('2').text()).toContain('100 fps')
  })

  it('does not take what was done while the node was away for speed', () => {
    const desk = flying(6)
    desk.told([
      { kind: 'node', node: sceneNode },
      { kind: 'job', row: row('a', 9_000) }
    ])
    desk.act({ kind: 'ticked', nowMs: sceneNowMs + 7_000 }).act({ kind: 'ticked', nowMs: sceneNowMs + 9_500 })
    expect(desk.frame()[0]).not.toContain('fps')
  })
})
