import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { glob, isDynamicPattern } from 'tinyglobby'
import { isVideo, leftOutFolderNames } from '../../model/index.ts'
import type { SearchedFile } from '../../node/edit/index.ts'
import { realOrSame } from '../../node/real-places.ts'
import { CliError } from '../errors.ts'

export interface ExpandedSources {
  /** Absolute paths, each once, in the order in which they were named; within a folder or glob by name. */
  files: string[]
  /** What led to nothing. */
  problems: CliError[]
}

/**
 * Files that a person named: outright, by folder (its video files, also deeper, but neither hidden ones nor those in
 * folders of proxies: `isLeftOutFolder`) or by a glob that the shell did not expand. A folder whose name was typed is
 * searched whatever it is called.
 * @returns `searched`: the files that were not named outright
 */
export async function expandSources(
  patterns: readonly string[],
  cwd: string
): Promise<ExpandedSources & { searched: SearchedFile[] }> {
  const files = new Set<string>()
  const named = new Set<string>()
  const folders = new Map<string, string>()
  const problems: CliError[] = []
  for (const pattern of patterns) {
    const found = await expandOne(pattern, cwd)
    if (found instanceof CliError) problems.push(found)
    else {
      for (const file of found.files) {
        files.add(file)
        if (found.folder === null) named.add(file)
        else if (!folders.has(file)) folders.set(file, found.folder)
      }
    }
  }
  const again = await reachedTwice([...files], named)
  const searched = [...folders].flatMap(([path, folder]) =>
    named.has(path) || again.has(path) ? [] : { path, folder }
  )
  return { files: [...files].filter((file) => !again.has(file)), problems, searched }
}

/**
 * Files that a search met once more through a link to a folder, perhaps one around it: their outputs would be one file.
 * Of several ways to a file the one that a person typed stays, then the one without links.
 */
async function reachedTwice(
  files: readonly string[],
  named: ReadonlySet<string>
): Promise<ReadonlySet<string>> {
  const real = new Map<string, string>()
  for (const folder of new Set(files.map((file) => dirname(file)))) {
    real.set(folder, await realOrSame(folder)) // what went away is refused when it is queued
  }
  const realOf = (file: string): string => join(real.get(dirname(file)) ?? dirname(file), basename(file))
  const again = new Set<string>()
  for (const same of Map.groupBy(files, realOf).values()) {
    if (same.length === 1) continue
    const stays =
      same.find((file) => named.has(file)) ?? same.find((file) => realOf(file) === file) ?? same[0]
    for (const file of same) if (file !== stays && !named.has(file)) again.add(file)
  }
  return again
}

/** All files that were named outright, and of those that a search brought the ones that are kept. */
export function withoutDropped(
  files: readonly string[],
  searched: readonly SearchedFile[],
  kept: readonly string[]
): string[] {
  const found = new Set(searched.map(({ path }) => path))
  const left = new Set(kept)
  return files.filter((file) => !found.has(file) || left.has(file))
}

interface Found {
  files: string[]
  /** The folder that was searched; null for a file that is named outright. */
  folder: string | null
}

async function expandOne(pattern: string, cwd: string): Promise<Found | CliError> {
  const path = resolve(cwd, pattern)
  // What exists under that very name is meant, also when the name holds brackets or stars.
  if (existsSync(path)) return statSync(path).isDirectory() ? videosIn(path) : { files: [path], folder: null }
  if (!isDynamicPattern(pattern)) {
    return new CliError('no-such-file', `no such file: ${pattern}`, { hint: 'Check the path', exitStatus: 1 })
  }
  const { folder, rest } = splitGlob(pattern.replaceAll('\\', process.platform === 'win32' ? '/' : '\\'), cwd)
  const matches = await glob(rest, {
    cwd: folder,
    absolute: true,
    onlyFiles: true,
    ignore: ignoredBut(rest.split(/[/{},()|]/)),
    expandDirectories: false,
    caseSensitiveMatch: process.platform === 'linux'
  })
  const videos = matches.filter(isVideo)
  if (videos.length > 0) return { files: byName(videos), folder }
  const reason = matches.length > 0 ? `no video file matches ${pattern}` : `nothing matches ${pattern}`
  return new CliError('nothing-matches', reason, { hint: 'Check the pattern', exitStatus: 1 })
}

async function videosIn(folder: string): Promise<Found | CliError> {
  const videos = await glob('**/*', { cwd: folder, absolute: true, onlyFiles: true, ignore: ignoredBut([]) })
  const found = byName(videos.filter(isVideo))
  if (found.length > 0) return { files: found, folder }
  return new CliError('no-video-inside', `no video files in ${folder}`, {
    hint: 'Name the files themselves if they have unusual endings',
    exitStatus: 1
  })
}

/** A glob, as the folder that it starts from and the pattern in it. */
function splitGlob(pattern: string, cwd: string): { folder: string; rest: string } {
  const parts = pattern.split('/')
  const first = parts.findIndex((part) => isDynamicPattern(part))
  const start = parts.slice(0, first).map((part) => part.replace(/\\(.)/g, '$1'))
  return {
    folder: resolve(cwd, `${start.join('/')}${first > 0 ? '/' : ''}`),
    rest: parts.slice(first).join('/')
  }
}

/** Patterns of folders that are passed over; hidden ones are without, unless they are typed. */
const ignoredBut = (typed: readonly string[]): string[] => {
  const meant = new Set(typed.map((name) => name.toLowerCase()))
  return leftOutFolderNames.filter((name) => !meant.has(name)).map((name) => `**/${inAnyCase(name)}/**`)
}

const inAnyCase = (name: string): string =>
  name.replace(/[^\d_]/g, (one) => (one === one.toUpperCase() ? `[${one}]` : `[${one}${one.toUpperCase()}]`))

const byName = (paths: readonly string[]): string[] => {
  const { compare } = new Intl.Collator('en', { numeric: true })
  return paths.map((path) => resolve(path)).sort(compare)
}
