/**
 * Everything that happened, in order, as one number: equal for two runs of a seed, and unequal as soon as anything
 * differs (FNV-1a over whole numbers). Words are kept only when somebody wants to read them.
 */
export class Trace {
  events = 0
  digest = 0x811c9dc5
  readonly #log: string[] | null

  constructor(log: string[] | null = null) {
    this.#log = log
  }

  /** @param numbers what else tells this event from others of its kind */
  add(atMs: number, who: number, what: string, a = 0, b = 0): void {
    this.events += 1
    let digest = Math.imul(this.digest ^ (atMs * 64), 0x01000193)
    digest = Math.imul(digest ^ who, 0x01000193)
    digest = Math.imul(digest ^ codeOf(what), 0x01000193)
    digest = Math.imul(digest ^ a, 0x01000193)
    this.digest = Math.imul(digest ^ b, 0x01000193) >>> 0
    if (this.#log) {
      const numbers = a || b ? ` ${a}.${b}` : ''
      this.#log.push(`${Math.round(atMs)} ${who < 0 ? '' : `n${who} `}${what}${numbers}`)
    }
  }
}

const codes = new Map<string, number>()

/** A word as a number; each is looked at once, since there are few. */
function codeOf(word: string): number {
  const known = codes.get(word)
  if (known !== undefined) return known
  let code = 0x811c9dc5
  for (let i = 0; i < word.length; i++) code = Math.imul(code ^ word.charCodeAt(i), 0x01000193)
  codes.set(word, code)
  return code
}
