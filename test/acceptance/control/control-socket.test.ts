import { existsSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  type ControlError,
  type ControlHandlers,
  type ControlServerSettings,
  connectControl,
  startControlServer
} from '../../../src/node/control/index.ts'
import { NodeError } from '../../../src/node/errors.ts'
import { fakeHandlers, jobView, nodeInfo } from '../../support/control.ts'
import { queueChoices } from '../../support/queue-choices.ts'
import { eventually, RawClient, temporaryFolder } from './fakes.ts'

const timeoutMs = 5_000

async function serving(given: Partial<ControlHandlers>, settings: Partial<ControlServerSettings> = {}) {
  const folder = temporaryFolder()
  const troubles: string[] = []
  const socketPath = join(folder.path, 'node.sock')
  const server = await startControlServer(
    { socketPath, version: '1.2.3', ...settings },
    fakeHandlers(given),
    (what, error) => troubles.push(`${what}: ${(error as Error).message}`)
  )
  return {
    socketPath,
    server,
    troubles,
    async [Symbol.asyncDispose]() {
      await server.close()
      folder[Symbol.dispose]()
    }
  }
}

const failure = (promise: Promise<unknown>): Promise<ControlError> =>
  promise.then(
    () => {
      throw new Error('it should have failed')
    },
    (error: ControlError) => error
  )

const planParams = { ...queueChoices, sources: ['/a.mov'] }
const oneAtOnce = { limits: { maxInFlight: 1 } }

/** A handler that plans until nobody waits for it any more. */
function planThatWaits() {
  const plan = {
    begun: 0,
    ended: 0,
    async handler(_: unknown, signal?: AbortSignal): Promise<never> {
      plan.begun += 1
      await new Promise((resolve) => signal?.addEventListener('abort', resolve))
      plan.ended += 1
      throw new NodeError('plan-ended', 'the plan was ended')
    }
  }
  return plan
}

