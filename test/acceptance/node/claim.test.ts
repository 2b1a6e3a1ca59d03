import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FolderClaim, type MarkDisk } from '../../../src/node/watch-folders/claim.ts'
import { realDisk } from '../../../src/node/watch-folders/disk.ts'

let dir: string
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'proxima-claim-')))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** A node that is told to watch the folder, with a clock of its own. */
function watcher(name: string, disk: MarkDisk = realDisk) {
  const clock = { nowMs: 0 }
  const moment = () => ({ nowMs: clock.nowMs, wallMs: 0 })
  const claim = new FolderClaim({ dir, preset: 'p' }, { id: name, name }, { disk, moment })
  const hold = async (seconds: number) => {
    clock.nowMs += seconds * 1_000
    return (await claim.hold()).kind
  }
  return { claim, clock, hold, holder: () => JSON.parse(readFileSync(claim.path, 'utf8')).name as string }
}

test('a sign of life that was held up does not take the folder back from who took over meanwhile', async () => {
  const nuc = watcher('nuc')
  const slow: MarkDisk = {
    ...realDisk,
    writeMark: async (...args) => {
      // The machine sleeps here.
      await nuc.hold(0)
      expect(await nuc.hold(200)).toBe('other')
      expect(await nuc.hold(5)).toBe('mine')
      return realDisk.writeMark(...args)
    }
  }
  const tower = watcher('tower', slow)
  expect(await tower.hold(0)).toBe('mine')
  tower.clock.nowMs += 30_000
  await tower.claim.beat()
  expect(tower.holder()).toBe('nuc')
  expect([await tower.hold(5), await nuc.hold(5)]).toEqual(['other', 'mine'])
})

test('a mark is written over in place, and never shorter than before', async () => {
  const tower = watcher('tower')
  await tower.hold(0)
  const before = readFileSync(tower.claim.path, 'utf8')
  await tower.hold(30)
  const after = readFileSync(tower.claim.path, 'utf8')
  expect(after).not.toBe(before)
  expect(after).toHaveLength(before.length)
})

const canMount = process.platform === 'linux' && process.getuid?.() === 0

test.skipIf(!canMount)(
  'a full disk keeps no empty mark, that would be taken for another node’s',
  async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', dir])
    try {
      writeFileSync(join(dir, 'full'), Buffer.alloc(statSync(dir).blksize * 2))
      const tower = watcher('tower')
      expect(await tower.hold(0)).toBe('unmarked')
      expect(existsSync(tower.claim.path)).toBe(false)
      expect(await tower.hold(5)).toBe('unmarked')
    } finally {
      execFileSync('umount', [dir])
    }
  }
)
