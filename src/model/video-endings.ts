/** Endings of files that folders and globs are searched for. A file that is named outright may have any. */
export const videoExtensions = [
  'mov',
  'mp4',
  'm4v',
  'mkv',
  'webm',
  'avi',
  'mxf',
  'mts',
  'm2ts',
  'ts',
  'mpg',
  'mpeg',
  'm2v',
  'vob',
  'wmv',
  'flv',
  'f4v',
  '3gp',
  '3g2',
  'ogv',
  'dv',
  'y4m',
  'nut',
  'gxf',
  'lrv',
  'insv',
  'braw',
  'r3d'
] as const

/** A file's ending in lower case, without the dot; empty where there is none, as of a file that is called `mov`. */
export const endingOf = (path: string): string =>
  /[^/\\]\.([^./\\]{1,16})$/.exec(path)?.[1]?.toLowerCase() ?? ''

/** By its ending. */
export const isVideo = (path: string): boolean =>
  (videoExtensions as readonly string[]).includes(endingOf(path))
