import { allKinds } from '../../media/kinds/index.ts'
import { proveKinds } from '../../media/suite.ts'

/** What runs with every change, of the whole matrix of `npm run test:media`: what went wrong, or easily does, once. */
const chosen: Readonly<Record<string, readonly string[]>> = {
  'h264-open': ['dnxhr_lb'],
  'h264-open-ts': ['prores_proxy'],
  'hevc10-open': ['h265_archive'],
  'mpeg2-mxf': ['dnxhr_lb'],
  'vfr-phone': ['h264_proxy'],
  fragmented: ['prores_proxy'],
  'ts-late': ['dnxhr_lb'],
  'edit-trim': ['prores_proxy'],
  'avi-packed': ['dnxhr_lb'],
  'rotated-90': ['dnxhr_lb'],
  anamorphic: ['h264_proxy'],
  'tff-prores': ['prores_proxy'],
  'full-range': ['dnxhr_lb'],
  hdr10: ['h265_archive'],
  mono4: ['dnxhr_lb'],
  'audio-late': ['h264_proxy'],
  'tc-drop': ['prores_proxy'],
  'one-frame': ['dnxhr_lb']
}

proveKinds(
  allKinds.filter(({ name }) => name in chosen),
  { mesh: 'system', ffmpegPath: null },
  ({ name }) => chosen[name] ?? []
)
