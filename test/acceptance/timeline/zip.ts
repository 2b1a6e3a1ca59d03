import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipMember {
  name: string
  content: Buffer
  /** Kept as it is, as OpenTimelineIO keeps media. */
  stored?: boolean
  /** What the archive claims instead of the real size. */
  claimedSizeBytes?: number
}

/** A ZIP archive of a few small files. */
export function zipOf(members: readonly ZipMember[]): Buffer {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const member of members) {
    const name = Buffer.from(member.name)
    const data = member.stored ? member.content : deflateRawSync(member.content)
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(0x0800, 2)
    shared.writeUInt16LE(member.stored ? 0 : 8, 4)
    shared.writeUInt32LE(crc32(member.content), 10)
    shared.writeUInt32LE(data.length, 14)
    shared.writeUInt32LE(member.claimedSizeBytes ?? member.content.length, 18)
    shared.writeUInt16LE(name.length, 22)
    const header = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared, name, data])
    const places = Buffer.alloc(14)
    places.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), shared, places, name]))
    local.push(header)
    offset += header.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(members.length, 8)
  end.writeUInt16LE(members.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, directory, end])
}
