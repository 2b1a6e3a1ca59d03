import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { ScreenPart } from '../../../src/model/index.ts'
import { type RunningNode, startNode } from '../../../src/node/start.ts'
import { waitFor } from '../../support/wait-for.ts'

let node: RunningNode | null = null
const folder = mkdtempSync(join(tmpdir(), 'proxima-quarantine-'))
afterEach(async () => {
  await node?.stop()
  node = null
  rmSync(folder, { recursive: true, force: true })
})

const until = (what: string, condition: () => Promise<boolean>) =>
  waitFor(condition, { timeoutMs: 60_000, what, everyMs: 50 })

test('a machine that lost its storage or its ffmpeg says so, and comes back by itself', async () => {
  const nas = join(folder, 'nas')
  mkdirSync(nas)
  // An ffmpeg that answers to everything, until it is broken.
  const broken = join(folder, 'broken')
  const ffmpeg = join(folder, 'ffmpeg')
  writeFileSync(ffmpeg, `#!/bin/sh\n[ -e ${broken} ] && exit 1\necho 'ffmpeg version 5.1'\n`)
  chmodSync(ffmpeg, 0o755)
  const home = join(folder, 'home')
  const flags = {
    'listen.host': '127.0.0.1',
    'listen.port': 0,
    'mdns.enabled': false,
    'ffmpeg.path': ffmpeg
  }
  node = await startNode({ home, flags, headless: false })
  const { control } = node
  await control.share({ path: nas, name: 'nas' })
  const self = async () => (await control.peers({})).self
  const health = async () => (await control.doctor({})).checks.find(({ name }) => name === 'health')
  // Somebody who says "take work" has it looked at at once; by itself it is within half a minute.
  const becomes = (state: string) =>
    until(`the machine is ${state}`, async () => {
      await control.drain({ on: false })
      return (await self()).state === state
    })
  await becomes('awake')

  renameSync(join(nas, '.proxima'), join(nas, 'away'))
  await becomes('unhealthy')
  expect((await self()).reason).toContain('root nas')
  expect(await health()).toMatchObject({ status: 'fail', message: expect.stringContaining('root nas') })
  renameSync(join(nas, 'away'), join(nas, '.proxima'))
  await until('the machine is awake, without being asked', async () => (await self()).state === 'awake')

  writeFileSync(broken, '')
  await becomes('unhealthy')
  expect((await self()).reason).toContain('its ffmpeg does not run')
  rmSync(broken)
  await becomes('awake')
  expect(await health()).toMatchObject({ status: 'ok' })

  const told: string[] = []
  const leaving = new AbortController()
  for await (const part of control.screen({}, leaving.signal) as AsyncIterable<ScreenPart>) {
    if (part.kind === 'events') told.push(...part.events.map(({ text }) => text))
    if (part.kind === 'synced') leaving.abort()
  }
  expect(told.filter((text) => text.startsWith('this machine is unwell'))).toHaveLength(2)
  expect(told.filter((text) => text.startsWith('this machine is well again'))).toHaveLength(2)
  await node.stop()
  expect(readFileSync(join(home, 'logs', 'node.log'), 'utf8')).toContain('this machine is well again')
})
