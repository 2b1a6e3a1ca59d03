import { open, readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { extname, join } from 'node:path'
import { type ClipLine, isVideo, type JobOrigin } from '../../model/index.ts'
import type { EditReader } from '../../node/edit/index.ts'
import type { ScreenMachine } from '../../tui/port.ts'
import type { FolderEntry } from '../../tui/state.ts'
import { CliError } from '../errors.ts'
import { expandSources, withoutDropped } from './expand-sources.ts'

export interface MachineSettings {
  cwd: string
  env: NodeJS.ProcessEnv
  /** What reads timelines. */
  edits: () => Promise<EditReader>
  signal: AbortSignal
  list?: ScreenMachine['list']
}

/** What the screen asks of the machine that it runs on: its folders, and the timelines in them. */
export function screenMachine({ cwd, env, edits, signal, list }: MachineSettings): ScreenMachine {
  /** Of files that were seen as clips of a timeline. */
  const origins: Record<string, JobOrigin> = {}

  const clipsOf = async (timeline: string, ending = signal): Promise<readonly ClipLine[]> => {
    const desk = await edits()
    const view = await desk.open(timeline, { allAngles: false })
    const sequences = view.sequences.map((_, at) => at)
    const wishes = { only: [], skip: [], search: [], handlesMs: null }
    const { clips } = await desk.find([{ view, sequences }], wishes, ending)
    for (const { status, source, sequence } of clips) {
      if (status === 'found' && source !== null)
        origins[source] ??= { kind: 'timeline', file: timeline, sequence }
    }
    return clips
  }

  const clipsAsProblems = (clips: readonly ClipLine[]): CliError[] =>
    clips
      .filter(({ status }) => bad.includes(status))
      .map(
        ({ name, status, reason }) =>
          new CliError('no-such-file', `${name} is ${status}: ${reason}`, { exitStatus: 1 })
      )

  return {
    browse: async (folder) =>
      (await isTimeline(folder)) ? (await clipsOf(folder)).map(clipEntry) : browseFolder(folder),
    expand: async (paths, abandoned = signal) => {
      const timelines: string[] = []
      for (const path of paths) if (await isTimeline(path)) timelines.push(path)
      const expanded = await expandSources(
        paths.filter((path) => !timelines.includes(path)),
        cwd
      )
      const { files: named, searched } = expanded
      // What reads timelines takes a moment to load.
      const kept =
        searched.length === 0 ? [] : (await (await edits()).withoutOutputs(searched, named, null)).kept
      const files = new Set(withoutDropped(named, searched, kept))
      const problems = [...expanded.problems]
      for (const timeline of timelines) {
        const clips = await clipsOf(timeline, AbortSignal.any([signal, abandoned]))
        for (const { status, source } of clips) if (status === 'found' && source !== null) files.add(source)
        problems.push(...clipsAsProblems(clips))
      }
      return { files: [...files], problems, origins }
    },
    ...(list === undefined ? {} : { list }),
    wholePath: (text) => (/^~(?=[/\\]|$)/.test(text) ? join(env.HOME || homedir(), text.slice(1)) : text)
  }
}

/** What a person should hear of. */
const bad: readonly ClipLine['status'][] = ['missing', 'ambiguous', 'unusable']

const clipEntry = ({ name, sequence, source, status, reason }: ClipLine): FolderEntry => ({
  name,
  kind: 'file',
  sizeBytes: 0,
  detail: sequence,
  ...(source === null ? {} : { path: source }),
  ...(status === 'found' ? {} : { trouble: bad.includes(status) ? status : (reason ?? status) })
})

/** By its name; of an `.xml`, which cameras write too, by what it begins with. */
async function isTimeline(path: string): Promise<boolean> {
  const { isTimelinePath } = await import('../../node/edit/paths.ts')
  if (!isTimelinePath(path)) return false
  if (extname(path).toLowerCase() !== '.xml') return true
  try {
    await using file = await open(path)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4_096), 0, 4_096, 0)
    return /<(xmeml|fcpxml|mlt)\b/.test(buffer.toString('latin1', 0, bytesRead))
  } catch {
    // Gone, or not for this person: then it is nothing to choose.
    return false
  }
}

/** Folders, then timelines and videos, each by name; hidden ones are left out. */
async function browseFolder(folder: string): Promise<FolderEntry[]> {
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
    .sort((a, b) =>
      a.kind === b.kind ? compare(a.name, b.name) : kinds.indexOf(a.kind) - kinds.indexOf(b.kind)
    )
}

/** In the order in which they are shown. */
const kinds: readonly FolderEntry['kind'][] = ['folder', 'timeline', 'file']

/** Null for what is neither a folder nor a timeline nor a video, and for links that lead nowhere. */
async function entryOf(folder: string, name: string): Promise<FolderEntry | null> {
  const path = join(folder, name)
  try {
    const found = await stat(path)
    const kind = (await isTimeline(path)) ? 'timeline' : found.isDirectory() ? 'folder' : 'file'
    if (kind !== 'file') return { name, kind, sizeBytes: 0 }
    return found.isFile() && isVideo(name) ? { name, kind, sizeBytes: found.size } : null
  } catch {
    // Gone meanwhile, or a link that leads nowhere: nothing to choose.
    return null
  }
}
