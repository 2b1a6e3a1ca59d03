import { families } from './kinds/index.ts'
import { proveKinds } from './suite.ts'

proveKinds(families.codecs, { mesh: 'system', ffmpegPath: null })
