/** The form of overrides, apart from all that needs ffmpeg: settings are read by every command. */
export { overrideKeys, overrideSchema } from '../../media/presets/overrides.ts'
export { nearest } from '../../media/presets/parse.ts'
