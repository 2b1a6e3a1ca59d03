import type { Connection } from '@libp2p/interface'
import type { PeerId } from '../../model/index.ts'
import type { Logger } from '../../protocol/index.ts'
import { backoffMs } from './backoff.ts'
import { dialsFirst } from './dial-rule.ts'
import type { MeshTimings } from './types.ts'

export interface DiallerSettings {
  self: PeerId
  timings: MeshTimings
}

export interface DiallerCollaborators {
  logger: Logger
  nowMs: () => number
  random: () => number
  isMember: (peer: PeerId) => boolean
  isLinked: (peer: PeerId) => boolean
  /** Where to try, best first; empty when nothing is known. */
  addressesOf: (peer: PeerId) => string[]
  dial: (peer: PeerId, addresses: string[]) => Promise<Connection>
}

interface Target {
  timer: NodeJS.Timeout | null
  dueMs: number
  dialling: boolean
  triedMs: number
  failures: number
  /** Fresh addresses came while a dial was under way. */
  refreshed: boolean
  lastError: string | null
}

/** However fast announcements come, one peer is dialled at most this often. */
const minPauseMs = 300

/** Keeps dialling members that are not connected: at once when seen, else after a growing pause. */
export class Dialler {
  readonly #settings: DiallerSettings
  readonly #with: DiallerCollaborators
  readonly #targets = new Map<PeerId, Target>()
  #stopped = false

  constructor(settings: DiallerSettings, collaborators: DiallerCollaborators) {
    this.#settings = settings
    this.#with = collaborators
  }

  /** It was seen just now, or there is another reason to believe that it can be reached. */
  seen(peer: PeerId): void {
    if (!this.#wanted(peer)) return
    const target = this.#target(peer)
    target.failures = 0
    if (target.dialling) target.refreshed = true
    else this.#plan(peer, this.#firstDelayMs(peer))
  }

  /** It is not connected any more, or a connection to it came to nothing. */
  lost(peer: PeerId, reason: string): void {
    if (!this.#wanted(peer)) return
    const target = this.#target(peer)
    target.lastError = reason
    // A try that is under way or planned counts itself.
    if (target.dialling || target.timer) return
    target.failures += 1
    this.#plan(peer, this.#backoff(peer, target.failures))
  }

  linked(peer: PeerId): void {
    const target = this.#target(peer)
    if (target.timer) clearTimeout(target.timer)
    target.timer = null
    target.failures = 0
    target.lastError = null
  }

  forget(isMember: (peer: PeerId) => boolean): void {
    for (const [peer, target] of this.#targets) {
      if (isMember(peer)) continue
      if (target.timer) clearTimeout(target.timer)
      this.#targets.delete(peer)
    }
  }

  isDialling(peer: PeerId): boolean {
    return this.#targets.get(peer)?.dialling ?? false
  }

  /** Why the last dial came to nothing; null when it did not, or none was tried. */
  lastError(peer: PeerId): string | null {
    return this.#targets.get(peer)?.lastError ?? null
  }

  stop(): void {
    this.#stopped = true
    for (const target of this.#targets.values()) if (target.timer) clearTimeout(target.timer)
    this.#targets.clear()
  }

  #wanted(peer: PeerId): boolean {
    return (
      !this.#stopped &&
      peer !== this.#settings.self &&
      this.#with.isMember(peer) &&
      !this.#with.isLinked(peer)
    )
  }

  #target(peer: PeerId): Target {
    const target = this.#targets.get(peer) ?? {
      timer: null,
      dueMs: 0,
      dialling: false,
      triedMs: Number.NEGATIVE_INFINITY,
      failures: 0,
      refreshed: false,
      lastError: null
    }
    this.#targets.set(peer, target)
    return target
  }

  #firstDelayMs(peer: PeerId): number {
    return dialsFirst(this.#settings.self, peer) ? 0 : this.#settings.timings.otherDialMs
  }

  #backoff(peer: PeerId, failures: number): number {
    const { redialMinMs: minMs, redialMaxMs: maxMs } = this.#settings.timings
    return Math.max(this.#firstDelayMs(peer), backoffMs(failures, { minMs, maxMs }, this.#with.random))
  }

  /** Dials after `delayMs`, or earlier if that was planned already. */
  #plan(peer: PeerId, delayMs: number): void {
    if (this.#stopped) return
    const target = this.#target(peer)
    const nowMs = this.#with.nowMs()
    const dueMs = Math.max(nowMs + delayMs, target.triedMs + minPauseMs)
    if (target.timer && target.dueMs <= dueMs) return
    if (target.timer) clearTimeout(target.timer)
    target.dueMs = dueMs
    target.timer = setTimeout(() => {
      target.timer = null
      void this.#try(peer, target)
    }, dueMs - nowMs)
  }

  async #try(peer: PeerId, target: Target): Promise<void> {
    if (!this.#wanted(peer) || target.dialling) return
    const addresses = this.#with.addressesOf(peer)
    // Nothing to try: its next announcement, or its own dial, brings an address.
    if (addresses.length === 0) return
    target.dialling = true
    target.refreshed = false
    target.triedMs = this.#with.nowMs()
    try {
      await this.#with.dial(peer, addresses)
    } catch (error) {
      target.lastError = describeDialError(error)
      this.#with.logger.debug({ peer, addresses, reason: target.lastError }, 'a dial came to nothing')
    }
    target.dialling = false
    if (!this.#wanted(peer)) return
    // Also after a dial that worked: what counts is the hello, which cancels this.
    if (target.refreshed) this.#plan(peer, this.#firstDelayMs(peer))
    else {
      target.failures += 1
      this.#plan(peer, Math.max(this.#backoff(peer, target.failures), minPauseMs))
    }
  }
}

const reasons: readonly [RegExp, string][] = [
  [/ECONNREFUSED/, 'nothing listens there: is the node running?'],
  [/EHOSTUNREACH|ENETUNREACH|EHOSTDOWN/, 'no route to it: is it on this network?'],
  [/ENOTFOUND|EAI_AGAIN/, 'its name is not known'],
  [/imeout|ETIMEDOUT|aborted/i, 'it does not answer: a firewall, or it is switched off'],
  [
    /ECONNRESET|closed connection|EPIPE|UnexpectedEOF|stream/i,
    'it closed the connection: is this machine a member there, too?'
  ],
  [/peer id|identity|payload/i, 'another node answers there now']
]

/** One line for a person. The errors of several addresses come together in one. */
export function describeDialError(error: unknown): string {
  const all = error instanceof AggregateError ? error.errors : [error]
  const texts = all.map((one) => (one instanceof Error ? `${one.name} ${one.message}` : String(one)))
  for (const [pattern, reason] of reasons) if (texts.some((text) => pattern.test(text))) return reason
  return texts[0]?.replaceAll(/\s+/g, ' ').slice(0, 200) ?? 'it could not be dialled'
}
