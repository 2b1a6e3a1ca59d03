import { describe, expect, it } from 'vitest'
import type { JobKind, ProofAnswer, Unable } from '../../../src/model/index.ts'
import { Preflight } from '../../../src/node/preflight.ts'
import type { ProofQuestion } from '../../../src/protocol/index.ts'
import { nuc, requestOf, tower } from '../scheduler/kit.ts'
import { fakeKind, Gate, kindsOf, settled } from './kit.ts'

const job = { request: requestOf({ payload: 'clip' }), plan: null }
const question: ProofQuestion = { jobKind: 'pretend', payload: 'of clip' }

function make(kind: Partial<JobKind> = {}, askPeer?: (q: ProofQuestion) => Promise<ProofAnswer>) {
  const errors: string[] = []
  const asked: ProofQuestion[] = []
  const preflight = new Preflight({
    self: tower,
    kinds: kindsOf(fakeKind({ proofPayload: ({ request }) => `of ${request.payload}`, ...kind })),
    askPeer: async (_, what) => {
      asked.push(what)
      return askPeer ? askPeer(what) : { kind: 'can' }
    },
    onError: (error, what) => errors.push(`${what}: ${(error as Error).message}`)
  })
  return { preflight, asked, errors }
}

describe('asking', () => {
  it('sends another node what the job kind says', async () => {
    const { preflight, asked } = make()
    expect(await preflight.ask(nuc, job)).toEqual({ kind: 'can' })
    expect(asked).toEqual([question])
  })

  it('tries on this node itself, with files of its own', async () => {
    const tried: unknown[] = []
    const prove: JobKind['prove'] = async (payload, isOwn) => {
      tried.push([payload, isOwn])
      return tried.length === 1 ? null : { reason: 'its disk is full', ends: true }
    }
    const { preflight, asked } = make({ prove })
    expect(await preflight.ask(tower, job)).toEqual({ kind: 'can' })
    expect(await preflight.ask(tower, job)).toEqual({
      kind: 'cannot',
      reason: 'its disk is full',
      ends: true
    })
    expect(tried).toEqual([
      ['of clip', true],
      ['of clip', true]
    ])
    expect(asked).toEqual([])
  })

  it('answers for a kind that is not known here, and for a bug, and keeps its stack for the log', async () => {
    const { preflight, errors } = make({
      proofPayload: () => {
        throw new Error('x is undefined')
      }
    })
    expect(await preflight.ask(nuc, job)).toEqual({ kind: 'cannot', reason: 'x is undefined' })
    expect(errors).toEqual(['proof of /media/clip.mov: x is undefined'])
    const other = { ...job, request: requestOf({ kind: 'blender' }) }
    expect(await preflight.ask(nuc, other)).toEqual({
      kind: 'cannot',
      reason: 'this version does not know blender jobs'
    })
  })
})

describe('answering', () => {
  it('believes another node nothing: not even that a file is its own', async () => {
    const prove: JobKind['prove'] = async (_, isOwn) => (isOwn ? { reason: 'wrong', ends: false } : null)
    const { preflight } = make({ prove })
    expect(await preflight.answer(question)).toEqual({ reason: null })
    expect(await preflight.answer({ ...question, jobKind: 'blender' })).toEqual({
      reason: 'it does not know blender jobs'
    })
  })

  it('tries what is asked twice at a time once, two things at a time, and turns away who asks too much', async () => {
    const gate = new Gate<Unable | null>()
    const { preflight } = make({ prove: gate.wait })
    const twice = [preflight.answer(question), preflight.answer(question)]
    const others = Array.from({ length: 33 }, (_, i) => preflight.answer({ ...question, payload: i }))
    await settled()
    expect(gate.waiting).toBe(2)
    await expect(preflight.answer({ ...question, payload: 'one more' })).rejects.toThrow('too many')
    gate.open({ reason: 'no', ends: true })
    expect(await Promise.all(twice)).toEqual([{ reason: 'no' }, { reason: 'no' }])
    for (const other of others) {
      gate.open(null)
      await other
    }
  })
})
