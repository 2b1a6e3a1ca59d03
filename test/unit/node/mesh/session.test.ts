import { describe, expect, it } from 'vitest'
import type { PeerId } from '../../../../src/model/index.ts'
import type { ChannelName, Line, LineEvents } from '../../../../src/node/mesh/line.ts'
import { Session } from '../../../../src/node/mesh/session.ts'
import { type Hello, ProtocolError } from '../../../../src/protocol/index.ts'

const hello: Hello = {
  protocol: 1,
  meshId: '0'.repeat(32),
  name: 'tower',
  version: '1.0.0',
  ffmpegVersion: '5.1.9',
  bootId: 'boot-1',
  agreement: '1',
  rosterDigest: '0'.repeat(64),
  addresses: []
}

/** A session on a connection that does what the test says, with timers that fire when it says so. */
function sessionOn(dialledBySelf: boolean, refusal: string | null = null) {
  const did: string[] = []
  const timers: { delayMs: number; run: () => void }[] = []
  const opening: { name: ChannelName; done: (trouble: ProtocolError | null) => void }[] = []
  let events: LineEvents | null = null
  let answer: (heard: Hello | ProtocolError) => void = () => {}
  const line: Line = {
    id: 'c1',
    dialledBySelf,
    attach: (given) => {
      events = given
    },
    sayHello: (_, heard) => {
      answer = heard
    },
    open: (name, done) => void opening.push({ name, done }),
    send: (name) => {
      did.push(`send on ${name}`)
      return 'sent'
    },
    busy: () => false,
    hangUp: () => void did.push('hang up'),
    close: (reason) => void did.push(`close: ${reason}`),
    ended: () => {}
  }
  const session = new Session('peer' as PeerId, line, {
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    nowMs: () => 0,
    later: (delayMs, run) => {
      timers.push({ delayMs, run })
      return () => {}
    },
    ownHello: () => hello,
    judge: () => refusal,
    onReady: () => void did.push('ready'),
    onBytes: () => {},
    onStatusMessage: () => {},
    onPeerMessage: () => {}
  })
  const opened = (trouble: ProtocolError | null = null) => {
    for (const { done } of opening.splice(0)) done(trouble)
  }
  return {
    session,
    did,
    timers,
    opening,
    opened,
    heard: (a: Hello | ProtocolError) => answer(a),
    events: events! as LineEvents
  }
}

/** Runs what waits for so long. */
function fire(timers: { delayMs: number; run: () => void }[], delayMs: number) {
  const at = timers.findIndex((timer) => timer.delayMs === delayMs)
  expect(at).not.toBe(-1)
  for (const { run } of timers.splice(at, 1)) run()
}

const trouble = new ProtocolError('timed-out', 'no answer in time')

describe('a session at the end that dialled', () => {
  it('opens the three kept streams after hello, and is ready when all are there', () => {
    const { session, did, opening, heard } = sessionOn(true)
    session.greet()
    expect(opening).toEqual([])
    heard(hello)
    expect(opening.map(({ name }) => name)).toEqual(['status', 'steal', 'lease'])
    const [first, second, third] = opening
    first?.done(null)
    second?.done(null)
    expect(did).toEqual([])
    third?.done(null)
    expect(did).toEqual(['ready'])
  })

  it('opens only the status stream to a peer that gets no work, and sends it no messages', () => {
    const { session, did, opening, opened, heard } = sessionOn(true, 'another version')
    session.greet()
    heard(hello)
    expect(opening.map(({ name }) => name)).toEqual(['status'])
    opened()
    expect(did).toEqual(['ready'])
    const steal = {
      kind: 'steal',
      from: 'peer' as PeerId,
      request: { requestId: 1, slots: 1, io: 0 }
    } as const
    expect(session.send(steal)).toBe(false)
  })

  it('opens a stream that was lost again after a second, and again when that fails', () => {
    const { session, timers, opening, opened, heard, events } = sessionOn(true)
    session.greet()
    heard(hello)
    opened()
    events.onLost('lease')
    fire(timers, 1_000)
    expect(opening.map(({ name }) => name)).toEqual(['lease'])
    opened(trouble)
    fire(timers, 1_000)
    expect(opening.map(({ name }) => name)).toEqual(['lease'])
  })

  it('gives a connection up whose stream does not come back', () => {
    const { session, did, timers, opened, heard, events } = sessionOn(true)
    session.greet()
    heard(hello)
    opened()
    events.onLost('lease')
    fire(timers, 1_000)
    opened(trouble)
    fire(timers, 15_000)
    expect(did).toEqual(['ready', 'close: its lease stream broke, and did not come back'])
  })

  it('closes the connection when no hello comes, or a stream cannot be opened', () => {
    const mute = sessionOn(true)
    mute.session.greet()
    mute.heard(trouble)
    expect(mute.did).toEqual(['close: no hello: no answer in time'])
    const narrow = sessionOn(true)
    narrow.session.greet()
    narrow.heard(hello)
    narrow.opened(trouble)
    expect(narrow.did).toEqual(['close: no hello: no answer in time'])
    expect(narrow.session.ready).toBe(false)
  })
})

describe('a session at the other end', () => {
  const accept = (session: Session, name: ChannelName): boolean => {
    let kept = false
    const isExpected = session.accept(name, () => {
      kept = true
    })
    expect(kept).toBe(isExpected)
    return isExpected
  }

  it('keeps no stream before hello, and is ready when all three are there', () => {
    const { session, did } = sessionOn(false)
    expect(accept(session, 'status')).toBe(false)
    session.greetedBy(hello)
    expect(['status', 'steal'].map((name) => accept(session, name as ChannelName))).toEqual([true, true])
    expect(did).toEqual([])
    expect(accept(session, 'lease')).toBe(true)
    expect(did).toEqual(['ready'])
  })

  it('keeps only the status stream of a peer that gets no work', () => {
    const { session, did } = sessionOn(false, 'another version')
    session.greetedBy(hello)
    expect(accept(session, 'lease')).toBe(false)
    expect(accept(session, 'status')).toBe(true)
    expect(did).toEqual(['ready'])
  })

  it('leaves it to the other end to open a lost stream again, and gives the connection up when it does not', () => {
    const { session, did, timers, opening, events } = sessionOn(false)
    session.greetedBy(hello)
    for (const name of ['status', 'steal', 'lease'] as const) accept(session, name)
    events.onLost('steal')
    accept(session, 'steal')
    fire(timers, 15_000)
    expect(did).toEqual(['ready'])
    // The other end may not know that it was lost.
    events.onLost('steal')
    fire(timers, 15_000)
    expect(opening).toEqual([])
    expect(did).toEqual(['ready', 'close: its steal stream broke, and did not come back'])
  })
})
