import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Ledger } from '../../../src/ledger/index.ts'
import { repoRoot } from '../../support/paths.ts'
import { factsOf, jobId, ledgerKit, whole } from './kit.ts'

const id = jobId(1)
const f = factsOf(id)
const misfit = expect.objectContaining({ name: 'LedgerError', code: 'fact-does-not-fit' })
const completed = [
  f.queued(),
  f.planned(),
  f.shaped('whole'),
  f.created(1, whole),
  f.granted(1, 1),
  f.done(1, 1),
  f.is('job-completed')
]

describe('links to the editing software in a ledger', () => {
  let kit: ReturnType<typeof ledgerKit>
  beforeEach(() => {
    kit = ledgerKit()
  })
  afterEach(() => kit.remove())

  const reopened = (ledger: Ledger): Ledger => {
    ledger.close()
    return kit.open()
  }

  it('outlive a restart as they were told last', () => {
    let ledger = kit.open()
    ledger.commit([...completed, f.link('pending')])
    ledger = reopened(ledger)
    expect(ledger.linkOf(id)).toMatchObject({ state: 'pending', project: null, proxyIdentity: null })
    ledger.commit([f.link('refused', 'it starts at another time')])
    ledger = reopened(ledger)
    expect(ledger.links()).toEqual([
      {
        jobId: id,
        state: 'refused',
        reason: 'it starts at another time',
        hint: 'try again',
        project: { id: 'p1', name: '映画' },
        clips: [],
        proxyIdentity: '100 2',
        changedAt: expect.stringMatching(/^2030-/)
      }
    ])
    expect(ledger.integrityCheck()).toEqual([])
  })

  it('are of completed jobs only', () => {
    const ledger = kit.open()
    ledger.commit(completed.slice(0, -1))
    expect(() => ledger.commit([f.link('pending')])).toThrowError(misfit)
    expect(ledger.linkOf(id)).toBeNull()
    ledger.commit([f.is('job-completed'), f.link('pending')])
    expect(ledger.linkOf(id)).not.toBeNull()
  })

  it('go with their job', () => {
    const ledger = kit.open()
    ledger.commit([...completed, f.link('linked'), f.is('job-purged')])
    expect(ledger.links()).toEqual([])
  })

  it('can be kept in a ledger of the first schema, whose jobs stay as they were', () => {
    const dump = readFileSync(join(repoRoot, 'test/fixtures/ledger-v1.sql'), 'utf8')
    const old = new DatabaseSync(join(kit.folder, 'ledger.db'))
    old.exec(dump)
    expect(old.prepare('PRAGMA user_version').get()).toEqual({ user_version: 1 })
    const before = old.prepare('SELECT * FROM jobs ORDER BY seq').all()
    old.close()

    const ledger = kit.open()
    expect(ledger.links()).toEqual([])
    expect(ledger.load().map(({ id: job, status }) => [job, status])).toEqual(
      before.map((row) => [row.id, row.status])
    )
    const done = ledger.load().find(({ status }) => status === 'completed')!
    ledger.commit([factsOf(done.id).link('linked')])
    const again = reopened(ledger)
    expect(again.linkOf(done.id)).toMatchObject({ state: 'linked', clips: [{ name: 'A' }] })
    expect(again.integrityCheck()).toEqual([])
  })
})
