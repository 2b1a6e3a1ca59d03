import { quoted, TimelineError } from './errors.ts'

/**
 * The text of a timeline file: by its byte order mark, else the encoding that an XML declaration names, else UTF-8,
 * else (EDLs of old systems) Windows-1252, in which every byte means something.
 * @throws TimelineError `encoding`
 */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decode(bytes, 'utf-16le')
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decode(bytes, 'utf-16be')
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200))
  const declared = /^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\bencoding\s*=\s*["']([^"']+)["']/.exec(head)?.[1]
  if (declared !== undefined) return decode(bytes, declared)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    if (/^(?:\xef\xbb\xbf)?\s*[<{]/.test(head)) return decode(bytes, 'utf-8')
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

function decode(bytes: Uint8Array, label: string): string {
  let decoder: InstanceType<typeof TextDecoder>
  try {
    decoder = new TextDecoder(label, { fatal: true })
  } catch (cause) {
    throw new TimelineError('encoding', `its encoding ${quoted(label)} is not known`, {
      hint: 'export it again as UTF-8',
      cause
    })
  }
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new TimelineError('encoding', `it says that it is ${label}, but is not`, {
      hint: 'export it again; if it was edited by hand, save it as UTF-8',
      cause
    })
  }
}
