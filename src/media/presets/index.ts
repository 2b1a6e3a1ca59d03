export { listPresets, loadPreset, nearest, type PresetListing, parsePresetFile } from './load.ts'
export {
  type AudioCodec,
  type Container,
  encodersOf,
  type Preset,
  presetSchema,
  type VideoCodec
} from './schema.ts'
