import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { notifySetting } from '../../../../src/cli/services/screen.ts'

const home = mkdtempSync(join(tmpdir(), 'proxima-notify-'))
afterEach(() => rmSync(home, { recursive: true, force: true }))

it('rings the bell unless the settings or the environment say otherwise', async () => {
  expect(await notifySetting({ home, env: {} })).toBe('bell')
  writeFileSync(join(home, 'config.yaml'), 'screen:\n  notify: desktop\n')
  expect(await notifySetting({ home, env: {} })).toBe('desktop')
  expect(await notifySetting({ home, env: { PROXIMA_SCREEN__NOTIFY: 'off' } })).toBe('off')
})
