import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadPreset, type Preset } from '../../src/media/index.ts'
import { presetFolder } from '../acceptance/media/support/owner.ts'
import { wrongs } from './against-recipe.ts'
import { differences } from './compare.ts'
import { ffmpegRun } from './kinds/film.ts'
import { allKinds, type SourceKind } from './kinds/index.ts'
import { worstSeam } from './seams.ts'

// A matrix that cannot fail proves nothing: here files are spoilt in one way each, and it must say so.

let folder = ''
let source = ''
let prores: Preset
let h264: Preset
const kind = kindNamed('tc-nondrop')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proxima-notices-'))
  source = join(folder, `source.${kind.ending}`)
  kind.make(source)
  prores = await loadPreset('prores_proxy', [presetFolder])
  h264 = await loadPreset('h264_proxy', [presetFolder])
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function kindNamed(name: string): SourceKind {
  const found = allKinds.find((other) => other.name === name)
  if (!found) throw new RangeError(`there is no kind ${name}`)
  return found
}

let files = 0
/** The source as ProRes, with these options more. */
function encoded(...more: readonly string[]): string {
  const path = join(folder, `${files++}.mov`)
  const codecs = ['-c:v', 'prores_aw', '-pix_fmt', 'yuv422p10le', '-c:a', 'pcm_s24le']
  const times = ['-fps_mode', 'passthrough', '-enc_time_base:v', '1:90000', '-video_track_timescale', '90000']
  const streams = ['-map', '0:v', '-map', '0:a', '-metadata:s:v', 'reel_name=A001_C004']
  ffmpegRun(['-i', source, ...streams, ...codecs, ...times, ...more, path])
  return path
}
const asH264 = (gop: number, ...more: readonly string[]): string =>
  encoded('-c:v', 'libx264', '-pix_fmt', 'yuv420p', '-g', String(gop), '-sc_threshold', '0', ...more)

describe('held against what its source was made of', () => {
  test('a file that is as it should be has nothing wrong', () => {
    expect(wrongs(encoded(), kind, prores)).toEqual([])
  })

  const spoilt: readonly [what: string, options: readonly string[], words: RegExp][] = [
    ['a frame that is missing', ['-frames:v', '99'], /shows 99 of 100 frames/],
    ['two frames in the wrong order', ['-vf', 'shuffleframes=1 0'], /shows the frames 1 0 3 2/],
    ['a frame shown twice', ['-vf', "select='not(eq(n,9))',fps=25"], /shows the frames 0-8 (8|10) 10-99/],
    ['another rate', ['-vf', 'settb=1/90000,setpts=PTS*1.01'], /frame 3 is at/],
    ['other levels', ['-vf', 'scale=in_range=tv:out_range=pc'], /levels of 25[0-9],/],
    ['a smaller picture', ['-vf', 'scale=128:72'], /shows 128x72 instead of 256x144/],
    ['another shape of pixels', ['-vf', 'setsar=4/3'], /is 2\.370 wide instead of 1\.778/],
    ['a picture upside down', ['-vf', 'vflip'], /shows the frames/],
    ['fields', ['-field_order', 'tt'], /it is said to be tt/],
    ['late sound', ['-af', 'adelay=40:all=1'], /heard 0\.04\d s after the first picture instead of 0 s/],
    ['channels in the wrong order', ['-af', 'pan=stereo|c0=c1|c1=c0'], /tones of 660,440 instead of 440,660/],
    ['one channel', ['-ac', '1'], /1 instead of 2 channels/],
    ['sound that ends early', ['-af', 'atrim=end=3.8'], /-0\.\d+ s too many/],
    ['no sound', ['-an'], /0 of 1 audio streams/],
    ['another reel', ['-metadata:s:v', 'reel_name=B002'], /its reel is B002/],
    ['another timecode', ['-timecode', '10:00:00:01'], /timecode is 10:00:00:01/],
    ['another title', ['-metadata', 'title=Other'], /its title is Other/]
  ]
  test.each(spoilt)('%s is noticed', (_, options, words) => {
    expect(wrongs(encoded(...options), kind, prores).join('\n')).toMatch(words)
  })

  test('a missing colour tag, rotation and chapter are noticed', () => {
    const file = encoded()
    expect(wrongs(file, kindNamed('hlg'), prores).join('\n')).toMatch(/colours are tagged unknown/)
    expect(wrongs(file, kindNamed('chapters'), prores).join('\n')).toMatch(/chapters are gone/)
    expect(wrongs(file, kindNamed('rotated-90'), prores).join('\n')).toMatch(/256x144 instead of 288x512/)
    expect(wrongs(file, kindNamed('languages'), prores).join('\n')).toMatch(/1 of 2 audio streams/)
  })
})

describe('held against one run', () => {
  test('an equal file has no differences', () => {
    expect(differences(encoded(), encoded(), prores, [0])).toEqual([])
    expect(differences(asH264(20), asH264(20), h264, [0, 20, 40])).toEqual([])
  })

  test('packets, sound and tags that differ are told', () => {
    const single = encoded()
    const told = (...options: string[]) => differences(encoded(...options), single, prores, [0]).join('\n')
    expect(told('-vf', "drawbox=enable='eq(n,30)'")).toMatch(/^1 packets differ/)
    expect(told('-af', 'volume=0.999')).toMatch(/1 sounds differ/)
    expect(told('-metadata:s:a:0', 'language=fra')).toMatch(/streams\.1\.tags\.language is fra instead of/)
  })

  test('of long GOP: frames, times and chunks without a keyframe at their beginning', () => {
    const single = asH264(20)
    const told = (file: string, starts: number[]) => differences(file, single, h264, starts).join('\n')
    expect(told(asH264(20), [0, 20, 30])).toMatch(/the chunk at frame 30 does not begin with a keyframe/)
    expect(told(asH264(20, '-frames:v', '99'), [0])).toMatch(/99 pictures are decoded instead of 100/)
    expect(told(asH264(20, '-vf', "settb=1/90000,setpts='PTS+eq(N,30)*100'"), [0])).toMatch(/1 times differ/)
  })

  test('the worst frame beside a seam is measured', () => {
    const size = { width: 256, height: 144, pixelFormat: 'yuv420p' }
    const [single, joined] = [asH264(20), asH264(20, '-vf', "boxblur=enable='eq(n,39)'")]
    const worst = worstSeam({ joined, single, source }, [0, 20, 40], size)
    expect(worst!.joinedDb).toBeLessThan(worst!.singleDb - 5)
    expect(worstSeam({ joined, single, source }, [0, 20], size)!.joinedDb).toBeGreaterThan(30)
  })
})
