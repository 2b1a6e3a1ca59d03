import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JobId, RootId } from '../../../../src/model/index.ts'
import type { NodeStorage } from '../../../../src/node/storage/index.ts'
import { storageKit } from './kit.ts'

const refusal = (code: string) =>
  expect.objectContaining({ name: 'StorageError', code, hint: expect.any(String) })
const jobId = 'abcdefgh12' as JobId
const nfc = 'Caf\u00e9'
const nfd = 'Cafe\u0301'

describe('references and files', () => {
  let kit: ReturnType<typeof storageKit>
  let storage: NodeStorage
  let root: RootId
  beforeEach(async () => {
    kit = storageKit()
    storage = await kit.open()
    root = (await storage.share(kit.dir('mnt/a'), null)).id as RootId
  })
  afterEach(() => kit.remove())

  const resolve = (path: string) => storage.resolve({ root, path })

  it('lead to each other', async () => {
    const file = kit.file('mnt/a/day 1/A001.mov')
    expect(await storage.refer(file)).toEqual({ root, path: 'day 1/A001.mov' })
    expect(await resolve('day 1/A001.mov')).toBe(file)
  })

  it('go by whole components: /mnt/ab is not in /mnt/a', async () => {
    const file = kit.file('mnt/ab/x.mov')
    expect(await storage.refer(file)).toEqual({ local: file })
  })

  it('belong to the root with the longest path', async () => {
    const inner = await (await kit.open('two')).share(kit.dir('elsewhere/inner'), null)
    renameSync(kit.at('elsewhere/inner'), kit.at('mnt/a/inner'))
    const file = kit.at('homes/one/roots.json')
    const { roots } = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(file, JSON.stringify({ roots: [...roots, { ...inner, path: kit.at('mnt/a/inner') }] }))
    const both = await kit.open()
    expect(await both.refer(kit.file('mnt/a/inner/x.mov'))).toEqual({ root: inner.id, path: 'x.mov' })
    expect(await both.refer(kit.file('mnt/a/y.mov'))).toEqual({ root, path: 'y.mov' })
  })

  it('are local outside every root, and for the root itself', async () => {
    const file = kit.file('desktop/x.mov')
    expect(await storage.refer(file)).toEqual({ local: file })
    expect(await storage.resolve({ local: file })).toBe(file)
    expect(await storage.refer(kit.at('mnt/a'))).toEqual({ local: kit.at('mnt/a') })
    await expect(storage.resolve({ local: 'x.mov' })).rejects.toEqual(refusal('bad-path'))
  })

  it('follow a link into the root and call the file by its own name', async () => {
    const file = kit.file('mnt/a/x.mov')
    symlinkSync(kit.at('mnt/a'), kit.at('shortcut'))
    symlinkSync(file, kit.at('mnt/a/alias.mov'))
    expect(await storage.refer(kit.at('shortcut/x.mov'))).toEqual({ root, path: 'x.mov' })
    expect(await storage.refer(kit.at('mnt/a/alias.mov'))).toEqual({ root, path: 'x.mov' })
    expect(await resolve('alias.mov')).toBe(file)
  })

  it('do not follow a link out of the root', async () => {
    const secret = kit.file('secret/key')
    symlinkSync(secret, kit.at('mnt/a/file'))
    symlinkSync(kit.at('secret'), kit.at('mnt/a/folder'))
    symlinkSync('../../secret', kit.at('mnt/a/relative'))
    symlinkSync('/', kit.at('mnt/a/all'))
    for (const path of ['file', 'folder', 'folder/key', 'folder/new', 'relative/key', 'all/etc/passwd']) {
      await expect(resolve(path), path).rejects.toEqual(refusal('outside-root'))
    }
    expect(await storage.refer(kit.at('mnt/a/file'))).toEqual({ local: secret })
  })

  it('do not follow a link out that comes back in by way of the outside', async () => {
    symlinkSync(kit.at('mnt'), kit.at('mnt/a/up'))
    kit.file('mnt/a/x.mov')
    await expect(resolve('up/a/x.mov')).rejects.toEqual(refusal('outside-root'))
  })

  it('do not write through a link that leads nowhere, nor go round in circles', async () => {
    symlinkSync(kit.at('secret-to-be'), kit.at('mnt/a/out.mov'))
    symlinkSync('loop', kit.at('mnt/a/loop'))
    await expect(resolve('out.mov')).rejects.toEqual(refusal('outside-root'))
    await expect(resolve('loop')).rejects.toEqual(refusal('outside-root'))
  })

  it('prove the parent of a file that does not exist yet, and of folders that do not', async () => {
    kit.dir('mnt/a/day 1')
    expect(await resolve('day 1/new.mov')).toBe(kit.at('mnt/a/day 1/new.mov'))
    expect(await resolve('day 2/Proxy/new.mov')).toBe(kit.at('mnt/a/day 2/Proxy/new.mov'))
    expect(await storage.refer(kit.at('mnt/a/day 2/Proxy/new.mov'))).toEqual({
      root,
      path: 'day 2/Proxy/new.mov'
    })
    kit.file('mnt/a/file')
    await expect(resolve('file/new.mov')).rejects.toEqual(refusal('not-found'))
  })

  it('find NFD names on the disk by the NFC of the wire', async () => {
    const file = kit.file(`mnt/a/${nfd}/${nfd}.mov`)
    expect(await storage.refer(file)).toEqual({ root, path: `${nfc}/${nfc}.mov` })
    const real = await resolve(`${nfc}/${nfc}.mov`)
    expect(statSync(real).isFile()).toBe(true)
    expect(realpathSync(real)).toBe(realpathSync(file))
    expect(await resolve(`${nfc}/new ${nfc}.mov`)).toBe(join(kit.at(`mnt/a/${nfd}`), `new ${nfc}.mov`))
  })

  it('find names in neither form', async () => {
    const mixed = 'e\u0301\u00e9.mov'
    const file = kit.file(`mnt/a/${mixed}`)
    const ref = await storage.refer(file)
    expect(ref).toEqual({ root, path: mixed.normalize('NFC') })
    expect(await storage.resolve(ref)).toBe(file)
  })

  it.skipIf(process.platform !== 'linux')('keep two spellings of one name apart', async () => {
    const composed = kit.file(`mnt/a/${nfc}.mov`)
    const decomposed = kit.file(`mnt/a/${nfd}.mov`)
    expect(await storage.refer(composed)).toEqual({ root, path: `${nfc}.mov` })
    expect(await storage.refer(decomposed)).toEqual({ local: decomposed })
  })

  it.skipIf(process.platform === 'win32')('are local where the name cannot go over the wire', async () => {
    const file = kit.file('mnt/a/back\\slash.mov')
    expect(await storage.refer(file)).toEqual({ local: file })
  })

  it('refuse what is no path under a root', async () => {
    for (const path of [
      '',
      '..',
      '../b',
      'a/../../b',
      '/etc/passwd',
      'a\\b',
      'a\0',
      'a//b',
      './a',
      `${nfd}.mov`
    ]) {
      await expect(resolve(path), JSON.stringify(path)).rejects.toEqual(refusal('bad-path'))
    }
    for (const path of ['.proxima/root.json', '.Proxima/ROOT.json']) {
      await expect(resolve(path)).rejects.toEqual(refusal('bad-path'))
    }
    await expect(storage.resolve({ root: '0123456789abcdef' as RootId, path: 'a' })).rejects.toEqual(
      refusal('unknown-root')
    )
  })

  it('are given a work folder in the root, or under home for local ones', async () => {
    expect(await storage.workFolderPath({ root, path: 'x.mov' }, jobId)).toBe(
      kit.at(`mnt/a/.proxima/${jobId}`)
    )
    const shared = await storage.workFolder({ root, path: 'x.mov' }, jobId)
    expect(shared).toBe(kit.at(`mnt/a/.proxima/${jobId}`))
    expect(await storage.workFolder({ root, path: 'x.mov' }, jobId)).toBe(shared)
    expect(await storage.refer(kit.file(`mnt/a/.proxima/${jobId}/1.mov`))).toEqual({
      root,
      path: `.proxima/${jobId}/1.mov`
    })
    const local = await storage.workFolder({ local: kit.at('desktop/x.mov') }, jobId)
    expect(local).toBe(kit.at(`homes/one/work/${jobId}`))
    expect([shared, local].every((folder) => statSync(folder).isDirectory())).toBe(true)
  })

  it('are given their folders with the mode of those that they lie in, so that others can work there', async () => {
    const shared = kit.dir('mnt/a/day1')
    chmodSync(shared, 0o2777)
    await storage.makeFolders({ root, path: 'day1/Proxy/small/x.mov' })
    await storage.makeFolders({ root, path: 'day1/Proxy/small/y.mov' })
    for (const folder of ['day1/Proxy', 'day1/Proxy/small']) {
      expect(statSync(kit.at('mnt/a', folder)).mode & 0o7777).toBe(0o2777)
    }
    await storage.makeFolders({ local: kit.at('desktop/new/x.mov') })
    expect(statSync(kit.at('desktop/new')).isDirectory()).toBe(true)
  })

  it('are given no folders outside the root, nor where a file is', async () => {
    mkdirSync(kit.at('elsewhere'))
    symlinkSync(kit.at('elsewhere'), kit.at('mnt/a/link'))
    await expect(storage.makeFolders({ root, path: 'link/new/x.mov' })).rejects.toEqual(
      refusal('outside-root')
    )
    expect(readdirSync(kit.at('elsewhere'))).toEqual([])
    kit.file('mnt/a/file')
    await expect(storage.makeFolders({ root, path: 'file/new/x.mov' })).rejects.toMatchObject({
      name: 'StorageError'
    })
  })

  it('are given no work folder outside the root, or of what is no job', async () => {
    mkdirSync(kit.at('elsewhere'))
    symlinkSync(kit.at('elsewhere'), kit.at(`mnt/a/.proxima/${jobId}`))
    await expect(storage.workFolder({ root, path: 'x.mov' }, jobId)).rejects.toEqual(refusal('outside-root'))
    await expect(storage.workFolder({ root, path: 'x.mov' }, '../../oops' as JobId)).rejects.toEqual(
      refusal('bad-path')
    )
    await expect(storage.workFolder({ local: '/x' }, '..' as JobId)).rejects.toEqual(refusal('bad-path'))
  })

  it('are told the free space of a disk, also for what does not exist yet', async () => {
    const free = await storage.freeBytes(kit.at('mnt/a/not/there/yet.mov'))
    expect(free).toBeGreaterThan(0)
    expect(Number.isSafeInteger(free)).toBe(true)
  })
})
