import { families } from './kinds/index.ts'
import { proveKinds } from './suite.ts'

proveKinds(families.containers, { mesh: 'system', ffmpegPath: null })
