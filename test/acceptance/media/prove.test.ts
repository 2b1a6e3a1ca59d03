import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { TranscodeSettings } from '../../../src/jobs/transcode/settings.ts'
import type { JobKind, JobRecord, Json, Storage, Unable } from '../../../src/model/index.ts'
import { ffmpeg, makeClip } from '../../support/media.ts'
import { pretendTool, toolFolder } from '../../support/pretend-tool.ts'
import { folderStorage, kindIn, queueJob, queueParams } from './support/owner.ts'

let folder: string
let tools: string
let owner: JobKind
let job: JobRecord

/** A share as the owner sees it, and one as another machine does: a copy, to be changed by a test. */
const nas = () => join(folder, 'nas')
const there = () => join(folder, 'there')

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'proxima-prove-'))
  tools = await toolFolder()
  mkdirSync(nas())
  mkdirSync(join(folder, 'home'))
  const clip = await makeClip(join(nas(), 'a.mp4'), { seconds: 1, channels: 0 })
  owner = kindIn(nas())
  job = await queueJob(owner, queueParams(clip, 'dnxhr_sq'))
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  rmSync(tools, { recursive: true, force: true })
})

beforeEach(() => {
  rmSync(there(), { recursive: true, force: true })
  mkdirSync(join(there(), '.proxima'), { recursive: true })
  copyFileSync(join(nas(), 'a.mp4'), join(there(), 'a.mp4'))
  sameTime()
})

const sameTime = () => {
  const { mtimeMs } = (payload() as { sourceFile: { mtimeMs: number } }).sourceFile
  utimesSync(join(there(), 'a.mp4'), mtimeMs / 1000, mtimeMs / 1000)
}

/** As it would arrive at another machine. */
const payload = (of: JobRecord = job): Json => JSON.parse(JSON.stringify(owner.proofPayload(of))) as Json

const proof = async (
  { settings = {}, storage }: { settings?: Partial<TranscodeSettings>; storage?: Partial<Storage> } = {},
  asked = payload(),
  isOwn = false
): Promise<string | null> => {
  const unable = await unableBy({ settings, ...(storage ? { storage } : {}) }, asked, isOwn)
  return unable?.reason ?? null
}

const unableBy = (
  { settings = {}, storage }: { settings?: Partial<TranscodeSettings>; storage?: Partial<Storage> },
  asked: Json,
  isOwn: boolean
): Promise<Unable | null> => {
  const here = { ...folderStorage(there()), ...storage }
  return kindIn(there(), settings, () => [], here).prove(asked, isOwn)
}

describe('a machine that is asked whether it could run a job', () => {
  it('can when it sees the source, can write and can encode; and leaves nothing behind', async () => {
    expect(await proof()).toBeNull()
    expect(await proof({}, payload({ ...job, plan: null }))).toBeNull()
    expect(readdirSync(there(), { recursive: true }).sort()).toEqual(['.proxima', 'a.mp4'])
  })

  it('says so when it sees no such file, one of another size, or one that was changed', async () => {
    truncateSync(join(there(), 'a.mp4'), 12)
    expect(await proof()).toMatch(/^it sees another a\.mp4 \(12 bytes, not \d+\)$/)
    copyFileSync(join(nas(), 'a.mp4'), join(there(), 'a.mp4'))
    utimesSync(join(there(), 'a.mp4'), 0, 0)
    expect(await proof()).toMatch(/^it sees another a\.mp4 \(changed 1970-01-01T.*, not changed 20.*\)$/)
    expect(await unableBy({}, payload(), false)).toMatchObject({ ends: false })
    // Of a job of its own that was planned on another file: nobody can do that any more.
    expect(await unableBy({}, payload(), true)).toEqual({
      reason: expect.stringContaining('source'),
      ends: true
    })
    rmSync(join(there(), 'a.mp4'))
    expect(await proof()).toBe('it does not see a.mp4')
    writeFileSync(join(there(), 'a.mp4'), '')
    expect(await proof()).toMatch(/^it sees another a\.mp4 \(0 bytes/)
  })

  it('says what its storage says: a root that is not mounted, a disk that is full or cannot be written', async () => {
    const resolve = async () => {
      throw Object.assign(new Error('the root nas cannot be seen: it is not mounted'), {
        code: 'root-not-visible'
      })
    }
    expect(await proof({ storage: { resolve } })).toBe(
      'it cannot read a.mp4: the root nas cannot be seen: it is not mounted'
    )
    expect(await proof({ storage: { freeBytes: async () => 1_000 } })).toMatch(
      /^not enough space in .*\.proxima/
    )
    rmSync(join(there(), '.proxima'), { recursive: true })
    writeFileSync(join(there(), '.proxima'), 'not a folder')
    expect(await proof()).toMatch(/^it cannot write into .*\.proxima: /)
  })

  it('tries the encoder with the preset’s own options at the output’s size', async () => {
    const refuses = await pretendTool(
      tools,
      'ffmpeg-refuses',
      `case "$*" in *size=320x180*) echo "no session left" >&2; exit 1;; esac\nexec ${ffmpeg()} "$@"`
    )
    expect(await proof({ settings: { ffmpegPath: refuses } })).toBe(
      'its ffmpeg has no working encoder dnxhd for dnxhr_sq: no session left'
    )
  })

  it('says so when its overrides would change the output, this machine’s own as well', async () => {
    const changing = { overrides: [{ presets: 'dnx*', keys: { height: 90 } }] }
    const why = 'its overrides change `height` for presets like dnx*'
    expect(await proof({ settings: changing })).toBe(why)
    expect(await proof({ settings: changing }, payload(), true)).toBe(why)
    expect(await proof({ settings: { overrides: [{ presets: '*', keys: { threads: 1 } }] } })).toBeNull()
  })

  it('believes no stranger: neither paths, nor what is not understood', async () => {
    const asked = payload() as Record<string, Json>
    const local = { ...asked, source: { local: join(nas(), 'a.mp4') } }
    expect(await proof({}, local)).toBe('the files are outside every shared root')
    expect(await proof({}, { ...local, output: { local: join(nas(), 'b.mov') } }, true)).toBeNull()
    const out = { ...asked, source: { root: '00000000000000aa', path: '../a.mp4' } }
    expect(await proof({}, out)).toMatch(/^what it is asked is not understood/)
    expect(await proof({}, null)).toMatch(/^what it is asked is not understood/)
  })
})

describe('what is asked', () => {
  it('fits into a message, planned or not, and holds no path of this machine', () => {
    for (const asked of [payload(), payload({ ...job, plan: null })]) {
      const text = JSON.stringify(asked)
      expect(text.length).toBeLessThan(8_000)
      expect(text).not.toContain(folder)
      expect(asked).toMatchObject({
        size: { width: 320, height: 180 },
        sourceFile: { mtimeMs: expect.any(Number) }
      })
    }
  })

  it('of a job of an older version leaves out what was not kept then', () => {
    const { seen: _, ...older } = job.request.payload as Record<string, Json>
    const asked = owner.proofPayload({ request: { ...job.request, payload: older }, plan: null })
    expect(asked).toMatchObject({ sourceFile: null, size: null, bytes: 0 })
  })
})
