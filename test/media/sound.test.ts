import { families } from './kinds/index.ts'
import { proveKinds } from './suite.ts'

proveKinds(families.sound, { mesh: 'system', ffmpegPath: null })
