import { describe, expect, it } from 'vitest'
import type { PlanLine, QueueLine } from '../../../src/model/index.ts'
import { parentOf, pathIn } from '../../../src/tui/reduce-wizard.ts'
import type { FolderEntry } from '../../../src/tui/state.ts'
import { jobView } from '../../support/control.ts'
import { expectGolden } from './golden.ts'
import { Desk } from './kit.ts'

const entries: readonly FolderEntry[] = [
  { name: 'day1', kind: 'folder', sizeBytes: 0 },
  { name: 'A001.mov', kind: 'file', sizeBytes: 4_700_000 },
  { name: 'B002.mov', kind: 'file', sizeBytes: 1_200 }
]
const presets = [
  { name: 'dnxhr_sq', description: 'DNxHR SQ in MOV', trouble: null },
  { name: 'h264_proxy', description: 'H.264 in MP4', trouble: null }
]

const fileBrowser = (size: { columns?: number; rows?: number }) =>
  Desk.busy(size).keys('a').answer({ kind: 'browsed', folder: '/mnt/nas', entries })
const browsing = () => fileBrowser({})

/** A wizard with `A001.mov` chosen, at the choice of a preset. */
const choosing = () => {
  const desk = browsing().keys('Down', 'Down', 'Space', 'Tab').answer({ kind: 'presets-loaded', presets })
  return desk.answer({ kind: 'preset-loaded', name: 'dnxhr_sq', lines: ['codec: dnxhd'] })
}

const reviewing = () => {
  const desk = choosing().keys('Enter', 'Enter')
  desk.wanted()
  return desk
}

const wizard = (desk: Desk) => {
  const overlay = desk.overlay
  if (overlay?.kind !== 'wizard') throw new Error('the wizard is not open')
  return overlay
}

const planOf = (desk: Desk) => {
  const { planOf: wish } = wizard(desk)
  if (wish === null) throw new Error('nothing is planned')
  return wish
}

const member = (name: string, takesPart: boolean) => ({
  peerId: name,
  name,
  self: false,
  takesPart,
  reason: takesPart ? null : 'it has no such encoder'
})

const planLine = (source: string): PlanLine => ({
  kind: 'plan',
  source,
  output: `${source}.out`,
  preset: 'dnxhr_sq',
  chosen: null,
  frames: 500,
  durationMs: 20_000,
  shape: 'split',
  chunks: 8,
  estimateBytes: 290e6,
  freeBytes: 81e9,
  participants: [member('tower', true), member('laptop', false)],
  note: null,
  warnings: [],
  command: ['ffmpeg']
})

