import { describe, expect, it } from 'vitest'
import type { PresetLine, QueueParams } from '../../../src/model/index.ts'
import type { Answer, QueueWish, ScreenOrder } from '../../../src/tui/orders.ts'
import { type PerformCollaborators, perform, presetChoices, recipeLines } from '../../../src/tui/perform.ts'
import { jobView } from '../../support/control.ts'
import { queueChoices } from '../../support/queue-choices.ts'
import { peerRow } from '../../support/scene.ts'
import { fakeNode, fakePort, type Methods, untilAborted } from './fake-node.ts'

async function performed(order: ScreenOrder, methods: Methods | null = {}, port = fakePort()) {
  const answers: Answer[] = []
  const rung: string[] = []
  const quits: boolean[] = []
  const { node, calls } = fakeNode(methods ?? {})
  await perform(order, {
    port,
    node: () => (methods === null ? null : node),
    bell: { notify: (way, text) => rung.push(`${way}: ${text}`), copy: (text) => rung.push(`copy: ${text}`) },
    answer: (answer) => answers.push(answer),
    quit: (stopNode) => quits.push(stopNode),
    plans: new Map(),
    signal: new AbortController().signal
  })
  return { answers, calls, rung, quits }
}

const wish: QueueWish = { ...queueChoices, chosen: ['/m/a.mov'] }

describe('carrying out what the screen wants', () => {
  it('says nothing when all went well, and the first refusal when not', async () => {
    const order: ScreenOrder = { kind: 'act', action: 'pause', ids: ['a', 'b', 'c'] }
    const line = (id: string, ok: boolean) => ({
      id,
      ok,
      status: null,
      message: ok ? null : `cannot pause ${id}`
    })
    const fine = await performed(order, { act: async () => ({ results: [line('a', true)] }) })
    expect(fine.answers).toEqual([{ kind: 'acted', text: '', level: 'info' }])
    const { answers } = await performed(order, {
      act: async () => ({ results: [line('a', true), line('b', false), line('c', false)] })
    })
    expect(answers).toEqual([{ kind: 'acted', text: 'cannot pause b (and 1 more)', level: 'warn' }])
  })

  it('puts what was thrown into words, with what to do next', async () => {
    const port = {
      ...fakePort(),
      told: () => ({ message: 'the invite is not valid', hint: 'Ask for another' })
    }
    const order: ScreenOrder = { kind: 'join', invite: 'px1:x' }
    const { answers } = await performed(order, { meshJoin: () => Promise.reject(new Error()) }, port)
    expect(answers).toEqual([{ kind: 'refused', order, text: 'the invite is not valid. Ask for another' }])
  })

  it('says so while the node is away', async () => {
    const { answers } = await performed({ kind: 'drain', on: true }, null)
    expect(answers).toMatchObject([{ kind: 'refused', text: 'the node is away; try again when it is back' }])
  })

  it('takes the invite out of the whole line that the other screen shows', async () => {
    const meshJoin = async () => ({ meshId: 'm', inviterName: 'nuc', inviterId: 'id' })
    const { calls } = await performed(
      { kind: 'join', invite: 'proxima-node mesh join px1:ab cd' },
      { meshJoin }
    )
    expect(calls).toEqual([{ method: 'meshJoin', params: { invite: 'px1:abcd' } }])
  })

  it('queues in portions of one batch, with what could not be found', async () => {
    const files = Array.from({ length: 30 }, (_, i) => `/m/${i}.mov`)
    const port = fakePort({ expand: async () => ({ files, problems: [new Error('no such file: x')] }) })
    const { answers, calls } = await performed(
      { kind: 'queue', wish },
      {
        queue: async ({ sources }) => ({
          batchId: 'b1',
          lines: sources.map((id) => ({ kind: 'queued', job: jobView(id) }))
        })
      },
      port
    )
    expect(calls.map(({ params }) => (params as { batchId?: string }).batchId)).toEqual([undefined, 'b1'])
    expect(answers).toHaveLength(1)
    expect(answers[0]).toMatchObject({ kind: 'queued' })
    expect((answers[0] as Extract<Answer, { kind: 'queued' }>).lines).toHaveLength(31)
  })

  it('has what is queued and what is there already listed for editing software, and tells of it', async () => {
    const listed: unknown[] = []
    const port = fakePort({
      expand: async () => ({ files: ['/m/a.mov', '/m/b.mov', '/m/c.mov'], problems: [] }),
      list: async (proxies, { preset }) => {
        listed.push([proxies.map(({ output }) => output), preset])
        return 'Import it.'
      }
    })
    const refusal = { code: 'x', message: 'no', hint: null, exitStatus: 1 as const }
    const queue = async () => ({
      batchId: 'b',
      lines: [
        { kind: 'queued' as const, job: jobView('j', { output: '/m/Proxy/a.mov' }) },
        { kind: 'exists' as const, source: '/m/b.mov', output: '/m/Proxy/b.mov', message: '' },
        { kind: 'refused' as const, source: '/m/c.mov', error: refusal }
      ]
    })
    const { answers } = await performed({ kind: 'queue', wish }, { queue }, port)
    expect(listed).toEqual([[['/m/Proxy/a.mov', '/m/Proxy/b.mov'], wish.preset]])
    expect(answers).toMatchObject([{ kind: 'queued', note: 'Import it.' }])
  })

  it('plans as it goes, and says when it is done', async () => {
    const files = ['/m/a.mov', '/m/b.mov']
    const port = fakePort({
      expand: async () => ({ files, problems: [] }),
      wholePath: (text) => `/home${text.slice(1)}`
    })
    const { answers, calls } = await performed(
      { kind: 'plan', wish: { ...wish, outDir: '~/out' } },
      {
        plan: async ({ sources }) => ({
          lines: sources.map((source) => ({ kind: 'exists', source, output: '', message: '' }))
        })
      },
      port
    )
    expect(answers.map((answer) => answer.kind === 'planned' && [answer.lines.length, answer.done])).toEqual([
      [0, false],
      [1, false],
      [1, true]
    ])
    expect(calls[0]?.params).toMatchObject({ outDir: '/home/out' })
  })

  it('tells the node which files are of a timeline, in each portion its own', async () => {
    const files = Array.from({ length: 26 }, (_, i) => `/m/${i}.mov`)
    const origin = { kind: 'timeline', file: '/edit/cut.otio' } as const
    const port = fakePort({
      expand: async () => ({ files, problems: [], origins: { '/m/25.mov': origin, '/m/other.mov': origin } })
    })
    const queue = async () => ({ batchId: 'b', lines: [] })
    const { calls } = await performed({ kind: 'queue', wish }, { queue }, port)
    expect(calls.map(({ params }) => (params as QueueParams).origins)).toEqual([
      undefined,
      { '/m/25.mov': origin }
    ])
  })

  it('ends a plan that is abandoned, here and at the node, without another word', async () => {
    const files = Array.from({ length: 60 }, (_, i) => `/m/${i}.mov`)
    const abandoned = Promise.withResolvers<void>()
    const { node, calls } = fakeNode({
      plan: async (_, signal) => {
        await perform({ kind: 'abandon-plan', wish }, screen)
        await untilAborted(signal!)
        abandoned.resolve()
        throw signal!.reason
      }
    })
    const answers: Answer[] = []
    const plans: PerformCollaborators['plans'] = new Map()
    const screen: PerformCollaborators = {
      port: fakePort({ expand: async () => ({ files, problems: [] }) }),
      node: () => node,
      bell: { notify: () => {}, copy: () => {} },
      answer: (answer) => answers.push(answer),
      quit: () => {},
      plans,
      signal: new AbortController().signal
    }
    await perform({ kind: 'plan', wish }, screen)
    await abandoned.promise
    expect(calls.map(({ method }) => method)).toEqual(['plan'])
    expect(answers).toMatchObject([{ kind: 'planned', lines: [], done: false }])
    expect(plans.size).toBe(0)
  })

  it('ends a plan of nothing', async () => {
    const port = fakePort({ expand: async () => ({ files: [], problems: [] }) })
    const { answers } = await performed({ kind: 'plan', wish }, {}, port)
    expect(answers).toMatchObject([{ kind: 'planned', done: true, total: 0 }])
  })

  it('tells what draining and slots came to', async () => {
    const { peer } = peerRow(0, { state: 'draining', slots: { total: 4, busy: 1 } })
    const drained = await performed({ kind: 'drain', on: true }, { drain: async () => peer })
    expect(drained.answers).toMatchObject([{ text: expect.stringContaining('takes no more work') }])
    const slots = await performed({ kind: 'slots', total: 4 }, { slots: async () => peer })
    expect(slots.answers).toMatchObject([{ text: expect.stringContaining('runs 4 tasks at once') }])
  })

  it('rings, copies and quits without a node', async () => {
    expect((await performed({ kind: 'copy', text: 'x' }, null)).rung).toEqual(['copy: x'])
    expect((await performed({ kind: 'notify', way: 'bell', text: 'done' }, null)).rung).toEqual([
      'bell: done'
    ])
    expect((await performed({ kind: 'quit', stopNode: true }, null)).quits).toEqual([true])
  })
})

