import { MediaError, messageOf, systemCodeOf, troubleIn } from '../../media/index.ts'

export type TranscodeErrorCode = 'worker-trouble' | 'bad-payload' | 'bad-reference' | 'no-space'

/** What the transcode kind throws inside itself: told to the owner as an outcome, or to a person as one line. */
export class TranscodeError extends Error {
  readonly code: TranscodeErrorCode

  constructor(code: TranscodeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TranscodeError'
    this.code = code
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
  if (error instanceof TranscodeError) {
    return error.code === 'bad-payload' || error.code === 'bad-reference' ? 'task' : 'worker'
  }
  if (error instanceof MediaError) {
    return error.code === 'no-ffmpeg' || error.code === 'no-permission' ? 'worker' : 'task'
  }
  return troubleIn(systemCodeOf(error) ?? '') || troubleIn(messageOf(error)) ? 'worker' : 'task'
}
