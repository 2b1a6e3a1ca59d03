import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openLedger } from '../../../src/ledger/index.ts'
import { factsOf, jobId, ledgerKit } from './kit.ts'

describe('a backup of a ledger', () => {
  let kit: ReturnType<typeof ledgerKit>
  beforeEach(() => {
    kit = ledgerKit()
  })
  afterEach(() => kit.remove())

  const opened = (path: string) => openLedger({ path, wallClock: () => new Date() })

  it('opens as a ledger with everything that was committed, while the first goes on', async () => {
    const ledger = kit.open()
    ledger.commit([factsOf(jobId(1)).queued(1)])
    const path = join(kit.folder, 'copy.db')
    const sizeBytes = await ledger.backUp(path)
    expect(sizeBytes).toBeGreaterThan(0)
    ledger.commit([factsOf(jobId(2)).queued(2)])

    const copy = opened(path)
    try {
      expect(copy.load().map(({ id }) => id)).toEqual([jobId(1)])
      expect(copy.integrityCheck()).toEqual([])
      expect([...copy.replay()]).toHaveLength(1)
    } finally {
      copy.close()
    }
    expect(ledger.load()).toHaveLength(2)
  })

  it('is one whole file, also when jobs are queued while it is made', async () => {
    const ledger = kit.open()
    for (let n = 0; n < 400; n++) ledger.commit([factsOf(jobId(n)).queued(n)])
    const path = join(kit.folder, 'copy.db')
    const copying = ledger.backUp(path)
    for (let n = 400; n < 500; n++) ledger.commit([factsOf(jobId(n)).queued(n)])
    await copying
    expect(readdirSync(kit.folder).filter((name) => name.startsWith('copy'))).toEqual(['copy.db'])
    const copy = opened(path)
    try {
      const jobs = copy.load()
      expect(jobs.length).toBeGreaterThanOrEqual(400)
      expect([...copy.replay()]).toHaveLength(jobs.length)
      expect(copy.integrityCheck()).toEqual([])
    } finally {
      copy.close()
    }
  })

  it('does not replace a file, and leaves nothing where it cannot be made', async () => {
    const ledger = kit.open()
    const path = join(kit.folder, 'copy.db')
    await ledger.backUp(path)
    await expect(ledger.backUp(path)).rejects.toMatchObject({ code: 'backup-exists' })
    await expect(ledger.backUp(join(kit.folder, 'missing', 'copy.db'))).rejects.toMatchObject({
      code: 'cannot-back-up',
      message: expect.stringContaining('missing')
    })
    expect(existsSync(join(kit.folder, 'missing'))).toBe(false)
  })
})
