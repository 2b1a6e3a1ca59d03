import { runFfmpeg } from '../../../../src/media/index.ts'
import { tools } from './clips.ts'

/** A process that encodes until it is ended; the name of its output, given to it, tells its ffmpeg from others. */
await runFfmpeg(
  { ffmpegPath: tools.ffmpeg.path, niceness: 5, stallMs: null, graceMs: 1000 },
  {
    inputs: [{ options: ['-re', '-f', 'lavfi'], source: 'testsrc2=size=64x64:rate=25' }],
    outputs: [{ options: ['-c:v', 'mpeg4', '-f', 'mov'], target: `file:${process.argv[2]}` }]
  },
  { signal: new AbortController().signal, onProgress: () => process.stdout.write('encoding\n') }
)
