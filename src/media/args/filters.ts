import type { Picture } from '../picture.ts'
import type { Preset } from '../presets/index.ts'

export function videoFilters(preset: Preset, { width, height, scaled, interlaced }: Picture): string[] {
  if (!scaled && !interlaced) return []
  const fields = interlaced ? ':interl=1' : ''
  return [`scale=${width}:${height}:flags=bicubic${fields}`, `format=${preset.pixelFormat}`]
}
