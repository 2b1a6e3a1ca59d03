import type { FfmpegCommand } from '../command.ts'
import { fileUrl } from '../ffprobe.ts'
import type { Preset } from '../presets/index.ts'
import { movieTimescale } from '../time-base.ts'

/** An audio stream that is encoded: its index in the source, its channels and samples a second. */
export interface AudioTrack {
  index: number
  channels: number
  sampleRate: number
}

/** All audio of the source, once and in one piece: codecs with priming drift when they are cut. */
export function audioCommand(
  preset: Preset,
  audio: readonly AudioTrack[],
  source: string,
  target: string
): FfmpegCommand {
  return {
    inputs: [{ options: [], source: fileUrl(source) }],
    outputs: [
      {
        options: [
          ...audio.flatMap(({ index }) => ['-map', `0:${index}`]),
          ...['-map_chapters', '-1'],
          ...audioOptions(preset, audio),
          ...['-movie_timescale', String(movieTimescale(null, audio)), '-f', preset.container]
        ],
        target: fileUrl(target)
      }
    ]
  }
}

export function audioOptions(preset: Preset, audio: readonly AudioTrack[]): string[] {
  if (audio.length === 0) return []
  const { audioCodec, audioKbitPerChannel } = preset
  if (audioKbitPerChannel === null) return ['-c:a', audioCodec]
  return [
    ...['-c:a', audioCodec],
    ...audio.flatMap(({ channels }, i) => [`-b:a:${i}`, `${audioKbitPerChannel * Math.max(1, channels)}k`])
  ]
}
