import { setTimeout as delay } from 'node:timers/promises'

export interface WaitOptions {
  /** Generous: it is only reached when something is wrong. */
  timeoutMs: number
  /** What is waited for, as the end of "timed out waiting for …". */
  what: string
  /** Pause between two looks. */
  everyMs?: number
}

const witnesses = new Set<() => string>()

/**
 * Adds a witness whose words (usually the tails of logs) are printed when a wait fails.
 * @returns a function that takes it away again
 */
export function addWitness(witness: () => string): () => void {
  witnesses.add(witness)
  return () => witnesses.delete(witness)
}

/** What all witnesses have to say now. */
export const testimony = (): string => [...witnesses].map((witness) => witness()).join('\n')

/**
 * Looks at a condition again and again until it holds.
 *
 * A condition that throws counts as not yet holding; its last error is part of the message when time runs out.
 * @returns the condition's first value that is not false, null, undefined, 0 or ''
 * @throws Error after `timeoutMs`, with what was waited for and the testimony of all witnesses
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: WaitOptions
): Promise<NonNullable<Exclude<T, false>>> {
  const startMs = performance.now()
  let lastError: unknown
  for (;;) {
    try {
      const value = await condition()
      if (value) return value as NonNullable<Exclude<T, false>>
      lastError = undefined
    } catch (error) {
      lastError = error
    }
    const waitedMs = performance.now() - startMs
    if (waitedMs > options.timeoutMs) {
      const because = lastError === undefined ? '' : `; last look failed: ${messageOf(lastError)}`
      throw new Error(
        `timed out after ${Math.round(waitedMs)} ms waiting for ${options.what}${because}\n${testimony()}`
      )
    }
    await delay(options.everyMs ?? 100)
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
