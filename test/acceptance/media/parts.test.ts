import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SourcePart } from '../../../src/model/index.ts'
import { describeFile, ffmpeg, ffprobeJson, makeClip, packetsOf, soundOf } from './support/clips.ts'
import { encodeInChunks, encodeWhole, kindIn, queueParams, removeFolder } from './support/owner.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-parts-'))
})
afterAll(() => removeFolder(folder))

/** What is in each packet of the picture, and its time. */
const picture = (path: string): { time: number; md5: string }[] =>
  packetsOf(path)
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.split(','))
    .map((fields) => ({ time: Number(fields[2]), md5: fields.at(-1)! }))

const samplesOf = (path: string): number => {
  const { streams } = ffprobeJson(path, ['-select_streams', 'a:0', '-show_streams']) as {
    streams: { duration_ts: number }[]
  }
  return streams[0]!.duration_ts
}

/** Encodes a part in chunks, and all of the source in one run. */
async function both(source: string, preset: string, part: SourcePart) {
  const kind = kindIn(folder)
  const cut = await encodeInChunks(
    kind,
    queueParams(source, preset, { outDir: join(folder, 'part') }),
    (count, cuts) => [cuts?.[0] ?? 5, 13, count - 2],
    kind,
    part
  )
  const params = queueParams(source, preset, { outDir: join(folder, 'whole'), force: true })
  const whole = await encodeWhole(kind, params)
  return { part: cut.output, whole: whole.output }
}

describe('a part of a source', () => {
  // Matroska counts in milliseconds: frames 31 to 59 last 1.210 s there.
  test.each([
    ['closed25.mp4', { start: 30, end: 61, timecode: '10:00:01:05' }, 31 * 1920],
    ['closed25.mp4', { start: 50, end: 75, timecode: null }, 25 * 1920],
    [
      'open2997.mov',
      { start: 37, end: 68, timecode: '01:00:01;09' },
      Math.round((68 * 48048) / 30) - Math.round((37 * 48048) / 30)
    ],
    ['rate2398.mkv', { start: 31, end: 60, timecode: null }, 1210 * 48],
    ['stream.ts', { start: 33, end: 71, timecode: null }, Math.round((38 * 48048) / 30)]
  ] as const)(
    'of %s: %j holds exactly these frames, their sound and its timecode',
    async (name, part, samples) => {
      const source = makeClip(folder, name)
      const made = await both(source, 'dnxhr_lb', part)
      expect(made.part).toMatch(new RegExp(`_${part.start}-${part.end - 1}\\.mov$`))
      const [cut, whole] = [picture(made.part), picture(made.whole)]
      const wanted = whole.slice(part.start, part.end)
      expect(cut.map(({ md5 }) => md5)).toEqual(wanted.map(({ md5 }) => md5))
      expect(cut.map(({ time }) => time - cut[0]!.time)).toEqual(
        wanted.map(({ time }) => time - wanted[0]!.time)
      )
      expect(cut[0]!.time).toBe(0)
      const { streams } = describeFile(made.part)
      const tmcd = streams.find(({ codec_tag_string }) => codec_tag_string === 'tmcd')
      expect(tmcd?.tags?.timecode ?? null).toBe(part.timecode)
      expect(samplesOf(made.part)).toBe(samples)
    }
  )

  test('has the very samples of its frames', async () => {
    const source = makeClip(folder, 'intra.mov')
    const made = await both(source, 'dnxhr_lb', { start: 7, end: 44, timecode: null })
    const cut = join(folder, 'samples.mov')
    ffmpeg([
      '-y',
      '-i',
      source,
      '-vn',
      '-af',
      `atrim=start_sample=${7 * 1920}:end_sample=${44 * 1920}`,
      '-c:a',
      'pcm_s24le',
      cut
    ])
    expect(soundOf(made.part)).toBe(soundOf(cut))
  })
})
