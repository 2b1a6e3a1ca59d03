import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TimelineError } from '../errors.ts'
import { type BridgeLaunch, type BridgeLimits, startBridge, usualLimits } from './bridge.ts'
import { missing, type ResolveMissing } from './missing.ts'
import { type ResolvePlaces, type ResolveSettings, resolvePlaces } from './places.ts'
import { isResolveRunning } from './running.ts'
import { type ResolveSession, resolveSession } from './session.ts'

/** The outside world, as far as finding Resolve goes. */
export interface ResolveSurroundings {
  platform: NodeJS.Platform
  env: NodeJS.ProcessEnv
  exists: (path: string) => Promise<boolean>
  isRunning: () => Promise<boolean | null>
  limits: BridgeLimits
  /** What the script between, Python and Resolve's library say. */
  onWords: (line: string) => void
  /** Ends whatever is under way; what waits for it is told that it was closed. */
  signal: AbortSignal | null
}

const usualSurroundings: ResolveSurroundings = {
  platform: process.platform,
  env: process.env,
  exists: (path) =>
    access(path).then(
      () => true,
      () => false
    ),
  isRunning: isResolveRunning,
  limits: usualLimits,
  onWords: () => {},
  signal: null
}

/** The scripts, beside `src` and `dist`. */
const scripts = {
  python: fileURLToPath(new URL('../../../bridge/resolve_bridge.py', import.meta.url)),
  lua: fileURLToPath(new URL('../../../bridge/resolve_bridge.lua', import.meta.url))
}

/** Of a machine with many, the others are of no more help. */
const maxPythons = 4

/**
 * Connects to the DaVinci Resolve that runs on this machine: a script between them (`bridge/`) is run by a Python 3,
 * else by the Lua that came with Resolve.
 *
 * Written against the documented interface of Resolve's Developer/Scripting folder and tested against a stand-in that
 * obeys it: Resolve itself could not be run where this was made.
 * @returns what is missing, in words, where it cannot be talked to; never throws for that
 */
export async function openResolve(
  settings: ResolveSettings,
  surroundings: Partial<ResolveSurroundings> = {}
): Promise<ResolveSession | { missing: ResolveMissing }> {
  const around = { ...usualSurroundings, ...surroundings }
  const found = await findLaunches(settings, around)
  if ('code' in found) return { missing: found }
  let why: ResolveMissing | null = null
  for (const launch of found) {
    const tried = await tryLaunch(launch, around)
    if (!('missing' in tried)) return tried
    if (tried.missing.code === 'not-running') return tried
    if (why === null || weight(tried.missing) > weight(why)) why = tried.missing
  }
  return {
    missing: why ?? missing('no-interpreter', 'no Python 3 was found to talk to DaVinci Resolve with')
  }
}

/** Whether anything of Resolve lies on this machine where it is looked for. Starts nothing. */
export async function isResolveInstalled(
  settings: ResolveSettings,
  surroundings: Partial<ResolveSurroundings> = {}
): Promise<boolean> {
  return !('code' in (await findLaunches(settings, { ...usualSurroundings, ...surroundings })))
}

/** Of several reasons the one that got furthest is told. */
const weight = ({ code }: ResolveMissing): number =>
  ['bridge-failed', 'no-api', 'not-answering'].indexOf(code)

async function findLaunches(
  settings: ResolveSettings,
  around: ResolveSurroundings
): Promise<BridgeLaunch[] | ResolveMissing> {
  const places = resolvePlaces(settings, around.platform, around.env)
  const first = async (paths: readonly string[], inside = ''): Promise<string | null> => {
    for (const path of paths) if (await around.exists(join(path, inside))) return path
    return null
  }
  const api = await first(places.api, 'Modules')
  const library = await first(places.library)
  const fuscript = await first(places.fuscript)
  const modules = (around.env.PYTHONPATH ?? '').split(delimiter).filter(Boolean)
  const module = await first(modules, 'DaVinciResolveScript.py')
  if ([api, library, fuscript, module].every((path) => path === null)) {
    return missing('not-installed', `DaVinci Resolve is not installed on this machine${lookedIn(places)}`)
  }
  const env: NodeJS.ProcessEnv = {
    ...around.env,
    ...(api === null ? {} : { RESOLVE_SCRIPT_API: api }),
    ...(library === null ? {} : { RESOLVE_SCRIPT_LIB: library }),
    // Resolve's folder is not ours to write in.
    PYTHONDONTWRITEBYTECODE: '1'
  }
  const launches: BridgeLaunch[] = []
  if (settings.language !== 'lua') {
    for (const { path, args } of places.python) {
      if (launches.length < maxPythons && (await around.exists(path))) {
        launches.push({ language: 'python', program: path, args: [...args, scripts.python], env })
      }
    }
  }
  if (settings.language !== 'python' && fuscript !== null) {
    launches.push({ language: 'lua', program: fuscript, args: ['-l', 'lua', scripts.lua], env })
  }
  return launches
}

const lookedIn = ({ api, library }: ResolvePlaces): string => {
  const places = [...api.slice(0, 1), ...library.slice(0, 1)]
  return places.length === 0 ? '' : ` (nothing at ${places.join(', ')})`
}

async function tryLaunch(
  launch: BridgeLaunch,
  around: ResolveSurroundings
): Promise<ResolveSession | { missing: ResolveMissing }> {
  const start = () => startBridge(launch, around.limits, around.onWords, around.signal ?? undefined)
  let session: ResolveSession | null = null
  try {
    session = resolveSession(await start(), start)
    await session.hello()
    return session
  } catch (error) {
    await session?.close()
    if (!(error instanceof TimelineError)) throw error
    return { missing: await explain(error, launch, around) }
  }
}

async function explain(
  error: TimelineError,
  { program }: BridgeLaunch,
  around: ResolveSurroundings
): Promise<ResolveMissing> {
  switch (error.code) {
    case 'resolve-no-api':
      return missing('no-api', `${program} cannot load DaVinci Resolve's scripting module: ${error.message}`)
    case 'resolve-closed': {
      const running = await around.isRunning()
      if (running === false) return missing('not-running', 'DaVinci Resolve is not running')
      const state = running ? 'DaVinci Resolve is running, but' : 'DaVinci Resolve'
      return missing('not-answering', `${state} does not answer to scripts`)
    }
    default:
      return missing('bridge-failed', error.message)
  }
}
