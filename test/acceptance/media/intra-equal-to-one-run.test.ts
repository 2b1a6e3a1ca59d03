import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeClip, packetsOf, soundOf } from './support/clips.ts'
import { awkward, named, oneRun } from './support/one-run.ts'
import { encodeInChunks, kindIn, queueParams, removeFolder } from './support/owner.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-intra-'))
})
afterAll(() => removeFolder(folder))

const intra: readonly [preset: string, clips: readonly string[]][] = [
  [
    'dnxhr_lb',
    ['closed25.mp4', 'open2997.mov', 'rate2398.mkv', 'vfr.mp4', 'stream.ts', 'intra.mov', 'silent.mp4']
  ],
  ['dnxhr_sq', ['rate24-51.mp4', 'refresh.mp4']],
  ['prores_proxy', ['open2997.mov', 'stream.ts']],
  ['prores_lt', ['rate24-51.mp4']]
]

describe.each(intra)('%s in chunks', (preset, clips) => {
  test.each(clips)('of %s has the packets and times of one run', async (clip) => {
    const source = makeClip(folder, clip)
    const { output } = await encodeInChunks(kindIn(folder), queueParams(source, preset, named), awkward)
    const single = await oneRun(preset, source, output)
    expect(packetsOf(output)).toEqual(packetsOf(single))
    if (clip !== 'silent.mp4' && clip !== 'refresh.mp4') expect(soundOf(output)).toBe(soundOf(single))
  })
})
