import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { WatchRules } from '../../../src/model/index.ts'
import { identityOf } from '../../../src/node/watch-folders/folder-identity.ts'
import { listFolder, listingLimits } from '../../../src/node/watch-folders/list-folder.ts'
import { printOf } from '../../../src/node/watch-folders/print.ts'
import { Waker } from '../../../src/node/watch-folders/waker.ts'
import { waitFor } from '../../support/wait-for.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'proxima-list-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const rules: WatchRules = {
  extensions: null,
  only: [],
  skip: [],
  recursive: true,
  settleMs: 0,
  minAgeMs: 0
}
const { signal } = new AbortController()

function put(path: string, content = 'x'): string {
  const file = join(dir, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
  return file
}

const list = async (
  change: Partial<WatchRules> = {},
  options: Partial<Parameters<typeof listFolder>[2]> = {}
) => {
  const listing = await listFolder(dir, { ...rules, ...change }, { signal, ...options })
  return { ...listing, paths: listing.files.map(({ path }) => path).sort() }
}

describe('a look at a folder', () => {
  test('finds its videos, however deep, but neither hidden ones nor proxies nor what it is told to leave', async () => {
    for (const path of ['a.mov', 'day1/b.mxf', 'day1/x/c.MP4', 'notes.txt', '.d.mov', '.proxima/j/1.1.mov'])
      put(path)
    for (const path of ['Proxy/a.mov', 'day1/proxy/b.mov', 'out/a.mov', 'a.mov.part']) put(path)
    const skipFolders = new Set([join(dir, 'out')])
    expect((await list({}, { skipFolders })).paths).toEqual(['a.mov', 'day1/b.mxf', 'day1/x/c.MP4'])
    expect((await list({ recursive: false })).paths).toEqual(['a.mov'])
    const [first] = (await list({ only: ['a.*'] })).files
    expect(first).toMatchObject({ path: 'a.mov', sizeBytes: 1 })
    expect(Math.abs(first!.mtimeMs - Date.now())).toBeLessThan(600_000)
  })

  test('follows links, each folder once, also in a circle, and passes over those that lead nowhere', async () => {
    put('day1/a.mov')
    symlinkSync(join(dir, 'day1'), join(dir, 'today'))
    symlinkSync(dir, join(dir, 'day1', 'loop'))
    symlinkSync(join(dir, 'day1', 'a.mov'), join(dir, 'b.mov'))
    symlinkSync(join(dir, 'nowhere.mov'), join(dir, 'c.mov'))
    const { paths, complete } = await list()
    expect({ paths, complete }).toEqual({ paths: ['b.mov', 'day1/a.mov'], complete: true })
  })

  test('is bounded, and says so', async () => {
    for (let n = 0; n < 30; n++) put(`a${n}.mov`)
    const few = await list({}, { limits: { ...listingLimits, maxFiles: 10 } })
    expect(few.files).toHaveLength(10)
    expect(few).toMatchObject({
      complete: false,
      problem: expect.stringContaining('more than 10 of its files')
    })
    const short = await list({}, { limits: { ...listingLimits, maxEntries: 20 } })
    expect(short).toMatchObject({ complete: false, problem: expect.stringContaining('more than 20 entries') })
    put('deep/er/b.mov')
    const flat = await list({}, { limits: { ...listingLimits, maxDepth: 1 } })
    expect(flat.paths).not.toContain('deep/er/b.mov')
    expect(flat).toMatchObject({ complete: false, problem: expect.stringContaining('too deep') })
  })

  test('lets the rest of the process run in between', async () => {
    for (let n = 0; n < 1_000; n++) put(`a${n}.mov`)
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    }, 1)
    const began = performance.now()
    await list()
    clearInterval(timer)
    // A walk that held the process would leave room for one turn at most.
    expect(turns).toBeGreaterThan(Math.min(10, (performance.now() - began) / 50))
  })

  test('ends when it is told to, and fails when the folder is not there', async () => {
    put('a.mov')
    await expect(list({}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
    rmSync(dir, { recursive: true })
    await expect(list()).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test.skipIf(process.getuid?.() === 0)(
    'goes on past a folder that it may not read (root may: skipped)',
    async () => {
      put('a.mov')
      put('shut/b.mov')
      chmodSync(join(dir, 'shut'), 0)
      const { paths, complete, problem } = await list()
      chmodSync(join(dir, 'shut'), 0o700)
      expect({ paths, complete, problem }).toEqual({
        paths: ['a.mov'],
        complete: false,
        problem: 'shut cannot be read: permission denied'
      })
    }
  )
})

test('tells which folders inside hold a mark, however the rules are', async () => {
  mkdirSync(join(dir, 'day1', 'card'), { recursive: true })
  for (const path of ['.mark', 'day1/.mark', 'day1/card/.mark', 'day1/.mark-2']) put(path, '')
  const { marked } = await listFolder(dir, { ...rules, extensions: ['mxf'] }, { signal, markName: '.mark' })
  expect(marked).toEqual(['day1', 'day1/card'])
})

describe('a print', () => {
  test('is of the content: neither of the time nor of the name', async () => {
    const [a, b, c] = [put('a.mov', 'same'), put('b.mov', 'same'), put('c.mov', 'lame')]
    utimesSync(b, 1, 1)
    const print = await printOf(a, signal)
    expect(await printOf(b, signal)).toBe(print)
    expect(await printOf(c, signal)).not.toBe(print)
  })

  test('sees a change at the beginning, in the middle and at the end of a large file', async () => {
    const content = Buffer.alloc(5 * 1_048_576)
    const prints = new Set([await printOf(put('a.mov', content.toString('latin1')), signal)])
    for (const offset of [0, content.length / 2, content.length - 1]) {
      const changed = Buffer.from(content)
      changed[offset] = 65
      prints.add(await printOf(put('a.mov', changed.toString('latin1')), signal))
    }
    expect(prints.size).toBe(4)
  })
})

test('a folder is known again by another name, and is not the one that took its place', async () => {
  mkdirSync(join(dir, 'in'))
  const identity = await identityOf(join(dir, 'in'))
  renameSync(join(dir, 'in'), join(dir, 'moved'))
  mkdirSync(join(dir, 'in'))
  expect(await identityOf(join(dir, 'moved'))).toBe(identity)
  expect(await identityOf(join(dir, 'in'))).not.toBe(identity)
  await expect(identityOf(put('file'))).rejects.toMatchObject({ code: 'not-a-folder' })
  await expect(identityOf(join(dir, 'none'))).rejects.toMatchObject({
    message: `${join(dir, 'none')} cannot be watched: it is not there`
  })
})

test('a new name in a folder wakes who listens; a folder that is gone is no trouble', async () => {
  let woken = 0
  const waker = new Waker(() => {
    woken += 1
  })
  await waker.listen(dir, 'one')
  put('a.mov')
  await waitFor(() => woken > 0, { timeoutMs: 20_000, what: 'the waker to hear of it' })
  await waker.listen(join(dir, 'none'), 'two')
  waker.close()
})
