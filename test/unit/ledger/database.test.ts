import { describe, expect, it } from 'vitest'
import { requireSqlite } from '../../../src/ledger/database.ts'
import { migrations } from '../../../src/ledger/migrations/index.ts'

describe('the SQLite that the ledger trusts', () => {
  it('refuses versions with the WAL-reset bug and says what to do', () => {
    expect(() => requireSqlite('3.51.2')).toThrowError(
      expect.objectContaining({ code: 'sqlite-too-old', hint: expect.stringContaining('npm ci') })
    )
    expect(() => requireSqlite('3.9.9')).toThrowError(/3\.52\.0 is needed/)
  })

  it('takes 3.52.0 and what came after', () => {
    for (const version of ['3.52.0', '3.53.4', '4.0.0']) expect(() => requireSqlite(version)).not.toThrow()
  })
})

describe('the migrations', () => {
  it('are numbered from 1 without gaps, because user_version counts them', () => {
    expect(migrations.map((migration) => migration.number)).toEqual(migrations.map((_, index) => index + 1))
  })
})
