/** File endings of pictures, which are no media to encode unless they are numbered series. */
const stillEndings = new Set(
  'bmp cin dng dpx exr gif hdr heic heif jpeg jpg pct pdf pict png psb psd sgi svg tga tif tiff webp xcf'.split(
    ' '
  )
)

/** Endings of files that hold sound and no pictures. */
const audioEndings = new Set(
  'aac ac3 aif aifc aiff amr caf flac m4a mka mp2 mp3 oga ogg opus w64 wav wma'.split(' ')
)

/** The ending of a file's name in lower case, without the dot; empty when it has none. */
export function endingOf(name: string): string {
  const match = /[^./\\]\.([A-Za-z0-9]{1,8})$/.exec(name)
  return match?.[1]?.toLowerCase() ?? ''
}

/** The name without its ending. */
export function stemOf(name: string): string {
  const ending = endingOf(name)
  return ending === '' ? name : name.slice(0, -ending.length - 1)
}

/** A frame number as renderers write it (`shot.0101.exr`), or a pattern for one (`shot_%04d.png`). */
const numbered = /\.\d{3,}\.[A-Za-z0-9]+$|%0?\d*d|#\.[A-Za-z0-9]+$|\[\d+-\d+\]/

/** A single picture, by its name. */
export const isStillPath = (path: string): boolean => stillEndings.has(endingOf(path)) && !numbered.test(path)

/** A picture of a numbered series, by its name. */
export const isSeriesPath = (path: string): boolean => stillEndings.has(endingOf(path)) && !isStillPath(path)

export const isAudioPath = (path: string): boolean => audioEndings.has(endingOf(path))

/** The last component of a path or URL of any system, percent-decoded where it is a URL. */
export function lastComponent(path: string): string | null {
  const last = path.split(/[/\\]/).findLast((part) => part !== '')
  if (last === undefined) return null
  return /^[A-Za-z][A-Za-z0-9+.-]+:\/?\//.test(path) ? decoded(last) : last
}

/** Percent-decoded; as it is when it is not percent-encoded UTF-8. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** How names are compared: one Unicode form, letters of one size. */
export const foldName = (name: string): string => name.normalize('NFC').toLowerCase().normalize('NFC')
