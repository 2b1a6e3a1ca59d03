import type { QueueParams } from '../../src/model/index.ts'

/** What `queue` asks of a node when nothing but sources and a preset is named. */
export const queueChoices = {
  preset: 'dnxhr_sq',
  outDir: null,
  nameTemplate: null,
  priority: 0,
  force: false,
  keep: false,
  noChunk: false,
  chunkMs: null,
  worthChunkingMs: null,
  tags: []
} satisfies Omit<QueueParams, 'sources'>
