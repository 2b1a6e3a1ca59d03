import { describe, expect, it } from 'vitest'
import { mapLocation, type PathMap, readLocations } from '../../../../src/timeline/index.ts'

const mapped = (written: string, maps: PathMap[]): string[] =>
  mapLocation(readLocations(written)[0]!, maps).map(({ to, components }) => [to, ...components].join('/'))

describe('a path map', () => {
  it('fits on whole components only', () => {
    const maps = [{ from: '/mnt/a', to: '/here' }]
    expect(mapped('/mnt/a/b.mov', maps)).toEqual(['/here/b.mov'])
    expect(mapped('/mnt/ab/b.mov', maps)).toEqual([])
    expect(mapped('/mnt/A/b.mov', maps)).toEqual([])
    expect(mapped('/mnt', maps)).toEqual([])
  })

  it('knows drives and shares of Windows, whatever the case and the slashes', () => {
    const maps = [
      { from: 'n:\\Media', to: '/mnt/nas' },
      { from: '//SERVER/share', to: '/mnt/share' }
    ]
    expect(mapped('N:/media/day1/a.mov', maps)).toEqual(['/mnt/nas/day1/a.mov'])
    expect(mapped('file://localhost/N%3a/media/a.mov', maps)).toEqual(['/mnt/nas/a.mov'])
    expect(mapped('\\\\server\\Share\\a.mov', maps)).toEqual(['/mnt/share/a.mov'])
    expect(mapped('M:\\media\\a.mov', maps)).toEqual([])
  })

  it('prefers the longest prefix, and gives all maps of that same prefix', () => {
    const maps = [
      { from: '/Volumes', to: '/v' },
      { from: '/Volumes/nas', to: '/n1' },
      { from: '/Volumes/nas/', to: '/n2' }
    ]
    expect(mapped('/Volumes/nas/a.mov', maps)).toEqual(['/n1/a.mov', '/n2/a.mov'])
    expect(mapped('/Volumes/b/a.mov', maps)).toEqual(['/v/b/a.mov'])
  })

  it('compares in one Unicode form', () => {
    expect(mapped('/Volumes/Cafe\u0301/a.mov', [{ from: '/Volumes/Caf\u00e9', to: '/c' }])).toEqual([
      '/c/a.mov'
    ])
  })
})
