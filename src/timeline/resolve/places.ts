import { posix, win32 } from 'node:path'

/** Where parts of Resolve's scripting are looked for, likeliest first. Absolute paths. */
export interface ResolvePlaces {
  /** The folder `Developer/Scripting`, which has `Modules/DaVinciResolveScript.py` in it. */
  api: string[]
  /** The library `fusionscript`, which that module loads. */
  library: string[]
  /** The Lua that comes with Resolve and needs neither. */
  fuscript: string[]
  /** Python 3, with the arguments that make it one. */
  python: { path: string; args: string[] }[]
}

export interface ResolveSettings {
  /** Which script is used; null: the one in Python, else the one in Lua. */
  language: 'python' | 'lua' | null
  pythonPath: string | null
  fuscriptPath: string | null
  /** Where it is not where Resolve's installer puts it: what `RESOLVE_SCRIPT_API` and `RESOLVE_SCRIPT_LIB` name. */
  scriptApi: string | null
  scriptLib: string | null
}

export const usualResolveSettings: ResolveSettings = {
  language: null,
  pythonPath: null,
  fuscriptPath: null,
  scriptApi: null,
  scriptLib: null
}

/**
 * The places of a system: the settings, then Resolve's own variables, then where its installer puts things (README of
 * its Developer/Scripting folder). A setting is the only place of its kind.
 * @param platform `process.platform` of the machine
 */
export function resolvePlaces(
  settings: ResolveSettings,
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv
): ResolvePlaces {
  const usual = usualPlaces(platform, env)
  const { RESOLVE_SCRIPT_API: api, RESOLVE_SCRIPT_LIB: library } = env
  const folderOf = platform === 'win32' ? win32.dirname : posix.dirname
  const join = platform === 'win32' ? win32.join : posix.join
  // fuscript lies beside the library, wherever that is.
  const program = platform === 'win32' ? 'fuscript.exe' : 'fuscript'
  const beside = [settings.scriptLib, library].flatMap((path) =>
    path ? [join(folderOf(path), program)] : []
  )
  return {
    api: settings.scriptApi ? [settings.scriptApi] : [...(api ? [api] : []), ...usual.api],
    library: settings.scriptLib ? [settings.scriptLib] : [...(library ? [library] : []), ...usual.library],
    fuscript: settings.fuscriptPath ? [settings.fuscriptPath] : [...beside, ...usual.fuscript],
    python: settings.pythonPath
      ? [{ path: settings.pythonPath, args: [] }]
      : unique(pythons(platform, env, join))
  }
}

function usualPlaces(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): Omit<ResolvePlaces, 'python'> {
  if (platform === 'win32') {
    const data = env.PROGRAMDATA ?? env.ProgramData ?? 'C:\\ProgramData'
    const programs = env.ProgramFiles ?? env.PROGRAMFILES ?? 'C:\\Program Files'
    const folder = win32.join(programs, 'Blackmagic Design', 'DaVinci Resolve')
    const support = win32.join(data, 'Blackmagic Design', 'DaVinci Resolve', 'Support')
    return {
      api: [win32.join(support, 'Developer', 'Scripting')],
      library: [win32.join(folder, 'fusionscript.dll')],
      fuscript: [win32.join(folder, 'fuscript.exe')]
    }
  }
  if (platform === 'darwin') {
    // The second is the one of Apple's shop.
    const folders = ['DaVinci Resolve/DaVinci Resolve.app', 'DaVinci Resolve Studio.app'].map(
      (app) => `/Applications/${app}/Contents/Libraries/Fusion`
    )
    return {
      api: ['/Library/Application Support/Blackmagic Design/DaVinci Resolve/Developer/Scripting'],
      library: folders.map((folder) => `${folder}/fusionscript.so`),
      fuscript: folders.map((folder) => `${folder}/fuscript`)
    }
  }
  // The second is the one of Blackmagic's own Linux image.
  const folders = ['/opt/resolve', '/home/resolve']
  return {
    api: folders.map((folder) => `${folder}/Developer/Scripting`),
    library: folders.map((folder) => `${folder}/libs/Fusion/fusionscript.so`),
    fuscript: folders.map((folder) => `${folder}/libs/Fusion/fuscript`)
  }
}

/** A service may have a short PATH: the usual folders are looked into as well. */
function pythons(
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
  join: (...parts: string[]) => string
): ResolvePlaces['python'] {
  const folders = (env.PATH ?? env.Path ?? '').split(platform === 'win32' ? ';' : ':').filter(Boolean)
  if (platform === 'win32') {
    return folders.flatMap((folder) => [
      { path: join(folder, 'py.exe'), args: ['-3'] },
      { path: join(folder, 'python3.exe'), args: [] },
      { path: join(folder, 'python.exe'), args: [] }
    ])
  }
  const usual =
    platform === 'darwin'
      ? ['/Library/Frameworks/Python.framework/Versions/Current/bin', '/opt/homebrew/bin', '/usr/local/bin']
      : ['/usr/bin', '/usr/local/bin']
  return (
    [...folders, ...usual]
      // Where Apple's tools are not installed, that one opens a window that asks to install them.
      .filter((folder) => platform !== 'darwin' || folder !== '/usr/bin')
      .map((folder) => ({ path: join(folder, 'python3'), args: [] }))
  )
}

const unique = (found: ResolvePlaces['python']): ResolvePlaces['python'] => [
  ...new Map(found.map((one) => [one.path, one])).values()
]
