import { readFileSync, statfsSync } from 'node:fs'
import { platform } from 'node:os'

/** What is known of the file system that holds a folder. */
export interface FileSystemKind {
  /** `f_type` of statfs(2) on Linux; null elsewhere, where the number means nothing stable. */
  magic: bigint | null
  /** The type's name in /proc/self/mountinfo (`ext4`, `fuse.sshfs`), where there is one. */
  type: string | null
}

const fuse = 0x65735546n

/** From linux/magic.h and statfs(2): file systems whose locks or shared memory do not reach every writer. */
const remote: ReadonlyMap<bigint, string> = new Map([
  [0x6969n, 'NFS'],
  [0x517bn, 'SMB'],
  [0xff534d42n, 'CIFS'],
  [0xfe534d42n, 'SMB2'],
  [0x01021997n, '9P'],
  [0x5346414fn, 'AFS'],
  [0x6b414653n, 'AFS'],
  [0x73757245n, 'Coda'],
  [0x564cn, 'NCP'],
  [0x00c36400n, 'Ceph'],
  [0x0bd00bd0n, 'Lustre'],
  [0x47504653n, 'GPFS'],
  [0x01161970n, 'GFS2'],
  [0x7461636fn, 'OCFS2'],
  [0x786f4256n, 'VirtualBox shared folder'],
  [0xbacbacbcn, 'VMware shared folder']
])

/** FUSE file systems that keep their data on this machine's own disks. */
const localFuse = new Set([
  'fuseblk',
  'fuse.bindfs',
  'fuse.encfs',
  'fuse.fuse-overlayfs',
  'fuse.gocryptfs',
  'fuse.mergerfs',
  'fuse.ntfs-3g',
  'fuse.securefs'
])

/** The name of the remote file system that this is, or null when it is a local one. */
export function remoteFileSystem(kind: FileSystemKind): string | null {
  if (kind.magic === null) return null
  // A 32-bit statfs gives the number with its sign.
  const magic = BigInt.asUintN(32, kind.magic)
  if (magic !== fuse) return remote.get(magic) ?? null
  return kind.type !== null && localFuse.has(kind.type) ? null : (kind.type ?? 'FUSE')
}

/** The file system type of the mount that `device` (`major:minor`, as in stat) names in mountinfo text, or null. */
export function mountType(mountinfo: string, device: string): string | null {
  for (const line of mountinfo.split('\n')) {
    // proc(5): id parent major:minor root mount-point options [optional…] - type source super-options
    if (line.split(' ')[2] !== device) continue
    return line.split(' - ')[1]?.split(' ')[0] ?? null
  }
  return null
}

/** Looks at the file system that holds `folder`. Throws the error of statfs when the folder is not there. */
export function fileSystemOf(folder: string, device: bigint): FileSystemKind {
  const { type } = statfsSync(folder, { bigint: true })
  if (platform() !== 'linux') return { magic: null, type: null }
  if (BigInt.asUintN(32, type) !== fuse) return { magic: type, type: null }
  return { magic: type, type: mountType(readFileSync('/proc/self/mountinfo', 'utf8'), deviceText(device)) }
}

/** `major:minor` of a device number as Linux's glibc packs it (gnu_dev_major, gnu_dev_minor). */
export function deviceText(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n)
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n)
  return `${major}:${minor}`
}
