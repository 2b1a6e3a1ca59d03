/** Waits for `work`, but no longer than `limitMs`: what is not done by then goes on by itself. */
export async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  const timer = Promise.withResolvers<void>()
  const handle = setTimeout(timer.resolve, limitMs)
  try {
    await Promise.race([work, timer.promise])
  } finally {
    clearTimeout(handle)
  }
}
