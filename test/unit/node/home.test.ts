import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { homePaths, openHome, resolveHome, socketPath } from '../../../src/node/home.ts'

const linux = { env: {}, platform: 'linux', cwd: '/work', userHome: '/home/ann' } as const

describe('where a home is', () => {
  it('is where the flag says, before PROXIMA_HOME', () => {
    expect(resolveHome('here', { ...linux, env: { PROXIMA_HOME: '/there' } })).toBe('/work/here')
    expect(resolveHome(undefined, { ...linux, env: { PROXIMA_HOME: '/there' } })).toBe('/there')
  })

  it('follows XDG on Linux and ignores a relative XDG_DATA_HOME', () => {
    expect(resolveHome(undefined, linux)).toBe('/home/ann/.local/share/proxima-node')
    expect(resolveHome(undefined, { ...linux, env: { XDG_DATA_HOME: '/data' } })).toBe('/data/proxima-node')
    expect(resolveHome(undefined, { ...linux, env: { XDG_DATA_HOME: 'data' } })).toBe(
      '/home/ann/.local/share/proxima-node'
    )
  })

  it('is in the Library on a Mac and in APPDATA on Windows', () => {
    expect(resolveHome(undefined, { ...linux, platform: 'darwin', userHome: '/Users/ann' })).toBe(
      '/Users/ann/Library/Application Support/proxima-node'
    )
    const windows = { ...linux, platform: 'win32', userHome: 'C:\\Users\\ann' } as const
    expect(resolveHome(undefined, { ...windows, env: { APPDATA: 'D:\\Roaming' } })).toBe(
      'D:\\Roaming\\proxima-node'
    )
    expect(resolveHome(undefined, windows)).toBe('C:\\Users\\ann\\AppData\\Roaming\\proxima-node')
  })

  it('has a socket whose path every system takes, also when the folder is deep', () => {
    const deep = join('/home', 'x'.repeat(150))
    for (const folder of ['/home/ann/.local/share/proxima-node', deep]) {
      expect(Buffer.byteLength(socketPath(folder))).toBeLessThanOrEqual(103)
    }
    expect(socketPath(deep)).not.toBe(socketPath(`${deep}y`))
  })
})

describe.skipIf(process.platform === 'win32')('opening a home', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'proxima-home-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const modeOf = (path: string) => statSync(path).mode & 0o777

  it('makes it for this user alone', () => {
    const home = openHome(join(folder, 'a', 'home'))
    expect(home).toEqual(homePaths(join(folder, 'a', 'home')))
    expect(modeOf(home.folder)).toBe(0o700)
    expect(modeOf(home.logs)).toBe(0o700)
    expect(openHome(home.folder)).toEqual(home)
  })

  it('takes from others the right to write in one that was there', () => {
    const home = join(folder, 'home')
    mkdirSync(home)
    chmodSync(home, 0o775)
    openHome(home)
    expect(modeOf(home)).toBe(0o755)
  })

  it('refuses a folder that is shared on purpose, and leaves it as it is', () => {
    const home = join(folder, 'shared')
    mkdirSync(home)
    chmodSync(home, 0o1777)
    expect(() => openHome(home)).toThrowError(
      expect.objectContaining({ code: 'home-unusable', exitStatus: 2 })
    )
    expect(statSync(home).mode & 0o7777).toBe(0o1777)
  })

  it('says what is wrong when a file is in its place', () => {
    writeFileSync(join(folder, 'file'), '')
    for (const path of [join(folder, 'file'), join(folder, 'file', 'home')]) {
      expect(() => openHome(path)).toThrowError(/home folder .* cannot be used: it is not a folder/)
    }
  })
})
