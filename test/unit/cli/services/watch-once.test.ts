import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadIdentity } from '../../../../src/node/mesh/identity.ts'
import { FolderClaim, markPath } from '../../../../src/node/watch-folders/claim.ts'
import { realDisk } from '../../../../src/node/watch-folders/disk.ts'
import { cli, type Scene } from '../fakes.ts'

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'proxima-once-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const moment = () => ({ nowMs: 0, wallMs: Date.parse('2026-03-01T12:00:00Z') })

/** Has a node watch the folder. */
async function watchedBy(id: string, preset = 'dnxhr_sq') {
  const claim = new FolderClaim({ dir: folder, preset }, { id, name: 'tower' }, { disk: realDisk, moment })
  expect(await claim.hold()).toEqual({ kind: 'mine' })
}

const once = (flags: string[] = [], scene: Scene = {}) =>
  cli(['watch', '--once', folder, '--preset', 'dnxhr_sq', '--settle', '0', ...flags], scene)

const idle = () => ({ status: 0, stdout: `nothing in ${folder} is ripe\n`, stderr: '' })

describe('watch --once', () => {
  it('leaves a folder to the node that watches it, and says to whom', async () => {
    await watchedBy('another')
    writeFileSync(join(folder, 'a.mov'), 'aaa')
    const { status, stdout, stderr, started } = await once()
    expect({ status, stdout, started }).toEqual({ status: 1, stdout: '', started: [] })
    expect(stderr).toBe(
      `proxima-node: tower watches ${folder} with dnxhr_sq since 2026-03-01T12:00:00.000Z, and queues what comes ` +
        'there. End that watch there with `watch --remove`, or queue from here all the same with `queue DIR`.\n'
    )
    expect(readdirSync(folder).filter((name) => name.includes('now'))).toEqual([])
  })

  it('does not wait for one that fell silent, which its mark tells at once', async () => {
    await watchedBy('another')
    const silent = Date.now() / 1_000 - 181
    utimesSync(markPath(folder, 'dnxhr_sq'), silent, silent)
    expect(await once()).toMatchObject(idle())
  })

  it('takes a mark that cannot be read for somebody’s', async () => {
    writeFileSync(markPath(folder, 'dnxhr_sq'), '{"version":2')
    expect(await once()).toMatchObject({ status: 1, stderr: expect.stringContaining('another node watches') })
  })

  it('goes on where this machine’s own node watches, or another with another preset', async () => {
    await watchedBy('another', 'prores_lt')
    const home = join(folder, 'Proxy')
    expect(await once()).toMatchObject(idle())
    mkdirSync(home)
    await watchedBy((await loadIdentity(home)).peerId)
    expect(await once(['--home', home])).toMatchObject(idle())
  })

  it('finds who came while it waited for files to settle', async () => {
    writeFileSync(join(folder, 'a.mov'), 'aaa')
    const withoutOutputs = async (searched: readonly { path: string }[]) => {
      await watchedBy('another')
      return { kept: searched.map(({ path }) => path), passedOver: [], leftOut: [] }
    }
    const { status, stderr } = await once([], { edits: { withoutOutputs } })
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('tower watches') })
  })
})
