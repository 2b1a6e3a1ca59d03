import { dirname } from 'node:path'
import { detectFormat, exportInstead, foreignFormat, isZip } from './detect.ts'
import { inFile, TimelineError } from './errors.ts'
import type { TimelineFiles } from './files.ts'
import { readEdl } from './formats/edl.ts'
import { readFcpxml } from './formats/fcpxml.ts'
import { readMlt } from './formats/mlt.ts'
import { readOtio } from './formats/otio.ts'
import type { ReadText, TimelineText } from './formats/reader.ts'
import { readXmeml } from './formats/xmeml.ts'
import { timelineLimits } from './limits.ts'
import type { ReadOptions, Timeline, TimelineFormat } from './model.ts'
import { endingOf, lastComponent } from './names.ts'
import { decodeText } from './text.ts'

const readers: Readonly<Record<TimelineFormat, (source: TimelineText) => ReadText>> = {
  otio: readOtio,
  fcpxml: readFcpxml,
  xmeml: readXmeml,
  edl: readEdl,
  kdenlive: readMlt,
  mlt: readMlt
}

/**
 * Reads a timeline of any known format: OpenTimelineIO (`.otio`, `.otioz`, `.otiod`), FCPXML (file or `.fcpxmld`),
 * Final Cut 7 XML, CMX 3600 EDL, Kdenlive and MLT. The format is told by the content first.
 * @param path of the file or bundle, on this machine
 * @throws TimelineError naming the file, the place where it is known, and what to do
 */
export async function readTimeline(
  path: string,
  files: TimelineFiles,
  options: ReadOptions = {}
): Promise<Timeline> {
  try {
    const document = await readDocument(path, files)
    return readTimelineText(lastComponent(path) ?? path, document.text, options, document.folder)
  } catch (error) {
    if (error instanceof TimelineError) throw inFile(error, path)
    if (error instanceof Error && 'code' in error) {
      throw new TimelineError('unreadable', `${path} cannot be read: ${error.message}`, {
        hint: 'check that the file is whole and that this user may read it',
        cause: error
      })
    }
    throw error
  }
}

/**
 * Reads the text of a timeline.
 * @param folder where its relative paths start; null when there is none
 * @throws TimelineError with the place, without the name of the file
 */
export function readTimelineText(
  fileName: string,
  text: string,
  options: ReadOptions = {},
  folder: string | null = null
): Timeline {
  const format = detectFormat(fileName, text)
  if (format === null) {
    throw new TimelineError('not-a-timeline', 'it is no timeline of a known format', { hint: exportInstead })
  }
  return { format, folder, ...readers[format]({ fileName, text, options }) }
}

interface Document {
  text: string
  folder: string | null
}

/** The text of a file, or of the document in a bundle (a folder or a ZIP archive). */
async function readDocument(path: string, files: TimelineFiles): Promise<Document> {
  const found = await files.look(path)
  if (found === null) {
    throw new TimelineError('no-such-file', 'there is no such file', { hint: 'check the path' })
  }
  if (found.kind === 'folder') return await readBundle(path, files)
  if (found.kind !== 'file') {
    throw new TimelineError('unreadable', 'it is neither a file nor a folder', { hint: 'check the path' })
  }
  if (found.sizeBytes === 0) {
    throw new TimelineError('empty-file', 'it is empty', { hint: 'export it again from the editing program' })
  }
  const head = await files.read(path, 0, 64)
  const other = foreignFormat(path, head)
  if (other !== null) {
    throw new TimelineError('format-unsupported', `${other} is not read`, { hint: exportInstead })
  }
  if (isZip(head)) return await readArchive(path, files)
  checkSize(found.sizeBytes)
  return { text: decodeText(await files.read(path, 0, found.sizeBytes)), folder: dirname(path) }
}

const checkSize = (sizeBytes: number): void => {
  if (sizeBytes <= timelineLimits.fileSizeBytes) return
  const size = Math.ceil(sizeBytes / 1024 / 1024)
  throw new TimelineError(
    'too-large',
    `it has ${size} MB, more than the ${timelineLimits.fileSizeBytes / 1024 / 1024} MB that are read`,
    { hint: 'export one sequence at a time' }
  )
}

async function readBundle(path: string, files: TimelineFiles): Promise<Document> {
  const ending = endingOf(lastComponent(path) ?? '')
  const name = ending === 'fcpxmld' ? 'Info.fcpxml' : ending === 'otiod' ? 'content.otio' : null
  if (name === null) {
    const other = foreignFormat(path, new Uint8Array())
    throw other === null
      ? new TimelineError('not-a-timeline', 'it is a folder, not a timeline', { hint: exportInstead })
      : new TimelineError('format-unsupported', `${other} is not read`, { hint: exportInstead })
  }
  const inner = `${path.replace(/[\\/]+$/, '')}/${name}`
  const found = await files.look(inner)
  if (found?.kind !== 'file') {
    throw new TimelineError('malformed', `the bundle holds no ${name}`, {
      hint: 'export it again from the editing program'
    })
  }
  checkSize(found.sizeBytes)
  return { text: decodeText(await files.read(inner, 0, found.sizeBytes)), folder: dirname(inner) }
}

/** `.otioz`: a ZIP archive with `content.otio` (OpenTimelineIO, file bundles); its media stay in it. */
async function readArchive(path: string, files: TimelineFiles): Promise<Document> {
  let content: Awaited<ReturnType<TimelineFiles['readZipped']>>
  try {
    content = await files.readZipped(path, 'content.otio', timelineLimits.fileSizeBytes)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new TimelineError('truncated', `it is no whole ZIP archive: ${reason}`, {
      hint: 'copy or export it again',
      cause
    })
  }
  if (content === null) {
    throw new TimelineError('not-a-timeline', 'it is a ZIP archive without content.otio', {
      hint: exportInstead
    })
  }
  if (content === 'too-large') checkSize(timelineLimits.fileSizeBytes + 1)
  return { text: decodeText(content === 'too-large' ? new Uint8Array() : content), folder: null }
}
