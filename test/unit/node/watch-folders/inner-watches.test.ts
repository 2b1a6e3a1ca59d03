import { describe, expect, it } from 'vitest'
import type { WatchParams } from '../../../../src/model/index.ts'
import { watchKind } from '../../../../src/node/watch-folders/inner-watches.ts'
import type { WatchFolders } from '../../../../src/node/watch-folders/watch-folders.ts'
import { asked, choices, rules, Scene } from './kit.ts'

type Awake = readonly (readonly [Scene, WatchFolders])[]

/** So many seconds go by, with looks of those who are awake, as both clocks tell. */
async function pass(seconds: number, awake: Awake): Promise<void> {
  for (let at = 0; at < seconds; at += 5) for (const [scene, watches] of awake) await scene.look(watches)
}

/** One node watches a folder, another one inside it, on storage that they share. */
async function given(inner: WatchParams = asked('/in/day1')) {
  const tower = new Scene(null, 'tower')
  tower.folders.set('/in', 'inode 1')
  tower.folders.set('/in/day1', 'inode 2')
  const nuc = new Scene(tower, 'nuc')
  const [outside, inside] = [await tower.open(), await nuc.open()]
  await outside.watch(asked('/in'))
  await inside.watch(inner)
  const both: Awake = [
    [tower, outside],
    [nuc, inside]
  ]
  for (const path of ['/in/a.mov', '/in/day1/b.mov', '/in/day1/card/c.mov', '/in/day10/d.mov']) {
    tower.put(path, path)
  }
  return { tower, nuc, outside, inside, both }
}

describe('a watched folder inside a watched one', () => {
  it('is left to who watches it: no file is queued twice, and it says so', async () => {
    const { tower, nuc, outside, both } = await given()
    await pass(600, both)
    expect(tower.queued).toEqual(['/in/a.mov', '/in/day10/d.mov'])
    expect(nuc.queued).toEqual(['/in/day1/b.mov', '/in/day1/card/c.mov'])
    const reason = 'day1 is left to nuc, which watches it'
    expect(outside.views()[0]).toMatchObject({ status: 'watching', reason, counts: { waiting: 0 } })
    expect(tower.told.filter((text) => text.includes('is left to'))).toHaveLength(1)
  })

  it('is taken over when that falls silent, and when it is told to watch no longer', async () => {
    const { tower, nuc, outside, inside, both } = await given()
    await pass(60, both)
    tower.put('/in/day1/e.mov', 'e')
    await pass(150, [[tower, outside]])
    expect(tower.queued).not.toContain('/in/day1/e.mov')
    tower.answer = (source) =>
      nuc.queued.includes(source) ? { kind: 'exists', source, output: '/out', message: 'it is there' } : null
    await pass(60, [[tower, outside]])
    expect(tower.queued).toContain('/in/day1/e.mov')
    expect(outside.views()[0]?.reason).toBe(null)

    // It is back.
    await pass(30, both)
    expect(outside.views()[0]?.reason).toContain('is left to nuc')
    await inside.unwatch('/in/day1')
    tower.put('/in/day1/f.mov', 'f')
    await pass(30, [[tower, outside]])
    expect(tower.queued).toContain('/in/day1/f.mov')
  })

  it('stays left to it when all nodes start again at once', async () => {
    const { tower, nuc, both } = await given()
    await pass(30, both)
    const again: Awake = [
      [tower, await tower.open()],
      [nuc, await nuc.open()]
    ]
    tower.put('/in/day1/e.mov', 'e')
    await pass(300, again)
    expect([...tower.queued, ...nuc.queued].toSorted()).toEqual([
      '/in/a.mov',
      '/in/day1/b.mov',
      '/in/day1/card/c.mov',
      '/in/day1/e.mov',
      '/in/day10/d.mov'
    ])
  })

  it.each([
    ['it is watched without the folders in it', asked('/in/day1', { recursive: false })],
    ['other files of it are queued', asked('/in/day1', { extensions: ['mxf'] })],
    [
      'it is watched with another preset',
      { ...asked('/in/day1'), queue: { ...choices, preset: 'prores_lt' } }
    ],
    ['its outputs go elsewhere', { ...asked('/in/day1'), queue: { ...choices, outDir: '/else' } }]
  ])('is not left out where %s: nothing is lost', async (_, inner) => {
    const { tower, outside, both } = await given(inner)
    await pass(60, both)
    expect(tower.queued).toEqual(['/in/a.mov', '/in/day1/b.mov', '/in/day1/card/c.mov', '/in/day10/d.mov'])
    expect(outside.views()[0]?.reason).toBe(null)
  })
})

describe('the kind of a watch', () => {
  const kind = (change: Partial<typeof rules>) =>
    watchKind({ rules: { ...rules, ...change }, queue: choices })

  it('is of the files that it takes, not of their order nor of its patience', () => {
    expect(kind({ extensions: ['mov', 'mxf'], settleMs: 1 })).toBe(kind({ extensions: ['mxf', 'mov'] }))
    expect(kind({ extensions: ['mov'] })).not.toBe(kind({}))
    expect(kind({ only: ['A*'] })).not.toBe(kind({ skip: ['A*'] }))
  })

  it('is told of none whose patterns hold for its own folder alone', () => {
    expect(kind({ skip: ['day1/*'] })).toBe('')
  })
})
