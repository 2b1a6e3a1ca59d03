import { describe, expect, it } from 'vitest'
import { initialScreen } from '../../../src/tui/state.ts'
import { sceneChunks, sceneNowMs, sceneParts } from '../../support/scene.ts'
import { Desk } from './kit.ts'

/** A screen on another machine's node, with everything of the scene told. */
function watching(size: { columns: number; rows: number } = { columns: 80, rows: 24 }): Desk {
  const desk = new Desk(size)
  const start = { ...size, nowMs: sceneNowMs, folder: '/', notify: 'bell', watching: 'editroom' } as const
  desk.state = initialScreen(start)
  return desk.told(sceneParts).chunks(sceneChunks)
}

const acting: [string, ...string[]][] = [
  ['a'],
  ['p'],
  ['x'],
  ['*', 'r'],
  ['+'],
  ['-'],
  ['3', 'D'],
  ['3', 'i'],
  ['3', 'J']
]

describe('a screen that watches another machine', () => {
  it('says whose it is, also where there is little room', () => {
    expect(watching().frame()[0]).toContain('watching editroom')
    expect(watching({ columns: 60, rows: 15 }).frame()[0]).toContain('watching editroom')
    expect(watching({ columns: 50, rows: 10 }).frame()[0]).toContain('watching editroom')
    expect(Desk.busy().frame()[0]).not.toContain('watching')
  })

  it('does not call the watched machine this one', () => {
    expect(watching().keys('3').text()).not.toContain('(here)')
    expect(watching().keys('3', 'Enter').text()).not.toContain('this machine')
    expect(Desk.busy().keys('3', 'Enter').text()).toContain('this machine')
  })

  it.each(acting)('answers %s %s that it only watches, and wants nothing', (...keys) => {
    const desk = watching().keys(...keys)
    expect(desk.wanted()).toEqual([])
    expect(desk.overlay).toBeUndefined()
    expect(desk.notice).toBe('This screen only watches editroom: it changes nothing there')
  })

  it.each([
    'pause all',
    'drain',
    'slots 2',
    'cancel all',
    'invite',
    'join abc',
    'stop',
    'priority 5',
    'unblock all',
    'leave'
  ])('does not run :%s', (line) => {
    const desk = watching().keys(':').type(line).keys('Enter')
    expect(desk.wanted()).toEqual([])
    expect(desk.overlay).toBeUndefined()
    expect(desk.state.prompt).toBeNull()
    expect(desk.notice).toContain('only watches editroom')
  })

  it('opens no details of jobs, and says where they are', () => {
    for (const keys of [
      ['G', 'Enter'],
      ['2', 'Enter']
    ]) {
      const desk = watching().keys(...keys)
      expect(desk.wanted()).toEqual([])
      expect(desk.notice).toBe('This screen only watches editroom: the details of a job are on its own')
    }
  })

  it('looks, filters and is left as ever', () => {
    const desk = watching().keys('3', 'Down', 'Enter')
    expect(desk.overlay?.kind).toBe('peer')
    desk.keys('Esc', '1', '/').type('mov').keys('Enter', '?')
    expect(desk.overlay?.kind).toBe('help')
    expect(desk.keys('Esc', 'q').wanted()).toEqual([{ kind: 'quit', stopNode: false }])
    expect(watching().keys(':').type('notify off').keys('Enter').state.notify).toBe('off')
  })

  it('names no keys that come to nothing', () => {
    const footer = watching().frame().at(-1) ?? ''
    expect(footer).toContain('q quit')
    expect(footer).not.toMatch(/add|pause|cancel|retry/)
    expect(Desk.busy().frame().at(-1)).toContain('a add')
  })
})
