import { describe } from 'vitest'
import { bundledFfmpeg } from '../acceptance/media/support/clips.ts'
import { everyKind } from './choice.ts'
import { allKinds } from './kinds/index.ts'
import { proveKinds } from './suite.ts'

/** Those whose cuts, times or tags ffmpeg 7 might treat otherwise. */
const chosen: readonly string[] = [
  ...[
    'rate-29.97',
    'h264-open',
    'h264-refresh',
    'hevc10-open',
    'mpeg2-ts',
    'mpeg2-mxf',
    'vp9-webm',
    'vfr-phone'
  ],
  ...['fragmented', 'mkv-2997', 'ts-late', 'edit-trim', 'edit-empty', 'rotated-90', 'tff-h264', 'full-range'],
  ...['hdr10', 'mono4', 'languages', 'audio-late', 'tc-drop', 'chapters', 'two-frames']
]

const program = await bundledFfmpeg()

describe.skipIf(program === null)(
  `a mesh that runs the bundled ffmpeg${program === null ? ' (skipped: it is not installed)' : ''}`,
  () => {
    const kinds = allKinds.filter(({ name }) => chosen.includes(name))
    proveKinds(kinds, { mesh: 'bundled', ffmpegPath: program }, () => everyKind)
  }
)
