import { describe, expect, it } from 'vitest'
import { type Fitness, ffmpegSeries, type Needs, type RootId, whyUnfit } from '../../../src/model/index.ts'

const root = '0123456789abcdef' as RootId
const none: Needs = { encoders: [], roots: [], tags: [], ffmpeg: null, ownerOnly: false }
const node: Fitness = {
  encoders: ['dnxhd', 'libx264'],
  roots: [root],
  tags: ['fast'],
  ffmpegVersion: '5.1.9-0+deb12u1'
}

describe('the series of an ffmpeg version', () => {
  it.each([
    ['5.1.9-0+deb12u1', '5.1'],
    ['n5.1.2', '5.1'],
    ['7.0', '7.0'],
    ['7.0.2-static', '7.0'],
    ['n10.12-5-gabc', '10.12'],
    ['N-118000-gdeadbeef', 'N-118000-gdeadbeef'],
    ['git-2024-01-01', 'git-2024-01-01']
  ])('of %s is %s', (version, series) => {
    expect(ffmpegSeries(version)).toBe(series)
  })
})

describe('why a node does not fit', () => {
  it('is null when it has everything', () => {
    const all = { encoders: ['dnxhd'], roots: [root], tags: ['fast'], ffmpeg: '5.1', ownerOnly: false }
    expect(whyUnfit(all, node, false)).toBeNull()
    expect(whyUnfit(none, { ...node, encoders: [], roots: [], tags: [] }, false)).toBeNull()
  })

  it.each<[string, Partial<Needs>, Partial<Fitness>]>([
    ['it has no ffmpeg', {}, { ffmpegVersion: null }],
    ['its ffmpeg is 7.0.1, the job needs 5.1', { ffmpeg: '5.1' }, { ffmpegVersion: '7.0.1' }],
    ['its ffmpeg has no working encoder prores_ks', { encoders: ['dnxhd', 'prores_ks'] }, {}],
    [`it does not see root ${root}`, { roots: [root] }, { roots: [] }],
    ['it does not carry tag gpu', { tags: ['fast', 'gpu'] }, {}]
  ])('is told in words: %s', (words, needs, change) => {
    expect(whyUnfit({ ...none, ...needs }, { ...node, ...change }, false)).toBe(words)
  })

  it('is that only the owner can reach the files, unless it is the owner', () => {
    const needs = { ...none, ownerOnly: true }
    expect(whyUnfit(needs, node, false)).toBe('only the owner can reach the files')
    expect(whyUnfit(needs, node, true)).toBeNull()
  })

  it('does not take one minor version of ffmpeg for another', () => {
    expect(whyUnfit({ ...none, ffmpeg: '5.1' }, { ...node, ffmpegVersion: '5.10.1' }, false)).not.toBeNull()
  })
})
