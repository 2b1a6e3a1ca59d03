import { families } from './kinds/index.ts'
import { proveKinds } from './suite.ts'

proveKinds(families.rates, { mesh: 'system', ffmpegPath: null })
