import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { searchFolders } from '../../../../src/node/edit/file-index.ts'

let folder = ''
const inside = (paths: readonly string[]): string[] => paths.map((path) => path.slice(folder.length + 1))
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxima-search-'))
  for (const path of ['b/A.mov', 'a/deep/A.mov', 'a/B.mov', 'a/Proxy/A.mov', '.proxima/A.mov', 'a/.A.mov']) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), '')
  }
  symlinkSync(folder, join(folder, 'a', 'around'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const isA = (name: string): boolean => name.endsWith('A.mov')

describe('searching folders', () => {
  it('finds files of fitting names, neither hidden ones nor proxies, and follows no link around', async () => {
    const found = await searchFolders([folder, join(folder, 'a')], isA, new AbortController().signal)
    expect(inside(found.paths)).toEqual(['a/deep/A.mov', 'b/A.mov'])
    expect(found).toMatchObject({ unread: [], cut: null })
  })

  it('tells of folders that it could not read, and goes on', async () => {
    const gone = join(folder, 'gone')
    const found = await searchFolders([gone, join(folder, 'b')], isA, new AbortController().signal)
    expect(inside(found.paths)).toEqual(['b/A.mov'])
    expect(found.unread).toMatchObject([{ folder: gone, reason: expect.stringContaining('ENOENT') }])
  })

  it('tells how many files it has looked at', async () => {
    const many = join(folder, 'many')
    mkdirSync(many)
    for (let at = 0; at < 2_500; at++) writeFileSync(join(many, `${at}`), '')
    const told: number[] = []
    await searchFolders([many], isA, new AbortController().signal, (files) => told.push(files))
    expect(told).toEqual([1_000, 2_000])
  })

  it('stops when it is told to', async () => {
    await expect(searchFolders([folder], isA, AbortSignal.abort())).rejects.toThrow()
  })
})
