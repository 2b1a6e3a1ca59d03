import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { presetCommand } from '../../../src/jobs/transcode/index.ts'
import { bundledFfmpeg, describeFile, ffmpeg, ffprobeJson, packetsOf, tools } from './support/clips.ts'
import {
  besideSource,
  encodeInChunks,
  encodeWhole,
  kindIn,
  queueParams,
  referencePath,
  removeFolder
} from './support/owner.ts'

/** What becomes of the picture: fields, levels, colours, rotation, pixels, transparency, rate. */

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-picture-'))
  await mkdir(join(folder, 'presets'))
})
afterAll(() => removeFolder(folder))

const bundled = await bundledFfmpeg()
const programs = bundled === null ? [tools.ffmpeg.path] : [tools.ffmpeg.path, bundled]

const moving = (rate: number) => ['-f', 'lavfi', '-i', `testsrc2=size=320x176:rate=${rate}:duration=1.2`]
const longGop = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '12', '-bf', '2']
/** Fields of different times, woven. 176 lines: fields of 88, which is no multiple of 16. */
const woven = (order: 'top' | 'bottom') => [
  '-vf',
  `tinterlace=interleave_${order},fps=25,setfield=${order === 'top' ? 'tff' : 'bff'},format=yuv420p`
]
const ofFields = ['-flags', '+ildct+ilme']

function clip(name: string, ...recipe: readonly string[]): string {
  const path = join(folder, name)
  ffmpeg(['-y', ...recipe, path])
  return path
}

const prores = 'codec: prores_aw\nprofile: 0\npixelFormat: yuv422p10le\n'
const dnxhr = 'codec: dnxhd\nprofile: dnxhr_lb\npixelFormat: yuv422p\n'
const h264 = 'codec: libx264\ncrf: 8\npixelFormat: yuv420p\nspeed: ultrafast\n'
const mjpeg = 'codec: mjpeg\npixelFormat: yuvj422p\nlevels: full\nargs: ["-q:v", 2]\n'

let presets = 0

/** The same source by the same preset: in chunks, one of them a single frame, and in one run. */
async function both(source: string, yaml: string, { program = tools.ffmpeg.path, whole = false } = {}) {
  const name = `p${presets++}`
  const presetFolders = [join(folder, 'presets')]
  await writeFile(join(presetFolders[0]!, `${name}.yaml`), yaml)
  const settings = { ffmpegPath: program, ffprobePath: tools.ffprobe.path, presetFolders }
  const kind = kindIn(folder, settings)
  const params = queueParams(source, name, { nameTemplate: '{stem}-{preset}' })
  const made = whole
    ? await encodeWhole(kind, params)
    : await encodeInChunks(kind, params, (count, cuts) => [cuts?.[0] ?? 7, 13, 14, count - 3])
  const { command } = await presetCommand(settings, besideSource, name, source)
  const single = referencePath(made.output)
  ffmpeg(['-y', ...command.slice(1, -1), single], program)
  return { joined: made.output, single }
}

const videoOf = (path: string) => describeFile(path).streams[0] as Record<string, unknown>

/** What its first decoded frames say: interlaced, top field first. */
function fieldsOf(path: string): string[] {
  const shown = execFileSync(
    tools.ffprobe.path,
    [
      ...['-v', 'error', '-select_streams', 'v:0', '-read_intervals', '%+#4'],
      ...['-show_entries', 'frame=interlaced_frame,top_field_first', '-of', 'json', path]
    ],
    { encoding: 'utf8' }
  )
  const { frames } = JSON.parse(shown) as { frames: { interlaced_frame: number; top_field_first: number }[] }
  const names = frames.map((frame) =>
    frame.interlaced_frame === 0 ? 'progressive' : frame.top_field_first === 1 ? 'tff' : 'bff'
  )
  return [...new Set(names)]
}

