import { readFileSync } from 'node:fs'
import type { Preset } from '../../src/media/index.ts'
import { patches } from './kinds/film.ts'
import type { Expected, SourceKind } from './kinds/index.ts'
import { rateOf } from './kinds/kind.ts'
import { type Described, describeAll, fieldsOf, hear, marksOf, shownTimes, videoOf } from './read.ts'

/** Levels of the patches, as 8 bits hold them. */
const videoLevels = patches.map(({ luma }) => luma)
/** Red weighs less in BT.709 than in BT.601, which the recipes are drawn in. */
const videoLevels709 = patches.map(({ colour, luma }) => (colour === 'red' ? 63 : luma))
const toFull = (luma: number): number => ((luma - 16) * 255) / 219

/**
 * Holds a finished file against what its source was made of: nothing here is asked of the program under test, so a
 * mistake that a single run and a joined file share is found too.
 * @returns what is wrong, in words
 */
export function wrongs(path: string, kind: SourceKind, preset: Preset): string[] {
  const { expected } = kind
  const described = describeAll(path)
  const video = videoOf(described)
  const wrong: string[] = []
  const check = (holds: boolean, words: string): void => void (holds || wrong.push(words))

  const turnedBy = rotationIn(video)
  const kept = preset.rotation === 'keep' && (expected.turned !== 0 || expected.mirrored)
  check(turnedBy === (kept ? matrixOf(expected) : 0), `a player turns it by ${turnedBy}°`)
  checkSize(video, expected, preset, turnedBy, check)

  const pixelFormat = String(video.pix_fmt)
  const frames = preset.frameRate === 'source' ? expected.timesS.length : null
  const times = shownTimes(path)
  if (preset.frameRate !== 'source') {
    const wanted = lengthOf(expected.timesS) * rateOf(preset.frameRate)
    check(
      Math.abs(times.length - wanted) < 1.5,
      `it shows ${times.length} frames instead of ${wanted.toFixed(1)}`
    )
  }
  if (frames !== null) {
    check(times.length === frames, `it shows ${times.length} of ${frames} frames`)
    const off = expected.timesS.findIndex((time, i) => Math.abs((times[i] ?? Number.NaN) - time) > 0.0011)
    check(
      off < 0 || times.length !== frames,
      `frame ${off} is at ${times[off]} s instead of ${expected.timesS[off]} s`
    )
  }
  if (expected.marked) {
    const view = kept ? undefined : { turned: expected.turned, mirrored: expected.mirrored }
    const { numbers, luma } = marksOf(path, pixelFormat, view)
    if (frames !== null) {
      check(numbers.join() === expected.numbers.join(), `it shows the frames ${runsOf(numbers)}`)
    }
    const full = preset.levels === 'full' || (preset.levels === 'source' && expected.range === 'pc')
    const inVideo = expected.rgb && video.color_space === 'bt709' ? videoLevels709 : videoLevels
    const levels = full ? inVideo.map(toFull) : inVideo
    const unlike = levels.some((level, i) => Math.abs(level - luma[i]!) > 4)
    check(
      !unlike,
      `white, grey, red and black have levels of ${luma.map(Math.round)} instead of ${levels.map(Math.round)}`
    )
    const range = String(video.color_range ?? 'unknown')
    check(full ? range === 'pc' : range !== 'pc', `its levels are said to be ${range}`)
  }
  checkPicture(path, video, expected, preset, check)
  wrong.push(...soundWrongs(path, described, expected, preset))
  checkMetadata(described, expected, preset, check)
  return wrong
}

type Check = (holds: boolean, words: string) => void
type Stream = Described['streams'][number]

/** Degrees clockwise that a player turns the picture by. */
function rotationIn({ side_data_list: data = [] }: Stream): number {
  const degrees = data.find(({ rotation }) => rotation !== undefined)?.rotation ?? 0
  return ((-degrees % 360) + 360) % 360
}

/** ffprobe calls a mirrored picture turned by 180°. */
const matrixOf = ({ turned, mirrored }: Expected): number => (mirrored ? 180 : turned)

function checkSize(video: Stream, expected: Expected, preset: Preset, turnedBy: number, check: Check): void {
  const onEnd = turnedBy % 180 === 90
  const [width, height] = onEnd ? [video.height, video.width] : [video.width, video.height]
  const factor =
    preset.height === 'half'
      ? 0.5
      : preset.height === 'quarter'
        ? 0.25
        : preset.height === 'source'
          ? 1
          : Math.min(1, preset.height / expected.height)
  const size = [expected.width * factor, expected.height * factor]
  check(
    Math.abs(Number(width) - size[0]!) < 2 && Math.abs(Number(height) - size[1]!) < 2,
    `a player shows ${width}x${height} instead of ${size[0]}x${size[1]}`
  )
  const [num, den] = String(video.sample_aspect_ratio ?? '1:1')
    .split(':')
    .map(Number)
  const pixel = num && den ? num / den : 1
  const aspect = (Number(width) / Number(height)) * (onEnd ? 1 / pixel : pixel)
  check(
    Math.abs(aspect / expected.aspect - 1) < 0.02,
    `its picture is ${aspect.toFixed(3)} wide instead of ${expected.aspect.toFixed(3)}`
  )
}

