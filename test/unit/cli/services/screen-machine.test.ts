import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { screenMachine } from '../../../../src/cli/services/screen-machine.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxima-browse-'))
  for (const name of ['day10', 'day2', '.hidden']) mkdirSync(join(folder, name))
  for (const name of ['B.mov', 'a.MP4', 'notes.txt', '.secret.mov']) writeFileSync(join(folder, name), 'four')
  symlinkSync(join(folder, 'B.mov'), join(folder, 'link.mov'))
  symlinkSync(join(folder, 'nowhere'), join(folder, 'broken.mov'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const machine = screenMachine({ cwd: '/', env: { HOME: '/home/anna' } })

describe('the machine that a screen runs on', () => {
  it('lists folders, then videos, by name; neither what is hidden nor links that lead nowhere', async () => {
    expect(await machine.browse(folder)).toEqual([
      { name: 'day2', kind: 'folder', sizeBytes: 0 },
      { name: 'day10', kind: 'folder', sizeBytes: 0 },
      { name: 'a.MP4', kind: 'file', sizeBytes: 4 },
      { name: 'B.mov', kind: 'file', sizeBytes: 4 },
      { name: 'link.mov', kind: 'file', sizeBytes: 4 }
    ])
  })

  it('says what cannot be opened', async () => {
    await expect(machine.browse(join(folder, 'nowhere'))).rejects.toThrow('nowhere: it cannot be opened')
  })

  it('makes a typed path whole', () => {
    expect(machine.wholePath('~/out')).toBe('/home/anna/out')
    expect(machine.wholePath('~')).toBe('/home/anna')
    expect(machine.wholePath('/x/~y')).toBe('/x/~y')
    expect(machine.wholePath('~bob/x')).toBe('~bob/x')
  })

  it('opens folders that were chosen', async () => {
    const { files, problems } = await machine.expand([folder, join(folder, 'gone.mov')])
    expect(files.map((file) => file.slice(folder.length + 1))).toEqual(['a.MP4', 'B.mov', 'link.mov'])
    expect(problems).toHaveLength(1)
  })
})
