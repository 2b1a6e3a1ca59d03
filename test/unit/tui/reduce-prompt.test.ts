import { describe, expect, it } from 'vitest'
import { jobLines } from '../../../src/tui/selectors.ts'
import { jobRow, sceneJobId } from '../../support/scene.ts'
import { Desk } from './kit.ts'

describe('filtering', () => {
  it('shows what contains all words while they are typed, in whatever case', () => {
    const desk = Desk.busy().keys('/').type('ÉTÉ pause')
    expect(jobLines(desk.state).map(({ key }) => key)).toEqual(['job:d2d2d2d2d3'])
    expect(desk.text()).toContain('filter: été pause')
  })

  it('stays after Enter and ends with Esc', () => {
    const desk = Desk.busy().keys('/').type('old').keys('Enter')
    expect(desk.state.prompt).toBeNull()
    expect(jobLines(desk.state)).toHaveLength(1)
    expect(jobLines(desk.keys('Esc').state)).toHaveLength(7)
    expect(jobLines(desk.keys('/').type('old').keys('Esc').state)).toHaveLength(7)
  })

  it('is each screen’s own', () => {
    const desk = Desk.busy().keys('3', '/').type('lost').keys('Enter')
    expect(desk.text()).toContain('mac')
    expect(desk.text()).not.toContain('laptop')
    expect(jobLines(desk.keys('1').state)).toHaveLength(7)
  })

  it('says so when nothing is left', () => {
    for (const tab of ['1', '3', '4'])
      expect(Desk.busy().keys(tab, '/').type('nothing like it').text()).toContain('Esc ends the filter')
  })
})

const typed = (line: string) => Desk.busy().keys(':').type(line).keys('Enter')

describe('typed commands', () => {
  it('acts on the jobs that are named, on all, or on those that are chosen', () => {
    expect(typed('pause').wanted()).toEqual([{ kind: 'act', action: 'pause', ids: [sceneJobId] }])
    expect(typed('retry all').wanted()).toEqual([{ kind: 'act', action: 'retry', ids: 'all' }])
    expect(typed('purge f3f3f3f3f3').wanted()).toEqual([
      { kind: 'act', action: 'purge', ids: ['f3f3f3f3f3'] }
    ])
  })

  it('asks before it cancels', () => {
    const desk = typed('cancel all')
    expect(desk.wanted()).toEqual([])
    expect(desk.text()).toContain('Cancel 4 jobs?')
  })

  it('asks before it stops the node, and tells what is open', () => {
    const desk = typed('stop')
    expect(desk.text()).toContain('4 jobs are not finished')
    expect(desk.keys('y').wanted()).toEqual([{ kind: 'quit', stopNode: true }])
  })

  it('lets a machine try the job under the cursor again', () => {
    expect(typed('unblock nuc').wanted()).toEqual([{ kind: 'unblock', id: sceneJobId, peer: 'nuc' }])
    expect(typed('unblock').notice).toContain('It is typed so: unblock')
  })

  it('asks before it leaves the mesh or removes a machine from it', () => {
    const leave = typed('leave')
    expect(leave.wanted()).toEqual([])
    expect(leave.overlay).toMatchObject({ kind: 'confirm', order: { kind: 'leave' } })
    const [row] = [...leave.state.feed.peers.values()].filter(({ peer }) => peer.status !== 'self')
    const { name, peerId } = row!.peer
    expect(typed(`remove ${name}`).overlay).toMatchObject({
      kind: 'confirm',
      order: { kind: 'remove', peerId }
    })
    expect(typed('remove nobody').notice).toContain('It is typed so: remove')
  })

  it('takes numbers within their bounds', () => {
    expect(typed('slots 4').wanted()).toEqual([{ kind: 'slots', total: 4 }])
    expect(typed('priority -5').wanted()).toEqual([
      { kind: 'priority', changes: [{ ids: [sceneJobId], priority: -5 }] }
    ])
    for (const line of ['slots', 'slots many', 'slots -1', 'slots 999', 'priority 101', 'priority 1.5']) {
      const desk = typed(line)
      expect(desk.wanted()).toEqual([])
      expect(desk.notice).toContain('It is typed so')
    }
  })

  it('knows a command by its beginning, where only one begins so', () => {
    expect(typed('dr').wanted()).toEqual([{ kind: 'drain', on: true }])
    expect(typed('p').notice).toContain('There is no command p')
    expect(typed('nonsense').notice).toContain('There are: pause')
  })

  it('completes with Tab as far as it is clear', () => {
    const text = (line: string) => Desk.busy().keys(':').type(line).keys('Tab').state.prompt?.field.text
    expect(text('inv')).toBe('invite ')
    expect(text('p')).toBe('p')
    expect(text('pr')).toBe('priority ')
    expect(text('re')).toBe('re')
    expect(text('x')).toBe('x')
  })

  it('joins the mesh of an invite that is typed with it', () => {
    const desk = typed('join px1:abc')
    expect(desk.wanted()).toEqual([{ kind: 'join', invite: 'px1:abc' }])
    expect(desk.overlay).toMatchObject({ kind: 'pair', busy: true })
  })

  it('does nothing for an empty line, and leaves with Esc or Backspace', () => {
    expect(typed('').state.prompt).toBeNull()
    expect(Desk.busy().keys(':', 'Esc').state.prompt).toBeNull()
    expect(Desk.busy().keys(':', 'Backspace').state.prompt).toBeNull()
  })

  it('opens a job by its id', () => {
    const desk = new Desk()
      .told([{ kind: 'job', row: jobRow('abc') }])
      .keys(':')
      .type('job abc')
      .keys('Enter')
    expect(desk.overlay).toMatchObject({ kind: 'job', id: 'abc' })
  })
})
