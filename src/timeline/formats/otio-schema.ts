import { z } from 'zod'

/** The fields of OpenTimelineIO's JSON that are read; all others are let through. */
export const anything = z.looseObject({ OTIO_SCHEMA: z.string() })
const metadata = z.record(z.string(), z.unknown()).nullish().catch(null)
export const rationalTime = z.looseObject({ value: z.number(), rate: z.number() })
export const timeRangeSchema = z.looseObject({ start_time: rationalTime, duration: rationalTime })
const named = { name: z.string().nullish(), metadata, enabled: z.boolean().nullish() }

export const reference = anything.extend({
  name: z.string().nullish(),
  metadata,
  target_url: z.string().nullish(),
  available_range: timeRangeSchema.nullish(),
  target_url_base: z.string().nullish(),
  name_prefix: z.string().nullish(),
  name_suffix: z.string().nullish(),
  frame_zero_padding: z.number().int().min(0).max(16).nullish()
})
export const clip = anything.extend({
  ...named,
  source_range: timeRangeSchema.nullish(),
  effects: z.array(anything).nullish(),
  media_reference: reference.nullish(),
  media_references: z.record(z.string(), reference.nullable()).nullish(),
  active_media_reference_key: z.string().nullish()
})
export const composition = anything.extend({
  ...named,
  kind: z.string().nullish(),
  children: z.array(z.unknown()).nullish()
})
export const timeline = anything.extend({
  name: z.string().nullish(),
  tracks: composition.nullish(),
  global_start_time: rationalTime.nullish()
})
