export { listPresets, loadPreset, nearest, type PresetListing } from './load.ts'
export {
  type AudioCodec,
  encodersOf,
  type Preset,
  presetSchema
} from './schema.ts'
