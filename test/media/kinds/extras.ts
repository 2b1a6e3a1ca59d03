import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filmMissing, sampleFilm } from '../../acceptance/media/support/clips.ts'
import { aac, by, ffmpegRun, film, inTwoSteps, lengthOf, pcm, tones, x264 } from './film.ts'
import { expects, type SourceKind, sound } from './kind.ts'

const clip25 = [...film('25'), ...tones(4)]
const ntsc = '30000/1001'

/** Makes a file with others beside it that are gone afterwards. */
const withFiles =
  (
    files: Readonly<Record<string, string>>,
    args: (folder: string) => readonly (string | readonly string[])[]
  ) =>
  (path: string): void => {
    const folder = mkdtempSync(join(tmpdir(), 'proxima-kind-'))
    try {
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
      ffmpegRun([...args(folder).flat(), path])
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

const chapters = [
  ';FFMETADATA1',
  'title=A film',
  ...chapter(0, 1000, 'One'),
  ...chapter(1000, 4000, 'Two'),
  ''
]
function chapter(start: number, end: number, title: string): string[] {
  return ['[CHAPTER]', 'TIMEBASE=1/1000', `START=${start}`, `END=${end}`, `title=${title}`]
}

/** What stands beside picture and sound, and clips of the shortest kind. */
export const extraKinds: readonly SourceKind[] = [
  {
    name: 'tc-nondrop',
    what: 'timecode 10:00:00:00 and reel, tmcd, MOV',
    ending: 'mov',
    make: by(
      clip25,
      x264(),
      aac,
      '-timecode',
      '10:00:00:00',
      '-metadata:s:v',
      'reel_name=A001_C004',
      '-metadata',
      'title=A title'
    ),
    expected: expects('25', { timecode: '10:00:00:00', reel: 'A001_C004', title: 'A title' })
  },
  {
    name: 'tc-drop',
    what: 'drop-frame timecode 01:00:00;02, tmcd, MP4',
    ending: 'mp4',
    make: by(film(ntsc), tones(lengthOf(ntsc)), x264(), aac, '-timecode', '01:00:00;02'),
    expected: expects(ntsc, { timecode: '01:00:00;02', audio: [sound({ seconds: lengthOf(ntsc) })] })
  },
  {
    name: 'tc-mxf',
    what: 'timecode 09:59:58:10 of MXF, MPEG-2',
    ending: 'mxf',
    make: by(clip25, '-c:v', 'mpeg2video', '-g', '12', '-q:v', '2', pcm, '-timecode', '09:59:58:10'),
    expected: expects('25', { timecode: '09:59:58:10' })
  },
  {
    name: 'tc-mkv',
    what: 'timecode tag 01:02:03:04, MKV',
    ending: 'mkv',
    make: by(clip25, x264(), aac, '-metadata:s:v', 'timecode=01:02:03:04'),
    expected: expects('25', { timecode: '01:02:03:04' })
  },
  {
    name: 'chapters',
    what: 'two chapters and a title, MP4',
    ending: 'mp4',
    make: withFiles({ 'chapters.txt': chapters.join('\n') }, (folder) => [
      [...clip25, '-i', join(folder, 'chapters.txt'), '-map', '0', '-map', '1', '-map_metadata', '2'],
      x264(),
      aac
    ]),
    expected: expects('25', { chapters: ['One', 'Two'], title: 'A film' })
  },
  {
    name: 'chapters-mkv',
    what: 'two chapters, subtitles and an attachment, MKV',
    ending: 'mkv',
    make: withFiles(
      {
        'chapters.txt': chapters.join('\n'),
        's.srt': '1\n00:00:00,500 --> 00:00:01,500\nHello\n',
        'a.ttf': 'font'
      },
      (folder) => [
        [...clip25, '-i', join(folder, 'chapters.txt'), '-i', join(folder, 's.srt')],
        ['-map', '0', '-map', '1', '-map', '3', '-map_metadata', '2', '-c:s', 'srt'],
        ['-attach', join(folder, 'a.ttf'), '-metadata:s:t', 'mimetype=application/x-font-ttf'],
        x264(),
        aac
      ]
    ),
    expected: expects('25', { chapters: ['One', 'Two'], title: 'A film' })
  },
  {
    name: 'data-stream',
    what: 'data stream (gpmd) that cannot be kept, MP4',
    ending: 'mp4',
    // Read back from a transport stream, data is of a kind that MP4 takes.
    make: inTwoSteps(
      'ts',
      [
        clip25,
        '-f',
        'data',
        '-i',
        import.meta.filename,
        ['-map', '0', '-map', '1', '-map', '2'],
        x264(),
        aac
      ],
      (from) => ['-i', from, '-map', '0', '-c', 'copy', '-tag:d', 'gpmd']
    ),
    expected: expects('25')
  },
  {
    name: 'cover-art',
    what: 'cover picture beside the video, MP4',
    ending: 'mp4',
    make: by(
      [...clip25, '-f', 'lavfi', '-i', 'color=c=blue:size=64x64,trim=end_frame=1'],
      ['-map', '2', '-map', '0', '-map', '1', '-disposition:v:0', 'attached_pic', '-c:v:0', 'mjpeg'],
      ['-c:v:1', 'libx264', '-preset:v:1', 'veryfast', '-g:v:1', '24', '-bf:v:1', '3', '-crf:v:1', '16'],
      aac
    ),
    expected: expects('25')
  },
  {
    name: 'two-videos',
    what: 'two video streams, the second is the default, MKV',
    ending: 'mkv',
    make: by(
      [...['-f', 'lavfi', '-i', 'color=c=blue:size=128x72:rate=25:duration=2.4'], ...clip25],
      ['-map', '0', '-map', '1', '-map', '2', '-disposition:v:0', '0', '-disposition:v:1', 'default'],
      x264(),
      aac
    ),
    expected: expects('25')
  },
  {
    name: 'one-frame',
    what: 'one frame, MP4',
    ending: 'mp4',
    make: by(film('25', { frames: 1 }), tones(0.04), x264(), aac),
    expected: expects('25', { frames: 1, onePiece: /./, audio: [sound({ seconds: 0.04 })] })
  },
  {
    name: 'two-frames',
    what: 'two frames, MOV',
    ending: 'mov',
    make: by(film('25', { frames: 2 }), tones(0.08), x264(), pcm),
    expected: expects('25', { frames: 2, audio: [sound({ seconds: 0.08, slackS: 0 })] })
  },
  {
    name: 'still',
    what: 'a still image (PNG)',
    ending: 'png',
    make: by(film('25', { frames: 1 }), '-frames:v', '1', '-update', '1'),
    expected: expects('25', { frames: 1, audio: [] }),
    refused: { '*': /still image/ }
  },
  {
    name: 'real-film',
    what: '30 s of a real film, H.264 and AAC 5.1, MP4',
    ending: 'mp4',
    make: (path) => copyFileSync(sampleFilm, path),
    expected: expects('24', { frames: 720, width: 854, height: 480, marked: false, audio: [] }),
    missing: filmMissing
  }
]
