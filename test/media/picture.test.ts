import { families } from './kinds/index.ts'
import { proveKinds } from './suite.ts'

proveKinds(families.picture, { mesh: 'system', ffmpegPath: null })
