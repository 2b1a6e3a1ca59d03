import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LogFile } from '../../../src/node/log-file.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxima-log-'))
  path = join(folder, 'node.log')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const lines = (file: string): string[] => readFileSync(file, 'utf8').trimEnd().split('\n')

describe('the log of a node', () => {
  it('begins a new file while it runs, and keeps one old one', async () => {
    const log = new LogFile({ path, maxBytes: 100, oldFiles: 1 })
    // 10 bytes a line: 10 lines a file.
    for (let i = 0; i < 35; i++) log.write(`line ${String(i).padStart(4, '0')}\n`)
    await log.close()
    expect(readdirSync(folder).sort()).toEqual(['node.log', 'node.log.1'])
    expect(lines(`${path}.1`)).toEqual(
      Array.from({ length: 10 }, (_, i) => `line ${String(i + 20).padStart(4, '0')}`)
    )
    expect(lines(path)).toEqual(
      Array.from({ length: 5 }, (_, i) => `line ${String(i + 30).padStart(4, '0')}`)
    )
  })

  it('goes on in the file of the last start, and moves a large one aside', async () => {
    writeFileSync(path, 'before\n')
    const small = new LogFile({ path, maxBytes: 100, oldFiles: 1 })
    small.write('now\n')
    await small.close()
    expect(lines(path)).toEqual(['before', 'now'])
    const full = new LogFile({ path, maxBytes: 5, oldFiles: 1 })
    full.write('fresh\n')
    await full.close()
    expect([lines(`${path}.1`), lines(path)]).toEqual([['before', 'now'], ['fresh']])
  })

  it('keeps as many old ones as it is told, the newest first', async () => {
    const log = new LogFile({ path, maxBytes: 10, oldFiles: 3 })
    for (let i = 0; i < 6; i++) log.write(`line ${String(i).padStart(4, '0')}\n`)
    await log.close()
    const files = ['', '.1', '.2', '.3'].map((ending) => lines(`${path}${ending}`)[0])
    expect(files).toEqual(['line 0005', 'line 0004', 'line 0003', 'line 0002'])
    expect(readdirSync(folder)).toHaveLength(4)
  })

  it('keeps none where none is wanted, and removes those of a time when more were', async () => {
    for (const name of ['node.log.1', 'node.log.2', 'node.log.old']) writeFileSync(join(folder, name), 'x\n')
    const log = new LogFile({ path, maxBytes: 10, oldFiles: 0 })
    for (let i = 0; i < 3; i++) log.write(`line ${String(i).padStart(4, '0')}\n`)
    await log.close()
    expect(readdirSync(folder).sort()).toEqual(['node.log', 'node.log.old'])
    expect(lines(path)).toEqual(['line 0002'])
  })

  it('is for nobody else to read', async () => {
    await new LogFile({ path, maxBytes: 100, oldFiles: 1 }).close()
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it.runIf(process.platform === 'linux')('loses lines, and nothing else, on a full disk', async () => {
    symlinkSync('/dev/full', path)
    const log = new LogFile({ path, maxBytes: 1_000, oldFiles: 1 })
    log.write('lost\n')
    await new Promise((resolve) => setImmediate(resolve))
    log.write('lost, too\n')
    await log.close()
  })
})
