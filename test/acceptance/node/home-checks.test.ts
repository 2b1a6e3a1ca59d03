import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openLedger } from '../../../src/ledger/index.ts'
import { type Home, openHome } from '../../../src/node/home.ts'
import { checkMembership } from '../../../src/node/home-checks.ts'
import { loadIdentity } from '../../../src/node/mesh/identity.ts'
import { RosterStore } from '../../../src/node/mesh/roster-store.ts'
import { offlineControl } from '../../../src/node/offline.ts'
import { factsOf, jobId } from '../ledger/kit.ts'

let home: Home

beforeEach(async () => {
  home = openHome(await mkdtemp(`${tmpdir()}/proxima-doctor-`))
})

afterEach(() => rm(home.folder, { recursive: true }))

/** A ledger of some hundred pages, of which those in the middle are overwritten. */
function damagedLedger(): void {
  const ledger = openLedger({ path: home.ledger, wallClock: () => new Date(0) })
  for (let n = 0; n < 300; n++) ledger.commit([factsOf(jobId(n)).queued(n + 1)])
  ledger.close()
  const bytes = readFileSync(home.ledger)
  bytes.fill(0x5a, 4096 * 4, bytes.length - 4096)
  writeFileSync(home.ledger, bytes)
}

const doctor = async () => (await (await offlineControl(home.folder, {})).doctor({})).checks

describe('doctor without a running node', () => {
  it('tells of a damaged ledger among its other findings', async () => {
    damagedLedger()
    const checks = await doctor()
    expect(checks).toContainEqual({
      name: 'ledger',
      status: 'fail',
      message: expect.stringMatching(/malformed|damaged/)
    })
    expect(checks.map(({ name }) => name)).toEqual(expect.arrayContaining(['node', 'ffmpeg', 'home']))
  })

  it('tells of a file that is no ledger likewise', async () => {
    writeFileSync(home.ledger, 'no ledger at all. '.repeat(100))
    expect(await doctor()).toContainEqual({
      name: 'ledger',
      status: 'fail',
      message: expect.stringContaining('put a backup in its place')
    })
  })
})

describe('a damaged ledger', () => {
  it('is a ledger’s error with a way out, not a bug', () => {
    damagedLedger()
    const read = () => {
      const ledger = openLedger({ path: home.ledger, wallClock: () => new Date(0) })
      try {
        return ledger.load()
      } finally {
        ledger.close()
      }
    }
    expect(read).toThrow(expect.objectContaining({ code: 'damaged', hint: expect.any(String) }))
  })
})

describe('checkMembership', () => {
  it('makes nothing where no node was ever started', async () => {
    expect(await checkMembership(home)).toEqual([])
    expect(() => readFileSync(home.identityKey)).toThrow('ENOENT')
  })

  it('is content with key and roster, and tells which is damaged', async () => {
    const identity = await loadIdentity(home.folder)
    await RosterStore.load(home.folder, identity, 'tower', () => undefined)
    expect(await checkMembership(home)).toEqual([])
    writeFileSync(home.roster, '{')
    const roster = {
      name: 'mesh',
      status: 'fail',
      message: expect.stringContaining('roster.json is damaged')
    }
    expect(await checkMembership(home)).toEqual([roster])
    writeFileSync(home.identityKey, 'x')
    const key = { name: 'mesh', status: 'fail', message: expect.stringContaining('identity.key is damaged') }
    expect(await checkMembership(home)).toEqual([key])
  })
})
