import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openLedger } from '../../../src/ledger/index.ts'
import { factsOf, jobId, ledgerKit } from './kit.ts'

const wallClock = () => new Date()

describe('opening a ledger', () => {
  let kit: ReturnType<typeof ledgerKit>
  let path: string
  beforeEach(() => {
    kit = ledgerKit()
    path = join(kit.folder, 'ledger.db')
  })
  afterEach(() => kit.remove())

  const codeOf = (open: () => unknown): unknown => {
    try {
      open()
    } catch (error) {
      return error
    }
    throw new Error('it was opened')
  }

  it('makes an empty one that nobody else can read', () => {
    const ledger = kit.open()
    expect(ledger.load()).toEqual([])
    expect([...ledger.replay()]).toEqual([])
    expect(ledger.nextSeq()).toBe(1)
    if (platform() !== 'win32') {
      for (const file of ['ledger.db', 'ledger.db-wal']) {
        expect(statSync(join(kit.folder, file)).mode & 0o777).toBe(0o600)
      }
    }
  })

  it('refuses a second node and names the process that holds it', () => {
    kit.open()
    expect(codeOf(() => openLedger({ path, wallClock }))).toMatchObject({
      name: 'LedgerError',
      code: 'in-use',
      message: expect.stringContaining(path),
      data: { pid: process.pid }
    })
  })

  it('can be opened again after it was closed, also when closed twice', () => {
    const first = kit.open()
    first.commit([factsOf(jobId(1)).queued()])
    first.close()
    first.close()
    expect(kit.open().load()).toHaveLength(1)
  })

  it('keeps what was acknowledged by a killed process, and is not blocked by its lock', async () => {
    const script = fileURLToPath(new URL('committer.ts', import.meta.url))
    const child = spawn(process.execPath, [script, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    let acknowledged = 0
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        acknowledged = Number(line)
        if (acknowledged === 1) {
          expect(codeOf(() => openLedger({ path, wallClock }))).toMatchObject({
            code: 'in-use',
            data: { pid: child.pid }
          })
        }
        if (acknowledged === 200) child.kill('SIGKILL')
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    } finally {
      child.kill('SIGKILL')
    }
    expect(child.signalCode).toBe('SIGKILL')
    const ledger = kit.open()
    const [job] = ledger.load()
    // One transaction may have been made durable without its line having left.
    expect([acknowledged, acknowledged + 1]).toContain(job!.tasks.length)
    expect(job!.tasks.every((task) => task.status === 'leased' && task.attempts.length === 1)).toBe(true)
    expect(ledger.integrityCheck()).toEqual([])
  })

  it('lets a person read it with another program while it is open', () => {
    const ledger = kit.open()
    ledger.commit([factsOf(jobId(1)).queued()])
    const other = new DatabaseSync(path, { readOnly: true })
    expect(other.prepare('SELECT count(*) AS jobs FROM jobs').get()).toMatchObject({ jobs: 1 })
    other.close()
    ledger.commit([factsOf(jobId(2)).queued(2)])
    expect(ledger.load()).toHaveLength(2)
  })

  it('is set to survive a power cut', () => {
    kit.open()
    const other = new DatabaseSync(path, { readOnly: true })
    expect(other.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
    other.close()
  })

  it('refuses a network file system', () => {
    expect(
      codeOf(() => openLedger({ path, wallClock }, { fileSystemOf: () => ({ magic: 0x6969n, type: null }) }))
    ).toMatchObject({
      code: 'not-on-local-disk',
      message: expect.stringContaining('NFS'),
      hint: expect.stringContaining('--home')
    })
    expect(existsSync(path)).toBe(false)
  })

  it('refuses what a newer program wrote, and leaves it as it is', () => {
    kit.open().close()
    const newer = new DatabaseSync(path)
    newer.exec('PRAGMA user_version = 999')
    newer.close()
    expect(codeOf(() => kit.open())).toMatchObject({
      code: 'written-by-newer-version',
      hint: expect.any(String)
    })
    const again = new DatabaseSync(path)
    expect(again.prepare('PRAGMA user_version').get()).toEqual({ user_version: 999 })
    again.close()
  })

  it('says so when the file is no ledger', () => {
    writeFileSync(path, 'not a database at all, but long enough to be looked at. '.repeat(30))
    expect(codeOf(() => kit.open())).toMatchObject({
      code: 'damaged',
      message: expect.stringContaining(path)
    })
  })

  it('says so when there is no folder, or a folder in its place', () => {
    expect(codeOf(() => kit.open('nowhere/ledger.db'))).toMatchObject({ code: 'cannot-open' })
    mkdirSync(path)
    expect(codeOf(() => kit.open())).toMatchObject({ code: 'cannot-open' })
  })

  it('lets the lock go when it could not be opened', () => {
    writeFileSync(path, 'x'.repeat(2_000))
    expect(codeOf(() => kit.open())).toMatchObject({ code: 'damaged' })
    writeFileSync(path, '')
    expect(kit.open().load()).toEqual([])
  })
})
