import type { PeerId, PeerMessage } from '../model/index.ts'
import type { LeaseMessage } from './lease/index.ts'
import { boundLeaseMessage } from './lease/index.ts'
import type { StealMessage } from './steal/index.ts'

/** Which channel a message between two schedulers takes, and its form there: without its sender. */
export type OnWire = { channel: 'steal'; message: StealMessage } | { channel: 'lease'; message: LeaseMessage }

export function toWire(message: PeerMessage): OnWire {
  switch (message.kind) {
    case 'steal':
      return { channel: 'steal', message: { kind: 'steal', request: message.request } }
    case 'grant':
      return { channel: 'steal', message: { kind: 'grant', answer: message.answer } }
    case 'lease-up':
      return { channel: 'lease', message: boundLeaseMessage({ kind: 'up', message: message.message }) }
    case 'lease-down':
      return { channel: 'lease', message: boundLeaseMessage({ kind: 'down', message: message.message }) }
  }
}

/** The message as the scheduler sees it. `from` is the authenticated end of the connection, never what a peer says. */
export function fromWire(from: PeerId, message: StealMessage | LeaseMessage): PeerMessage {
  switch (message.kind) {
    case 'steal':
      return { kind: 'steal', from, request: message.request }
    case 'grant':
      return { kind: 'grant', from, answer: message.answer }
    case 'up':
      return { kind: 'lease-up', from, message: message.message }
    case 'down':
      return { kind: 'lease-down', from, message: message.message }
  }
}
