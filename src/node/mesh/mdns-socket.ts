import multicastDns from 'multicast-dns'
import type { PeerId } from '../../model/index.ts'
import { isNeighbour, type NetworkInterface } from './interfaces.ts'
import { announcedBy, answersFor, asksFor, questionFor } from './mdns-records.ts'

export interface MdnsSettings {
  serviceTag: string
  /** A random label that tells this run of the node from every other on the LAN. */
  instance: string
  self: PeerId
  port: number
  netInterface: NetworkInterface
  /** What to announce on this interface. */
  addresses: () => readonly string[]
}

export interface MdnsCollaborators {
  /** Something did not work: told to the log, not too often. */
  complain: (netInterface: NetworkInterface, what: string, error: Error) => void
  onPeer: (peer: PeerId, addresses: string[]) => void
  /** The socket cannot be used any more; it has closed itself. */
  onBroken: (error: Error) => void
}

/** Asks and answers in quick succession when an interface appears: the first packets of a fresh link get lost. */
const quickMs = [0, 1_000, 3_000]
/** Answers to many questions within this time are one answer: it is multicast, everybody hears it. */
const answerPauseMs = 250

/** mDNS on one network interface: asks for the mesh's nodes, and answers with this interface's addresses only. */
export class MdnsSocket {
  readonly #settings: MdnsSettings
  readonly #collaborators: MdnsCollaborators
  readonly #mdns: multicastDns.MulticastDNS
  readonly #timers = new Set<NodeJS.Timeout>()
  #pausing = false
  #askedAgain = false
  #closed = false

  constructor(settings: MdnsSettings, collaborators: MdnsCollaborators) {
    this.#settings = settings
    this.#collaborators = collaborators
    const own = settings.netInterface.addresses.find((address) => address.family === 4)
    this.#mdns = multicastDns({
      port: settings.port,
      ...(own ? { interface: own.address } : {}),
      // Bound to the interface's own address the socket would hear no multicast at all.
      bind: '0.0.0.0',
      // Other nodes on this machine must hear it too.
      loopback: true
    })
    this.#mdns.on('query', (packet, from) => {
      // Bound to all addresses, every socket hears every interface: each answers its own neighbours only.
      if (
        asksFor(packet.questions, settings.serviceTag) &&
        isNeighbour(settings.netInterface, from.address)
      ) {
        this.#answerSoon()
      }
    })
    this.#mdns.on('response', (packet) => {
      const records = [...(packet.answers ?? []), ...(packet.additionals ?? [])]
      const found = announcedBy(records, settings.serviceTag, settings.instance)
      if (found && found.peer !== settings.self) collaborators.onPeer(found.peer, found.addresses)
    })
    this.#mdns.on('warning', (error: Error) => this.#complain('mDNS trouble', error))
    this.#mdns.on('error', (error: Error) => {
      this.#complain('mDNS cannot use this interface', error)
      this.close()
      collaborators.onBroken(error)
    })
    for (const delayMs of quickMs) {
      this.#later(delayMs, () => {
        this.query()
        this.#answer()
      })
    }
  }

  /** Asks who else is there. */
  query(): void {
    if (this.#closed) return
    this.#mdns.query({ questions: questionFor(this.#settings.serviceTag) }, this.#onSent)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#mdns.destroy()
  }

  /** At once, but not more often than every `answerPauseMs`; who asked in between is answered at its end. */
  #answerSoon(): void {
    if (this.#pausing) {
      this.#askedAgain = true
      return
    }
    this.#pausing = true
    this.#answer()
    this.#later(answerPauseMs, () => {
      this.#pausing = false
      if (!this.#askedAgain) return
      this.#askedAgain = false
      this.#answerSoon()
    })
  }

  #answer(): void {
    if (this.#closed) return
    const { serviceTag, instance, self, addresses } = this.#settings
    const announced = addresses()
    if (announced.length === 0) return
    this.#mdns.respond(answersFor(serviceTag, instance, self, announced), this.#onSent)
  }

  readonly #onSent = (error: Error | null): void => {
    if (error && !this.#closed) this.#complain('mDNS could not send', error)
  }

  #complain(what: string, error: Error): void {
    this.#collaborators.complain(this.#settings.netInterface, what, error)
  }

  #later(delayMs: number, callback: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      callback()
    }, delayMs)
    this.#timers.add(timer)
  }
}