/** Red, green and blue of the first pixel. */
async function colourIn(path: string, matrix = 'auto'): Promise<number[]> {
  const raw = join(folder, 'pixel.rgb')
  const filter = `scale=in_color_matrix=${matrix},format=rgb24`
  ffmpeg(['-y', '-i', path, '-frames:v', '1', '-vf', filter, '-f', 'rawvideo', raw])
  return [...(await readFile(raw)).subarray(0, 3)]
}

describe.each(programs)('with %s, fields', (program) => {
  test('are kept in ProRes, packet for packet as in one run', async () => {
    const bottom = clip('bottom.ts', ...moving(50), ...woven('bottom'), '-c:v', 'mpeg2video', ...ofFields)
    const { joined, single } = await both(bottom, prores, { program })
    expect(packetsOf(joined)).toEqual(packetsOf(single))
    expect(fieldsOf(joined)).toEqual(['bff'])
    expect(videoOf(joined)).toMatchObject({ field_order: 'bt' })
  })

  test('become whole pictures, at every seam as in one run', async () => {
    const top = clip('top.mov', ...moving(50), ...woven('top'), ...longGop, ...ofFields)
    const { joined, single } = await both(top, `${dnxhr}fields: deinterlace\n`, { program })
    expect(packetsOf(joined)).toEqual(packetsOf(single))
    expect(fieldsOf(joined)).toEqual(['progressive'])
  })
})

describe('fields', () => {
  test('are kept in H.264', async () => {
    const top = clip('top.mov', ...moving(50), ...woven('top'), ...longGop, ...ofFields)
    const { joined, single } = await both(top, h264)
    expect([fieldsOf(joined), fieldsOf(single)]).toEqual([['tff'], ['tff']])
  })

  test('that only the container tells of are kept, and told again', async () => {
    const jpeg = clip('jpeg.mov', ...moving(50), ...woven('bottom'), '-c:v', 'mjpeg', '-q:v', '3')
    expect(fieldsOf(jpeg)).toEqual(['progressive'])
    const { joined, single } = await both(jpeg, prores)
    expect(packetsOf(joined)).toEqual(packetsOf(single))
    expect(fieldsOf(joined)).toEqual(['bff'])
  })

  test('are refused where the codec has none, with what would work', async () => {
    const top = clip('top.mov', ...moving(50), ...woven('top'), ...longGop, ...ofFields)
    await expect(both(top, dnxhr)).rejects.toThrow('DNxHR holds no fields')
  })
})

