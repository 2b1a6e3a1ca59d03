import { describe, expect, it } from 'vitest'
import type { AttemptView, JobWithTasks, TaskView } from '../../../src/model/index.ts'
import type { Answer } from '../../../src/tui/orders.ts'
import { taskOrder } from '../../../src/tui/reduce-overlay.ts'
import { jobView } from '../../support/control.ts'
import { peerId, peerRow, sceneJobId, sceneNowMs } from '../../support/scene.ts'
import { expectGolden } from './golden.ts'
import { Desk } from './kit.ts'

const attempt = (change: Partial<AttemptView> = {}): AttemptView => ({
  attempt: 1,
  peerId: peerId(3),
  peerName: 'laptop',
  status: 'rejected',
  startedAt: '2026-03-01T12:00:00.000Z',
  endedAt: '2026-03-01T12:00:42.000Z',
  error: '239 of 240 frames',
  progress: null,
  ...change
})

const task = (id: string, change: Partial<TaskView> = {}): TaskView => ({
  id,
  kind: 'encode-chunk',
  status: 'done',
  range: { start: 0, end: 240 },
  error: null,
  attempts: [],
  ...change
})

const { tasks: _, ...view } = jobView(sceneJobId, { source: '/mnt/nas/day1/A001_C004.mov' })
const loaded: JobWithTasks = {
  ...view,
  shape: 'split',
  tasks: [
    task('1'),
    task('2', { status: 'leased', attempts: [attempt({ status: 'running', error: null, endedAt: null })] }),
    task('139', {
      status: 'leased',
      attempts: [
        attempt(),
        attempt({
          attempt: 2,
          status: 'running',
          peerName: 'tower',
          error: null,
          endedAt: null,
          progress: { units: 12, fps: 30, sizeBytes: 1 }
        })
      ]
    }),
    task('140', {
      status: 'failed',
      error: 'it failed 3 times',
      attempts: [attempt({ status: 'failed', error: 'Conversion failed!' })]
    })
  ]
}

const log: Answer = {
  kind: 'log-loaded',
  id: sceneJobId,
  task: '140',
  log: {
    lines: ['Error while decoding', 'Conversion failed!'],
    leaseId: `${sceneJobId}.140.1`,
    peerName: 'laptop',
    command: ['ffmpeg', '-i', 'a.mov']
  }
}

const opened = () =>
  Desk.busy({ columns: 100, rows: 30 })
    .keys('Enter')
    .answer({ kind: 'job-loaded', id: sceneJobId, job: loaded })

