import { allKinds } from '../../media/kinds/index.ts'
import { proveKinds } from '../../media/suite.ts'

/** What runs with every change, of the whole matrix of `npm run test:media`: each way of cutting and keeping once. */
const chosen: Readonly<Record<string, readonly string[]>> = {
  'rate-59.94': ['prores_proxy'],
  'h264-open': ['dnxhr_lb'],
  'h264-open-ts': ['prores_proxy'],
  'h264-refresh': ['h264_proxy'],
  'hevc10-open': ['h265_archive'],
  'mpeg2-ts': ['h264_proxy'],
  'mpeg2-mxf': ['dnxhr_lb'],
  dnxhr: ['prores_proxy'],
  'vp9-webm': ['dnxhr_lb'],
  'vfr-phone': ['h264_proxy'],
  'vfr-screen': ['dnxhr_lb'],
  fragmented: ['prores_proxy'],
  'ts-late': ['dnxhr_lb'],
  'edit-trim': ['prores_proxy'],
  'edit-empty': ['h264_proxy'],
  'avi-packed': ['dnxhr_lb'],
  'rotated-90': ['dnxhr_lb'],
  anamorphic: ['h264_proxy'],
  'tff-prores': ['prores_proxy'],
  'full-range': ['dnxhr_lb'],
  hdr10: ['h265_archive'],
  alpha: ['prores_proxy'],
  mono4: ['dnxhr_lb'],
  languages: ['h265_archive'],
  'audio-late': ['h264_proxy'],
  'tc-drop': ['prores_proxy'],
  chapters: ['h264_proxy'],
  'data-stream': ['dnxhr_lb'],
  'two-videos': ['prores_proxy'],
  'one-frame': ['dnxhr_lb'],
  'two-frames': ['h264_proxy'],
  still: ['dnxhr_lb']
}

proveKinds(
  allKinds.filter(({ name }) => name in chosen),
  { mesh: 'system', ffmpegPath: null },
  ({ name }) => chosen[name] ?? []
)
