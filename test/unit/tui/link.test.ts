import { describe, expect, it, onTestFinished } from 'vitest'
import type { ScreenPart } from '../../../src/model/index.ts'
import { EventQueue } from '../../../src/node/control/event-queue.ts'
import { ScreenLink } from '../../../src/tui/link.ts'
import type { ScreenNode } from '../../../src/tui/port.ts'
import { initialScreen } from '../../../src/tui/state.ts'
import { ScreenStore } from '../../../src/tui/store.ts'
import { jobRow, sceneChunks, sceneJobId, sceneNode, sceneNowMs, sceneParts } from '../../support/scene.ts'
import { waitFor } from '../../support/wait-for.ts'
import { fakeNode, fakePort, untilAborted } from './fake-node.ts'
import { press } from './kit.ts'

/** A node that tells what the test puts in, until the test ends it. */
function scripted() {
  const parts = new EventQueue<ScreenPart>()
  const looked: string[] = []
  const { node } = fakeNode(
    {},
    {
      screen: async function* (_name: string, _params: unknown, signal: AbortSignal) {
        void untilAborted(signal).then(() => parts.end(null))
        yield* parts
      } as ScreenNode['stream'],
      chunks: async function* (_name: string, params: { id: string }, signal: AbortSignal) {
        looked.push(params.id)
        yield { ...sceneChunks, jobId: params.id }
        await untilAborted(signal)
        looked.push(`left ${params.id}`)
      } as unknown as ScreenNode['stream']
    }
  )
  const tell = (...some: ScreenPart[]) => {
    for (const part of some) parts.put(part, null)
  }
  return { node, tell, looked, end: (error: Error | null) => parts.end(error) }
}

function following(connects: (ScreenNode | null | Error)[], first: ScreenNode | null) {
  const store = new ScreenStore(
    initialScreen({ columns: 80, rows: 24, nowMs: sceneNowMs, folder: '/', notify: 'off' }),
    () => {}
  )
  const leaving = new AbortController()
  const port = {
    ...fakePort(),
    connect: async () => {
      const next = connects.shift() ?? null
      if (next instanceof Error) throw next
      return next
    }
  }
  const link = new ScreenLink(port, store, leaving.signal)
  const ended = link.run(first)
  onTestFinished(async () => {
    leaving.abort()
    await ended
  })
  const until = (what: string, condition: () => boolean) =>
    waitFor(condition, { timeoutMs: 10_000, what, everyMs: 5 })
  return { store, link, until, leave: () => leaving.abort(), ended }
}

describe('ScreenLink', () => {
  it('shows what the node says, and looks at the chunks of the job under the cursor', async () => {
    const { node, tell, looked } = scripted()
    const { store, until } = following([], node)
    tell(...sceneParts)
    await until('the chunks', () => store.state.chunks !== null)
    expect(store.state.link).toEqual({ status: 'live' })
    store.dispatch({ kind: 'pressed', key: press('G') })
    await until('the other job’s chunks', () => looked.length === 3)
    expect(looked).toEqual([sceneJobId, `left ${sceneJobId}`, 'f3f3f3f3f3'])
  })

  it('says that the node is gone, finds it again, and drops what is no more', async () => {
    const before = scripted()
    const after = scripted()
    const { store, link, until } = following([null, new Error('it is stuck'), after.node], before.node)
    before.tell(...sceneParts)
    await until('the first picture', () => store.state.feed.jobs.size === 6)
    before.end(new Error('the node went away'))
    await until('the loss to be seen', () => store.state.link.status === 'lost')
    expect(store.state.link).toEqual({ status: 'lost', reason: 'the node went away' })
    expect(store.state.feed.jobs.size).toBe(6)
    expect(link.node).toBeNull()
    after.tell(
      { kind: 'node', node: { ...sceneNode, name: 'again' } },
      { kind: 'job', row: jobRow('one') },
      { kind: 'synced' }
    )
    await until('the second picture', () => store.state.link.status === 'live')
    expect([...store.state.feed.jobs.keys()]).toEqual(['one'])
    expect(store.state.feed.node?.name).toBe('again')
  })

  it('ends when the screen is left, and closes its connection', async () => {
    const { node, tell } = scripted()
    const { store, until, leave, ended } = following([], node)
    tell(...sceneParts)
    await until('the picture', () => store.state.link.status === 'live')
    leave()
    await ended
    expect((node as ScreenNode & { closes: number }).closes).toBe(1)
  })

  it('puts parts that come together into one change', async () => {
    const { node, tell } = scripted()
    const { store, until } = following([], node)
    tell({ kind: 'synced' })
    await until('the start', () => store.state.link.status === 'live')
    const feeds = new Set<unknown>()
    store.subscribe(() => feeds.add(store.shown().feed.jobs))
    tell(...Array.from({ length: 50 }, (_, i): ScreenPart => ({ kind: 'job', row: jobRow(`j${i}`) })))
    await until('all of them', () => store.shown().feed.jobs.size === 50)
    expect(feeds.size).toBeLessThanOrEqual(2)
  })
})
