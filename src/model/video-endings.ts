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

/** By its ending. */
export const isVideo = (path: string): boolean =>
  (videoExtensions as readonly string[]).includes(path.slice(path.lastIndexOf('.') + 1).toLowerCase())
