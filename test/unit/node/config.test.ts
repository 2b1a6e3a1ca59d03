import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { configOf } from '../../../src/node/config.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxima-config-'))
  writeFileSync(join(folder, 'config.yaml'), 'chunking:\n  minDurationMs: 3000\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('tells every setting with the value that holds and the place that it comes from', () => {
  const { file, settings } = configOf({ folder }, { slots: 2 })
  expect(file).toBe(join(folder, 'config.yaml'))
  const line = (key: string) => settings.find((setting) => setting.key === key)
  expect(line('chunking.minDurationMs')).toMatchObject({ value: 3000, from: `${file}:2:18` })
  expect(line('slots')).toMatchObject({ value: 2, from: expect.stringContaining('--slots') })
  expect(line('lease.ttlMs')).toMatchObject({ value: 15000, from: null, variable: 'PROXIMA_LEASE__TTL_MS' })
  expect(settings.every(({ description }) => description !== '')).toBe(true)
})
