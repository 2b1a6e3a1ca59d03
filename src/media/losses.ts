import { keepsHdr } from './args/index.ts'
import type { Preset } from './presets/index.ts'
import { type AudioStream, hasAlpha, isInterlaced, type OtherStream, type SourceStreams } from './source.ts'

/**
 * What each container cannot say, as ffmpeg 5.1 and 7.0 write it (`test/acceptance/media/losses.test.ts` measures it).
 * A reel name stands in MOV's timecode track, so there it needs a timecode.
 */
const lacks: Readonly<Record<Preset['container'], Lacking>> = {
  mov: { reel: 'without-timecode', titles: true, languages: false, chapters: false, rotation: false },
  mp4: { reel: 'always', titles: true, languages: false, chapters: false, rotation: false },
  mkv: { reel: 'never', titles: false, languages: false, chapters: false, rotation: true },
  mxf: { reel: 'always', titles: true, languages: true, chapters: true, rotation: true }
}

interface Lacking {
  reel: 'always' | 'without-timecode' | 'never'
  titles: boolean
  languages: boolean
  chapters: boolean
  rotation: boolean
}

/**
 * What this source has and the output of this preset will not have: a sentence each, for a person who should hear of it
 * before the work is done.
 * @param kept the audio streams that are encoded
 */
export function whatIsLost(source: SourceStreams, preset: Preset, kept: readonly AudioStream[]): string[] {
  return [
    ...source.otherStreams.map(wordsForStream),
    ...lostSound(source, preset, kept),
    ...lostPicture(source, preset),
    ...lostTags(source, preset, kept)
  ]
}

const names: Readonly<Record<OtherStream['kind'], string>> = {
  video: 'a further video stream',
  cover: 'a cover picture',
  subtitle: 'subtitles',
  attachment: 'an attachment',
  data: 'a data stream'
}

function wordsForStream({ index, kind, codec }: OtherStream): string {
  return `${names[kind]} (stream ${index}${codec === null ? '' : `, ${codec}`})`
}

function lostSound(source: SourceStreams, preset: Preset, kept: readonly AudioStream[]): string[] {
  if (preset.audioCodec === 'none') {
    return source.audio.length === 0 ? [] : [`the sound: ${preset.name} makes files without any`]
  }
  return source.audio
    .filter(({ index }) => kept.every((stream) => stream.index !== index))
    .map(({ index, codec }) => `an audio stream that ffmpeg cannot decode (stream ${index}, ${codec})`)
}

function lostPicture({ video }: SourceStreams, preset: Preset): string[] {
  const lost: string[] = []
  if (hasAlpha(video.pixelFormat) && !hasAlpha(preset.pixelFormat)) {
    lost.push(`transparency: ${preset.pixelFormat} has none`)
  }
  if (isInterlaced(video) && preset.fields === 'deinterlace') {
    lost.push('fields: each pair becomes one whole picture')
  }
  if (video.hdr !== null && !keepsHdr(preset)) {
    lost.push(`HDR10 mastering data: ${preset.codec} writes none (the colour tags are kept)`)
  }
  if (video.dolbyVision) lost.push('Dolby Vision metadata')
  if (video.turned && preset.rotation === 'keep' && lacks[preset.container].rotation) {
    lost.push(`the note that the picture is to be turned: ${preset.container} has none`)
  }
  return lost
}

function lostTags(source: SourceStreams, preset: Preset, kept: readonly AudioStream[]): string[] {
  const { container } = preset
  const { video, timecode, chapters } = source
  const lacking = lacks[container]
  const streams = [video, ...kept]
  const lost: string[] = []
  const noReel = lacking.reel === 'always' || (lacking.reel === 'without-timecode' && timecode === null)
  if (video.reel !== null && noReel) {
    const why = lacking.reel === 'always' ? '' : ' without a timecode'
    lost.push(`the reel name ${video.reel}: ${container}${why} holds none`)
  }
  if (lacking.titles && streams.some(({ title }) => title !== null)) {
    lost.push(`titles of streams: ${container} holds none`)
  }
  if (lacking.languages && streams.some(({ language }) => language !== null && language !== 'und')) {
    lost.push(`languages of streams: ${container} holds none`)
  }
  if (lacking.chapters && chapters > 0) lost.push(`${chapters} chapters: ${container} holds none`)
  return lost
}
