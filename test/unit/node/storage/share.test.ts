import {
  chmodSync,
  cpSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RootId } from '../../../../src/model/index.ts'
import { storageKit } from './kit.ts'

const refusal = (code: string) =>
  expect.objectContaining({ name: 'StorageError', code, hint: expect.any(String) })

describe('taking a shared folder back', () => {
  let kit: ReturnType<typeof storageKit>
  beforeEach(() => {
    kit = storageKit()
  })
  afterEach(() => kit.remove())
  const never = () => {
    throw new Error('it is in use')
  }

  it('forgets a root by its name, id or path, also when it is away, and leaves its marker', async () => {
    const storage = await kit.open()
    const [a, b, c] = [
      await storage.share(kit.dir('a'), null),
      await storage.share(kit.dir('b'), null),
      await storage.share(kit.dir('c'), 'Tape')
    ]
    rmSync(kit.at('b'), { recursive: true })
    expect(await storage.unshare('a', () => {})).toEqual(a)
    expect(await storage.unshare(b.id, () => {})).toMatchObject({ id: b.id, visible: false })
    expect(await (await kit.open()).roots()).toEqual([c])
    expect(await storage.unshare(kit.at('c'), () => {})).toEqual(c)
    expect(existsSync(kit.at('a/.proxima/root.json'))).toBe(true)
    expect(await storage.share(kit.at('a'), null)).toEqual(a)
  })

  it('keeps what is in use, and knows what was never shared', async () => {
    const storage = await kit.open()
    const root = await storage.share(kit.dir('a'), null)
    await expect(storage.unshare('a', never)).rejects.toThrow('it is in use')
    await expect(storage.unshare('b', never)).rejects.toThrow(refusal('unknown-root'))
    expect(await storage.roots()).toEqual([root])
  })
})

describe('sharing a folder', () => {
  let kit: ReturnType<typeof storageKit>
  beforeEach(() => {
    kit = storageKit()
  })
  afterEach(() => kit.remove())

  it('writes a marker with a random id', async () => {
    const storage = await kit.open()
    const root = await storage.share(kit.dir('nas'), null)
    expect(root).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      name: 'nas',
      path: kit.at('nas'),
      visible: true,
      reason: null
    })
    expect(JSON.parse(readFileSync(kit.at('nas/.proxima/root.json'), 'utf8'))).toEqual({
      id: root.id,
      name: 'nas',
      createdAt: '2030-01-01T00:00:00.000Z'
    })
    expect(storage.visibleRoots()).toEqual([root.id])
    expect((await kit.open()).visibleRoots()).toEqual([])
    expect(await (await kit.open()).roots()).toEqual([root])
  })

  it('recognises the root that another machine shared, whatever it is called and wherever it is mounted', async () => {
    const here = await (await kit.open('one')).share(kit.dir('nas'), 'Rushes')
    symlinkSync(kit.at('nas'), kit.at('volume'))
    const other = await kit.open('two')
    expect(await other.share(kit.at('volume'), null)).toMatchObject({ id: here.id, name: 'Rushes' })
    expect(await other.share(kit.at('volume'), 'Media')).toMatchObject({ id: here.id, name: 'Media' })
    expect(await (await kit.open('one')).roots()).toMatchObject([{ id: here.id, name: 'Rushes' }])
  })

  it('gives one id when several machines share at the same moment', async () => {
    kit.dir('nas')
    const machines = await Promise.all(['a', 'b', 'c', 'd'].map((name) => kit.open(name)))
    const roots = await Promise.all(machines.map((storage) => storage.share(kit.at('nas'), null)))
    expect(new Set(roots.map((root) => root.id)).size).toBe(1)
  })

  it('may be repeated, and follows a root that moved', async () => {
    const storage = await kit.open()
    const first = await storage.share(kit.dir('nas'), 'Rushes')
    expect(await storage.share(kit.at('nas'), null)).toEqual(first)
    renameSync(kit.at('nas'), kit.at('moved'))
    expect(await storage.share(kit.at('moved'), null)).toEqual({ ...first, path: kit.at('moved') })
    expect(await storage.roots()).toHaveLength(1)
  })

  it('keeps two roots of the same name apart', async () => {
    const one = await (await kit.open('one')).share(kit.dir('a/nas'), null)
    const storage = await kit.open('two')
    const two = await storage.share(kit.dir('b/nas'), null)
    const recognised = await storage.share(kit.at('a/nas'), null)
    expect(recognised.id).toBe(one.id)
    expect([one.name, two.name, recognised.name]).toEqual(['nas', 'nas', 'nas-2'])
    await expect(storage.share(kit.dir('c'), 'nas')).rejects.toEqual(refusal('name-taken'))
    expect(existsSync(kit.at('c/.proxima'))).toBe(false)
    expect(await storage.refer(kit.file('a/nas/x.mov'))).toEqual({ root: one.id, path: 'x.mov' })
    expect(await storage.refer(kit.file('b/nas/x.mov'))).toEqual({ root: two.id, path: 'x.mov' })
  })

  it('refuses a root inside another one, or around it, also through a link', async () => {
    const storage = await kit.open()
    await storage.share(kit.dir('mnt/a'), null)
    await expect(storage.share(kit.dir('mnt/a/inner'), null)).rejects.toEqual(refusal('root-overlaps'))
    await expect(storage.share(kit.at('mnt'), null)).rejects.toEqual(refusal('root-overlaps'))
    symlinkSync(kit.at('mnt/a/inner'), kit.at('link'))
    await expect(storage.share(kit.at('link'), null)).rejects.toEqual(refusal('root-overlaps'))
    expect(await storage.share(kit.dir('mnt/ab'), null)).toMatchObject({ name: 'ab' })
  })

  it('refuses a folder inside a root that only another machine knows', async () => {
    await (await kit.open('one')).share(kit.dir('nas'), null)
    await expect((await kit.open('two')).share(kit.dir('nas/day 1'), null)).rejects.toEqual(
      refusal('root-overlaps')
    )
  })

  it('refuses a folder that holds the home of the node, and the whole file system', async () => {
    const storage = await kit.open()
    await expect(storage.share(kit.folder, null)).rejects.toEqual(refusal('root-overlaps'))
    await expect(storage.share('/', null)).rejects.toEqual(refusal('root-overlaps'))
    expect(existsSync(kit.at('.proxima'))).toBe(false)
  })

  it('refuses a copy of a root beside the root', async () => {
    const storage = await kit.open()
    await storage.share(kit.dir('nas'), null)
    cpSync(kit.at('nas'), kit.at('copy'), { recursive: true })
    await expect(storage.share(kit.at('copy'), null)).rejects.toEqual(refusal('root-shared-twice'))
  })

  it('says what is wrong with a path that cannot be shared', async () => {
    const storage = await kit.open()
    await expect(storage.share(kit.at('nowhere'), null)).rejects.toEqual(refusal('not-found'))
    await expect(storage.share(kit.file('file'), null)).rejects.toEqual(refusal('not-a-folder'))
    await expect(storage.share('relative', null)).rejects.toEqual(refusal('bad-path'))
    await expect(storage.share(kit.dir('x'), 'two\nlines')).rejects.toEqual(refusal('bad-name'))
    writeFileSync(kit.file('odd/.proxima/root.json'), '{}')
    await expect(storage.share(kit.at('odd'), null)).rejects.toEqual(refusal('marker-unreadable'))
  })

  it.skipIf(process.platform === 'win32')(
    'lets everybody who works in the root work in its .proxima',
    async () => {
      chmodSync(kit.dir('nas'), 0o2775)
      await (await kit.open()).share(kit.at('nas'), null)
      expect(statSync(kit.at('nas/.proxima')).mode & 0o7777).toBe(0o2775)
    }
  )

  it('says so when the list of roots is damaged', async () => {
    writeFileSync(join(kit.dir('homes/one'), 'roots.json'), '{ "roots": 5 }')
    await expect(kit.open('one')).rejects.toEqual(refusal('roots-unreadable'))
  })
})

