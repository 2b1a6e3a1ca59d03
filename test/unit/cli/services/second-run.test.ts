import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OutputLayout, outputLayouts, type QueueParams } from '../../../../src/model/index.ts'
import { searchFolders } from '../../../../src/node/edit/file-index.ts'
import { type EditReader, openEditDesk } from '../../../../src/node/edit/index.ts'
import { createOutputLayouts } from '../../../../src/node/output-layouts.ts'
import { listFolder } from '../../../../src/node/watch-folders/list-folder.ts'
import { cli } from '../fakes.ts'

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'proxima-twice-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (path: string, text = '') => {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
const sources = ['a.mov', 'day1/b.mxf', 'day1/c.mp4']
const signal = new AbortController().signal
const rules = { extensions: null, only: [], skip: [], recursive: true, settleMs: 0, minAgeMs: 0 }

/** What `queue DIR` takes, with the settings of a node. */
async function taken(settings: object, ...flags: string[]): Promise<string[]> {
  const home = join(folder, 'home')
  write(join(home, 'config.yaml'), JSON.stringify(settings))
  const desk = await openEditDesk(home, {})
  const asked: QueueParams[] = []
  const queue = async (params: QueueParams) => {
    asked.push(params)
    return { batchId: 'b', lines: [] }
  }
  const edits: Partial<EditReader> = {
    withoutOutputs: (...given) => desk.withoutOutputs(...given),
    filter: (...given) => desk.filter(...given)
  }
  const argv = ['queue', join(folder, 'media'), '--preset', 'dnxhr_sq', ...flags]
  await cli(argv, { running: { queue }, cwd: folder, edits })
  return asked
    .flatMap((params) => [...params.sources])
    .map((file) => file.slice(folder.length + '/media/'.length))
}

describe('a second run over a folder', () => {
  it.each(outputLayouts.map((layout) => [layout]))('finds nothing new: %s', async (layout: OutputLayout) => {
    const proxyRoot = layout === 'mirror' ? join(folder, 'media', 'small') : null
    const proxyTemplate = layout === 'custom' ? '{folder}/offline/{stem}_{preset}.{ext}' : null
    const paths = { layout, proxyRoot, proxyTemplate }
    for (const source of sources) write(join(folder, 'media', source), source)
    expect(await taken({ paths })).toEqual(sources)

    const extension = layout === 'shotcut' ? 'mp4' : 'mov'
    const whole = { width: 1920, height: 1080 }
    for (const source of sources) {
      const place = await createOutputLayouts(paths).place({
        source: join(folder, 'media', source),
        layout: null,
        extension,
        preset: 'dnxhr_sq',
        projectFolder: join(folder, 'media'),
        picture: { source: whole, output: whole }
      })
      if (place.kind === 'wrong') throw new Error(place.message)
      write(place.path)
    }
    expect(await taken({ paths })).toEqual(sources)

    // What a timeline's clips are looked for in; a watch knows its own outputs, wherever they are.
    const byName = await searchFolders([join(folder, 'media')], () => true, signal)
    const watched = await listFolder(join(folder, 'media'), rules, { signal })
    if (layout === 'custom' || layout === 'mirror') return
    expect(byName.paths).toHaveLength(sources.length)
    expect(watched.files).toHaveLength(sources.length)
  })

  it('finds nothing new where --out lies in the folder, or is the folder', async () => {
    for (const name of ['media/a.mp4', 'media/out/a.mov']) write(join(folder, name))
    expect(await taken({}, '--out', join(folder, 'media', 'out'))).toEqual(['a.mp4'])
    write(join(folder, 'media', 'a.mov'))
    expect(await taken({}, '--out', join(folder, 'media'))).toEqual(['a.mp4', 'out/a.mov'])
  })

  it('leaves it to the node to say what is wrong with a preset', async () => {
    write(join(folder, 'media', 'a.mov'))
    expect(await taken({}, '--preset', 'dnxhr_sqq')).toEqual(['a.mov'])
  })

  it('takes a folder of outputs that is named', async () => {
    write(join(folder, 'media', 'a.mov'))
    expect(await taken({ paths: { proxyRoot: folder } })).toEqual(['a.mov'])
    expect(await taken({ paths: { proxyRoot: join(folder, 'media') } })).toEqual(['a.mov'])
  })
})
