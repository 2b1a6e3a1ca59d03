import { accessSync, chmodSync, constants, mkdirSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, posix, resolve, win32 } from 'node:path'
import { controlSocketPath } from './control/socket-path.ts'
import { SettingsError } from './settings/errors.ts'

/** Where everything of a node lies. All paths are absolute. */
export interface Home {
  folder: string
  /** Ed25519 key, mode 0600. */
  identityKey: string
  roster: string
  /** Last good addresses of every member. */
  addresses: string
  config: string
  ledger: string
  /** Shared storage as it is mounted here. */
  roots: string
  /** A person's own presets; they win over those that came with the program. */
  presets: string
  logs: string
  /** What watched folders remember. */
  watches: string
  /** Chunks of jobs whose source is outside every root. */
  work: string
  /** Where commands reach the node: a Unix socket, or a named pipe on Windows. */
  socket: string
}

export interface HomePlace {
  env: NodeJS.ProcessEnv
  platform: NodeJS.Platform
  /** What a relative `--home` is relative to. */
  cwd: string
  userHome?: string
}

/**
 * The home folder: `--home`, else `PROXIMA_HOME`, else where this system keeps an application's data:
 * `$XDG_DATA_HOME/proxima-node` (`~/.local/share/proxima-node`), `~/Library/Application Support/proxima-node`,
 * `%APPDATA%\proxima-node`. Settings, state and data stay together, so that one folder is all there is to move.
 */
export function resolveHome(flag: string | undefined, place: HomePlace): string {
  const chosen = flag ?? place.env.PROXIMA_HOME
  if (chosen) return resolve(place.cwd, chosen)
  const userHome = place.userHome ?? homedir()
  if (place.platform === 'win32') {
    const appData = place.env.APPDATA || win32.join(userHome, 'AppData', 'Roaming')
    return win32.join(appData, 'proxima-node')
  }
  if (place.platform === 'darwin')
    return posix.join(userHome, 'Library', 'Application Support', 'proxima-node')
  // XDG Base Directory Specification: a relative value is to be ignored.
  const data = place.env.XDG_DATA_HOME
  return posix.join(data?.startsWith('/') ? data : posix.join(userHome, '.local', 'share'), 'proxima-node')
}

/** The names of what lies in a home; touches nothing. */
export function homePaths(folder: string): Home {
  const absolute = resolve(folder)
  return {
    folder: absolute,
    identityKey: join(absolute, 'identity.key'),
    roster: join(absolute, 'roster.json'),
    addresses: join(absolute, 'addresses.json'),
    config: join(absolute, 'config.yaml'),
    ledger: join(absolute, 'ledger.db'),
    roots: join(absolute, 'roots.json'),
    presets: join(absolute, 'presets'),
    logs: join(absolute, 'logs'),
    watches: join(absolute, 'watches'),
    work: join(absolute, 'work'),
    socket: socketPath(absolute)
  }
}

/** Where commands reach the node of a home; short enough for every system. */
export const socketPath = (folder: string): string => controlSocketPath(folder)

/**
 * Makes the home folder (mode 0700) with its folder for logs, and checks that it can be written.
 * A folder that was there stays readable as it was, but nobody else may write in it: who can replace the roster
 * decides who is let in.
 * @throws SettingsError `home-unusable`
 */
export function openHome(folder: string): Home {
  const home = homePaths(folder)
  try {
    mkdirSync(home.folder, { recursive: true, mode: 0o700 })
    accessSync(home.folder, constants.R_OK | constants.W_OK | constants.X_OK)
    mkdirSync(home.logs, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new SettingsError(
      'home-unusable',
      `the home folder ${home.folder} cannot be used: ${reasonOf(error)}`,
      {
        hint: 'Choose a folder that this user can write with --home or PROXIMA_HOME.',
        cause: error
      }
    )
  }
  keepOthersOut(home.folder)
  return home
}

function keepOthersOut(folder: string): void {
  if (process.platform === 'win32') return
  const { mode, uid } = statSync(folder)
  if ((mode & 0o022) === 0) return
  // A sticky folder is a shared one such as /tmp: not ours to close.
  if (uid === process.getuid?.() && (mode & 0o1000) === 0) {
    chmodSync(folder, mode & 0o7755)
    return
  }
  throw new SettingsError('home-unusable', `others can write in the home folder ${folder}`, {
    hint: 'Choose a folder of this user alone with --home or PROXIMA_HOME.'
  })
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'it is not a folder'
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  if (code === 'EROFS') return 'the disk is read-only'
  if (code === 'ENOSPC') return 'the disk is full'
  return error instanceof Error ? error.message : String(error)
}
