import { bundledFfmpeg } from '../../acceptance/media/support/clips.ts'
import { aac, by, film, inTwoSteps, pcm, tones, x264, x265 } from './film.ts'
import { type Expected, expects, type SourceKind, sound } from './kind.ts'

const bundled = await bundledFfmpeg()
const clip25 = [...film('25'), ...tones(4)]

/** Only ffmpeg 6 and later writes any display matrix, while it copies. */
const shown = (...options: readonly string[]): SourceKind['make'] =>
  inTwoSteps(
    'mov',
    [film('25', { size: '512x288' }), tones(4), x264(), aac],
    (from) => [...options, '-i', from, '-c', 'copy'],
    bundled ?? undefined
  )

const turned = (degrees: 90 | 180 | 270): SourceKind => {
  const onEnd = degrees !== 180
  return {
    name: `rotated-${degrees}`,
    what: `display matrix of ${degrees}°, ${degrees === 180 ? 'MOV' : 'MP4'}`,
    ending: degrees === 180 ? 'mov' : 'mp4',
    // The option counts the other way round.
    make: shown('-display_rotation:v:0', String(360 - degrees)),
    expected: expects('25', { width: onEnd ? 288 : 512, height: onEnd ? 512 : 288, turned: degrees }),
    missing:
      bundled === null ? 'only the bundled ffmpeg 7 writes display matrices, and it is not installed' : null
  }
}

const tagged = (primaries: string, transfer: string, matrix: string): string[] => [
  ...['-color_primaries', primaries, '-color_trc', transfer, '-colorspace', matrix, '-color_range', 'tv']
]
const colour = (primaries: string, transfer: string, matrix: string): Pick<Expected, 'colour'> => ({
  colour: { primaries, transfer, matrix }
})

const mastering =
  ':hdr10=1:repeat-headers=1:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)' +
  ':max-cll=1000,400'

/** Fields are made from twice as many pictures; the marks are drawn into whole frames. */
const interlaced = (first: 'tff' | 'bff') =>
  film('25', { before: `fps=50,interlace=scan=${first}:lowpass=0` })

/** What DNxHR and AV1 are refused with. */
const noFields = /it is interlaced, and .* holds? no fields/

