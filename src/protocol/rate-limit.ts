/** A pace: `perSecond` on average, `burst` at once. */
export interface Rate {
  perSecond: number
  burst: number
}

/** Token bucket. Time comes from outside, in monotonic milliseconds. */
export class RateLimiter {
  readonly #rate: Rate
  #tokens: number
  #atMs: number

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate
    this.#tokens = rate.burst
    this.#atMs = nowMs
  }

  /** Takes one token if there is one. */
  tryTake(nowMs: number): boolean {
    this.#refill(nowMs)
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }

  /** Takes one token, on credit if need be, and says how long to wait before going on: 0 within the pace. */
  take(nowMs: number): number {
    this.#refill(nowMs)
    this.#tokens -= 1
    return this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens * 1000) / this.#rate.perSecond)
  }

  #refill(nowMs: number): void {
    const passedMs = Math.max(0, nowMs - this.#atMs)
    this.#atMs = Math.max(this.#atMs, nowMs)
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + (passedMs * this.#rate.perSecond) / 1000)
  }
}

/** One limiter for each peer, forgotten once it has been idle long enough to be full again. */
export class PeerRates {
  readonly #rate: Rate
  readonly #limiters = new Map<string, { limiter: RateLimiter; usedMs: number }>()

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** False when this peer is above its pace. */
  tryTake(peer: string, nowMs: number): boolean {
    const fullAfterMs = (this.#rate.burst / this.#rate.perSecond) * 1000
    for (const [id, entry] of this.#limiters)
      if (nowMs - entry.usedMs > fullAfterMs) this.#limiters.delete(id)
    const entry = this.#limiters.get(peer) ?? { limiter: new RateLimiter(this.#rate, nowMs), usedMs: nowMs }
    entry.usedMs = nowMs
    this.#limiters.set(peer, entry)
    return entry.limiter.tryTake(nowMs)
  }
}
