import { aac, by, film, pcm, tones, x264 } from './film.ts'
import { expects, type SourceKind, sound } from './kind.ts'

/** 60 Hz in the fifth channel's place: what a subwoofer's channel lets through. */
const surround = [300, 400, 500, 60, 700, 800] as const

const late = (seconds: number, delay: number) => ['-itsoffset', String(delay), ...tones(seconds)]

/** Streams, layouts, and sound that does not begin or end with the picture. */
export const soundKinds: readonly SourceKind[] = [
  {
    name: 'silent',
    what: 'no audio, MP4',
    ending: 'mp4',
    make: by(film('25'), x264()),
    expected: expects('25', { audio: [] })
  },
  {
    name: 'mono4',
    what: 'four mono streams, PCM 24 bit, MOV',
    ending: 'mov',
    make: by(
      film('25'),
      [300, 400, 500, 600].flatMap((hz) => tones(4, { hz: [hz], layout: 'mono' })),
      ['-map', '0', '-map', '1', '-map', '2', '-map', '3', '-map', '4'],
      x264(),
      ['-c:a', 'pcm_s24le']
    ),
    expected: expects('25', { audio: [300, 400, 500, 600].map((hz) => sound({ tonesHz: [hz], slackS: 0 })) })
  },
  {
    name: 'languages',
    what: 'stereo (fra) and 5.1 (ita) with titles, MKV',
    ending: 'mkv',
    make: by(
      [film('25'), tones(4), tones(4, { hz: surround, layout: '5.1' })].flat(),
      ['-map', '0', '-map', '1', '-map', '2'],
      x264(),
      [
        '-c:a:0',
        'aac',
        '-c:a:1',
        'flac',
        '-metadata:s:a:0',
        'language=fra',
        '-metadata:s:a:1',
        'language=ita'
      ],
      ['-metadata:s:a:0', 'title=Commentaire', '-metadata:s:a:1', 'title=Film'],
      ['-disposition:a:0', '0', '-disposition:a:1', 'default']
    ),
    expected: expects('25', {
      audio: [
        sound({ language: 'fra', title: 'Commentaire' }),
        sound({ language: 'ita', title: 'Film', tonesHz: surround })
      ]
    }),
    known: {
      h265_archive_mkv: {
        differs: /channel_layout is 5\.1\(side\)/,
        because:
          'sound goes from its task to the join as FLAC in MP4, which has no place for the layout: the joined file says that the surround channels stand at the side instead of behind; samples and their order are equal'
      }
    }
  },
  {
    name: 'audio-late',
    what: 'sound 0.5 s after the picture, MP4',
    ending: 'mp4',
    make: by(film('25'), late(1.5, 0.5), x264(), aac),
    expected: expects('25', { audio: [sound({ seconds: 1.5, lateS: 0.5 })] })
  },
  {
    name: 'audio-late-mkv',
    what: 'sound 0.5 s after the picture, MKV',
    ending: 'mkv',
    make: by(film('25'), late(1.5, 0.5), x264(), pcm),
    expected: expects('25', { audio: [sound({ seconds: 1.5, lateS: 0.5 })] })
  },
  {
    name: 'audio-short',
    what: 'sound shorter than the picture, MOV',
    ending: 'mov',
    make: by(film('25'), tones(1.3), x264(), pcm),
    expected: expects('25', { audio: [sound({ seconds: 1.3, slackS: 0 })] })
  },
  {
    name: 'audio-long',
    what: 'sound longer than the picture, MP4',
    ending: 'mp4',
    make: by(film('25'), tones(6), x264(), aac),
    expected: expects('25', { audio: [sound({ seconds: 6 })] })
  },
  {
    name: 'rates-of-sound',
    what: '44.1 kHz and 96 kHz, PCM, MOV',
    ending: 'mov',
    make: by(
      [film('25'), tones(4, { rate: 44_100 }), tones(4, { rate: 96_000 })].flat(),
      ['-map', '0', '-map', '1', '-map', '2'],
      x264(),
      pcm
    ),
    expected: expects('25', {
      audio: [sound({ sampleRate: 44_100, slackS: 0 }), sound({ sampleRate: 96_000, slackS: 0 })]
    })
  },
  {
    name: 'opus-mkv',
    what: 'Opus, MKV',
    ending: 'mkv',
    make: by(film('25'), tones(4), x264(), '-c:a', 'libopus'),
    expected: expects('25')
  }
]
