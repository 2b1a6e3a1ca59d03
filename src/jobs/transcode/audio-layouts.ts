import type { AudioCodec, AudioStream } from '../../media/index.ts'

/**
 * Layouts that ffmpeg's encoders take as they are; the side or back pair of 5.1 only changes its name. Into any other,
 * ffmpeg would mix the channels without a word. (`ff_alac_channel_layouts`, `aac_normal_chan_layouts` in libavcodec.)
 */
const layouts: Readonly<Partial<Record<AudioCodec, readonly string[]>>> = {
  aac: ['mono', 'stereo', '3.0', '4.0', '5.0', '5.0(side)', '5.1', '5.1(side)', '7.1', '7.1(wide)'],
  alac: ['mono', 'stereo', '3.0', '4.0', '5.0', '5.0(side)', '5.1', '5.1(side)'],
  flac: [
    ...['mono', 'stereo', '3.0', 'quad', '5.0', '5.0(side)', '5.1', '5.1(side)', '6.1', '7.1'],
    'quad(side)'
  ]
}

/** Why a source's audio cannot be kept with all its channels, in words for a person, or null. PCM takes anything. */
export function audioProblem(
  codec: AudioCodec,
  audio: readonly Pick<AudioStream, 'index' | 'channels' | 'layout'>[]
): string | null {
  const allowed = layouts[codec]
  if (!allowed) return null
  for (const { index, channels, layout } of audio) {
    if (layout === null ? channels > 2 : !allowed.includes(layout)) {
      const what = layout === null ? `${channels} channels without a layout` : `the layout ${layout}`
      return `audio stream ${index} has ${what}, which ${codec} cannot hold`
    }
  }
  return null
}

/** Streams that can be decoded: of others ffprobe cannot tell what their samples are. */
export const usableAudio = (audio: readonly AudioStream[]): AudioStream[] =>
  audio.filter(
    ({ codec, channels, sampleRate, sampleFormat }) =>
      codec !== 'unknown' && codec !== 'none' && channels > 0 && sampleRate > 0 && sampleFormat !== null
  )
