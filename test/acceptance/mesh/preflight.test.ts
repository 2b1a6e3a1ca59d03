import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ProofQuestion, preflightProtocol } from '../../../src/protocol/index.ts'
import { Bench, seenBy } from './harness.ts'

let bench: Bench
beforeEach(() => {
  bench = new Bench()
})
afterEach(() => bench.close())

const question: ProofQuestion = { jobKind: 'transcode', payload: { preset: 'dnxhr_sq' } }

test('a member says whether it could run a job, and why not', async () => {
  const asked: unknown[] = []
  const owner = await bench.node('owner')
  const worker = await bench.node('worker', {
    prove: async (what, from) => {
      asked.push([what, from])
      return { reason: asked.length === 1 ? null : 'its disk\u001b[2J is\nfull' }
    }
  })
  await worker.mesh.join((await owner.mesh.invite()).invite)
  await bench.allMet([owner, worker])
  expect(await owner.mesh.askProof(worker.mesh.self, question)).toEqual({ kind: 'can' })
  expect(asked).toEqual([[question, owner.mesh.self]])
  expect(await owner.mesh.askProof(worker.mesh.self, question)).toEqual({
    kind: 'cannot',
    reason: 'its disk [2J is full'
  })
})

test('no answer is an answer: of who fails at it, asks too much, or is not there', async () => {
  const owner = await bench.node('owner')
  const worker = await bench.node('worker', {
    prove: async () => {
      throw new Error('a bug')
    }
  })
  await worker.mesh.join((await owner.mesh.invite()).invite)
  await bench.allMet([owner, worker])
  expect(await owner.mesh.askProof(worker.mesh.self, question)).toEqual({ kind: 'unanswered' })
  const long = { ...question, payload: 'x'.repeat(70_000) }
  expect(await owner.mesh.askProof(worker.mesh.self, long)).toEqual({ kind: 'unanswered' })
  await worker.mesh.stop()
  await bench.until('it is gone', () => seenBy(owner, worker)?.state !== 'connected')
  expect(await owner.mesh.askProof(worker.mesh.self, question)).toEqual({ kind: 'unanswered' })
})

test('a member of another version is neither asked nor answered', async () => {
  const owner = await bench.node('owner', { agreement: '0.1' })
  const worker = await bench.node('worker', { agreement: '0.2' })
  await worker.mesh.join((await owner.mesh.invite()).invite)
  await bench.until('they met', () => seenBy(owner, worker)?.state === 'incompatible')
  expect(await owner.mesh.askProof(worker.mesh.self, question)).toEqual({ kind: 'unanswered' })
})

test('who asks far too often is refused, and that is counted', async () => {
  const [owner, worker] = await bench.meshOf('owner', 'worker')
  await bench.allMet([owner!, worker!])
  for (let i = 0; i < 12; i++) {
    await Promise.all(Array.from({ length: 10 }, () => owner!.mesh.askProof(worker!.mesh.self, question)))
  }
  expect(worker!.mesh.faults()[`${preflightProtocol.id} too-fast`]).toBeGreaterThan(0)
})
