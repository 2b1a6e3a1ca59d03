import { describe, expect, it } from 'vitest'
import { readClips } from '../../../../src/timeline/resolve/clips.ts'
import { matchProxy } from '../../../../src/timeline/resolve/match-proxy.ts'
import { properties } from '../../../fixtures/resolve/scenario.ts'

const clips = (...paths: string[]) =>
  readClips(paths.map((path, i) => ({ id: `m${i}`, name: `m${i}`, properties: properties(path) }))).map(
    ({ clip }) => clip
  )
const notAsked = () => Promise.reject(new Error('the name tells'))
const like = { rate: { num: 25, den: 1 }, frameCount: 100, startTimecode: '01:00:00:00' }

const match = (path: string, paths: string[], facts: () => Promise<typeof like | null> = notAsked) =>
  matchProxy(path, clips(...paths), facts)

describe('matchProxy', () => {
  it.each([
    ['of the same name, whatever the ending and the size of letters', '/p/a001.MP4', '/card/A001.mov'],
    ['of the same name in another Unicode form', '/p/a\u0308.mov', '/card/\u00e4.mov'],
    ['whose name it begins with', '/p/A001_proxy.mov', '/card/A001.mov'],
    ['whose name it begins with, numbered', '/p/A001 (2).mov', '/card/A001.mov']
  ])('finds the clip %s', async (_, path, sourcePath) => {
    expect(await match(path, ['/card/other.mov', sourcePath])).toEqual({ kind: 'one', sourcePath })
  })

  it('takes the longest name that it begins with', async () => {
    expect(await match('/p/A001_C002_proxy.mov', ['/card/A001.mov', '/card/A001_C002.mov'])).toEqual({
      kind: 'one',
      sourcePath: '/card/A001_C002.mov'
    })
  })

  it('does not take part of a word for a name', async () => {
    expect(await match('/p/A0011.mov', ['/card/A001.mov'])).toEqual({ kind: 'none' })
  })

  it('counts a file that was imported twice once', async () => {
    expect(await match('/p/A001.mov', ['/card/A001.mov', '/card/A001.mov'])).toMatchObject({ kind: 'one' })
  })

  it('of clips with one name takes the one that has rate, length and start of the file', async () => {
    const paths = ['/card1/A001.mov', '/card2/A001.mov']
    const [first, second] = clips(...paths)
    second!.frameCount = 250
    const facts = async () => ({ ...like, frameCount: 250 })
    expect(await matchProxy('/p/A001.mov', [first!, second!], facts)).toEqual({
      kind: 'one',
      sourcePath: '/card2/A001.mov'
    })
    expect(await match('/p/A001.mov', paths, async () => like)).toEqual({
      kind: 'ambiguous',
      sourcePaths: paths
    })
    expect(await match('/p/A001.mov', paths, async () => null)).toMatchObject({ kind: 'ambiguous' })
  })

  it('takes no source for a proxy', async () => {
    expect(await match('/card/A001.mov', ['/card/A001.mov', '/raw/A001.braw'])).toEqual({ kind: 'none' })
  })
})
