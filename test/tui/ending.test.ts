import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import type { ControlServer } from '../../src/node/control/server.ts'
import { builtProgram } from '../support/paths.ts'
import { givenRoom, type Room } from '../support/room.ts'
import { sceneNode } from '../support/scene.ts'
import { commandOf, pidsOf } from '../support/traces.ts'
import { waitFor } from '../support/wait-for.ts'
import { startFakeNode } from './fake-node.ts'
import { needTmux, shellWords, Terminal } from './terminal.ts'

let room: Room
let home: string
let server: ControlServer
beforeEach(async (context) => {
  needTmux(context)
  room = givenRoom()
  home = room.folder('home')
  server = await startFakeNode({ home })
  return () => server.close()
})

const screenPid = (): number => {
  const pid = pidsOf(room.claim).find((one) => /proxima-node\.js/.test(commandOf(one)))
  if (pid === undefined) throw new Error('no screen runs')
  return pid
}

/** Opens the screen, lets it be ended, and compares the terminal's settings before and after. */
async function endedBy(
  end: (terminal: Terminal) => void | Promise<void>
): Promise<{ status: string; terminal: Terminal }> {
  const terminal = new Terminal({ columns: 80, rows: 24, claim: room.claim, env: { PROXIMA_HOME: home } })
  const before = join(room.claim.folder, 'before')
  const after = join(room.claim.folder, 'after')
  terminal.run(`stty -a > ${before}`)
  terminal.run('echo what was here')
  await terminal.sees(/^what was here/m)
  terminal.run(shellWords(builtProgram))
  await terminal.sees('? help')
  expect(terminal.flags()).toEqual({ alternate: true, cursor: false })
  await end(terminal)
  await waitFor(() => !terminal.flags().alternate, {
    timeoutMs: 20_000,
    what: 'the alternate screen to be left'
  })
  terminal.run(`echo "status $?"; stty -a > ${after}; echo written`)
  await terminal.sees(/^written/m)
  expect(readFileSync(after, 'utf8')).toBe(readFileSync(before, 'utf8'))
  expect(terminal.flags().cursor).toBe(true)
  expect(terminal.text()).toContain('what was here')
  const status = /status (\d+)/.exec(terminal.text())?.[1] ?? ''
  return { status, terminal }
}

it('gives the terminal back after q, and says that the node goes on', async () => {
  const { status, terminal } = await endedBy((open) => open.keys('q'))
  expect(status).toBe('0')
  expect(terminal.text()).toContain('The node goes on without this screen.')
})

it('gives the terminal back after Ctrl-C', async () => {
  expect((await endedBy((open) => open.keys('C-c'))).status).toBe('0')
})

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  it(`gives the terminal back after ${signal}`, async () => {
    const { status } = await endedBy(() => void process.kill(screenPid(), signal))
    expect(status).toBe('130')
  })
}

it('gives the terminal back when it is left in the middle of typing and pasting', async () => {
  const { status } = await endedBy(async (open) => {
    open.keys('3', 'J')
    await open.sees('join a mesh')
    process.kill(screenPid(), 'SIGTERM')
  })
  expect(status).toBe('130')
})

it('says that the node is gone, finds it when it is back, and shows what it says then', async () => {
  const terminal = new Terminal({ columns: 80, rows: 24, claim: room.claim, env: { PROXIMA_HOME: home } })
  terminal.run(shellWords(builtProgram))
  await terminal.sees('146/~200')
  await server.close()
  await terminal.sees('NODE GONE')
  expect(terminal.text()).toContain('146/~200')
  server = await startFakeNode({ home, parts: [{ kind: 'node', node: sceneNode }, { kind: 'synced' }] })
  await terminal.sees('No jobs yet')
  expect(terminal.text()).not.toContain('NODE GONE')
})

it('lets several screens look at once', async () => {
  const other = givenRoom()
  const terminals = [room, other].map(
    ({ claim }) => new Terminal({ columns: 80, rows: 24, claim, env: { PROXIMA_HOME: home } })
  )
  for (const terminal of terminals) terminal.run(shellWords(builtProgram))
  for (const terminal of terminals) await terminal.sees('146/~200')
  expect(existsSync(join(home, 'node.sock'))).toBe(true)
  expect(server.clientCount()).toBe(2)
})
