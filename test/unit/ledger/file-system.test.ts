import { describe, expect, it } from 'vitest'
import { deviceText, mountType, remoteFileSystem } from '../../../src/ledger/file-system.ts'

const mountinfo = [
  '22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard',
  '61 22 0:45 / /mnt/nas rw,nosuid - fuse.sshfs editor@nas:/media rw,user_id=1000',
  '62 22 0:46 / /mnt/my\\040disk rw shared:7 master:2 - fuseblk /dev/sdb1 rw'
].join('\n')

describe('the file system under the ledger', () => {
  it('allows local disks', () => {
    expect(remoteFileSystem({ magic: 0xef53n, type: null })).toBeNull()
    expect(remoteFileSystem({ magic: 0x9123683en, type: null })).toBeNull()
  })

  it('names NFS and the three generations of SMB', () => {
    expect(remoteFileSystem({ magic: 0x6969n, type: null })).toBe('NFS')
    expect(remoteFileSystem({ magic: 0x517bn, type: null })).toBe('SMB')
    expect(remoteFileSystem({ magic: 0xff534d42n, type: null })).toBe('CIFS')
    expect(remoteFileSystem({ magic: 0xfe534d42n, type: null })).toBe('SMB2')
  })

  it('knows CIFS also by the negative number of a 32-bit statfs', () => {
    expect(remoteFileSystem({ magic: BigInt.asIntN(32, 0xff534d42n), type: null })).toBe('CIFS')
  })

  it('tells sshfs from an NTFS disk, both being FUSE', () => {
    const magic = 0x65735546n
    expect(remoteFileSystem({ magic, type: mountType(mountinfo, '0:45') })).toBe('fuse.sshfs')
    expect(remoteFileSystem({ magic, type: mountType(mountinfo, '0:46') })).toBeNull()
  })

  it('does not trust a FUSE file system that it cannot name', () => {
    expect(remoteFileSystem({ magic: 0x65735546n, type: mountType(mountinfo, '0:99') })).toBe('FUSE')
  })

  it('draws no conclusion where the number means nothing', () => {
    expect(remoteFileSystem({ magic: null, type: null })).toBeNull()
  })

  it('unpacks device numbers as glibc packs them', () => {
    const pack = (major: bigint, minor: bigint) =>
      ((major & 0xfffn) << 8n) | ((major & ~0xfffn) << 32n) | (minor & 0xffn) | ((minor & ~0xffn) << 12n)
    expect(pack(254n, 0n)).toBe(0xfe00n)
    for (const [major, minor] of [
      [0n, 45n],
      [254n, 0n],
      [4_097n, 257n],
      [1_048_575n, 1_048_575n]
    ] as const) {
      expect(deviceText(pack(major, minor))).toBe(`${major}:${minor}`)
    }
  })
})