describe('presetChoices', () => {
  const line = (name: string, change: Partial<PresetLine>): PresetLine => ({
    name,
    description: name,
    source: 'f',
    builtIn: true,
    error: null,
    encoder: null,
    codec: null,
    container: null,
    height: null,
    encodable: true,
    whyNot: null,
    match: null,
    ...change
  })

  it('offers auto where it can choose, and puts last what cannot be used', () => {
    const choices = presetChoices([
      line('broken', { error: 'line 3: no such key' }),
      line('av1', { encodable: false, whyNot: 'no libsvtav1' }),
      line('dnx', { match: { height: 1080 } })
    ])
    expect(choices.map(({ name, trouble }) => [name, trouble])).toEqual([
      ['auto', null],
      ['dnx', null],
      ['broken', 'line 3: no such key'],
      ['av1', 'not on this machine: no libsvtav1']
    ])
    expect(presetChoices([line('dnx', {})]).map(({ name }) => name)).toEqual(['dnx'])
  })
})

describe('recipeLines', () => {
  it('writes what is set, nested by indents', () => {
    expect(
      recipeLines({
        codec: 'dnxhd',
        audio: { codec: 'pcm', channels: null },
        args: [],
        tags: ['a', { b: 1 }],
        none: null
      })
    ).toEqual(['codec: dnxhd', 'audio:', '  codec: pcm', 'tags:', '  - a', '  - {"b":1}'])
  })
})
