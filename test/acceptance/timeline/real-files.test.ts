import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findMedia, proxyHash, readTimeline, realFiles } from '../../../src/timeline/index.ts'
import { medium } from '../../unit/timeline/media.ts'
import { zipOf } from './zip.ts'

const otio = Buffer.from(
  JSON.stringify({
    OTIO_SCHEMA: 'Timeline.1',
    name: 'Packed',
    tracks: {
      OTIO_SCHEMA: 'Stack.1',
      children: [
        {
          OTIO_SCHEMA: 'Clip.1',
          name: 'c',
          media_reference: { OTIO_SCHEMA: 'ExternalReference.1', target_url: 'media/a.mov' }
        }
      ]
    }
  })
)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-timeline-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

const packed = async (name: string, ...members: Parameters<typeof zipOf>[0]): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, zipOf(members))
  return path
}

describe('an .otioz archive', () => {
  it('is read from its content, past the media that lie before it', async () => {
    const media = { name: 'media/a.mov', content: Buffer.alloc(100_000, 7), stored: true }
    const path = await packed(
      'a.otioz',
      media,
      { name: 'version.txt', content: Buffer.from('1.0.0') },
      {
        name: 'content.otio',
        content: otio
      }
    )
    const timeline = await readTimeline(path, realFiles)
    expect(timeline).toMatchObject({ format: 'otio', folder: null })
    expect(timeline.sequences[0]).toMatchObject({ name: 'Packed', media: [{ path: 'media/a.mov' }] })
  })

  it('is refused without a content', async () => {
    const path = await packed('none.otioz', { name: 'x.txt', content: otio })
    await expect(readTimeline(path, realFiles)).rejects.toMatchObject({ code: 'not-a-timeline' })
  })

  it('is refused when it says that it unpacks to more than is read', async () => {
    const path = await packed('big.otioz', {
      name: 'content.otio',
      content: otio,
      claimedSizeBytes: 65 * 1024 * 1024
    })
    await expect(readTimeline(path, realFiles)).rejects.toMatchObject({ code: 'too-large' })
  })

  it('is not trusted when it unpacks to more than it says', async () => {
    const path = await packed('liar.otioz', {
      name: 'content.otio',
      content: Buffer.alloc(80 * 1024 * 1024, ' '),
      claimedSizeBytes: 1_000
    })
    await expect(readTimeline(path, realFiles)).rejects.toMatchObject({ code: 'truncated' })
  })

  it('is told as cut off when its end is missing', async () => {
    const path = join(folder, 'cut.otioz')
    await writeFile(path, zipOf([{ name: 'content.otio', content: otio }]).subarray(0, -30))
    await expect(readTimeline(path, realFiles)).rejects.toMatchObject({ code: 'truncated' })
  })
})

describe('on a real disk', () => {
  it('media are found by path, by Unicode form, by case and through links', async () => {
    await mkdir(join(folder, 'Cafe\u0301'))
    await writeFile(join(folder, 'Cafe\u0301', 'A001.mov'), 'x')
    await symlink(join(folder, 'Cafe\u0301'), join(folder, 'link'))
    const settings = {
      timelineFolder: folder,
      maps: [{ from: 'N:\\', to: folder }],
      system: 'posix' as const
    }
    const find = (path: string) => findMedia(medium({ path }), settings, realFiles, [])
    const there = join(folder, 'Cafe\u0301', 'A001.mov')
    expect(await find(join(folder, 'Caf\u00e9', 'A001.mov'))).toEqual({
      status: 'found',
      path: there,
      how: 'path'
    })
    expect(await find('Caf\u00e9/a001.MOV')).toMatchObject({ path: there, how: 'beside-timeline' })
    expect(await find('N:\\caf\u00e9\\A001.mov')).toMatchObject({ path: there, how: 'map' })
    expect(await find(join(folder, 'link', 'A001.mov'))).toMatchObject({ how: 'path' })
    expect(await find(join(folder, 'Caf\u00e9'))).toEqual({ status: 'missing', similar: [] })
  })

  it('the hash of a proxy reads both ends of a large file', async () => {
    const path = join(folder, 'large.mov')
    const bytes = Buffer.alloc(2_500_000, 'x')
    bytes.write('begins')
    bytes.write('ends', bytes.length - 4)
    await writeFile(path, bytes)
    // md5sum of the first and the last 1,000,000 bytes.
    expect(await proxyHash(path, bytes.length, realFiles)).toBe('9f228d668f8a5914c8e7db00a66bd45e')
  })
})
