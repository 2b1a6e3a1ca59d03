import { appendFile, copyFile, mkdir, mkdtemp, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JobRecord } from '../../../src/model/index.ts'
import { storageKit } from '../../unit/node/storage/kit.ts'
import { makeClip } from './support/clips.ts'
import { encodeWhole, kindIn, publishJob, queueParams, removeFolder } from './support/owner.ts'

let folder = ''
let source = ''
const presets = () => join(folder, 'presets')
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-existing-'))
  source = makeClip(folder, 'silent.mp4')
  await mkdir(presets())
})
afterAll(() => removeFolder(folder))

const recipe = (crf: number) => `codec: libx264\npixelFormat: yuv420p\ncrf: ${crf}\naudioCodec: none\n`

/** Encodes the clip into a folder of the test's own; the ledger remembers it. */
async function made(name: string, of = source) {
  const preset = name
  await writeFile(join(presets(), `${preset}.yaml`), recipe(30))
  const jobs: JobRecord[] = []
  const kind = kindIn(folder, { presetFolders: [presets()] }, () => jobs)
  const params = queueParams(of, preset, { outDir: join(folder, name) })
  const { output, job } = await encodeWhole(kind, params)
  jobs.push({ ...job, status: 'completed' })
  return { kind, params, output, jobs, preset }
}

describe('an output that is there already', () => {
  test('is left when it is up to date, whatever the clock says', async () => {
    const { kind, params, output } = await made('current')
    expect(await kind.prepare(params, source)).toEqual({
      kind: 'exists',
      output,
      message: expect.stringMatching(/is up to date \(job \w+\); --force encodes it again$/)
    })
  })

  test('is made anew in its place when the preset has changed, and only then replaced', async () => {
    const { kind, params, output, preset } = await made('stale')
    const before = await readFile(output)
    await writeFile(join(presets(), `${preset}.yaml`), recipe(40))
    expect(await kind.prepare(params, source)).toMatchObject({
      kind: 'ready',
      note: `made anew: the preset ${preset} has changed since`
    })
    const again = await encodeWhole(kind, params)
    expect(again.output).toBe(output)
    expect((await readFile(output)).equals(before)).toBe(false)
  })

  test('is made anew when its source has changed', async () => {
    const copy = join(folder, 'changed.mp4')
    await copyFile(source, copy)
    const { kind, params } = await made('source-changed', copy)
    await utimes(copy, 1, 1)
    expect(await kind.prepare(params, copy)).toMatchObject({
      kind: 'ready',
      note: 'made anew: its source has changed since'
    })
  })

  test('is not taken from its source by another one of the same name, unless it is asked for', async () => {
    const { kind, params, output } = await made('of-another')
    const other = join(folder, 'another day', 'silent.mp4')
    await mkdir(dirname(other), { recursive: true })
    await writeFile(other, await readFile(source))
    const own = { ...params, sources: [other] }
    expect(await kind.prepare(own, other)).toMatchObject({
      kind: 'refused',
      error: {
        code: 'output-of-another',
        message: expect.stringContaining(`${output} is the output of ${source}`)
      }
    })
    expect((await kind.prepare({ ...own, force: true }, other)).kind).toBe('ready')
    expect(await kind.prepare({ ...own, keep: true }, other)).toMatchObject({
      kind: 'ready',
      request: { output: join(dirname(output), 'silent-2.mov') }
    })
  })

  test('is left when somebody changed it, and --force and --keep are offered', async () => {
    const { kind, params, output } = await made('touched')
    await appendFile(output, 'more')
    const answer = await kind.prepare(params, source)
    expect(answer).toMatchObject({
      kind: 'exists',
      message: expect.stringMatching(/changed after job \w+ had made it; --force replaces it, --keep numbers/)
    })
  })

  test('that is stale is not replaced when somebody changes it while it is made anew', async () => {
    const { kind, params, output, preset } = await made('raced')
    await writeFile(join(presets(), `${preset}.yaml`), recipe(41))
    const verdict = encodeWhole(kind, params, async (job) => {
      await utimes(output, 1, 1)
      return publishJob(kind, job)
    })
    await expect(verdict).rejects.toThrow(/appeared in the meantime/)
  })

  test('gets a number with --keep, the next free one', async () => {
    const { kind, params, output } = await made('numbered')
    const keep = { ...params, keep: true }
    const second = await encodeWhole(kind, keep)
    expect(second.output).toBe(join(dirname(output), 'silent-2.mov'))
    const third = await kind.prepare(keep, source)
    expect(third).toMatchObject({ kind: 'ready', request: { output: join(dirname(output), 'silent-3.mov') } })
  })

  test('is found again where the source of a Mac has its accents apart, under the very name that is told', async () => {
    const kit = storageKit()
    try {
      const storage = await kit.open()
      await storage.share(kit.dir('nas'), null)
      const nfd = kit.file('nas/Cafe\u0301.mp4')
      await copyFile(source, nfd)
      await writeFile(join(presets(), 'nfd.yaml'), recipe(30))
      const jobs: JobRecord[] = []
      const kind = kindIn(kit.folder, { presetFolders: [presets()] }, () => jobs, storage)
      const params = queueParams(nfd, 'nfd')
      const { output, job } = await encodeWhole(kind, params)
      jobs.push({ ...job, status: 'completed' })
      expect(await readdir(kit.at('nas/Proxy'))).toEqual([basename(output)])
      expect(await kind.prepare(params, nfd)).toMatchObject({ kind: 'exists', output })
    } finally {
      kit.remove()
    }
  })
})