describe('a job’s page', () => {
  it('lists tasks with trouble first, then what runs', () => {
    expect(taskOrder(loaded.tasks).map(({ id }) => id)).toEqual(['140', '139', '2', '1'])
    expect(opened().text()).toMatch(/> #140 .*failed.*it failed 3 times/)
  })

  it('leads in three keys to the end of ffmpeg’s log of what failed, and its command', () => {
    const desk = opened().keys('Enter')
    expect(desk.wanted().slice(-2)).toEqual([
      { kind: 'load-job', id: sceneJobId },
      { kind: 'load-log', id: sceneJobId, task: '140' }
    ])
    desk.answer({ kind: 'job-loaded', id: sceneJobId, job: loaded })
    desk.answer(log)
    const text = desk.text()
    expect(text).toContain('attempt 1 on laptop: failed, 12:00:00, took 0:42')
    expect(text).toContain('ffmpeg -i a.mov')
    expect(text).toContain('Error while decoding')
    expect(desk.keys('y').wanted()).toEqual([{ kind: 'copy', text: 'ffmpeg -i a.mov' }])
  })

  it('is drawn as it was reviewed, and so is a task’s', () => {
    const desk = Desk.busy().keys('Enter').answer({ kind: 'job-loaded', id: sceneJobId, job: loaded })
    expectGolden('job-80x24', desk.frame())
    desk.keys('Enter').answer({ kind: 'job-loaded', id: sceneJobId, job: loaded }).answer(log)
    expectGolden('task-80x24', desk.frame())
  })

  it('shows no log of another task of the job that comes late', () => {
    const desk = opened().keys('Enter', 'Esc', 'Down', 'Enter')
    expect(desk.overlay).toMatchObject({ kind: 'task', taskId: '139' })
    desk.answer(log)
    desk.answer({
      kind: 'refused',
      order: { kind: 'load-log', id: sceneJobId, task: '140' },
      text: 'it cannot be reached'
    })
    expect(desk.overlay).toMatchObject({ kind: 'task', log: null, logError: null })
  })

  it('says why there is no log', () => {
    const desk = opened().keys('Enter').answer({ kind: 'job-loaded', id: sceneJobId, job: loaded })
    desk.answer({
      kind: 'refused',
      order: { kind: 'load-log', id: sceneJobId, task: '140' },
      text: 'the log is on laptop, which cannot be reached'
    })
    expect(desk.text()).toContain('the log is on laptop, which cannot be reached')
  })

  it('scrolls a page to its end, and back from there at once', () => {
    const desk = Desk.busy().keys('?', 'G')
    const end = desk.text()
    expect(end).toContain('how many is a guess')
    expect(desk.keys('j').text()).toBe(end)
    expect(desk.keys('k').text()).not.toBe(end)
    expect(desk.keys('j').text()).toBe(end)
  })

  it('goes back where it came from, page by page', () => {
    const desk = opened().keys('Enter', '?')
    expect(desk.overlay?.kind).toBe('help')
    expect(desk.keys('Esc').overlay?.kind).toBe('task')
    expect(desk.keys('Esc').overlay?.kind).toBe('job')
    expect(desk.keys('Esc').overlay).toBeUndefined()
  })

  it('is looked at again while the job goes on, and not after', () => {
    const desk = opened()
    desk.wanted()
    const ticks = [0, 1, 2, 3].map((i) => sceneNowMs + i * 1000)
    for (const nowMs of ticks) desk.act({ kind: 'ticked', nowMs })
    expect(desk.wanted()).toEqual(Array(2).fill({ kind: 'load-job', id: sceneJobId }))
    desk.answer({
      kind: 'job-loaded',
      id: sceneJobId,
      job: { ...loaded, endedAt: '2026-03-01T12:05:00.000Z' }
    })
    for (const nowMs of ticks) desk.act({ kind: 'ticked', nowMs })
    expect(desk.wanted()).toEqual([])
  })

  it('does not hear of answers after it was left', () => {
    const desk = Desk.busy().keys('Enter', 'Esc').answer({ kind: 'job-loaded', id: sceneJobId, job: loaded })
    expect(desk.state.overlays).toEqual([])
  })
})

describe('pairing', () => {
  const invited = () =>
    Desk.busy()
      .keys('3', 'i')
      .answer({
        kind: 'invited',
        invite: `px1:${'a'.repeat(150)}`,
        expiresAt: new Date(sceneNowMs + 600_000).toISOString()
      })

  it('shows the invite whole, however long, and how long it is good', () => {
    const desk = invited()
    expect(desk.wanted()).toEqual([{ kind: 'invite' }])
    expect(desk.frame().join('').replaceAll(/\s/g, '')).toContain(
      `proxima-nodemeshjoinpx1:${'a'.repeat(150)}`
    )
    expect(desk.text()).toContain('for 10:00 more')
  })

  it('copies it, makes another, and says when it has run out', () => {
    const desk = invited()
    desk.wanted()
    expect(desk.keys('y').wanted()).toMatchObject([{ kind: 'copy' }])
    desk.act({ kind: 'ticked', nowMs: sceneNowMs + 600_001 })
    expect(desk.text()).toContain('has run out')
    expect(desk.keys('r').wanted()).toEqual([{ kind: 'invite' }])
  })

  it('shows who has come', () => {
    const desk = invited().news({ kind: 'peer', row: peerRow(9) })
    expect(desk.text()).toContain('grade (…PPPPPPP9) has joined')
    expect(desk.text()).toContain('It was good once.')
    expect(desk.text()).not.toContain('more.')
  })

  it('joins by typing or pasting, says why not, and says whom', () => {
    const desk = Desk.busy().keys('3', 'J').type('px1:abc').keys('Enter')
    expect(desk.wanted()).toEqual([{ kind: 'join', invite: 'px1:abc' }])
    expect(desk.text()).toContain('Knocking')
    desk.answer({
      kind: 'refused',
      order: { kind: 'join', invite: 'px1:abc' },
      text: 'the invite is not valid'
    })
    expect(desk.text()).toContain('the invite is not valid')
    expect(desk.keys('Enter').wanted()).toEqual([{ kind: 'join', invite: 'px1:abc' }])
    desk.answer({ kind: 'joined', inviterName: 'nuc', inviterId: peerId(2) })
    expect(desk.text()).toContain('Joined the mesh of nuc')
    expect(desk.keys('Enter').overlay).toBeUndefined()
  })

  it('types letters that are keys elsewhere', () => {
    const desk = Desk.busy().keys('3', 'J').type('qyrn?')
    expect(desk.overlay).toMatchObject({ kind: 'pair', field: { text: 'qyrn?' } })
  })
})
