import { aac, by, film, inTwoSteps, lengthOf, pcm, tones, x264 } from './film.ts'
import { countTo, expects, frameCount, type SourceKind, sound } from './kind.ts'

const clip25 = [...film('25'), ...tones(4)]
const clip25Long = [...film('25'), ...tones(4.4)]

/** Seconds of a phone's frames: 30 fps that jitter, in ticks of 1/90000. */
const phoneTicks = (n: number): number => n * 3000 + ((n * 7) % 5) * 137
/** Milliseconds of a screen recording: bursts, and seconds in which nothing changes. */
const screenMs = (n: number): number => n * 17 + Math.floor(n / 15) * 1500 + (n % 3) * 4

/** What a Matroska file says of itself, not when its frames are shown. */
const nominalRate = {
  differs: /_frame_rate is/,
  because:
    'the nominal rate in the header is the average of a chunk (ffmpeg takes it from there, `-r` changes nothing in a copy); every time is equal'
} as const

/** Containers, and clocks that do not begin at 0 or do not tick evenly. */
export const containerKinds: readonly SourceKind[] = [
  {
    name: 'vfr-phone',
    what: 'variable rate as of a phone, MP4',
    ending: 'mp4',
    make: by(
      film('30', { after: "settb=1/90000,setpts='N*3000+mod(N*7,5)*137'" }),
      tones(3.3),
      ['-fps_mode', 'passthrough', '-enc_time_base:v', '1:90000', '-video_track_timescale', '90000'],
      x264(),
      aac,
      ['-metadata:s:v', 'handler_name=Core Media Video', '-metadata:s:a', 'handler_name=Core Media Audio'],
      [
        '-metadata',
        'creation_time=2024-05-06T07:08:09.000000Z',
        '-metadata',
        'com.apple.quicktime.make=Apple'
      ],
      ['-movflags', 'use_metadata_tags']
    ),
    expected: expects('30', {
      timesS: countTo(frameCount).map((n) => (phoneTicks(n) - phoneTicks(0)) / 90_000),
      audio: [sound({ seconds: 3.3 })]
    }),
    known: { h265_archive_mkv: nominalRate },
    refused: { avid_dnxhr_lb: /MXF holds pictures at a constant/ }
  },
  {
    name: 'vfr-screen',
    what: 'variable rate as of a screen recorder, MKV',
    ending: 'mkv',
    make: by(
      film('60', { after: "settb=1/1000,setpts='N*17+floor(N/15)*1500+mod(N,3)*4'" }),
      tones(10),
      ['-fps_mode', 'passthrough', '-enc_time_base:v', '1:1000'],
      x264(),
      aac
    ),
    expected: expects('60', {
      timesS: countTo(frameCount).map((n) => screenMs(n) / 1000),
      audio: [sound({ seconds: 10 })]
    }),
    known: { h265_archive_mkv: nominalRate },
    refused: { avid_dnxhr_lb: /MXF holds pictures at a constant/ }
  },
  {
    name: 'fragmented',
    what: 'fragmented MP4',
    ending: 'mp4',
    make: by(clip25, x264(), aac, '-movflags', 'frag_keyframe+empty_moov+default_base_moof'),
    // Without an edit list the picture waits for its B-frames, and the encoder's first samples are heard.
    expected: expects('25', { audio: [sound({ lateS: 1024 / 48_000 - 0.08 })] })
  },
  {
    name: 'mkv-2997',
    what: 'milliseconds at 29.97 fps, MKV',
    ending: 'mkv',
    make: by(film('30000/1001'), tones(lengthOf('30000/1001')), x264(), aac),
    expected: expects('30000/1001', { audio: [sound({ seconds: lengthOf('30000/1001') })] }),
    known: {
      h265_archive_mkv: nominalRate,
      'bundled: *': {
        differs: /^1 packets differ|avg_frame_rate is|duration(_ts)? is/,
        because:
          'the last frame lasts 0.4 ms longer than in the single run (33.375 instead of 33 ms); every time is equal'
      }
    }
  },
  {
    name: 'mkv-late',
    what: 'all times 5 s late, MKV',
    ending: 'mkv',
    make: by(clip25, x264(), aac, '-output_ts_offset', '5'),
    expected: expects('25')
  },
  {
    name: 'avi-packed',
    what: 'MPEG-4 ASP with B-frames and MP3, AVI',
    ending: 'avi',
    make: by(clip25, '-c:v', 'mpeg4', '-q:v', '2', '-g', '24', '-bf', '2', '-c:a', 'libmp3lame'),
    // The sound is late by what its codec needs, the picture by a B-frame.
    expected: expects('25', { onePiece: /./, audio: [sound({ lateS: 1105 / 48_000 - 0.04 })] })
  },
  {
    name: 'ts-late',
    what: 'start time 100 s, H.264 and AC-3, MPEG-TS',
    ending: 'ts',
    make: by(
      film('30000/1001'),
      tones(lengthOf('30000/1001')),
      x264(),
      '-c:a',
      'ac3',
      '-output_ts_offset',
      '100'
    ),
    expected: expects('30000/1001', { audio: [sound({ seconds: lengthOf('30000/1001') })] })
  },
  {
    name: 'edit-trim',
    what: 'edit list that hides 13 frames, MP4',
    ending: 'mp4',
    make: inTwoSteps('mp4', [clip25, x264(), aac], (from) => [
      ...['-ss', '0.52', '-i', from, '-map', '0', '-c', 'copy']
    ]),
    expected: expects('25', {
      numbers: countTo(frameCount).slice(13),
      timesS: countTo(frameCount - 13).map((i) => i / 25),
      audio: [sound({ seconds: 4 - 0.52 })]
    })
  },
  {
    name: 'edit-empty',
    what: 'empty edit: picture 0.4 s after the sound, MOV',
    ending: 'mov',
    make: inTwoSteps('mov', [clip25Long, x264(), aac], (from) => [
      ...['-itsoffset', '0.4', '-i', from, '-i', from, '-map', '0:v', '-map', '1:a', '-c', 'copy']
    ]),
    expected: expects('25', { audio: [sound({ seconds: 4.4, lateS: -0.4 })] })
  },
  {
    name: 'negative-dts',
    what: 'negative decoding times, MP4',
    ending: 'mp4',
    make: by(clip25, x264(), aac, '-movflags', 'negative_cts_offsets', '-use_editlist', '0'),
    // Without an edit list the encoder's first samples are heard.
    expected: expects('25', { audio: [sound({ lateS: 1024 / 48_000 })] })
  },
  {
    name: 'mxf-pcm',
    what: 'MPEG-2 all-intra 50 Mbit/s, MXF',
    ending: 'mxf',
    make: by(
      film('30000/1001', { pixelFormat: 'yuv422p' }),
      tones(lengthOf('30000/1001')),
      ['-c:v', 'mpeg2video', '-g', '1', '-q:v', '1'],
      pcm
    ),
    expected: expects('30000/1001', { audio: [sound({ seconds: lengthOf('30000/1001') })] })
  },
  {
    name: 'gif',
    what: 'GIF that moves',
    ending: 'gif',
    make: by(film('25', { after: 'format=rgb24,split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none' })),
    expected: expects('25', { audio: [], onePiece: /gif/, rgb: true, alpha: true })
  }
]
