import { MediaError, messageOf, systemCodeOf, troubleIn } from '../../media/index.ts'

export type TranscodeErrorCode = 'worker-trouble' | 'bad-payload' | 'no-space'

/** What the transcode kind throws inside itself: told to the owner as an outcome, or to a person as one line. */
export class TranscodeError extends Error {
  readonly code: TranscodeErrorCode

  constructor(code: TranscodeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TranscodeError'
    this.code = code
  }
}

/** Runs a call to the storage; what it throws is this machine's trouble (a root that is gone), not the task's. */
export async function fromStorage<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw new TranscodeError('worker-trouble', messageOf(error), { cause: error })
  }
}

/** Whose fault an error is: the machine's (space, root, permission), or the task's. */
export function faultOf(error: unknown): 'task' | 'worker' {
  if (error instanceof TranscodeError) return error.code === 'bad-payload' ? 'task' : 'worker'
  if (error instanceof MediaError) {
    return error.code === 'no-ffmpeg' || error.code === 'no-permission' ? 'worker' : 'task'
  }
  return troubleIn(systemCodeOf(error) ?? '') || troubleIn(messageOf(error)) ? 'worker' : 'task'
}
