import { describe, expect, it } from 'vitest'
import type { Preview } from '../../../src/model/index.ts'
import { planSources } from '../../../src/node/plan-service.ts'
import { queueChoices } from '../../support/queue-choices.ts'
import { Bench } from '../scheduler/kit.ts'
import { fakeKind, Gate, settled } from './kit.ts'

const exists = (source: string): Preview => ({ kind: 'exists', source, output: `${source}.out`, message: '' })

/** A plan of three sources, each of which is looked at when the gate opens. */
function planning(signal: AbortSignal) {
  const looked: string[] = []
  const gate = new Gate<void>()
  const kind = fakeKind({
    preview: async (_, source) => {
      looked.push(source)
      await gate.wait()
      return exists(source)
    }
  })
  const bench = new Bench()
  const participants = { ofPreview: () => Promise.reject(new Error('nobody is to be asked')) } as never
  const params = { ...queueChoices, sources: ['/a.mov', '/b.mov', '/c.mov'] }
  const plan = planSources(params, signal, { kind, participants, state: () => bench.state })
  return { looked, gate, plan }
}

describe('planning sources', () => {
  it('looks at one after the other', async () => {
    const { looked, gate, plan } = planning(new AbortController().signal)
    for (const source of ['/a.mov', '/b.mov', '/c.mov']) {
      await settled()
      expect(looked.at(-1)).toBe(source)
      gate.open(undefined)
    }
    expect((await plan).lines.map(({ kind }) => kind)).toEqual(['exists', 'exists', 'exists'])
  })

  it('looks at no further source once nobody waits for the plan', async () => {
    const abandoned = new AbortController()
    const { looked, gate, plan } = planning(abandoned.signal)
    abandoned.abort()
    gate.open(undefined)
    await expect(plan).rejects.toMatchObject({ name: 'NodeError', code: 'plan-ended' })
    expect(looked).toEqual(['/a.mov'])
  })
})
