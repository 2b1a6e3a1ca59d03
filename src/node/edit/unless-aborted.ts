/** Null for a file that cannot be probed; what was called off, and bugs, are thrown. */
export const unlessAborted =
  (signal: AbortSignal) =>
  (error: unknown): null => {
    if (signal.aborted || !(error instanceof Error && 'code' in error)) throw error
    return null
  }
