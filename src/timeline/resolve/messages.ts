import { z } from 'zod'

/** The number of the language that the bridge scripts and this room speak. */
export const bridgeVersion = 1

const text = z.string().nullable().default(null)
const amount = z.number().nullable().default(null)
/** Resolve tells the same thing as a number here and as text there. */
const told = z.union([z.string(), z.number(), z.boolean()]).nullable()

const project = z.object({ id: z.string(), name: text })
const problems = z.array(z.object({ name: z.string(), message: z.string() }))

const clip = z.object({ id: z.string(), name: text, properties: z.record(z.string(), told) })

const use = z.object({
  track: z.enum(['video', 'audio']),
  enabled: z.boolean(),
  sourceStart: amount,
  sourceEnd: amount,
  duration: amount,
  leftOffset: amount,
  rightOffset: amount
})

const timeline = z.object({
  index: amount,
  id: text,
  name: text,
  current: z.boolean(),
  rate: told.default(null),
  dropFrame: told.default(null),
  startTimecode: text,
  videoItems: z.number(),
  audioItems: z.number()
})

/** The first line of a bridge. */
export const greetingSchema = z.object({ bridge: z.number(), runtime: z.string() })

/** Every later line. */
export const replySchema = z.union([
  z.object({ id: z.number(), alive: z.literal(true) }),
  z.object({ id: z.number(), result: z.unknown().refine((result) => result !== undefined) }),
  z.object({ id: z.number(), error: z.object({ code: z.string(), message: z.string() }) })
])

/** What each method of a bridge answers. Absent and null are the same: Lua has no null in tables. */
export const resultSchemas = {
  hello: z.object({
    product: text,
    version: text,
    page: text,
    project: project.nullable().default(null)
  }),
  timelines: z.object({ project, timelines: z.array(timeline), problems }),
  media: z.object({
    project,
    timeline,
    media: z.array(clip.extend({ uses: z.array(use) })),
    skipped: z.array(z.object({ kind: z.enum(['generated', 'nested']), name: z.string() })),
    problems
  }),
  pool: z.object({ project, media: z.array(clip), problems }),
  link: z.object({ done: z.boolean() }),
  unlink: z.object({ done: z.boolean() })
}

export type BridgeMethod = keyof typeof resultSchemas
export type BridgeResult<M extends BridgeMethod> = z.infer<(typeof resultSchemas)[M]>

export type ToldClip = z.infer<typeof clip>
export type ToldUse = z.infer<typeof use>
export type ToldTimeline = z.infer<typeof timeline>

/** Something that Resolve could not tell of one clip or timeline; the others are told all the same. */
export type ToldProblem = z.infer<typeof problems>[number]
