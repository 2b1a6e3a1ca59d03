import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { capture } from './capture.ts'
import { MediaError, messageOf } from './errors.ts'

export type ToolOrigin = 'setting' | 'environment' | 'path' | 'bundled'

export interface Tool {
  /** Absolute path. */
  path: string
  /** As the tool says it, e.g. `5.1.9-0+deb12u1` or `n7.0-7-gd38bf5e08e-20240407`. */
  version: string
  origin: ToolOrigin
}

export interface MediaTools {
  ffmpeg: Tool
  ffprobe: Tool
}

export interface ToolSettings {
  ffmpegPath: string | null
  ffprobePath: string | null
}

/** Versions by path and time of last change: asking costs a process start. */
const versions = new Map<string, Promise<string>>()

/**
 * Finds ffmpeg and ffprobe: the setting, then `PROXIMA_FFMPEG`/`PROXIMA_FFPROBE`, then the PATH, then the copies that
 * came with `npm ci` as optional dependencies. A setting or variable that does not work is an error, not skipped.
 * @throws MediaError `no-ffmpeg`, its hint naming the install command for this system
 */
export async function findTools(
  settings: ToolSettings,
  env: NodeJS.ProcessEnv = process.env
): Promise<MediaTools> {
  const [ffmpeg, ffprobe] = await Promise.all([
    findTool('ffmpeg', settings.ffmpegPath, env.PROXIMA_FFMPEG, env),
    findTool('ffprobe', settings.ffprobePath, env.PROXIMA_FFPROBE, env)
  ])
  return { ffmpeg, ffprobe }
}

async function findTool(
  name: 'ffmpeg' | 'ffprobe',
  setting: string | null,
  variable: string | undefined,
  env: NodeJS.ProcessEnv
): Promise<Tool> {
  const key = name === 'ffmpeg' ? 'ffmpeg.path' : 'ffmpeg.ffprobePath'
  if (setting) return given(name, setting, 'setting', `the setting ${key}`)
  if (variable) return given(name, variable, 'environment', `PROXIMA_${name.toUpperCase()}`)
  for (const found of [await onPath(name, env), bundled(name)]) {
    const version = found && (await versionOf(found.path))
    if (found && version) return { ...found, version }
  }
  throw new MediaError('no-ffmpeg', `no ${name} was found on this machine`, installHint(process.platform))
}

async function given(name: string, path: string, origin: ToolOrigin, by: string): Promise<Tool> {
  const version = await versionOf(path)
  if (version !== null) return { path, version, origin }
  throw new MediaError(
    'no-ffmpeg',
    `${path}, which ${by} names, is not a working ${name}`,
    `Correct ${by}, or remove it to use the ${name} on the PATH.`
  )
}

async function onPath(
  name: string,
  env: NodeJS.ProcessEnv
): Promise<{ path: string; origin: ToolOrigin } | null> {
  const file = process.platform === 'win32' ? `${name}.exe` : name
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    if (folder === '') continue
    const path = join(folder, file)
    if (await isExecutable(path)) return { path, origin: 'path' }
  }
  return null
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false
  )

/** The optional dependency's binary, or null where it is not installed or not made for this system. */
function bundled(name: 'ffmpeg' | 'ffprobe'): { path: string; origin: ToolOrigin } | null {
  try {
    if (name === 'ffprobe') {
      const found: unknown = createRequire(import.meta.url)('@ffprobe-installer/ffprobe')
      if (typeof found !== 'object' || found === null || !('path' in found)) return null
      return typeof found.path === 'string' ? { path: found.path, origin: 'bundled' } : null
    }
    const index = import.meta.resolve(`@ffmpeg-binary/${process.platform}-${process.arch}`)
    const file = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg'
    return { path: join(dirname(fileURLToPath(index)), file), origin: 'bundled' }
  } catch {
    return null // not installed: an optional dependency
  }
}

/** The version that a tool tells, or null when it cannot be run or is something else. */
async function versionOf(path: string): Promise<string | null> {
  try {
    const key = await identityOf(path)
    let version = versions.get(key)
    if (!version) {
      version = askVersion(path)
      versions.set(key, version)
      version.catch(() => versions.delete(key))
    }
    return await version
  } catch {
    return null
  }
}

/** Changes whenever the file at `path` does. */
export async function identityOf(path: string): Promise<string> {
  const { mtimeMs, size } = await stat(path)
  return `${path}|${mtimeMs}|${size}`
}

/** Runs a tool now, whatever is remembered of it. @returns null when it answers, else why not */
export const tryTool = (path: string): Promise<string | null> =>
  askVersion(path).then(
    () => null,
    (error) => messageOf(error)
  )

async function askVersion(path: string): Promise<string> {
  const { exitCode, stdout } = await capture(path, ['-version'], { timeoutMs: 20_000 })
  const version = parseVersion(stdout)
  if (exitCode !== 0 || version === null) throw new MediaError('tool-failed', `${path} tells no version`)
  return version
}

/** `5.1.9-0+deb12u1` of the first line of `ffmpeg -version`. */
export function parseVersion(text: string): string | null {
  return /^ff(?:mpeg|probe) version (\S+)/.exec(text)?.[1] ?? null
}

/** How to install ffmpeg on a system (`process.platform`). */
export function installHint(platform: NodeJS.Platform): string {
  switch (platform) {
    case 'darwin':
      return 'Install it with `brew install ffmpeg`.'
    case 'win32':
      return 'Install it with `winget install Gyan.FFmpeg`, then open a new terminal.'
    case 'linux':
      return 'Install it with `sudo apt install ffmpeg` (Fedora: `sudo dnf install ffmpeg`, Arch: `sudo pacman -S ffmpeg`).'
    default:
      return 'Install ffmpeg, or set PROXIMA_FFMPEG and PROXIMA_FFPROBE.'
  }
}
