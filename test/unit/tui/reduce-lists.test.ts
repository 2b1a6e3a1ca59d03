import { describe, expect, it } from 'vitest'
import { bindings, commandOf } from '../../../src/tui/keys.ts'
import { jobCursor, jobLines } from '../../../src/tui/selectors.ts'
import { tabs } from '../../../src/tui/state.ts'
import { jobRow, sceneEvents, sceneJobId, sceneNode, sceneParts } from '../../support/scene.ts'
import { Desk, press } from './kit.ts'

const keyUnder = (desk: Desk) => jobLines(desk.state)[jobCursor(desk.state)]?.key

describe('the lists', () => {
  it('goes from screen to screen by number and by Tab, round and round', () => {
    const desk = Desk.busy()
    expect(tabs.map((_, i) => desk.keys(String(i + 1)).state.tab)).toEqual(tabs)
    expect(desk.keys('Tab').state.tab).toBe('jobs')
    expect(desk.keys('ShiftTab').state.tab).toBe('log')
  })

  it('moves the cursor and stops at both ends', () => {
    const desk = Desk.busy()
    const keys = jobLines(desk.state).map(({ key }) => key)
    expect(keyUnder(desk)).toBe(keys[0])
    expect(keyUnder(desk.keys('Up', 'k'))).toBe(keys[0])
    expect(keyUnder(desk.keys('Down', 'j'))).toBe(keys[2])
    expect(keyUnder(desk.keys('G', 'Down'))).toBe(keys.at(-1))
    expect(keyUnder(desk.keys('Home'))).toBe(keys[0])
    expect(keyUnder(desk.keys('PgDn', 'PgUp'))).toBe(keys[0])
  })

  it('says in full why a job has no chunks, however narrow the terminal is', () => {
    const note = 'the source or the output is outside every shared root: encoded on this machine alone'
    const desk = new Desk({ columns: 60 }).told([
      { kind: 'node', node: sceneNode },
      { kind: 'job', row: jobRow('one', { note }) }
    ])
    const side = [{ id: '1', kind: 'encode-file', state: 'encoding' as const, peer: null }]
    desk.chunks({ jobId: 'one', runs: [], uncut: 0, side, peers: [], gone: false }).keys('2')
    const told = desk.text().replaceAll(/\s+/g, ' ')
    expect(told).toContain('there is nobody to share it with, or no need to.')
    expect(told).toContain(note)
  })

  it('stays on its job when others come and go, and at its place when the job goes', () => {
    const desk = Desk.busy().keys('Down', 'Down')
    const before = keyUnder(desk)
    desk.news({ kind: 'job-gone', id: sceneJobId })
    expect(keyUnder(desk)).toBe(before)
    desk.news({ kind: 'job-gone', id: before!.slice('job:'.length) })
    expect(keyUnder(desk)).toBe(jobLines(desk.state)[2]?.key)
  })

  it('folds and unfolds a batch, and goes to its head when it folds under the cursor', () => {
    const desk = Desk.busy().keys('Down', 'Down', 'Down')
    const open = jobLines(desk.state).length
    desk.keys('Left')
    expect(jobLines(desk.state)).toHaveLength(open - 4)
    expect(keyUnder(desk)).toBe('batch:day2')
    expect(jobLines(desk.keys('Right').state)).toHaveLength(open)
    expect(jobLines(desk.keys('Enter').state)).toHaveLength(open - 4)
  })

  it('acts on the job under the cursor', () => {
    const desk = Desk.busy().keys('p')
    expect(desk.wanted()).toEqual([{ kind: 'act', action: 'pause', ids: [sceneJobId] }])
  })

  it('lets paused jobs go on with the same key', () => {
    const desk = Desk.busy().keys('Down', 'Down', 'Down', 'Down', 'Down', 'p')
    expect(desk.wanted()).toEqual([{ kind: 'act', action: 'resume', ids: ['d2d2d2d2d3'] }])
  })

  it('acts on a whole batch from its head, leaving out what has ended', () => {
    const desk = Desk.busy().keys('Down', 'p')
    expect(desk.wanted()).toEqual([{ kind: 'act', action: 'pause', ids: ['d2d2d2d2d0', 'd2d2d2d2d2'] }])
  })

  it('acts on all that are selected, wherever the cursor is, and then none is', () => {
    const desk = Desk.busy().keys('Space', 'Down', 'Space', 'G', 'p')
    expect(desk.wanted()).toEqual([{ kind: 'act', action: 'pause', ids: [sceneJobId, 'd2d2d2d2d0'] }])
    expect(desk.state.selected.size).toBe(0)
  })

  it('selects all that are shown, or none', () => {
    const desk = Desk.busy().keys('*')
    expect(desk.state.selected.size).toBe(6)
    expect(desk.keys('*').state.selected.size).toBe(0)
  })

  it('forgets selected jobs that are gone', () => {
    const desk = Desk.busy().keys('Space').news({ kind: 'job-gone', id: sceneJobId })
    expect(desk.state.selected.size).toBe(0)
  })

  it('cancels only after a yes, and says what is lost', () => {
    const desk = Desk.busy().keys('x')
    expect(desk.wanted()).toEqual([])
    expect(desk.text()).toContain('Cancel A001_C004.mov?')
    expect(desk.text()).toContain('is lost')
    expect(desk.keys('n').overlay).toBeUndefined()
    desk.keys('x', 'y')
    expect(desk.wanted()).toEqual([{ kind: 'act', action: 'cancel', ids: [sceneJobId] }])
  })

  it('says why nothing happens where a key has nothing to do', () => {
    const desk = Desk.busy().keys('r')
    expect(desk.wanted()).toEqual([])
    expect(desk.notice).toBe('No job here that failed or was canceled')
  })

  it('raises and lowers the priority of each from where it is', () => {
    const desk = Desk.busy().keys('Down', '+')
    expect(desk.wanted()).toEqual([
      {
        kind: 'priority',
        changes: [
          { priority: 6, ids: ['d2d2d2d2d0'] },
          { priority: 1, ids: ['d2d2d2d2d2', 'd2d2d2d2d3'] }
        ]
      }
    ])
  })

  it('opens a job, and asks for its tasks', () => {
    const desk = Desk.busy().keys('Enter')
    expect(desk.overlay).toMatchObject({ kind: 'job', id: sceneJobId })
    expect(desk.wanted()).toEqual([{ kind: 'load-job', id: sceneJobId }])
    expect(desk.keys('Esc').overlay).toBeUndefined()
  })

  it('moves in the chunk grid by rows and opens the task under the cursor', () => {
    const desk = Desk.busy().keys('2', 'Down', 'l', 'l', 'h', 'Enter')
    expect(desk.state.chunkAt).toBe(79)
    expect(desk.wanted()).toEqual([
      { kind: 'load-job', id: sceneJobId },
      { kind: 'load-log', id: sceneJobId, task: '80' }
    ])
  })

  it('says of a chunk that is not cut yet that it is not', () => {
    const desk = Desk.busy().keys('2', 'G', 'Enter')
    expect(desk.wanted()).toEqual([])
    expect(desk.notice).toContain('not cut yet')
  })

  it('goes to chunks with trouble, one after the other', () => {
    const desk = Desk.busy().keys('2', 'n')
    expect(desk.state.chunkAt).toBe(151)
    expect(desk.keys('n').state.chunkAt).toBe(155)
    expect(desk.keys('n').state.chunkAt).toBe(151)
  })

  it('goes to chunks that the filter shows', () => {
    const desk = Desk.busy().keys('2', '/').type('by laptop').keys('Enter', 'n', 'n')
    expect(desk.state.chunkAt).toBe(152)
  })

  it('drains this machine and wakes it again, but no other', () => {
    const desk = Desk.busy().keys('3', 'D')
    expect(desk.wanted()).toEqual([{ kind: 'drain', on: true }])
    desk.keys('Down', 'D')
    expect(desk.wanted()).toEqual([])
    expect(desk.notice).toContain('Only this machine')
  })

  it('opens from an event the task, the job or the machine that it is about', () => {
    const desk = Desk.busy().keys('4', 'Enter')
    expect(desk.overlay).toMatchObject({ kind: 'peer' })
    desk.keys('Esc', 'Up', 'Enter')
    expect(desk.overlay).toMatchObject({ kind: 'job', id: 'f3f3f3f3f3' })
    desk.keys('Esc', 'Up', 'Enter')
    expect(desk.overlay).toMatchObject({ kind: 'task', jobId: sceneJobId, taskId: '139' })
  })

  it('follows the newest event, until a person goes up', () => {
    const next = (seq: number) => ({ ...sceneEvents[0]!, seq, text: `event ${seq}` })
    const desk = Desk.busy({ rows: 15 }).keys('4')
    desk.news({ kind: 'events', block: 0, events: [...sceneEvents, next(7)] })
    expect(desk.text()).toContain('> 12:01:01  event 7')
    desk.keys('Up').news({ kind: 'events', block: 0, events: [...sceneEvents, next(7), next(8)] })
    expect(desk.state.eventAt).toBe(6)
    expect(desk.keys('G').state.eventAt).toBeNull()
  })

  it('wants to quit, and never to stop the node by that', () => {
    expect(Desk.busy().keys('q').wanted()).toEqual([{ kind: 'quit', stopNode: false }])
    expect(Desk.busy().keys('a', 'CtrlC').wanted().at(-1)).toEqual({ kind: 'quit', stopNode: false })
  })

  it('survives every key on every screen, empty or not', () => {
    for (const desk of [Desk.busy(), new Desk().told([]), new Desk().told(sceneParts.slice(0, 1))]) {
      for (const tab of ['1', '2', '3', '4']) {
        for (const { keys } of bindings) {
          for (const key of keys) desk.keys('Esc', 'Esc', 'Esc', tab, key === 'Space' ? 'Space' : key)
          expect(desk.frame()).toHaveLength(24)
        }
      }
    }
  })

  it('gives every key of the footer a command on its screen', () => {
    for (const { keys, place, command } of bindings) {
      if (place === 'everywhere' || place === 'lists') continue
      const typed = keys.filter((key) => key.length === 1 && !'←→'.includes(key))
      for (const key of typed) expect(commandOf(press(key), place)).toBe(command)
    }
  })

  it('keeps an ended batch folded until it is opened', () => {
    const ended = [1, 2, 3].map((i) => ({
      kind: 'job' as const,
      row: jobRow(`e${i}`, { batch: 'old', status: 'completed' })
    }))
    const desk = new Desk().told(ended)
    expect(jobLines(desk.state)).toHaveLength(1)
    expect(jobLines(desk.keys('Enter').state)).toHaveLength(4)
  })
})