describe('levels and colours', () => {
  /** 720 lines of one colour, by BT.709. */
  const flat = (levels: 'tv' | 'pc', tags = true) => [
    ...['-f', 'lavfi', '-i', 'color=c=black:s=1280x720:r=25:d=0.4'],
    '-vf',
    [
      'format=gbrp,geq=r=20:g=140:b=200',
      `scale=out_color_matrix=bt709:out_range=${levels}`,
      'format=yuv420p',
      ...(tags
        ? [`setparams=range=${levels}:colorspace=bt709:color_primaries=bt709:color_trc=bt709`]
        : [`setparams=range=${levels}`])
    ].join(),
    ...['-c:v', 'libx264', '-qp', '4']
  ]
  const colour = [20, 140, 200]

  test.each([
    ['video levels', 'tv', prores, 'auto', 0],
    ['video levels', 'tv', `${dnxhr}levels: full\n`, 'bt709', 1],
    ['full levels', 'pc', dnxhr, 'bt709', 0],
    ['full levels', 'pc', `${h264}levels: source\n`, 'auto', 1],
    ['video levels', 'tv', mjpeg, 'auto', 0]
  ] as const)('of a picture with %s (%s) are right in %s', async (_, levels, yaml, matrix, turn) => {
    // By one ffmpeg and the other in turn; by both of them in `npm run test:media`.
    const program = programs[turn % programs.length]!
    const { joined, single } = await both(clip('flat.mp4', ...flat(levels)), yaml, { program })
    for (const path of [joined, single]) {
      const found = await colourIn(path, matrix)
      for (const [i, value] of colour.entries()) expect(Math.abs(found[i]! - value)).toBeLessThanOrEqual(3)
    }
    const range = /levels: (full|source)/.test(yaml) && levels !== 'tv' ? 'pc' : undefined
    if (range) expect(videoOf(joined)).toMatchObject({ color_range: range })
  })

  test('of red, green and blue are turned into BT.709 or BT.601 by the size, and told', async () => {
    const large = ['-f', 'lavfi', '-i', 'color=c=black:s=1280x720:r=25:d=0.4']
    const rgb = clip('rgb.mov', ...large, '-vf', 'format=gbrp,geq=r=20:g=140:b=200', '-c:v', 'qtrle')
    for (const [yaml, matrix] of [
      [h264, 'bt709'],
      [`${h264}height: 360\n`, 'smpte170m']
    ] as const) {
      const { joined } = await both(rgb, yaml)
      expect(videoOf(joined)).toMatchObject({ color_space: matrix, color_range: 'tv' })
      const found = await colourIn(joined)
      for (const [i, value] of colour.entries()) expect(Math.abs(found[i]! - value)).toBeLessThanOrEqual(3)
    }
  })

  test.each([prores, 'codec: libx265\ncrf: 24\npixelFormat: yuv420p10le\nspeed: ultrafast\n'])(
    'are told of HDR in %s',
    async (yaml) => {
      const told = ['-color_primaries', 'bt2020', '-color_trc', 'arib-std-b67', '-colorspace', 'bt2020nc']
      const hlg = clip('hlg.mp4', ...moving(25), ...longGop, '-pix_fmt', 'yuv420p10le', ...told)
      const { joined, single } = await both(hlg, yaml)
      const tags = { color_primaries: 'bt2020', color_transfer: 'arib-std-b67', color_space: 'bt2020nc' }
      expect(videoOf(joined)).toMatchObject(tags)
      expect(videoOf(single)).toMatchObject(tags)
    }
  )

  test('keep HDR10 metadata in H.265', async () => {
    const display =
      'master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50):max-cll=1000,400'
    const hevc = ['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p10le', '-g', '12']
    const told = ['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc']
    const hdr = clip('hdr.mp4', ...moving(25), ...hevc, ...told, '-x265-params', `log-level=1:${display}`)
    const { joined } = await both(
      hdr,
      'codec: libx265\ncrf: 24\npixelFormat: yuv420p10le\nspeed: ultrafast\n'
    )
    const shown = execFileSync(
      tools.ffprobe.path,
      ['-v', 'error', '-read_intervals', '%+#1', '-show_frames', joined],
      { encoding: 'utf8' }
    )
    expect(shown).toContain('red_x=34000/50000')
    expect(shown).toContain('max_luminance=10000000/10000')
    expect(shown).toContain('max_content=1000')
  })
})