function checkPicture(path: string, video: Stream, expected: Expected, preset: Preset, check: Check): void {
  const fields =
    expected.fields === 'progressive' || preset.fields === 'deinterlace' ? 'progressive' : expected.fields
  const decoded = fieldsOf(path, video)
  check(decoded === fields, `its pictures are ${decoded} instead of ${fields}`)
  // ffprobe says `tt` of every interlaced H.264 in MOV, and MOV nothing of DNxHD, whose every frame says it.
  const order = String(video.field_order ?? 'unknown')
  const saysFields = !['progressive', 'unknown'].includes(order)
  check(preset.codec === 'dnxhd' || saysFields === (fields !== 'progressive'), `it is said to be ${order}`)
  if (expected.colour !== null) {
    const tags = [video.color_primaries, video.color_transfer, video.color_space]
    const found = tags.map((tag) => tag ?? 'unknown').join(' ')
    const { primaries, transfer, matrix } = expected.colour
    const wanted = [
      primaries,
      preset.codec.startsWith('prores') ? ofProRes(transfer) : transfer,
      matrix
    ].join(' ')
    check(found === wanted, `its colours are tagged ${found}, not ${wanted}`)
  }
  const alpha = /^(yuva|gbrap|rgba|argb)/.test(String(video.pix_fmt))
  if (expected.alpha && /^yuva/.test(preset.pixelFormat)) check(alpha, 'its transparency is lost')
  if (!expected.alpha) check(!alpha, 'it is said to be transparent')
}

/** Seconds from the first frame to the end of the last one, which lasts as long as the first. */
const lengthOf = (timesS: readonly number[]): number => timesS.at(-1)! + (timesS[1] ?? 0.04)

/** ProRes has one name for the curve that BT.601, 709 and 2020 share (ITU-T H.273). */
const ofProRes = (transfer: string): string =>
  ['smpte170m', 'bt2020-10', 'bt2020-12'].includes(transfer) ? 'bt709' : transfer

function soundWrongs(
  path: string,
  { streams }: Described,
  { audio: expected, timesS }: Expected,
  preset: Preset
): string[] {
  const pictureS = lengthOf(timesS)
  const audio = streams.filter(({ codec_type: type }) => type === 'audio')
  const video = videoOf({ streams })
  const wanted = preset.audioCodec === 'none' ? [] : expected
  if (expected.length === 0 && audio.length > 0) return []
  if (audio.length !== wanted.length) return [`it has ${audio.length} of ${wanted.length} audio streams`]
  return wanted.flatMap((sound, n) => {
    const stream = audio[n]!
    const wrong: string[] = []
    const check: Check = (holds, words) => void (holds || wrong.push(`audio ${n}: ${words}`))
    const [channels, sampleRate] = [Number(stream.channels), Number(stream.sample_rate)]
    check(channels === sound.tonesHz.length, `${channels} instead of ${sound.tonesHz.length} channels`)
    const rate = preset.audioSampleRate === 'source' ? sound.sampleRate : preset.audioSampleRate
    check(sampleRate === rate, `${sampleRate} instead of ${rate} Hz`)
    const heard = hear(path, n, channels, sampleRate)
    const slackS = sound.slackS + (preset.audioCodec === 'aac' ? 0.05 : rate === sound.sampleRate ? 0 : 0.001)
    // All tracks of an MXF begin and end together: sound is cut, or goes on as silence, to the length of the picture.
    const inStep = preset.container === 'mxf'
    const longer = heard.samples / sampleRate - (inStep ? pictureS : sound.seconds)
    check(
      Math.abs(longer) <= slackS + 0.5 / sampleRate,
      `${heard.samples} samples, ${longer.toFixed(4)} s too many`
    )
    if (sound.seconds > 1) {
      const unlike = sound.tonesHz.some((hz, i) => Math.abs((heard.tonesHz[i] ?? 0) / hz - 1) > 0.03)
      check(!unlike, `tones of ${heard.tonesHz.map(Math.round)} instead of ${sound.tonesHz} Hz`)
    }
    const lateS = inStep ? Math.max(0, sound.lateS) : sound.lateS
    const late = Number(stream.start_time) + heard.onset / sampleRate - Number(video.start_time)
    check(
      Math.abs(late - lateS) < 0.015,
      `it is heard ${late.toFixed(3)} s after the first picture instead of ${lateS} s`
    )
    if (sound.language !== null && preset.container !== 'mxf') {
      check(stream.tags?.language === sound.language, `its language is ${stream.tags?.language}`)
    }
    if (sound.title !== null && preset.container !== 'mxf') {
      // ffmpeg writes it into MOV and MP4, and does not read it there.
      const there = stream.tags?.title === sound.title || readFileSync(path).includes(sound.title)
      check(there, `its title is ${stream.tags?.title}`)
    }
    return wrong
  })
}

function checkMetadata(described: Described, expected: Expected, { container }: Preset, check: Check): void {
  const holders = [...described.streams, described.format]
  const value = (name: string): string | null =>
    holders
      .map(({ tags }) => tags?.[name] ?? tags?.[name.toUpperCase()])
      .find((text) => text !== undefined) ?? null
  if (expected.timecode !== null) {
    check(value('timecode') === expected.timecode, `its timecode is ${value('timecode')}`)
  }
  if (expected.reel !== null && container === 'mov') {
    check(value('reel_name') === expected.reel, `its reel is ${value('reel_name')}`)
  }
  if (container === 'mxf') return
  const titles = described.chapters.map(({ tags }) => tags?.title)
  check(titles.join() === expected.chapters.join(), `its chapters are ${titles.join() || 'gone'}`)
  if (expected.title !== null) {
    check(described.format.tags?.title === expected.title, `its title is ${described.format.tags?.title}`)
  }
}

/** `0-24 26-59`: runs of numbers that follow each other. */
export function runsOf(numbers: readonly number[]): string {
  const runs: string[] = []
  for (let i = 0; i < numbers.length; ) {
    let end = i
    while (numbers[end + 1] === numbers[end]! + 1) end++
    runs.push(end === i ? `${numbers[i]}` : `${numbers[i]}-${numbers[end]}`)
    i = end + 1
  }
  return runs.length > 12 ? `${runs.slice(0, 12).join(' ')} …` : runs.join(' ')
}
