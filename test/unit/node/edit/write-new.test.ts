import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { writeNew } from '../../../../src/node/edit/write-new.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxima-write-new-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('replaces nothing that says something else, and writes nothing twice', async () => {
  const path = join(folder, 'Proxy', 'proxies.fcpxml')
  expect(await writeNew(path, 'one')).toBe(path)
  expect(await writeNew(path, 'two')).toBe(join(folder, 'Proxy', 'proxies 2.fcpxml'))
  expect(await writeNew(path, 'one')).toBe(path)
  expect(await writeNew(path, 'two')).toBe(join(folder, 'Proxy', 'proxies 2.fcpxml'))
  expect(readdirSync(join(folder, 'Proxy'))).toHaveLength(2)
  expect(readFileSync(path, 'utf8')).toBe('one')
})

it('goes on where a folder has the name', async () => {
  mkdirSync(join(folder, 'x.fcpxml'))
  expect(await writeNew(join(folder, 'x.fcpxml'), 'one')).toBe(join(folder, 'x 2.fcpxml'))
})
