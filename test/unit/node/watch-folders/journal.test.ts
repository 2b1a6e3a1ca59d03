import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { KnownFile } from '../../../../src/node/watch-folders/files.ts'
import { Journal, type WatchHead } from '../../../../src/node/watch-folders/journal.ts'
import { asked } from './kit.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxima-journal-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const head: WatchHead = {
  ...asked('/in'),
  id: 'k3j5m8n2p4',
  addedAt: '2026-03-01T12:00:00.000Z',
  identity: '12.34'
}

const known = (jobId: string): KnownFile => ({
  sizeBytes: 3,
  mtimeMs: 0.5,
  print: 'p',
  outcome: 'queued',
  jobId,
  output: '/out/a.mov',
  reason: null,
  at: '2026-03-01T12:00:00.000Z'
})

const content =
  (files: Record<string, KnownFile> = {}) =>
  () => ({
    head,
    known: new Map(Object.entries(files))
  })

describe('what a watch remembers', () => {
  it('is read as it was written, the last line of a file counting', async () => {
    const journal = new Journal(folder, head.id)
    await journal.write(content({ 'a.mov': known('one'), 'b.mov': known('two') }))
    await journal.append('a.mov', known('three'))
    await journal.append('b.mov', null)
    const read = await Journal.read(journal.path)
    expect(read).toEqual({ head, known: new Map([['a.mov', known('three')]]) })
    expect(await Journal.read(join(folder, 'none.jsonl'))).toBeNull()
  })

  it('keeps its lines in order when nobody waits for them', async () => {
    const journal = new Journal(folder, head.id)
    const files: Record<string, KnownFile> = {}
    const writes = [journal.write(content())]
    for (let n = 0; n < 20; n++) {
      files['a.mov'] = known(`job${n}`)
      writes.push(journal.append('a.mov', files['a.mov']), journal.write(content(files)))
    }
    writes.push(journal.append('b.mov', known('last')))
    await Promise.all(writes)
    const read = await Journal.read(journal.path)
    expect([...read!.known]).toEqual([
      ['a.mov', known('job19')],
      ['b.mov', known('last')]
    ])
  })

  it('is long when most of its lines say what is no longer so', async () => {
    const journal = new Journal(folder, head.id)
    await journal.write(content({ 'a.mov': known('one') }))
    expect(journal.isLong(1)).toBe(false)
    await Promise.all(Array.from({ length: 1_002 }, () => journal.append('a.mov', known('one'))))
    expect(journal.isLong(1)).toBe(true)
    await journal.write(content({ 'a.mov': known('one') }))
    expect(journal.isLong(1)).toBe(false)
    expect(readFileSync(journal.path, 'utf8').trimEnd().split('\n')).toHaveLength(2)
  })

  it('does not come back once it is removed, whatever is written after', async () => {
    const journal = new Journal(folder, head.id)
    await journal.write(content())
    await Promise.all([journal.remove(), journal.append('a.mov', known('one')), journal.write(content())])
    expect(existsSync(journal.path)).toBe(false)
  })
})
