import { readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { isVideo } from '../../model/index.ts'
import type { ScreenMachine } from '../../tui/port.ts'
import type { FolderEntry } from '../../tui/state.ts'
import { CliError } from '../errors.ts'
import { expandSources } from './expand-sources.ts'

/** What the screen asks of the machine that it runs on: its folders. */
export function screenMachine({ cwd, env }: { cwd: string; env: NodeJS.ProcessEnv }): ScreenMachine {
  return {
    browse,
    expand: (paths) => expandSources(paths, cwd),
    wholePath: (text) => (/^~(?=[/\\]|$)/.test(text) ? join(env.HOME || homedir(), text.slice(1)) : text)
  }
}

/** Folders, then videos, each by name; hidden ones are left out. */
async function browse(folder: string): Promise<FolderEntry[]> {
  let names: string[]
  try {
    names = await readdir(folder)
  } catch (error) {
    const why =
      (error as NodeJS.ErrnoException).code === 'EACCES' ? 'it may not be read' : 'it cannot be opened'
    throw new CliError('no-such-file', `${folder}: ${why}`, { hint: 'Choose another', exitStatus: 1 })
  }
  const entries = await Promise.all(
    names.filter((name) => !name.startsWith('.')).map((name) => entryOf(folder, name))
  )
  const { compare } = new Intl.Collator('en', { numeric: true })
  return entries
    .filter((entry) => entry !== null)
    .sort((a, b) => (a.kind === b.kind ? compare(a.name, b.name) : a.kind === 'folder' ? -1 : 1))
}

/** Null for what is neither a folder nor a video, and for links that lead nowhere. */
async function entryOf(folder: string, name: string): Promise<FolderEntry | null> {
  try {
    const found = await stat(join(folder, name))
    if (found.isDirectory()) return { name, kind: 'folder', sizeBytes: 0 }
    return found.isFile() && isVideo(name) ? { name, kind: 'file', sizeBytes: found.size } : null
  } catch {
    // Gone meanwhile, or a link that leads nowhere: nothing to choose.
    return null
  }
}
