import { describe, expect, it } from 'vitest'
import { formatLocation, locationKey, readLocations } from '../../../src/timeline/location.ts'

const all = (written: string): string[] => readLocations(written).map(formatLocation)

describe('a path as it is written', () => {
  it.each([
    ['/mnt/nas/a.mov', '/mnt/nas/a.mov'],
    ['S:\\path\\to\\a.exr', 'S:\\path\\to\\a.exr'],
    ['s:/path/to/a.exr', 'S:\\path\\to\\a.exr'],
    ['\\\\server\\share\\day 1\\a.mov', '\\\\server\\share\\day 1\\a.mov'],
    ['\\\\?\\C:\\long\\a.mov', 'C:\\long\\a.mov'],
    ['\\\\?\\UNC\\server\\share\\a.mov', '\\\\server\\share\\a.mov'],
    ['footage/a.png', 'footage/a.png'],
    ['footage\\a.png', 'footage\\a.png'],
    ['/mnt/./nas/../nas//a.mov', '/mnt/nas/a.mov']
  ])('%s', (written, path) => {
    expect(all(written)).toEqual([path])
  })

  it.each([
    ['file:///Volumes/nas/a.mov', '/Volumes/nas/a.mov'],
    ['file://localhost/Volumes/nas/a.mov', '/Volumes/nas/a.mov'],
    ['file:/Volumes/nas/a.mov', '/Volumes/nas/a.mov'],
    ['file:///C:/media/a.mov', 'C:\\media\\a.mov'],
    ['file:///c|/media/a.mov', 'C:\\media\\a.mov'],
    ['file://C:/media/a.mov', 'C:\\media\\a.mov'],
    ['file://server/share/a.mov', '\\\\server\\share\\a.mov'],
    ['file:////server/share/a.mov', '\\\\server\\share\\a.mov'],
    ['file:///mnt/take #3?.mov', '/mnt/take #3?.mov'],
    ['file:///mnt/100%.mov', '/mnt/100%.mov']
  ])('%s', (written, path) => {
    expect(all(written)).toEqual([path])
  })

  it('is decoded first where it can be a percent-encoded URL, and taken literally second', () => {
    expect(all('file://localhost/D%3a/media/a%20b.mov')[0]).toBe('D:\\media\\a b.mov')
    expect(all('file:///mnt/a%20b.mov')).toEqual(['/mnt/a b.mov', '/mnt/a%20b.mov'])
    expect(all('media/a%20b.mov')).toEqual(['media/a%20b.mov', 'media/a b.mov'])
  })

  it('is nothing on this machine when it is a URL of the network', () => {
    expect(all('https://example.com/a.mov')).toEqual([])
  })

  it('is the same file in another spelling: encoding, Unicode form, and case on Windows', () => {
    expect(locationKey('file:///mnt/e%CC%81.mov')).toBe(locationKey('/mnt/\u00e9.mov'))
    expect(locationKey('d:\\Media\\A.MOV')).toBe(locationKey('file://localhost/D%3A/media/a.mov'))
    expect(locationKey('/mnt/A.mov')).not.toBe(locationKey('/mnt/a.mov'))
  })
})
