import { z } from 'zod'
import { maxDoubts, maxOffers, type NodeStatus, type TaskProgress } from '../../model/index.ts'
import type { ChannelProtocol } from '../channel.ts'
import {
  controlFrameBytes,
  maxEncoders,
  maxNameChars,
  maxRoots,
  maxRunning,
  maxTags,
  maxVersionChars
} from '../limits.ts'
import {
  amountSchema,
  cleanText,
  countSchema,
  digestSchema,
  encoderSchema,
  jobIdSchema,
  leaseIdSchema,
  peerIdSchema,
  reasonSchema,
  rootIdSchema,
  tagSchema,
  textSchema,
  versionSchema
} from '../schemas.ts'

const needsSchema = z.object({
  encoders: z.array(encoderSchema).max(maxEncoders),
  roots: z.array(rootIdSchema).max(maxRoots),
  tags: z.array(tagSchema).max(maxTags),
  ffmpeg: versionSchema.nullable(),
  ownerOnly: z.boolean()
})

const offerSchema = z.object({
  jobId: jobIdSchema,
  priority: z.number(),
  readyTasks: countSchema,
  lateTasks: countSchema,
  ageMs: amountSchema,
  needs: needsSchema
})

/** Progress of a running task. */
export const progressSchema = z.object({ units: amountSchema, fps: amountSchema, sizeBytes: amountSchema })

/** A node's status as it arrives: strings cleaned, lists bounded. */
export const nodeStatusSchema: z.ZodType<NodeStatus> = z.object({
  peerId: peerIdSchema,
  name: textSchema(maxNameChars),
  version: versionSchema,
  bootId: z.string().max(64),
  cores: countSchema,
  memoryBytes: amountSchema,
  slots: z.object({ total: countSchema, busy: countSchema }),
  encoders: z.array(encoderSchema).max(maxEncoders),
  roots: z.array(rootIdSchema).max(maxRoots),
  tags: z.array(tagSchema).max(maxTags),
  ffmpegVersion: versionSchema.nullable(),
  state: z.enum(['awake', 'asleep', 'draining', 'unhealthy']),
  reason: reasonSchema.nullable(),
  offers: z.array(offerSchema).max(maxOffers),
  doubts: z
    .array(z.object({ peerId: peerIdSchema, jobs: countSchema }))
    .max(maxDoubts)
    .exactOptional(),
  running: z
    .array(
      z.object({
        leaseId: leaseIdSchema,
        kind: textSchema(64),
        ownerId: peerIdSchema,
        progress: progressSchema
      })
    )
    .max(maxRunning)
})

const rosterDigest = digestSchema

/** What goes over the status stream. Every one of them says that the sender lives. */
export const statusMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('status'), rosterDigest, status: nodeStatusSchema }),
  /** Nothing to say yet (the node is still looking at its machine), but alive. */
  z.object({ kind: z.literal('alive'), rosterDigest }),
  /** The node is being stopped by a person or its system: not lost. */
  z.object({ kind: z.literal('bye') })
])

export type StatusMessage = z.infer<typeof statusMessageSchema>

export const statusProtocol: ChannelProtocol<StatusMessage> = {
  id: '/proxima/status/1',
  message: statusMessageSchema,
  maxFrameBytes: controlFrameBytes
}

const amount = (value: number): number => (Number.isFinite(value) && value > 0 ? value : 0)

/** Progress with amounts that survive JSON: what a tool printed may be `nan` or negative. */
export const boundProgress = (progress: TaskProgress): TaskProgress => ({
  units: amount(progress.units),
  fps: amount(progress.fps),
  sizeBytes: amount(progress.sizeBytes)
})

/** The same status within what a peer accepts: the most important items stay, text is cut. */
export function boundStatus(status: NodeStatus): NodeStatus {
  return {
    ...status,
    name: cleanText(status.name, maxNameChars),
    reason: status.reason === null ? null : cleanText(status.reason, 300),
    encoders: status.encoders.slice(0, maxEncoders),
    roots: status.roots.slice(0, maxRoots),
    tags: status.tags.slice(0, maxTags),
    version: cleanText(status.version, maxVersionChars),
    ffmpegVersion: status.ffmpegVersion === null ? null : cleanText(status.ffmpegVersion, maxVersionChars),
    offers: status.offers.slice(0, maxOffers),
    running: status.running
      .slice(0, maxRunning)
      .map((task) => ({ ...task, progress: boundProgress(task.progress) }))
  }
}
