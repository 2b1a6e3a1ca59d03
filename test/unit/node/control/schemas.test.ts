import { describe, expect, it } from 'vitest'
import { methodParams } from '../../../../src/node/control/schemas.ts'

const params = {
  sources: ['/a.mov'],
  preset: 'dnxhr_sq',
  outDir: null,
  nameTemplate: null,
  priority: 0,
  force: false,
  keep: true,
  noChunk: false,
  chunkMs: null,
  worthChunkingMs: null,
  tags: []
}

describe('what `queue` accepts', () => {
  it('is without `keep` from a command of an older version', () => {
    const { keep: _, ...older } = params
    expect(methodParams.queue.parse(older)).toEqual({ ...params, keep: false })
  })

  it('is a portion of a batch, or a batch of its own', () => {
    expect(methodParams.queue.parse(params)).toEqual(params)
    expect(methodParams.queue.parse({ ...params, batchId: 'k3j5m8n2p4' }).batchId).toBe('k3j5m8n2p4')
  })

  it('is no batch that no node ever named so', () => {
    expect(methodParams.queue.safeParse({ ...params, batchId: '../x' }).success).toBe(false)
  })
})
