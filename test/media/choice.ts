import type { SourceKind } from './kinds/index.ts'

/** Presets that every kind is encoded with: one of each family. */
export const everyKind = ['dnxhr_lb', 'prores_proxy', 'h264_proxy', 'h265_archive'] as const

/** Those of the matrix itself, beside the ones that people get. */
export const ownPresetFolder = new URL('presets', import.meta.url).pathname

/** Presets besides those, on the kinds where they matter. */
const more: Readonly<Record<string, readonly string[]>> = {
  'rate-23.976': ['avid_dnxhr_lb', 'h265_archive_mkv'],
  'rate-25': [
    ...[
      'h264_intra_proxy',
      'h265_intra_proxy',
      'h265_proxy',
      'h264_delivery',
      'av1_archive',
      'h265_archive_mkv'
    ],
    ...[
      'dnxhr_sq',
      'dnxhr_hq',
      'dnxhr_hqx',
      'dnxhr_444',
      'prores_lt',
      'prores_422',
      'prores_hq',
      'prores_4444'
    ],
    ...[
      'mjpeg_proxy_half',
      'avid_dnxhr_lb',
      'avid_dnxhr_sq',
      'premiere_proxy',
      'premiere_proxy_h264',
      'blender_proxy'
    ]
  ],
  'rate-29.97': ['avid_dnxhr_lb', 'h264_intra_proxy', 'h265_intra_proxy', 'h265_archive_mkv', 'av1_archive'],
  'rate-59.94': ['avid_dnxhr_lb', 'h264_intra_proxy'],
  'h264-open': ['h264_intra_proxy', 'avid_dnxhr_lb'],
  'hevc10-open': ['h265_intra_proxy', 'av1_archive'],
  'dnxhd-mxf': [
    ...[
      'dnxhd_720',
      'dnxhr_lb_half',
      'dnxhr_sq_half',
      'dnxhr_lb_quarter',
      'resolve_proxy',
      'prores_proxy_half'
    ],
    ...['prores_proxy_quarter', 'h264_proxy_540', 'premiere_proxy']
  ],
  'mjpeg-avi': ['source_levels', 'mjpeg_proxy_half'],
  'vfr-phone': [
    'h264_intra_proxy',
    'av1_archive',
    'h265_archive_mkv',
    'constant_30',
    'avid_dnxhr_lb',
    'blender_proxy'
  ],
  'vfr-screen': ['h265_archive_mkv', 'h265_intra_proxy', 'avid_dnxhr_lb'],
  'mkv-2997': ['h265_archive_mkv', 'avid_dnxhr_lb', 'av1_archive'],
  'ts-late': ['avid_dnxhr_lb', 'h264_intra_proxy', 'av1_archive', 'h265_archive_mkv'],
  'edit-trim': ['h265_archive_mkv', 'avid_dnxhr_lb', 'h264_intra_proxy'],
  'edit-empty': ['h265_archive_mkv', 'avid_dnxhr_lb'],
  gif: ['prores_4444'],
  'rotated-90': [
    'keep_rotation',
    'blender_proxy',
    'h264_intra_proxy',
    'prores_proxy_half',
    'h265_archive_mkv'
  ],
  'rotated-180': ['keep_rotation'],
  'rotated-270': ['keep_rotation'],
  mirrored: ['keep_rotation'],
  anamorphic: ['prores_proxy_half', 'h264_intra_proxy', 'h265_archive_mkv', 'av1_archive', 'avid_dnxhr_lb'],
  'tff-h264': [
    'dnxhr_fields',
    'deinterlaced',
    'h264_delivery',
    'h264_intra_proxy',
    'prores_4444',
    'av1_archive'
  ],
  'bff-mpeg2': ['dnxhr_fields', 'deinterlaced', 'mjpeg_proxy_half', 'h265_archive_mkv'],
  'tff-prores': ['deinterlaced', 'prores_4444', 'h265_intra_proxy'],
  'full-range': ['full_levels', 'source_levels', 'mjpeg_proxy_half', 'av1_archive', 'h264_intra_proxy'],
  bt709: ['full_levels', 'h265_archive_mkv', 'avid_dnxhr_lb', 'av1_archive'],
  hdr10: ['av1_archive', 'h265_archive_mkv', 'h265_proxy', 'dnxhr_hqx', 'prores_4444', 'avid_dnxhr_lb'],
  hlg: ['av1_archive', 'h265_archive_mkv', 'dnxhr_hqx'],
  alpha: ['prores_4444'],
  rgb: ['prores_4444', 'dnxhr_444', 'full_levels'],
  silent: ['avid_dnxhr_lb', 'h265_archive_mkv'],
  mono4: ['avid_dnxhr_lb', 'h265_archive_mkv', 'av1_archive'],
  languages: ['avid_dnxhr_lb', 'h265_archive_mkv', 'av1_archive'],
  'audio-late': ['avid_dnxhr_lb', 'h265_archive_mkv', 'av1_archive'],
  'audio-late-mkv': ['avid_dnxhr_lb', 'h265_archive_mkv'],
  'audio-short': ['avid_dnxhr_lb', 'h265_archive_mkv'],
  'audio-long': ['avid_dnxhr_lb', 'h265_archive_mkv'],
  'rates-of-sound': ['avid_dnxhr_lb', 'h265_archive_mkv', 'h264_delivery'],
  'opus-mkv': ['h265_archive_mkv'],
  'tc-nondrop': ['avid_dnxhr_lb', 'h265_archive_mkv', 'h264_intra_proxy'],
  'tc-drop': ['avid_dnxhr_lb', 'h265_archive_mkv'],
  'tc-mxf': ['avid_dnxhr_lb', 'h265_archive_mkv'],
  'tc-mkv': ['avid_dnxhr_lb', 'h265_archive_mkv'],
  chapters: ['h265_archive_mkv', 'avid_dnxhr_lb'],
  'chapters-mkv': ['h265_archive_mkv'],
  'data-stream': ['h265_archive_mkv'],
  'one-frame': ['av1_archive', 'prores_4444', 'avid_dnxhr_lb'],
  'two-frames': ['avid_dnxhr_lb', 'h265_archive_mkv', 'h264_intra_proxy', 'h265_intra_proxy', 'av1_archive'],
  'real-film': ['h264_intra_proxy', 'dnxhr_sq_half']
}

/** Instead of those, where pictures are large. */
const only: Readonly<Record<string, readonly string[]>> = {
  'hd-1080': [
    ...['dnxhd_1080', 'dnxhd_1080_lb', 'dnxhd_1080_hq', 'dnxhd_1080_hqx', 'avid_dnxhd_1080', 'h264_proxy_720']
  ],
  'hd-1080i': [
    'dnxhd_1080',
    'avid_dnxhd_1080',
    'prores_proxy',
    'h264_proxy',
    'h264_delivery',
    'dnxhd_720',
    'dnxhr_sq',
    'dnxhr_fields'
  ],
  uhd: ['prores_proxy_1080', 'dnxhr_lb_quarter', 'resolve_proxy', 'h264_proxy']
}

/** Presets that a kind is encoded with. */
export const presetsFor = ({ name }: Pick<SourceKind, 'name'>): readonly string[] =>
  only[name] ?? [...everyKind, ...(more[name] ?? [])]

/** Every kind that something is said of here. */
export const kindsChosenFor: readonly string[] = [...Object.keys(more), ...Object.keys(only)]
