import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { renderBars, summaryLine } from '../../../../src/cli/output/bars.ts'
import { painter } from '../../../../src/cli/output/terminal.ts'
import { jobStatuses } from '../../../../src/model/index.ts'
import { jobView } from '../../../support/control.ts'

const plain = { ascii: false, paint: painter(false) }

const half = jobView('A001', {
  progress: { units: 50, totalUnits: 100, fps: 25, leftMs: 2000 },
  tasks: { total: 4, done: 2, running: 1 }
})

describe('renderBars', () => {
  it('draws a bar for each job under way and sums up', () => {
    const jobs = [half, jobView('B002', { status: 'completed' }), jobView('C003', { status: 'queued' })]
    expect(renderBars(jobs, { columns: 80, rows: 24 }, plain)).toEqual([
      'A001.mov  ███████████████░░░░░░░░░░░░░░░░   50%        2/4     25 fps      0:02',
      '1 of 3 jobs done, 1 under way, 1 waiting   25 fps   left 0:06'
    ])
  })

  it('uses ASCII where nothing else is safe', () => {
    const [line] = renderBars([half], { columns: 80, rows: 24 }, { ...plain, ascii: true })
    expect(line).toContain('##############--------------')
  })

  it('says how a job is joining instead of its speed', () => {
    const [line] = renderBars([jobView('A', { status: 'joining' })], { columns: 80, rows: 24 }, plain)
    expect(line).toContain('joining')
  })

  it('leaves the less important away as the terminal narrows', () => {
    const [line] = renderBars([half], { columns: 45, rows: 24 }, plain)
    expect(line).toMatch(/^A001.mov {2}[█░]+ {3}50%$/)
  })

  it('tells how many more there are than lines', () => {
    const jobs = Array.from({ length: 30 }, (_, i) => jobView(`clip${i}`))
    const lines = renderBars(jobs, { columns: 80, rows: 10 }, plain)
    expect(lines).toHaveLength(9)
    expect(lines.at(-2)).toBe('… and 23 more under way')
  })

  it('never leaves the terminal’s bounds', () => {
    const anyJob = fc
      .record({
        name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
        status: fc.constantFrom(...jobStatuses),
        units: fc.integer({ min: 0, max: 200_000 }),
        totalUnits: fc.integer({ min: 0, max: 200_000 }),
        fps: fc.float({ min: 0, max: 5000, noNaN: true })
      })
      .map(({ name, status, ...progress }) =>
        jobView('x', { source: name, status, progress: { ...progress, leftMs: 1e9 } })
      )
    const size = fc.record({
      columns: fc.integer({ min: 1, max: 200 }),
      rows: fc.integer({ min: 1, max: 40 })
    })
    fc.assert(
      fc.property(fc.array(anyJob, { maxLength: 40 }), size, fc.boolean(), (jobs, size, ascii) => {
        const style = { ascii, paint: painter(true) }
        const lines = renderBars(jobs, size, style)
        expect(lines.length).toBeLessThanOrEqual(Math.max(1, size.rows - 1))
        for (const line of lines) {
          expect(stringWidth(line)).toBeLessThanOrEqual(Math.max(1, size.columns - 1))
          expect(line).not.toContain('\n')
        }
      })
    )
  })
})

describe('summaryLine', () => {
  it('gives no time left while a length is unknown', () => {
    const unknown = jobView('B', {
      status: 'planning',
      progress: { units: 0, totalUnits: 0, fps: 0, leftMs: null }
    })
    expect(summaryLine([half, unknown])).toBe('0 of 2 jobs done, 2 under way   25 fps')
  })

  it('counts failures and cancellations', () => {
    const jobs = [
      jobView('A', { status: 'failed' }),
      jobView('B', { status: 'canceled' }),
      jobView('C', { status: 'paused' })
    ]
    expect(summaryLine(jobs)).toBe('0 of 3 jobs done, 1 failed, 1 canceled, 1 paused')
  })
})
