/** Something that must never be was. */
export class Violation extends Error {
  /** The rule of DESIGN section 10: S1–S11, or L1… for the liveness ones. */
  readonly invariant: string
  constructor(invariant: string, message: string) {
    super(`${invariant}: ${message}`)
    this.name = 'Violation'
    this.invariant = invariant
  }
}

/** Where it is asked after every turn, and the words must cost nothing. */
export function fail(invariant: string, message: string): never {
  throw new Violation(invariant, message)
}

export function must(holds: boolean, invariant: string, message: () => string): void {
  if (!holds) throw new Violation(invariant, message())
}
