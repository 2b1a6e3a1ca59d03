import { describe, expect, it } from 'vitest'
import { TimelineError } from '../../../../src/timeline/errors.ts'
import type { Bridge } from '../../../../src/timeline/resolve/bridge.ts'
import { resolveSession } from '../../../../src/timeline/resolve/session.ts'

type Answer = (method: string, params: Readonly<Record<string, unknown>>) => unknown

/** A bridge that answers as told and ends when told. */
class PretendBridge implements Bridge {
  readonly runtime = 'Pretend 1'
  readonly asked: string[] = []
  ended = false
  readonly #answer: Answer

  constructor(answer: Answer) {
    this.#answer = answer
  }

  async ask(method: string, params: Readonly<Record<string, unknown>>): Promise<unknown> {
    this.asked.push(method)
    return await this.#answer(method, params)
  }

  async close(): Promise<void> {
    this.ended = true
  }
}

const hello = {
  product: 'DaVinci Resolve Studio',
  version: '20.3',
  page: 'edit',
  project: { id: 'p1', name: 'Film' }
}

function ends(this: void): never {
  throw new TimelineError('resolve-bridge', 'it ended')
}

const noStart = (): Promise<Bridge> => Promise.reject(new RangeError('not to be started'))

describe('resolveSession', () => {
  it('starts a bridge that ended again and asks it the same', async () => {
    const first = new PretendBridge(() => {
      first.ended = true
      return ends()
    })
    const second = new PretendBridge(() => hello)
    const session = resolveSession(first, async () => second)
    expect((await session.hello()).project).toEqual({ id: 'p1', name: 'Film' })
    expect([first.asked, second.asked]).toEqual([['hello'], ['hello']])
  })

  it('gives up when the second one ends over it too, and starts a third for the next request', async () => {
    let started = 0
    const broken = (): PretendBridge => {
      const bridge = new PretendBridge(() => {
        bridge.ended = true
        return started < 2 ? ends() : hello
      })
      return bridge
    }
    const session = resolveSession(broken(), async () => {
      started++
      return broken()
    })
    await expect(session.hello()).rejects.toMatchObject({ code: 'resolve-bridge' })
    expect(started).toBe(1)
    expect((await session.hello()).studio).toBe(true)
    expect(started).toBe(2)
  })

  it('does not ask again what Resolve kept silent about', async () => {
    const bridge = new PretendBridge(() => {
      throw new TimelineError('resolve-silent', 'it said nothing')
    })
    await expect(resolveSession(bridge, noStart).hello()).rejects.toMatchObject({ code: 'resolve-silent' })
    expect(bridge.asked).toEqual(['hello'])
  })

  it('asks one thing at a time, and goes on after one that failed', async () => {
    let busy = 0
    const bridge = new PretendBridge(async (method) => {
      expect(++busy).toBe(1)
      await Promise.resolve()
      busy--
      if (method === 'timelines') throw new TimelineError('resolve-no-project', 'none')
      return hello
    })
    const session = resolveSession(bridge, noStart)
    const [first, second, third] = await Promise.allSettled([
      session.hello(),
      session.timelines(),
      session.hello()
    ])
    expect([first?.status, second?.status, third?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('says that an answer is not understood, and stays usable', async () => {
    const bridge = new PretendBridge((method) => (method === 'pool' ? { media: 'many' } : hello))
    const session = resolveSession(bridge, noStart)
    await expect(session.pool()).rejects.toMatchObject({ code: 'resolve-failed' })
    expect((await session.hello()).version).toBe('20.3')
  })

  it('takes what is absent for null, as Lua tells it', async () => {
    const session = resolveSession(new PretendBridge(() => ({ version: '20.3' })), noStart)
    expect(await session.hello()).toEqual({
      product: 'DaVinci Resolve',
      version: '20.3',
      studio: false,
      page: null,
      project: null
    })
  })

  it('answers nothing after it was closed', async () => {
    const bridge = new PretendBridge(() => hello)
    const session = resolveSession(bridge, noStart)
    await session.close()
    expect(bridge.ended).toBe(true)
    await expect(session.hello()).rejects.toMatchObject({ code: 'resolve-closed' })
  })

  it('closes a bridge that was being started meanwhile', async () => {
    const first = new PretendBridge(() => hello)
    first.ended = true
    const second = new PretendBridge(() => hello)
    const starting = Promise.withResolvers<Bridge>()
    const begun = Promise.withResolvers<void>()
    const session = resolveSession(first, () => {
      begun.resolve()
      return starting.promise
    })
    const asked = session.hello()
    await begun.promise
    const closed = session.close()
    starting.resolve(second)
    await expect(asked).rejects.toMatchObject({ code: 'resolve-closed' })
    await closed
    expect([second.asked, second.ended]).toEqual([[], true])
  })

  it('passes the project on, so that no clip of another one is linked', async () => {
    const seen: unknown[] = []
    const bridge = new PretendBridge((_, params) => {
      seen.push(params)
      return { done: true }
    })
    const session = resolveSession(bridge, noStart)
    expect(await session.link({ projectId: 'p1', mediaId: 'm1', proxyPath: '/p.mov' })).toBe(true)
    expect(seen).toEqual([{ project: 'p1', media: 'm1', path: '/p.mov' }])
  })
})
