import { allKinds } from '../../media/kinds/index.ts'
import { proveKinds } from '../../media/suite.ts'

/** What runs with every change, of the whole matrix of `npm run test:media`: what went wrong, or easily does, once. */
const chosen: Readonly<Record<string, readonly string[]>> = {
  'h264-open': ['dnxhr_lb'],
  'h264-open-ts': ['prores_proxy'],
  'vfr-phone': ['h264_proxy'],
  'ts-late': ['dnxhr_lb'],
  'edit-trim': ['prores_proxy'],
  'avi-packed': ['dnxhr_lb'],
  'full-range': ['dnxhr_lb'],
  hdr10: ['h265_archive'],
  mono4: ['dnxhr_lb'],
  'one-frame': ['dnxhr_lb']
}

proveKinds(
  allKinds.filter(({ name }) => name in chosen),
  { mesh: 'system', ffmpegPath: null },
  ({ name }) => chosen[name] ?? []
)