describe('the control socket', () => {
  it('answers a call with the handler’s result and tells version and process first', async () => {
    await using node = await serving({ info: async () => nodeInfo })
    const client = await connectControl(node.socketPath, { timeoutMs })
    expect(client.node).toEqual({ version: '1.2.3', pid: process.pid })
    expect(await client.call('info', {})).toEqual(nodeInfo)
    client.close()
    await client.closed
  })

  it('can be opened by its user alone, and leaves no file behind', async () => {
    const node = await serving({})
    expect(statSync(node.socketPath).mode & 0o777).toBe(0o600)
    await node[Symbol.asyncDispose]()
    expect(existsSync(node.socketPath)).toBe(false)
  })

  it('passes the node’s refusal on with its code, hint and exit status', async () => {
    const refusal = Object.assign(new Error('no preset named `dnx`'), {
      code: 'unknown-preset',
      hint: 'Did you mean dnxhr_sq',
      exitStatus: 2
    })
    await using node = await serving({ queue: () => Promise.reject(refusal) })
    const client = await connectControl(node.socketPath, { timeoutMs })
    const params = { ...queueChoices, sources: ['/a.mov'], preset: 'dnx' }
    const error = await failure(client.call('queue', params))
    expect(error.code).toBe('refused-by-node')
    expect(error.wire).toEqual({
      code: 'unknown-preset',
      message: 'no preset named `dnx`',
      hint: 'Did you mean dnxhr_sq',
      exitStatus: 2
    })
    expect(node.troubles).toEqual([])
    client.close()
  })

  it('logs a handler that broke and calls it unexpected', async () => {
    await using node = await serving({ jobs: () => Promise.reject(new TypeError('x is undefined')) })
    const client = await connectControl(node.socketPath, { timeoutMs })
    const error = await failure(client.call('jobs', {}))
    expect(error.wire.code).toBe('internal')
    expect(error.wire.message).toContain('x is undefined')
    expect(node.troubles).toEqual(['jobs broke: x is undefined'])
    client.close()
  })

  it('refuses wrong parameters and unknown methods, and keeps the connection', async () => {
    await using node = await serving({ info: async () => nodeInfo })
    const client = new RawClient(node.socketPath)
    await client.next()
    client.send('{"id":1,"method":"job","params":{"id":7}}\n')
    expect(await client.next()).toMatchObject({
      id: 1,
      error: { code: 'bad-params', exitStatus: 2, message: expect.stringContaining('id') }
    })
    client.send('{"id":2,"method":"toString","params":{}}\n')
    expect(await client.next()).toMatchObject({
      id: 2,
      error: { code: 'unknown-method', message: expect.stringContaining('toString') }
    })
    client.send('{"id":3,"method":"info","params":{"extra":1}}\n')
    expect(await client.next()).toMatchObject({ id: 3, result: { name: 'tower' } })
    client.socket.destroy()
  })

  it('cuts off a client that sends garbage, says why, and serves the others', async () => {
    await using node = await serving({ info: async () => nodeInfo })
    const bystander = await connectControl(node.socketPath, { timeoutMs })
    const client = new RawClient(node.socketPath)
    await client.next()
    client.send('GET / HTTP/1.1\n')
    expect(await client.next()).toMatchObject({ id: 0, error: { code: 'bad-request' } })
    await client.closed
    expect(node.troubles).toHaveLength(1)
    expect(await bystander.call('info', {})).toEqual(nodeInfo)
    bystander.close()
  })

  it('cuts off a line beyond the limit without holding it', async () => {
    await using node = await serving({}, { limits: { maxLineBytes: 1000 } })
    const client = new RawClient(node.socketPath)
    await client.next()
    client.send('x'.repeat(5000))
    expect(await client.next()).toMatchObject({ id: 0, error: { code: 'line-too-long' } })
    await client.closed
  })

  it('takes several requests in one write, and one request in several writes', async () => {
    await using node = await serving({ info: async () => nodeInfo, roots: async () => ({ roots: [] }) })
    const client = new RawClient(node.socketPath)
    await client.next()
    client.send('{"id":1,"method":"info","params":{}}\n{"id":2,"method":"roots","params":{}}\n{"id":3,"met')
    expect([(await client.next()).id, (await client.next()).id].sort()).toEqual([1, 2])
    client.send('hod":"info","params":{}}\n')
    expect(await client.next()).toMatchObject({ id: 3 })
    client.socket.destroy()
  })

  it('bounds the requests that one client has under way', async () => {
    const release: (() => void)[] = []
    await using node = await serving(
      { roots: () => new Promise((resolve) => release.push(() => resolve({ roots: [] }))) },
      { limits: { maxInFlight: 2 } }
    )
    const client = await connectControl(node.socketPath, { timeoutMs })
    const first = [client.call('roots', {}), client.call('roots', {})]
    expect((await failure(client.call('roots', {}))).wire.code).toBe('too-many-requests')
    for (const go of release) go()
    expect(await Promise.all(first)).toHaveLength(2)
    client.close()
  })

  it('streams events until the command leaves, and ends the handler’s stream then', async () => {
    let ended = false
    await using node = await serving({
      async *watchJobs(_, signal) {
        try {
          yield jobView('one')
          yield jobView('two')
          await new Promise((resolve) => signal.addEventListener('abort', resolve))
        } finally {
          ended = true
        }
      }
    })
    const client = await connectControl(node.socketPath, { timeoutMs })
    const leave = new AbortController()
    const seen: string[] = []
    for await (const job of client.stream('watchJobs', { ids: null }, leave.signal)) {
      seen.push(job.id)
      if (seen.length === 2) leave.abort()
    }
    expect(seen).toEqual(['one', 'two'])
    await eventually(() => ended, 'the end of the handler’s stream')
    client.close()
  })

  it('ends the handler’s stream when the command dies', async () => {
    let aborted = false
    await using node = await serving({
      async *watchJobs(_, signal) {
        yield jobView('one')
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        aborted = true
      }
    })
    const client = new RawClient(node.socketPath)
    await client.next()
    client.send('{"id":1,"method":"watchJobs","params":{"ids":null}}\n')
    expect(await client.next()).toMatchObject({ id: 1, event: { id: 'one' } })
    client.socket.destroy()
    await eventually(() => aborted, 'the abort')
    expect(node.troubles).toEqual([])
  })

  it('never waits for a client that does not read: it gets the newest event of each job later', async () => {
    const note = 'n'.repeat(4000)
    const rounds = 3000
    let producedAll = false
    await using node = await serving({
      async *watchJobs() {
        for (let round = 1; round <= rounds; round++) {
          yield jobView('one', { note, progress: { units: round, totalUnits: rounds, fps: 0, leftMs: null } })
          yield jobView('two', { note, progress: { units: round, totalUnits: rounds, fps: 0, leftMs: null } })
          if (round % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
        }
        producedAll = true
      }
    })
    const client = new RawClient(node.socketPath)
    await client.next()
    client.socket.pause()
    client.send('{"id":1,"method":"watchJobs","params":{"ids":null}}\n')
    await eventually(() => producedAll, 'a handler that was never held back')
    client.socket.resume()
    const last = new Map<string, number>()
    let count = 0
    for (;;) {
      const reply = await client.next()
      if ('end' in reply) break
      if (!('event' in reply)) throw new Error(`unexpected ${JSON.stringify(reply)}`)
      const job = reply.event as unknown as ReturnType<typeof jobView>
      expect(job.progress.units).toBeGreaterThan(last.get(job.id) ?? 0)
      last.set(job.id, job.progress.units)
      count += 1
    }
    expect([...last]).toEqual([
      ['one', rounds],
      ['two', rounds]
    ])
    expect(count).toBeLessThan(rounds)
    client.socket.destroy()
  })

  it('drops a client that asks on and on without reading, and stays small and responsive', async () => {
    const big = { jobs: [jobView('one', { note: 'n'.repeat(100_000) })] }
    await using node = await serving(
      { jobs: async () => big, info: async () => nodeInfo },
      { limits: { maxOutgoingBytes: 1_000_000, maxInFlight: 1000 } }
    )
    const client = new RawClient(node.socketPath)
    await client.next()
    client.socket.pause()
    for (let id = 1; id <= 200; id++) client.send(`{"id":${id},"method":"jobs","params":{}}\n`)
    await eventually(() => node.server.clientCount() === 0, 'the client to be dropped')
    expect(node.troubles[0]).toContain('does not read')
    const other = await connectControl(node.socketPath, { timeoutMs })
    expect(await other.call('info', {})).toEqual(nodeInfo)
    other.close()
    client.socket.destroy()
  })

  it('tells every waiting command when the node goes away', async () => {
    const node = await serving({
      roots: () => new Promise(() => {}),
      async *watchJobs(_, signal) {
        yield jobView('one')
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
      }
    })
    const client = await connectControl(node.socketPath, { timeoutMs })
    const waiting = failure(client.call('roots', {}))
    await node[Symbol.asyncDispose]()
    const error = await waiting
    expect(error.code).toBe('connection-lost')
    expect(error.wire.exitStatus).toBe(3)
    expect((await failure(client.call('info', {}))).code).toBe('connection-lost')
  })

  it('gives a call a deadline, and tells the handler that nobody waits any more', async () => {
    const plan = planThatWaits()
    await using node = await serving({ plan: plan.handler })
    const client = await connectControl(node.socketPath, { timeoutMs })
    const error = await failure(client.call('plan', planParams, { timeoutMs: 30 }))
    expect(error.code).toBe('timed-out')
    await eventually(() => plan.ended === 1, 'the end of the plan')
    client.close()
  })

  it('tells the handler when the command gives a call up, and serves its next call', async () => {
    const plan = planThatWaits()
    await using node = await serving({ plan: plan.handler, info: async () => nodeInfo }, oneAtOnce)
    const client = await connectControl(node.socketPath, { timeoutMs })
    const leave = new AbortController()
    const call = failure(client.call('plan', planParams, { signal: leave.signal }))
    await eventually(() => plan.begun === 1, 'the beginning of the plan')
    leave.abort()
    expect(await call).toBe(leave.signal.reason)
    await eventually(() => plan.ended === 1, 'the end of the plan')
    expect(await client.call('info', {})).toEqual(nodeInfo)
    expect(node.troubles).toEqual([])
    client.close()
  })

  it('tells the handler when the command dies in the middle of a call', async () => {
    const plan = planThatWaits()
    await using node = await serving({ plan: plan.handler })
    const client = new RawClient(node.socketPath)
    await client.next()
    client.send(`${JSON.stringify({ id: 1, method: 'plan', params: planParams })}\n`)
    await eventually(() => plan.begun === 1, 'the beginning of the plan')
    client.socket.destroy()
    await eventually(() => plan.ended === 1, 'the end of the plan')
    expect(node.troubles).toEqual([])
  })

  it('refuses a call by the number of one that is under way', async () => {
    await using node = await serving({ roots: () => new Promise(() => {}) })
    const client = new RawClient(node.socketPath)
    await client.next()
    for (let i = 0; i < 2; i++) client.send('{"id":1,"method":"roots","params":{}}\n')
    expect(await client.next()).toMatchObject({ id: 1, error: { code: 'bad-params' } })
    client.socket.destroy()
  })
})

describe('starting where something is already', () => {
  it('replaces the socket of a node that died', async () => {
    using folder = temporaryFolder()
    const socketPath = join(folder.path, 'node.sock')
    // What a killed process leaves: a socket file that nobody listens on.
    const dead = createServer().listen(socketPath)
    await new Promise((resolve) => dead.once('listening', resolve))
    const { renameSync } = await import('node:fs')
    renameSync(socketPath, `${socketPath}.kept`)
    await new Promise((resolve) => dead.close(resolve))
    renameSync(`${socketPath}.kept`, socketPath)
    expect((await failure(connectControl(socketPath, { timeoutMs }))).code).toBe('not-running')
    const server = await startControlServer(
      { socketPath, version: '1' },
      fakeHandlers({ info: async () => nodeInfo })
    )
    const client = await connectControl(socketPath, { timeoutMs })
    expect(await client.call('info', {})).toEqual(nodeInfo)
    client.close()
    await server.close()
  })

  it('replaces a plain file and a claim whose process is gone', async () => {
    using folder = temporaryFolder()
    const socketPath = join(folder.path, 'node.sock')
    writeFileSync(socketPath, '')
    writeFileSync(`${socketPath}.claim`, '999999999')
    const server = await startControlServer({ socketPath, version: '1' }, fakeHandlers({}))
    expect(statSync(socketPath).isSocket()).toBe(true)
    expect(existsSync(`${socketPath}.claim`)).toBe(false)
    await server.close()
  })

  it('refuses when a node of this home is alive, with its process', async () => {
    await using node = await serving({})
    const error = await failure(
      startControlServer({ socketPath: node.socketPath, version: '1' }, fakeHandlers({}))
    )
    expect(error.code).toBe('already-running')
    expect(error.data.pid).toBe(process.pid)
    const client = await connectControl(node.socketPath, { timeoutMs })
    client.close()
  })

  it('lets exactly one of many simultaneous starts win over a stale socket', async () => {
    using folder = temporaryFolder()
    const socketPath = join(folder.path, 'node.sock')
    writeFileSync(socketPath, '')
    const starts = await Promise.allSettled(
      Array.from({ length: 8 }, () => startControlServer({ socketPath, version: '1' }, fakeHandlers({})))
    )
    const won = starts.filter((start) => start.status === 'fulfilled')
    const lost = starts.filter((start) => start.status === 'rejected')
    expect(won).toHaveLength(1)
    expect(new Set(lost.map((start) => start.reason.code))).toEqual(new Set(['already-running']))
    const client = await connectControl(socketPath, { timeoutMs })
    client.close()
    await won[0]?.value.close()
  })

  it('says that a node is stuck when it accepts but says nothing', async () => {
    using folder = temporaryFolder()
    const socketPath = join(folder.path, 'node.sock')
    const mute = createServer(() => {}).listen(socketPath)
    await new Promise((resolve) => mute.once('listening', resolve))
    const error = await failure(connectControl(socketPath, { timeoutMs: 50 }))
    expect(error.code).toBe('not-responding')
    expect(error.wire.exitStatus).toBe(3)
    await new Promise((resolve) => mute.close(resolve))
  })

  it('says which version runs when the languages differ', async () => {
    using folder = temporaryFolder()
    const socketPath = join(folder.path, 'node.sock')
    const old = createServer((socket) => socket.end('{"hello":{"control":0,"version":"0.0.9","pid":42}}\n'))
    old.listen(socketPath)
    await new Promise((resolve) => old.once('listening', resolve))
    const error = await failure(connectControl(socketPath, { timeoutMs }))
    expect(error.code).toBe('version-mismatch')
    expect(error.message).toContain('0.0.9')
    await new Promise((resolve) => old.close(resolve))
  })

  it('says that no node runs where there is no socket', async () => {
    const error = await failure(connectControl('/nonexistent/node.sock', { timeoutMs }))
    expect(error.code).toBe('not-running')
    expect(error.wire.exitStatus).toBe(3)
  })
})
