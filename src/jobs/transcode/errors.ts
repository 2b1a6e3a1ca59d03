import { MediaError, messageOf, systemCodeOf, troubleIn } from '../../media/index.ts'

export type TranscodeErrorCode =
  | 'worker-trouble'
  | 'bad-payload'
  | 'bad-reference'
  | 'no-space'
  | 'source-changed'
  | 'chunks-gone'

/** What the transcode kind throws inside itself: told to the owner as an outcome, or to a person as one line. */
export class TranscodeError extends Error {
  readonly code: TranscodeErrorCode
  /** This machine or its storage was in the way, not the job: trying again later may succeed. */
  readonly transient: boolean

  constructor(code: TranscodeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TranscodeError'
    this.code = code
    this.transient = code === 'worker-trouble' || code === 'no-space'
  }
}

/** Codes of the storage that speak against the reference itself, wherever it is resolved. */
const wrongReference: readonly string[] = ['not-found', 'bad-path', 'outside-root']

/** True when the storage says that there is nothing at a reference: a file, or a folder on the way to it. */
export const isNotFound = (error: unknown): boolean =>
  ['not-found', 'ENOENT'].includes(systemCodeOf(error) ?? '')

/**
 * Runs a call to the storage. What it throws is this machine's trouble (a root that is not mounted), unless it says that
 * the reference leads nowhere.
 */
export async function fromStorage<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    const code = wrongReference.includes(systemCodeOf(error) ?? '') ? 'bad-reference' : 'worker-trouble'
    throw new TranscodeError(code, messageOf(error), { cause: error })
  }
}

/** Whose fault an error is: the machine's (space, root, permission), or the task's. */
export function faultOf(error: unknown): 'task' | 'worker' {
  if (error instanceof TranscodeError || error instanceof MediaError)
    return error.transient ? 'worker' : 'task'
  return troubleIn(systemCodeOf(error) ?? '') || troubleIn(messageOf(error)) ? 'worker' : 'task'
}

/** As it was thrown, where it says whether it may pass; of the system's own errors, those of a machine in trouble may. */
export function withTransient(error: unknown): unknown {
  if (error instanceof Error && 'transient' in error) return error
  if (troubleIn(systemCodeOf(error) ?? '') === null) return error
  return new TranscodeError('worker-trouble', messageOf(error), { cause: error })
}

/** A source that was replaced under its name: its frames are not those of the plan. */
export const sourceChanged = (): TranscodeError =>
  new TranscodeError('source-changed', 'the source has changed since the job was queued: retry it')
