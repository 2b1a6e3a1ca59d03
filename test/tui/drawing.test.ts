import { readFileSync } from 'node:fs'
import { beforeEach, expect, it } from 'vitest'
import { builtProgram } from '../support/paths.ts'
import { givenRoom, type Room } from '../support/room.ts'
import { waitFor } from '../support/wait-for.ts'
import { startFakeNode } from './fake-node.ts'
import { needTmux, shellWords, Terminal } from './terminal.ts'

let room: Room
let home: string
beforeEach(async (context) => {
  needTmux(context)
  room = givenRoom()
  home = room.folder('home')
  const server = await startFakeNode({ home })
  return () => server.close()
})

/** A terminal with the screen of the scene open in it. */
async function opened(
  size: [number, number],
  options: { env?: Record<string, string>; args?: string } = {}
): Promise<Terminal> {
  const [columns, rows] = size
  const terminal = new Terminal({
    columns,
    rows,
    claim: room.claim,
    env: { PROXIMA_HOME: home, ...options.env }
  })
  terminal.run(`${shellWords(builtProgram)} ${options.args ?? ''}`)
  await terminal.sees('A001_C004.mov')
  await terminal.sees('? help')
  return terminal
}

/** Lines that are the same at every time: without header (a sparkline grows there) and machines (`14 s ago`). */
const timeless = (lines: readonly string[]): string[] =>
  lines.slice(1).filter((line) => !/ mac |DONE\/BAD/.test(line))

const golden = (name: string): string[] =>
  readFileSync(new URL(`golden/${name}.txt`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')

for (const [columns, rows] of [
  [60, 15],
  [80, 24],
  [120, 40],
  [200, 60]
] as const) {
  it(`draws what was reviewed at ${columns}x${rows}`, async () => {
    const terminal = await opened([columns, rows])
    const expected = timeless(golden(`jobs-${columns}x${rows}`))
    await waitFor(() => JSON.stringify(timeless(terminal.lines())) === JSON.stringify(expected), {
      timeoutMs: 10_000,
      what: 'the golden frame'
    }).catch(() => expect(timeless(terminal.lines())).toEqual(expected))
    expect(terminal.lines()[0]).toContain('node ok')
    terminal.keys('2')
    await terminal.sees('Under the cursor')
    terminal.keys('3')
    await terminal.sees('[3 Peers]')
    terminal.keys('4')
    await terminal.sees('> ')
  })
}

/** Escape sequences that colour something: bold, faint and inverse do not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
const colours = /\u001b\[[\d;]*(?:3[0-7]|4[0-7]|9[0-7])[\d;]*m/

it('uses colours, and none with NO_COLOR', async () => {
  const colourful = await opened([80, 24])
  expect(colourful.coloured()).toMatch(colours)
  colourful.keys('q')
  await waitFor(() => !colourful.flags().alternate, { timeoutMs: 10_000, what: 'the screen to end' })
  colourful.run('clear; export NO_COLOR=1')
  colourful.run(shellWords(builtProgram))
  await colourful.sees('A001_C004.mov')
  expect(colourful.coloured()).not.toMatch(colours)
  expect(colourful.text()).toContain('FAIL')
})

it('draws with ASCII alone in a locale without more, and when told to', async () => {
  for (const how of [{ env: { LANG: 'C', LC_ALL: 'C' } }, { args: '--ascii' }]) {
    const terminal = await opened([80, 24], how)
    expect(terminal.text()).toMatch(/^[ -~\n]*$/)
    expect(terminal.text()).toContain('146/~200')
    terminal.keys('q')
    await waitFor(() => !terminal.flags().alternate, { timeoutMs: 10_000, what: 'the screen to end' })
    terminal.run('exit')
    await waitFor(() => !terminal.isOpen(), { timeoutMs: 10_000, what: 'tmux to end' })
  }
})

it('follows the terminal’s size, up and down and back', async () => {
  const terminal = await opened([80, 24])
  terminal.resize(120, 40)
  await terminal.sees(/^ proxima.*▁|█{3,} {2}left/m)
  await terminal.sees('6 s')
  expect(terminal.lines()).toHaveLength(40)
  terminal.resize(40, 10)
  await terminal.sees('60x15 shows more')
  expect(terminal.lines().filter((line) => line.trim() !== '')).toHaveLength(2)
  terminal.resize(60, 15)
  await terminal.sees('[1 Jobs]')
  terminal.resize(80, 24)
  await terminal.sees('── peers')
  const expected = timeless(golden('jobs-80x24'))
  await waitFor(() => JSON.stringify(timeless(terminal.lines())) === JSON.stringify(expected), {
    timeoutMs: 10_000,
    what: 'the golden frame again'
  }).catch(() => expect(timeless(terminal.lines())).toEqual(expected))
})

it('shows every page at its size without a broken line', async () => {
  const terminal = await opened([80, 24])
  for (const [keys, text] of [
    [['?'], 'Everywhere'],
    [['Escape', 'x'], 'Cancel A001_C004.mov?'],
    [['n', '3', 'J'], 'join a mesh'],
    [['Escape', '1', '/'], '? help']
  ] as const) {
    terminal.keys(...keys)
    if (text !== '? help') await terminal.sees(text)
    expect(terminal.lines()).toHaveLength(24)
    expect(terminal.lines()[2]).toMatch(/^──/)
  }
})

it('prints a line a change, or JSON, where the terminal cannot be drawn on or a person wants it so', async () => {
  const terminal = new Terminal({ columns: 100, rows: 24, claim: room.claim, env: { PROXIMA_HOME: home } })
  for (const [before, after] of [
    ['TERM=dumb', ''],
    ['CI=1', ''],
    ['', '--ui plain']
  ] as const) {
    terminal.run('clear')
    await waitFor(() => !terminal.lines().some((line) => line.includes('A001_C004')), {
      timeoutMs: 10_000,
      what: 'the lines before to be gone'
    })
    terminal.run(`${before} ${shellWords(builtProgram)} ${after}`)
    await terminal.sees(/k3j5m8n2p4 +active +A001_C004\.mov, 159 tasks/)
    await terminal.sees(/failed +old\.avi: task 17/)
    expect(terminal.flags()).toEqual({ alternate: false, cursor: true })
    terminal.keys('C-c')
    await terminal.sees('The node goes on without this screen.')
  }
  terminal.run(`clear; ${shellWords(builtProgram)} --ui json | head -1 | cut -c -40; echo ended`)
  await terminal.sees('{"type":"job","id":"k3j5m8n2p4"')
  terminal.keys('C-c')
  await terminal.sees(/^ended/m)
})
