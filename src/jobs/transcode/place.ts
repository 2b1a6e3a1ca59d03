import { basename, dirname, extname, join } from 'node:path'
import { type FileIdentity, identityOfFile } from '../../media/index.ts'
import type { JobRecord, QueueParams } from '../../model/index.ts'
import { type Making, standingOf } from './made.ts'
import { checkPlace } from './output-path.ts'

/** Where an output goes, after a look at what is there. */
export type ChosenPlace =
  | {
      kind: 'ready'
      output: string
      /** Folders of its path that do not exist yet. */
      newFolders: number
      /** The file there that may be replaced: an output of this node's that is out of date. */
      replaces: FileIdentity | null
      /** Why what is there is made anew, for a person. */
      note: string | null
    }
  | { kind: 'exists'; output: string; message: string }
  | {
      kind: 'refused'
      code: 'output-is-source' | 'output-of-another' | 'unwritable'
      message: string
      hint: string
    }

/** Numbers tried for `--keep`: past that, somebody queues in a loop. */
const maxNumber = 9_999

/**
 * Looks at the wanted output. What is there is never overwritten by surprise: an output that is up to date is left, one
 * of this node's own that is out of date is replaced, any other file only by `--force`; `--keep` numbers the new one.
 */
export async function choosePlace(
  wanted: string,
  sourcePath: string,
  { force, keep }: Pick<QueueParams, 'force' | 'keep'>,
  making: Making,
  jobs: Iterable<JobRecord>
): Promise<ChosenPlace> {
  const place = await checkPlace(sourcePath, wanted)
  if (place.kind === 'unwritable') {
    return {
      kind: 'refused',
      code: 'unwritable',
      message: place.message,
      hint: 'Choose another folder with --out.'
    }
  }
  if (keep && place.kind !== 'free') return numbered(wanted, sourcePath)
  if (place.kind === 'is-source') {
    return {
      kind: 'refused',
      code: 'output-is-source',
      message: `${wanted} is the source itself`,
      hint: 'Choose another --out or --name, or --keep to number the output.'
    }
  }
  if (place.kind === 'free') return ready(wanted, place.newFolders)
  const there = await identityOfFile(wanted)
  if (force || there === null) return ready(wanted, 0)
  const standing = standingOf(jobs, wanted, there, making)
  switch (standing.kind) {
    case 'current':
      return {
        kind: 'exists',
        output: wanted,
        message: `${wanted} is up to date (job ${standing.by}); --force encodes it again`
      }
    case 'stale':
      return { ...ready(wanted, 0), replaces: there, note: `made anew: ${standing.why}` }
    case 'of-another':
      return {
        kind: 'refused',
        code: 'output-of-another',
        message: `${wanted} is the output of ${standing.source} (job ${standing.by})`,
        hint: 'Choose another --out or --name; --keep numbers the new one, --force replaces that output.'
      }
    case 'foreign':
      return {
        kind: 'exists',
        output: wanted,
        message: `${wanted} exists already, and ${standing.why}; --force replaces it, --keep numbers the new one`
      }
  }
}

const ready = (output: string, newFolders: number) => ({
  kind: 'ready' as const,
  output,
  newFolders,
  replaces: null,
  note: null
})

/** `clip-2.mov` beside `clip.mov`, or the next number that is free. */
async function numbered(wanted: string, sourcePath: string): Promise<ChosenPlace> {
  const extension = extname(wanted)
  const stem = basename(wanted, extension)
  for (let number = 2; number <= maxNumber; number++) {
    const output = join(dirname(wanted), `${stem}-${number}${extension}`)
    const place = await checkPlace(sourcePath, output)
    if (place.kind === 'free') return ready(output, place.newFolders)
  }
  return {
    kind: 'refused',
    code: 'unwritable',
    message: `${wanted} and ${maxNumber - 1} numbered ones exist already`,
    hint: 'Choose another folder with --out.'
  }
}