describe('seeing a root', () => {
  let kit: ReturnType<typeof storageKit>
  beforeEach(() => {
    kit = storageKit()
  })
  afterEach(() => kit.remove())

  it('ends when the marker disappears and begins again when it is back', async () => {
    const storage = await kit.open()
    const { id } = await storage.share(kit.dir('nas'), null)
    expect(await storage.refresh()).toBe(false)
    renameSync(kit.at('nas/.proxima'), kit.at('away'))
    expect(await storage.refresh()).toBe(true)
    expect(storage.visibleRoots()).toEqual([])
    expect(await storage.roots()).toMatchObject([
      { id, visible: false, reason: expect.stringContaining('is it mounted?') }
    ])
    await expect(storage.resolve({ root: id as RootId, path: 'new.mov' })).rejects.toEqual(
      refusal('root-not-visible')
    )
    renameSync(kit.at('away'), kit.at('nas/.proxima'))
    expect(await storage.refresh()).toBe(true)
    expect(storage.visibleRoots()).toEqual([id])
  })

  it('does not take another root at the same place for it', async () => {
    const storage = await kit.open('one')
    const { id } = await storage.share(kit.dir('nas'), null)
    rmSync(kit.at('nas/.proxima'), { recursive: true })
    await (await kit.open('two')).share(kit.at('nas'), null)
    expect(await storage.roots()).toMatchObject([
      { id, visible: false, reason: expect.stringContaining('another root') }
    ])
  })

  it('notices at the next refresh what a command shared', async () => {
    const storage = await kit.open('one')
    const { id } = await (await kit.open('one')).share(kit.dir('nas'), null)
    expect(storage.visibleRoots()).toEqual([])
    expect(await storage.refresh()).toBe(true)
    expect(storage.visibleRoots()).toEqual([id])
  })

  it('is not held up by a mount that hangs, and sends only one look after it', async () => {
    await (await kit.open('one')).share(kit.dir('dead'), null)
    const alive = await (await kit.open('one')).share(kit.dir('alive'), null)
    let looks = 0
    const hang = Promise.withResolvers<never>()
    const storage = await kit.open(
      'one',
      {
        prove: (entry) => {
          if (entry.path === alive.path) return Promise.resolve({ visible: true, realPath: entry.path })
          looks++
          return hang.promise
        }
      },
      20
    )
    await storage.refresh()
    await storage.refresh()
    expect(storage.visibleRoots()).toEqual([alive.id])
    expect(await storage.roots()).toMatchObject([
      { visible: false, reason: expect.stringContaining('does not answer') },
      { visible: true }
    ])
    expect(looks).toBe(1)
  })

  it('holds up who asks for its own folders alone', async () => {
    await (await kit.open('one')).share(kit.dir('dead'), null)
    const alive = await (await kit.open('one')).share(kit.dir('alive'), null)
    const asked: string[] = []
    const prove = async ({ path }: { path: string }) => {
      asked.push(path)
      if (path === alive.path) return { visible: true as const, realPath: path }
      return { visible: false as const, reason: 'it is not mounted' }
    }
    const storage = await kit.open('one', { prove })
    expect(await storage.whyAway(kit.at('alive', 'in'))).toBe(null)
    expect(await storage.whyAway(kit.at('elsewhere'))).toBe(null)
    expect(asked).toEqual([alive.path])
    expect(await storage.whyAway(kit.at('dead', 'in'))).toBe('it is not mounted')
  })
})