/** How the picture is stored, and what a player must know to show it. */
export const pictureKinds: readonly SourceKind[] = [
  turned(90),
  turned(180),
  turned(270),
  {
    name: 'mirrored',
    what: 'display matrix that mirrors, MOV',
    ending: 'mov',
    make: shown('-display_hflip:v:0'),
    expected: expects('25', { width: 512, height: 288, mirrored: true }),
    missing:
      bundled === null ? 'only the bundled ffmpeg 7 writes display matrices, and it is not installed' : null
  },
  {
    name: 'anamorphic',
    what: 'pixels of 4:3 (SAR), MOV',
    ending: 'mov',
    make: by(film('25', { after: 'setsar=4/3' }), tones(4), x264(), aac),
    expected: expects('25', { aspect: (256 * 4) / (144 * 3) }),
    refused: { avid_dnxhr_lb: /its pixels are not square/ }
  },
  {
    name: 'tff-h264',
    what: 'interlaced, top field first, H.264, MOV',
    ending: 'mov',
    make: by(interlaced('tff'), tones(4), x264(), '-flags', '+ildct+ilme', '-top', '1', aac),
    expected: expects('25', { fields: 'tt' }),
    refused: { dnxhr_fields: noFields }
  },
  {
    name: 'bff-mpeg2',
    what: 'interlaced, bottom field first, MPEG-2, MPEG-TS',
    ending: 'ts',
    make: by(
      interlaced('bff'),
      tones(4),
      ['-c:v', 'mpeg2video', '-q:v', '2', '-g', '24', '-bf', '2', '-flags', '+ildct+ilme', '-top', '0'],
      ['-c:a', 'mp2']
    ),
    expected: expects('25', { fields: 'bb' }),
    refused: { dnxhr_fields: noFields }
  },
  {
    name: 'tff-prores',
    what: 'interlaced, top field first, ProRes, MOV',
    ending: 'mov',
    make: by(
      interlaced('tff'),
      tones(4),
      '-c:v',
      'prores_ks',
      '-flags',
      '+ildct',
      '-top',
      '1',
      '-field_order',
      'tt',
      '-pix_fmt',
      'yuv422p10le',
      pcm
    ),
    expected: expects('25', { fields: 'tt' }),
    refused: { dnxhr_fields: noFields }
  },
  {
    name: 'hd-1080i',
    what: '1080i25, top field first, MPEG-2 4:2:2, timecode, MXF',
    ending: 'mxf',
    make: by(
      film('25', {
        frames: 30,
        size: '1920x1080',
        pixelFormat: 'yuv422p',
        before: 'fps=50,interlace=scan=tff:lowpass=0'
      }),
      tones(1.2),
      ['-c:v', 'mpeg2video', '-b:v', '50M', '-g', '12', '-bf', '2', '-flags', '+ildct+ilme', '-top', '1'],
      [...pcm, '-timecode', '10:00:00:00']
    ),
    expected: expects('25', {
      ...{ frames: 30, width: 1920, height: 1080, fields: 'tt', timecode: '10:00:00:00' },
      audio: [sound({ seconds: 1.2, slackS: 0 })]
    }),
    refused: { dnxhr_fields: noFields }
  },
  {
    name: 'hd-1080',
    what: '1080p25, H.264, MP4',
    ending: 'mp4',
    make: by(film('25', { frames: 30, size: '1920x1080' }), tones(1.2), x264(), aac),
    expected: expects('25', { frames: 30, width: 1920, height: 1080, audio: [sound({ seconds: 1.2 })] })
  },
  {
    name: 'uhd',
    what: '2160p25, H.264, MOV',
    ending: 'mov',
    make: by(
      film('25', { frames: 10, size: '3840x2160' }),
      tones(0.4),
      ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '5', '-bf', '2', '-crf', '16'],
      pcm
    ),
    expected: expects('25', {
      frames: 10,
      width: 3840,
      height: 2160,
      audio: [sound({ seconds: 0.4, slackS: 0 })]
    }),
    known: {
      h264_proxy: {
        differs: /avg_frame_rate is/,
        because:
          'its last chunk of two frames is shorter than the encoder reorders by, so the average rate that ffprobe finds is lower; frames, times and length are equal, and the scheduler cuts no such chunk'
      }
    }
  },
  {
    name: 'full-range',
    what: 'full range (0–255), H.264, MP4',
    ending: 'mp4',
    make: by(
      film('25', { after: 'scale=in_range=tv:out_range=pc,format=yuvj420p' }),
      tones(4),
      x264('', ['-color_range', 'pc']),
      aac
    ),
    expected: expects('25', { range: 'pc' })
  },
  {
    name: 'bt601',
    what: 'BT.601 tags, H.264, MOV',
    ending: 'mov',
    make: by(clip25, x264('', tagged('smpte170m', 'smpte170m', 'smpte170m')), aac),
    expected: expects('25', colour('smpte170m', 'smpte170m', 'smpte170m'))
  },
  {
    name: 'bt709',
    what: 'BT.709 tags, H.264, MP4',
    ending: 'mp4',
    make: by(clip25, x264('', tagged('bt709', 'bt709', 'bt709')), aac),
    expected: expects('25', colour('bt709', 'bt709', 'bt709'))
  },
  {
    name: 'bt2020',
    what: 'BT.2020 tags, HEVC 10 bit, MP4',
    ending: 'mp4',
    make: by(clip25, x265('', [...tagged('bt2020', 'bt2020-10', 'bt2020nc'), '-tag:v', 'hvc1']), aac),
    expected: expects('25', colour('bt2020', 'bt2020-10', 'bt2020nc'))
  },
  {
    name: 'hdr10',
    what: 'HDR10 with mastering display and light level, HEVC, MKV',
    ending: 'mkv',
    make: by(clip25, x265(mastering, tagged('bt2020', 'smpte2084', 'bt2020nc')), aac),
    expected: expects('25', colour('bt2020', 'smpte2084', 'bt2020nc'))
  },
  {
    name: 'hlg',
    what: 'HLG, HEVC 10 bit, MOV',
    ending: 'mov',
    make: by(clip25, x265('', [...tagged('bt2020', 'arib-std-b67', 'bt2020nc'), '-tag:v', 'hvc1']), aac),
    expected: expects('25', colour('bt2020', 'arib-std-b67', 'bt2020nc'))
  },
  {
    name: 'alpha',
    what: 'alpha, ProRes 4444, MOV',
    ending: 'mov',
    make: by(
      film('25', { pixelFormat: 'yuv444p', after: 'format=yuva444p10le,colorchannelmixer=aa=0.5' }),
      tones(4),
      ['-c:v', 'prores_ks', '-profile:v', '4', '-alpha_bits', '16', '-pix_fmt', 'yuva444p10le'],
      pcm
    ),
    expected: expects('25', { alpha: true })
  },
  {
    name: 'rgb',
    what: 'RGB (QuickTime Animation), MOV',
    ending: 'mov',
    make: by(film('25', { pixelFormat: 'rgb24', after: 'format=rgb24' }), tones(4), '-c:v', 'qtrle', pcm),
    expected: expects('25', { rgb: true })
  }
]