describe('the queue wizard', () => {
  it('opens in the folder that the screen was started in', () => {
    const desk = Desk.busy().keys('a')
    expect(desk.wanted()).toEqual([{ kind: 'browse', folder: '/mnt/nas' }])
    expect(browsing().text()).toContain('A001.mov')
  })

  it('goes into folders and back up, and opens there the next time', () => {
    const desk = browsing().keys('Down', 'Enter')
    expect(desk.wanted().at(-1)).toEqual({ kind: 'browse', folder: '/mnt/nas/day1' })
    desk.answer({ kind: 'browsed', folder: '/mnt/nas/day1', entries: [] })
    expect(desk.text()).toContain('No videos and no folders here.')
    desk.keys('Left')
    expect(desk.wanted().at(-1)).toEqual({ kind: 'browse', folder: '/mnt/nas' })
    desk.keys('Esc', 'a')
    expect(desk.wanted().at(-1)).toEqual({ kind: 'browse', folder: '/mnt/nas/day1' })
  })

  it('opens a timeline to its clips, of which those that are there can be chosen', () => {
    const desk = fileBrowser({}).answer({
      kind: 'browsed',
      folder: '/mnt/nas',
      entries: [{ name: 'cut.otio', kind: 'timeline', sizeBytes: 0 }]
    })
    expect(desk.text()).toMatch(/cut\.otio +timeline/)
    desk.wanted()
    desk.keys('Down', 'Enter')
    expect(desk.wanted()).toEqual([{ kind: 'browse', folder: '/mnt/nas/cut.otio' }])
    desk.answer({
      kind: 'browsed',
      folder: '/mnt/nas/cut.otio',
      entries: [
        { name: 'A.mov', kind: 'file', sizeBytes: 0, path: '/mnt/nas/day1/A.mov', detail: 'Reel 1' },
        { name: 'B.mov', kind: 'file', sizeBytes: 0, detail: 'Reel 1', trouble: 'missing' }
      ]
    })
    expect(desk.text()).toMatch(/A\.mov +Reel 1/)
    expect(desk.text()).toMatch(/B\.mov +missing/)
    desk.keys('Down', 'Space', 'Space')
    expect(wizard(desk).chosen).toEqual(['/mnt/nas/day1/A.mov'])
    expect(desk.text()).toContain('1 chosen: A.mov')
  })

  it('chooses a whole timeline by Space, and none by Enter on a clip that is missing', () => {
    const timeline = { name: 'cut.otio', kind: 'timeline', sizeBytes: 0 } as const
    const gone = { name: 'B.mov', kind: 'file', sizeBytes: 0, trouble: 'missing' } as const
    const desk = fileBrowser({}).answer({ kind: 'browsed', folder: '/mnt/nas', entries: [timeline, gone] })
    expect(wizard(desk.keys('Down', 'Down', 'Enter')).step).toBe('files')
    expect(wizard(desk.keys('Up', 'Space')).chosen).toEqual(['/mnt/nas/cut.otio'])
  })

  it('narrows as it is typed; Backspace and Esc take it back', () => {
    const desk = browsing().type('b00')
    expect(desk.text()).not.toContain('A001.mov')
    expect(desk.keys('Backspace').text()).toContain('only what contains: b0')
    expect(desk.keys('Esc').text()).toContain('A001.mov')
    expect(desk.keys('Esc').overlay).toBeUndefined()
  })

  it('chooses several, in whatever folder, and lets go again', () => {
    const desk = browsing().keys('Down', 'Space', 'Space', 'Space')
    expect(wizard(desk).chosen).toEqual(['/mnt/nas/day1', '/mnt/nas/A001.mov', '/mnt/nas/B002.mov'])
    expect(wizard(desk.keys('Space')).chosen).toEqual(['/mnt/nas/day1', '/mnt/nas/A001.mov'])
    expect(wizard(desk.keys('Home', 'Space')).chosen).toHaveLength(2)
  })

  it('does not go on with nothing chosen; Enter on a file takes that one', () => {
    expect(wizard(browsing().keys('Tab')).step).toBe('files')
    const desk = browsing().keys('Down', 'Down', 'Enter')
    expect(wizard(desk)).toMatchObject({ step: 'preset', chosen: ['/mnt/nas/A001.mov'] })
  })

  it('shows what the preset under the cursor resolves to', () => {
    const desk = choosing()
    expect(desk.text()).toContain('codec: dnxhd')
    desk.keys('Down')
    expect(desk.wanted().at(-1)).toEqual({ kind: 'load-preset', name: 'h264_proxy' })
    expect(desk.text()).not.toContain('codec: dnxhd')
    expect(wizard(desk.type('dnx')).presetAt).toBe(0)
    expect(desk.text()).not.toContain('h264_proxy')
  })

  it('asks for a whole path and a whole number', () => {
    const desk = choosing().keys('Enter').type('out').keys('Enter')
    expect(wizard(desk)).toMatchObject({ step: 'place' })
    expect(desk.text()).toContain('Give the whole path')
    desk.keys(...Array<string>(3).fill('Backspace'))
    desk.type('/out').keys('Down', 'Down', 'Down').type('.5').keys('Enter')
    expect(desk.text()).toContain('whole number')
  })

  it('makes a wish of what was chosen', () => {
    const desk = choosing().keys('Down', 'Enter').type('/out').keys('Down', 'Right', 'Down', 'Space', 'Down')
    desk.wanted()
    desk.keys('Backspace').type('7').keys('Enter')
    const wish = {
      chosen: ['/mnt/nas/A001.mov'],
      preset: 'h264_proxy',
      outDir: '/out',
      priority: 7,
      force: true,
      keep: false,
      noChunk: true
    }
    expect(desk.wanted()).toMatchObject([{ kind: 'plan', wish }])
    desk.keys('Enter')
    expect(desk.wanted()).toMatchObject([{ kind: 'abandon-plan' }, { kind: 'queue', wish }])
    expect(desk.keys('Enter').wanted()).toEqual([])
  })

  it('reviews as the files are looked at', () => {
    const desk = reviewing()
    const answer = { kind: 'planned' as const, wish: planOf(desk), total: 3 }
    expect(desk.text()).toContain('looking for the files…')
    desk.answer({ ...answer, lines: [], done: false })
    expect(desk.text()).toContain(' looking at the files: 0 of 3…')
    expect(desk.text()).not.toContain('0 files to encode')
    desk.answer({ ...answer, lines: [planLine('/m/a.mov')], done: false })
    expect(desk.text()).toContain('looking at the files: 1 of 3')
    desk.answer({
      ...answer,
      lines: [
        { kind: 'exists', source: '/m/b.mov', output: '/m/b.out', message: 'is there already' },
        {
          kind: 'refused',
          source: '/m/c.avi',
          error: { code: 'x', message: 'is not a video', hint: null, exitStatus: 1 }
        }
      ],
      done: true
    })
    const text = desk.text()
    expect(text).toContain('1 file to encode, 500 frames, 0:20, about 8 chunks')
    expect(text).toContain('about 290 MB, 81 GB free there')
    expect(text).toContain('encoded by tower\n')
    expect(text).toContain('1 there already, 1 refused')
    expect(text).toContain('refused  c.avi: is not a video')
  })

  it('says all of a file in the review, however narrow the terminal is', () => {
    const desk = reviewing()
    const chosen = 'width at least 256, height at least 120'
    const note = 'the source or the output is outside every shared root: encoded on this machine alone'
    const message = `c.mov is not a video: ffprobe cannot make sense of /a/rather/long/path/to/the/media/c.mov`
    desk.answer({
      kind: 'planned',
      wish: planOf(desk),
      total: 2,
      lines: [
        { ...planLine('/m/a.mov'), chosen, chunks: 1, note } as PlanLine,
        { kind: 'refused', source: '/m/c.mov', error: { code: 'x', message, hint: null, exitStatus: 1 } }
      ],
      done: true
    })
    const told = desk.text().replaceAll(/\s+/g, ' ')
    expect(told).toContain(`a.mov dnxhr_sq (${chosen}), 500 frames, 0:20, in one piece (${note})`)
    expect(told).toContain(`refused ${message}`)
  })

  it('scrolls through all of the review, and back from its end at once', () => {
    const desk = reviewing()
    const lines = Array.from({ length: 40 }, (_, i) => planLine(`/m/clip${i}.mov`))
    desk.answer({ kind: 'planned', wish: planOf(desk), total: 40, lines, done: true })
    expect(desk.text()).toContain('/m/clip0.mov')
    expect(desk.keys('End').text()).toContain('/m/clip39.mov')
    const end = desk.text()
    expect(desk.keys('Down').text()).toBe(end)
    expect(desk.keys('Up').text()).not.toContain('/m/clip39.mov')
    expect(desk.keys('Down').text()).toBe(end)
  })

  it('takes no lines of a plan that was left for another', () => {
    const desk = reviewing()
    const late = { kind: 'planned' as const, wish: planOf(desk), total: 1, done: true }
    desk.keys('Esc', 'Esc', 'Down', 'Enter', 'Enter')
    const now = { ...late, wish: planOf(desk) }
    desk.answer({ ...late, lines: [planLine('/m/a.mov')] })
    expect(wizard(desk)).toMatchObject({ step: 'review', plan: [], planState: 'running' })
    desk.answer({ kind: 'refused', order: { kind: 'plan', wish: late.wish }, text: 'the node is away' })
    expect(wizard(desk).error).toBeNull()
    desk.answer({ ...now, lines: [planLine('/m/a.mov')] })
    expect(desk.text()).toContain('1 file to encode')
  })

  it('has a plan ended that is of no use any more: the choice is changed, the wizard left, or all is queued', () => {
    for (const way of [['Esc'], ['ShiftTab'], ['Enter'], ['Esc', 'Esc', 'Esc', 'Esc']]) {
      const desk = reviewing()
      const wish = planOf(desk)
      desk.keys(...way)
      expect(desk.wanted().filter(({ kind }) => kind === 'abandon-plan')).toEqual([
        { kind: 'abandon-plan', wish }
      ])
    }
    const done = reviewing()
    done.answer({ kind: 'planned', wish: planOf(done), total: 1, lines: [planLine('/m/a.mov')], done: true })
    expect(done.wanted()).toEqual([])
    expect(done.keys('Esc').wanted()).toEqual([])
  })

  it('plans again what queueing cut short, when nothing could be queued', () => {
    const desk = reviewing().keys('Enter')
    const order = desk.wanted().at(-1)!
    desk.answer({ kind: 'refused', order, text: 'the node is stopping' })
    expect(desk.wanted()).toEqual([{ kind: 'plan', wish: planOf(desk) }])
    expect(wizard(desk)).toMatchObject({ planState: 'running', queueing: false })
  })

  it('says what is wrong with a preset only while the cursor is on it', () => {
    const desk = choosing()
    const refused = {
      kind: 'refused',
      order: { kind: 'load-preset', name: 'dnxhr_sq' },
      text: 'dnxhr_sq is gone'
    } as const
    desk.answer(refused)
    expect(wizard(desk).error).toBe('dnxhr_sq is gone')
    desk.keys('Down')
    expect(wizard(desk).error).toBeNull()
    desk.answer(refused)
    expect(wizard(desk).error).toBeNull()
  })

  it('is drawn as it was reviewed, step by step', () => {
    expectGolden('wizard-files-80x24', browsing().keys('Down', 'Down', 'Space').frame())
    expectGolden('wizard-preset-80x24', choosing().frame())
    expectGolden('wizard-place-80x24', choosing().keys('Enter').type('/mnt/out').frame())
    const review = reviewing()
    const planned = { kind: 'planned' as const, wish: planOf(review), total: 1, done: true }
    review.answer({ ...planned, lines: [planLine('/mnt/nas/A001.mov')] })
    expectGolden('wizard-review-80x24', review.frame())
    expectGolden('wizard-files-60x15', fileBrowser({ columns: 60, rows: 15 }).frame())
  })

  it('closes when all are queued, and goes to them', () => {
    const desk = reviewing().keys('Enter')
    const job = jobView('new', { batch: 'bnew' })
    desk.answer({
      kind: 'queued',
      wish: { preset: 'dnxhr_sq', outDir: null } as never,
      lines: [{ kind: 'queued', job }]
    })
    expect(desk.overlay).toBeUndefined()
    expect(desk.state.jobAt).toBe('job:new')
    expect(desk.notice).toBe('1 file is queued')
    desk.answer({
      kind: 'queued',
      wish: { preset: 'p', outDir: null } as never,
      lines: [],
      note: 'Import it.'
    })
    expect(desk.notice).toBe('0 files are queued. Import it.')
  })

  it('lists what was refused', () => {
    const line: QueueLine = {
      kind: 'refused',
      source: '/c.avi',
      error: { code: 'x', message: 'c.avi is not a video', hint: 'Look at it', exitStatus: 1 }
    }
    const desk = reviewing()
      .keys('Enter')
      .answer({ kind: 'queued', wish: { preset: 'p', outDir: null } as never, lines: [line] })
    expect(desk.text()).toContain('c.avi is not a video. Look at it')
    expect(desk.notice).toBe('0 files are queued')
  })

  it('stays open with the reason when nothing could be queued', () => {
    const desk = reviewing().keys('Enter')
    const order = desk.wanted().at(-1)!
    desk.answer({ kind: 'refused', order, text: 'the node is stopping' })
    expect(desk.text()).toContain('the node is stopping')
    expect(desk.keys('Enter').wanted().at(-1)).toEqual(order)
  })

  it('goes back step by step, and offers the preset of the last time first', () => {
    const desk = reviewing().keys('Esc')
    expect(wizard(desk).step).toBe('place')
    expect(wizard(desk.keys('Esc')).step).toBe('preset')
    expect(wizard(desk.keys('ShiftTab')).step).toBe('files')
    const again = Desk.busy()
    again.answer({ kind: 'queued', wish: { preset: 'h264_proxy', outDir: '/out' } as never, lines: [] })
    again.keys('a').answer({ kind: 'browsed', folder: '/mnt/nas', entries }).keys('Down', 'Down', 'Enter')
    again.answer({ kind: 'presets-loaded', presets })
    expect(wizard(again)).toMatchObject({ presetAt: 1, outDir: { text: '/out' } })
  })
})

describe('paths', () => {
  it.each([
    ['/', 'a', '/a', '/'],
    ['/mnt', 'a', '/mnt/a', '/'],
    ['C:\\', 'a', 'C:\\a', 'C:\\'],
    ['C:\\x', 'a', 'C:\\x\\a', 'C:\\']
  ])('in %s', (folder, name, inside, parent) => {
    expect(pathIn(folder, name)).toBe(inside)
    expect(parentOf(folder)).toBe(parent)
  })
})
