import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

let found: Promise<readonly string[]> | null = null

/**
 * What to put before ffmpeg so that it ends with this process, also when this process is killed by force: ffmpeg
 * itself works on with its pipes broken (5.1 and 7.0 do, for as long as the encode takes). On Linux `setpriv` of
 * util-linux asks the kernel for it and then becomes ffmpeg. Empty elsewhere, or where there is none.
 */
export function parentDeathArguments(): Promise<readonly string[]> {
  found ??= find()
  return found
}

async function find(): Promise<readonly string[]> {
  if (process.platform !== 'linux') return []
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'setpriv')
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false
    )
    if (isThere && folder !== '') return [path, '--pdeathsig', 'KILL']
  }
  return []
}
