import type { PeerId } from '../../model/index.ts'
import type { Logger, ProtocolErrorCode } from '../../protocol/index.ts'

/** Counts and logs what peers did against the protocols. */
export class Faults {
  readonly #logger: Logger
  readonly #counts = new Map<string, number>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  count(
    peer: PeerId,
    protocol: string,
    code: ProtocolErrorCode | 'too-fast' | 'not-a-member',
    message: string
  ): void {
    const key = `${protocol} ${code}`
    const times = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, times)
    this.#logger.warn({ peer, protocol, code, times }, `a peer's stream was closed: ${message}`)
  }

  all(): Record<string, number> {
    return Object.fromEntries(this.#counts)
  }
}
