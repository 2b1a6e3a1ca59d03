import { z } from 'zod'
import {
  type ChunkMap,
  chunkStates,
  type EventRow,
  eventBlockSize,
  eventLevels,
  type JobRow,
  type JobView,
  jobStatuses,
  type NodeInfo,
  type PeerRow,
  type PeerView,
  type ScreenPart,
  type WatchNews,
  type WatchQuestion
} from '../../model/index.ts'
import {
  maxAddresses,
  maxChunkPeers,
  maxChunkRuns,
  maxEncoders,
  maxEventChars,
  maxJobErrorChars,
  maxNameChars,
  maxPathChars,
  maxReasonChars,
  maxRoots,
  maxRunning,
  maxSideTasks,
  maxVersionChars,
  maxWarnings,
  maxWatchParts
} from '../limits.ts'
import { amountSchema, countSchema, jobIdSchema, reasonSchema, textSchema } from '../schemas.ts'

export const watchProtocolId = '/proxima/watch/1'

export const watchQuestionSchema: z.ZodType<WatchQuestion> = z.discriminatedUnion('what', [
  z.object({ what: z.literal('screen') }),
  z.object({ what: z.literal('chunks'), jobId: jobIdSchema })
])

/** The first thing said back. */
export const watchReplySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('welcome') }),
  z.object({ kind: z.literal('refused'), reason: reasonSchema })
])

export type WatchReply = z.infer<typeof watchReplySchema>

// Ids are only shown, and told apart: what comes back to the node that told them is parsed again there.
const word = textSchema(64)
const peerText = textSchema(80)
const path = textSchema(maxPathChars)
const time = textSchema(40)
const nodeState = z.enum(['awake', 'asleep', 'draining', 'unhealthy'])
const slots = z.object({ total: countSchema, busy: countSchema })

const nodeInfo: z.ZodType<NodeInfo> = z.object({
  version: textSchema(maxVersionChars),
  pid: countSchema,
  peerId: peerText,
  name: textSchema(maxNameChars),
  home: path,
  meshId: word,
  addresses: z.array(textSchema(255)).max(maxAddresses)
})

const jobView: z.ZodType<JobView> = z.object({
  type: z.literal('job'),
  id: word,
  batch: word,
  kind: word,
  source: path,
  output: path,
  preset: textSchema(255),
  chosen: textSchema(maxReasonChars).nullable(),
  status: z.enum(jobStatuses),
  priority: z.number(),
  error: textSchema(maxJobErrorChars).nullable(),
  progress: z.object({
    units: amountSchema,
    totalUnits: amountSchema,
    fps: amountSchema,
    leftMs: amountSchema.nullable()
  }),
  tasks: z.object({ total: countSchema, done: countSchema, running: countSchema }),
  note: textSchema(maxReasonChars).nullable(),
  warnings: z.array(textSchema(maxReasonChars)).max(maxWarnings),
  queuedAt: time,
  startedAt: time.nullable(),
  endedAt: time.nullable()
})

const jobRow: z.ZodType<JobRow> = z.object({
  job: jobView,
  chunks: z.object({ done: countSchema, total: countSchema, estimated: z.boolean() }).nullable(),
  fps: amountSchema,
  left: z.object({ minMs: amountSchema, maxMs: amountSchema }).nullable()
})

const peerView: z.ZodType<PeerView> = z.object({
  peerId: peerText,
  name: textSchema(maxNameChars),
  status: z.enum(['self', 'connected', 'connecting', 'suspect', 'lost', 'incompatible', 'offline']),
  state: nodeState.nullable(),
  reason: reasonSchema.nullable(),
  version: textSchema(maxVersionChars).nullable(),
  ffmpegVersion: textSchema(maxVersionChars).nullable(),
  encoders: z.array(word).max(maxEncoders),
  slots,
  roots: z.array(word).max(maxRoots),
  cores: countSchema.nullable(),
  addresses: z.array(textSchema(255)).max(maxAddresses),
  running: z.array(z.object({ leaseId: word, kind: word, fps: amountSchema })).max(maxRunning)
})

const peerRow: z.ZodType<PeerRow> = z.object({
  peer: peerView,
  taken: countSchema,
  done: countSchema,
  failed: countSchema,
  goneAt: time.nullable()
})

const eventRow: z.ZodType<EventRow> = z.object({
  seq: countSchema,
  at: time,
  level: z.enum(eventLevels),
  text: textSchema(maxEventChars),
  jobId: word.nullable(),
  task: word.nullable(),
  peerId: peerText.nullable()
})

const screenPart: z.ZodType<ScreenPart> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('node'), node: nodeInfo }),
  z.object({ kind: z.literal('job'), row: jobRow }),
  z.object({ kind: z.literal('job-gone'), id: word }),
  z.object({ kind: z.literal('peer'), row: peerRow }),
  z.object({ kind: z.literal('peer-gone'), id: peerText }),
  z.object({
    kind: z.literal('events'),
    block: countSchema,
    events: z.array(eventRow).max(eventBlockSize)
  }),
  z.object({ kind: z.literal('synced') })
])

const chunkState = z.enum(chunkStates)
const peerIndex = z.int().nonnegative().max(maxChunkPeers).nullable()

/** Runs travel as `[state, count, peer, firstTask]`: a long job has thousands. */
const chunkMap: z.ZodType<ChunkMap> = z
  .object({
    jobId: word,
    runs: z.array(z.tuple([chunkState, countSchema, peerIndex, countSchema.nullable()])).max(maxChunkRuns),
    uncut: countSchema,
    side: z.array(z.object({ id: word, kind: word, state: chunkState, peer: peerIndex })).max(maxSideTasks),
    peers: z.array(z.object({ peerId: peerText, name: textSchema(maxNameChars) })).max(maxChunkPeers),
    gone: z.boolean()
  })
  .transform(({ runs, ...map }) => ({
    ...map,
    runs: runs.map(([state, count, peer, firstTask]) => ({ state, count, peer, firstTask }))
  }))

/** News as they arrive: strings cleaned, lists bounded. */
export const watchNewsSchema: z.ZodType<WatchNews> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('parts'), parts: z.array(screenPart).max(maxWatchParts) }),
  z.object({ kind: z.literal('chunks'), map: chunkMap })
])

/** News as they are sent. */
export const newsOnWire = (news: WatchNews): unknown =>
  news.kind === 'parts'
    ? news
    : {
        kind: 'chunks',
        map: {
          ...news.map,
          runs: news.map.runs.map(({ state, count, peer, firstTask }) => [state, count, peer, firstTask])
        }
      }
