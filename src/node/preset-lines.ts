import {
  codecRules,
  encodersOf,
  type MediaCapabilities,
  type PresetListing
} from '../jobs/transcode/index.ts'
import type { Json, PresetLine } from '../model/index.ts'

/** A preset as `presets` lists it. `capabilities` is null on a machine without ffmpeg. */
export function presetLine(
  { name, file, resolved, error }: PresetListing,
  capabilities: Pick<MediaCapabilities, 'missing'> | null,
  builtIn: boolean
): PresetLine {
  if (resolved === null) {
    return {
      ...{ name, description: error ?? '', source: file, builtIn, error },
      ...{
        encoder: null,
        codec: null,
        container: null,
        height: null,
        encodable: null,
        whyNot: null,
        match: null
      }
    }
  }
  const { preset, match } = resolved
  const whyNot = whyNotHere(encodersOf(preset), capabilities)
  return {
    ...{ name, description: preset.description, source: file, builtIn, error: null },
    encoder: preset.codec,
    codec: codecRules[preset.codec].title,
    container: preset.container,
    height: preset.height,
    encodable: whyNot === null,
    whyNot,
    match: match as unknown as Json
  }
}

function whyNotHere(
  encoders: readonly string[],
  capabilities: Pick<MediaCapabilities, 'missing'> | null
): string | null {
  if (capabilities === null) return 'this machine has no ffmpeg'
  const missing = capabilities.missing.find(({ encoder }) => encoders.includes(encoder))
  return missing ? `this machine’s ffmpeg has no working ${missing.encoder}: ${missing.why}` : null
}
