import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { glob, isDynamicPattern } from 'tinyglobby'
import { isVideo } from '../../model/index.ts'
import { CliError } from '../errors.ts'

export interface ExpandedSources {
  /** Absolute paths, each once, in the order in which they were named; within a folder or glob by name. */
  files: string[]
  /** What led to nothing. */
  problems: CliError[]
}

/**
 * Files that a person named: outright, by folder (its video files, also deeper, but neither in `Proxy` folders nor
 * hidden) or by a glob that the shell did not expand.
 * @returns `searched`: the files that were not named outright
 */
export async function expandSources(
  patterns: readonly string[],
  cwd: string
): Promise<ExpandedSources & { searched: string[] }> {
  const files = new Set<string>()
  const named = new Set<string>()
  const problems: CliError[] = []
  for (const pattern of patterns) {
    const found = await expandOne(pattern, cwd)
    if (found instanceof CliError) problems.push(found)
    else for (const file of found) files.add(file)
    const path = resolve(cwd, pattern)
    if (files.has(path)) named.add(path)
  }
  return { files: [...files], problems, searched: [...files].filter((file) => !named.has(file)) }
}

async function expandOne(pattern: string, cwd: string): Promise<string[] | CliError> {
  const path = resolve(cwd, pattern)
  // What exists under that very name is meant, also when the name holds brackets or stars.
  if (existsSync(path)) return statSync(path).isDirectory() ? videosIn(path) : [path]
  if (!isDynamicPattern(pattern)) {
    return new CliError('no-such-file', `no such file: ${pattern}`, { hint: 'Check the path', exitStatus: 1 })
  }
  const matches = await glob(pattern.replaceAll('\\', process.platform === 'win32' ? '/' : '\\'), {
    cwd,
    absolute: true,
    onlyFiles: true,
    ignore: ignored,
    expandDirectories: false,
    caseSensitiveMatch: process.platform === 'linux'
  })
  const videos = matches.filter(isVideo)
  if (videos.length > 0) return byName(videos)
  const reason = matches.length > 0 ? `no video file matches ${pattern}` : `nothing matches ${pattern}`
  return new CliError('nothing-matches', reason, { hint: 'Check the pattern', exitStatus: 1 })
}

async function videosIn(folder: string): Promise<string[] | CliError> {
  const videos = await glob('**/*', { cwd: folder, absolute: true, onlyFiles: true, ignore: ignored })
  const found = byName(videos.filter(isVideo))
  if (found.length > 0) return found
  return new CliError('no-video-inside', `no video files in ${folder}`, {
    hint: 'Name the files themselves if they have unusual endings',
    exitStatus: 1
  })
}

const ignored = ['**/Proxy/**', '**/proxy/**', '**/.*/**', '**/.*']

const byName = (paths: readonly string[]): string[] => {
  const { compare } = new Intl.Collator('en', { numeric: true })
  return paths.map((path) => resolve(path)).sort(compare)
}
