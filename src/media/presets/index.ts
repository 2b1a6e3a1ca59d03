export { type ChosenPreset, choosePreset } from './auto.ts'
export { codecRules } from './codecs.ts'
export {
  autoName,
  describePreset,
  listPresets,
  loadPreset,
  type PresetListing,
  type ResolvedPreset
} from './load.ts'
export {
  type LogLevel,
  logLevels,
  type Override,
  overrideKeys,
  overrideSchema,
  overridesFor,
  type WorkerOptions
} from './overrides.ts'
export { nearest } from './parse.ts'
export {
  type AudioCodec,
  type Encoder,
  encoderNames,
  encodersOf,
  type Preset,
  presetSchema
} from './schema.ts'
