import { families } from './kinds/index.ts'
import { proveKinds } from './suite.ts'

proveKinds(families.extras, { mesh: 'system', ffmpegPath: null })
