import { type FSWatcher, watch } from 'node:fs'
import { statfs } from 'node:fs/promises'

/**
 * File systems of this machine's own disks, by `f_type` of statfs(2) on Linux: ext, XFS, Btrfs, ZFS, F2FS, overlay,
 * tmpfs. Elsewhere files are written by other machines, of which the system tells nothing, and asking may hang.
 */
const local: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x2fc12fc1, 0xf2f52010, 0x794c7630, 0x01021994
])

/**
 * Hears of new names in a folder, where the system tells of them. Only ever a reason to look early: what it misses the
 * next look finds.
 */
export class Waker {
  readonly #wake: () => void
  #watcher: FSWatcher | null = null
  #identity: string | null = null

  constructor(wake: () => void) {
    this.#wake = wake
  }

  /** Listens to the folder that is there now. @param identity which folder on disk it is */
  async listen(dir: string, identity: string | null): Promise<void> {
    if (this.#watcher !== null && this.#identity === identity) return
    this.close()
    if (!(await isLocal(dir))) return
    try {
      this.#watcher = watch(dir, { persistent: false }, (event) => {
        if (event === 'rename') this.#wake()
      })
      this.#identity = identity
      this.#watcher.on('error', () => this.close())
    } catch {
      // No more watches to be had of the system, or the folder is gone: looks find what there is.
      this.close()
    }
  }

  close(): void {
    this.#watcher?.close()
    this.#watcher = null
    this.#identity = null
  }
}

async function isLocal(dir: string): Promise<boolean> {
  if (process.platform !== 'linux') return process.platform === 'darwin'
  try {
    return local.has((await statfs(dir)).type)
  } catch {
    // Gone between two calls: the next look says so.
    return false
  }
}
