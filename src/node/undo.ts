/** What was opened, to be closed in the opposite order: at the end, or when a start fails halfway. */
export class UndoStack {
  readonly #steps: (() => Promise<void> | void)[] = []

  push(step: () => Promise<void> | void): void {
    this.#steps.push(step)
  }

  /** Closes everything, also past a step that fails; throws the first failure. Idempotent. */
  async unwind(): Promise<void> {
    const failures: unknown[] = []
    for (const step of this.#steps.splice(0).reverse()) {
      try {
        await step()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
