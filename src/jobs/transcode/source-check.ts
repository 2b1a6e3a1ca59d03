import { type FileIdentity, identityOfFile, sameSource } from '../../media/index.ts'
import { sourceChanged } from './errors.ts'

/**
 * Whether a job's source is still there.
 * @throws TranscodeError `source-changed` when another file stands in its place
 */
export async function isSourceThere(path: string, planned: FileIdentity): Promise<boolean> {
  const now = await identityOfFile(path)
  if (now !== null && !sameSource(now, planned)) throw sourceChanged()
  return now !== null
}
