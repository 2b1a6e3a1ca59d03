import { z } from 'zod'
import { isRootId, type RootId } from '../../model/index.ts'

const rootIdSchema = z.string().refine((text): text is RootId => isRootId(text), { error: 'is no root id' })

/** A root's name: for people, and never part of a path. */
export const rootNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^\P{C}*$/u)

/** `<root>/.proxima/root.json`: makes a folder the same root on every machine that sees it. */
export const markerSchema = z.object({
  id: rootIdSchema,
  name: rootNameSchema,
  createdAt: z.iso.datetime({ offset: true })
})
export type Marker = z.output<typeof markerSchema>

/** `roots.json` in a home: where roots are mounted on this machine, and what they are called here. */
export const registrySchema = z.object({
  roots: z
    .array(z.object({ id: rootIdSchema, name: rootNameSchema, path: z.string().min(1).max(4_096) }))
    .max(256)
})
export type RootEntry = z.output<typeof registrySchema>['roots'][number]
