export { listPresets, loadPreset, nearest, parsePresetFile, type PresetListing } from './load.ts'
export {
  type AudioCodec,
  type Container,
  encodersOf,
  type Preset,
  presetSchema,
  type VideoCodec
} from './schema.ts'