describe('the shape of the picture', () => {
  test('stays: pixels that are not square keep their sides, those that are stay square', async () => {
    const wide = clip('wide.mov', ...moving(25), '-vf', 'setsar=64/45', ...longGop)
    const { joined, single } = await both(wide, `${prores}height: half\n`)
    expect(packetsOf(joined)).toEqual(packetsOf(single))
    expect(videoOf(joined)).toMatchObject({ width: 160, height: 88, sample_aspect_ratio: '64:45' })
    const square = clip('square.mov', ...moving(25), ...longGop)
    const made = await both(square, `${prores}height: 98\n`)
    expect(videoOf(made.joined)).toMatchObject({ width: 178, height: 98, sample_aspect_ratio: '1:1' })
  })

  test('is turned upright, or kept with the word of how to turn it', async ({ skip }) => {
    if (bundled === null) return skip('the bundled ffmpeg, which can turn pictures, is not installed')
    const lying = clip('lying.mov', ...moving(25), ...longGop)
    const turned = join(folder, 'turned.mov')
    ffmpeg(['-y', '-display_rotation', '90', '-display_hflip', '-i', lying, '-c', 'copy', turned], bundled)
    const upright = await both(turned, prores)
    expect(packetsOf(upright.joined)).toEqual(packetsOf(upright.single))
    expect(videoOf(upright.joined)).toMatchObject({ width: 176, height: 320 })
    expect(videoOf(upright.joined).side_data_list).toBeUndefined()
    const kept = await both(turned, `${prores}rotation: keep\n`)
    expect(packetsOf(kept.joined)).toEqual(packetsOf(kept.single))
    for (const path of [kept.joined, kept.single]) {
      expect(videoOf(path)).toMatchObject({ width: 320, height: 176 })
      expect(videoOf(path).side_data_list).toEqual(videoOf(turned).side_data_list)
    }
  })

  test('is transparent where the source is, and opaque where it is not', async () => {
    const yaml = 'codec: prores_ks\nprofile: "4444"\npixelFormat: yuva444p10le\n'
    const clear = ['-vf', 'format=yuva444p10le', '-c:v', 'prores_ks', '-profile:v', '4444']
    const made = await both(clip('clear.mov', ...moving(25), ...clear), yaml)
    expect(packetsOf(made.joined)).toEqual(packetsOf(made.single))
    expect(videoOf(made.joined)).toMatchObject({ pix_fmt: expect.stringContaining('yuva444p') })
    const opaque = await both(clip('opaque.mov', ...moving(25), ...longGop), yaml)
    expect(videoOf(opaque.joined)).toMatchObject({ pix_fmt: expect.stringContaining('yuv444p') })
  })
})

test('a constant rate is made in one piece, with as many frames as the source is long', async () => {
  const uneven = clip(
    'uneven.mp4',
    ...moving(50),
    '-vf',
    "select='not(mod(n\\,3))'",
    '-fps_mode',
    'vfr',
    ...longGop
  )
  const { joined, single } = await both(uneven, `${prores}frameRate: 30000/1001\n`, { whole: true })
  expect(packetsOf(joined)).toEqual(packetsOf(single))
  expect(videoOf(joined)).toMatchObject({ r_frame_rate: '30000/1001', nb_frames: '35' })
})

describe('a source of which some pictures cannot be decoded', () => {
  const constant = `${prores}frameRate: 25\n`

  async function encoded(source: string, program: string): Promise<unknown> {
    const name = `p${presets++}`
    const presetFolders = [join(folder, 'presets')]
    await writeFile(join(presetFolders[0]!, `${name}.yaml`), constant)
    const kind = kindIn(folder, { ffmpegPath: program, ffprobePath: tools.ffprobe.path, presetFolders })
    return encodeWhole(kind, queueParams(source, name, { nameTemplate: '{stem}-{preset}' }))
  }

  test('is not filled up with copies of others at a constant rate', async () => {
    const whole = clip('whole.mov', ...moving(50), ...longGop)
    const bytes = await readFile(whole)
    const { packets } = ffprobeJson(whole, ['-select_streams', 'v', '-show_entries', 'packet=pos,size']) as {
      packets: { pos: string; size: string }[]
    }
    for (const { pos, size } of packets.slice(40, 46))
      bytes.fill(0x5a, Number(pos), Number(pos) + Number(size))
    const source = join(folder, 'damaged.mov')
    await writeFile(source, bytes)
    for (const program of programs) {
      await expect(encoded(source, program)).rejects.toThrow(/damaged: pictures near its frame \d+/)
    }
  })

  test('is taken where they come before its first picture, as in a recording off the air', async () => {
    const begun = clip('begun.ts', ...moving(50), ...longGop)
    const bytes = await readFile(begun)
    const source = join(folder, 'in-the-middle.ts')
    await writeFile(source, bytes.subarray(Math.floor(bytes.length / 4 / 188) * 188))
    for (const program of programs) await encoded(source, program)
  })
})
