/** Folders that outputs are put into, beside their source or the project, by the layouts that have one of their own. */
export const layoutFolders = {
  resolve: 'Proxy',
  fcp: 'Proxy',
  premiere: 'Proxies',
  kdenlive: 'proxy',
  shotcut: 'proxies',
  blender: 'BL_proxy'
} as const

/** What systems and NAS boxes keep aside: wastebaskets and thumbnails. */
const keptAside = ['$recycle.bin', '#recycle', '@recycle', '@eadir', 'lost+found']

/** Names, in lower case, of folders that hold what was made of media, or nothing that anybody shot. */
export const leftOutFolderNames: readonly string[] = [
  ...new Set(Object.values(layoutFolders).map((name) => name.toLowerCase())),
  ...keptAside,
  'node_modules'
]

/**
 * Whether a folder is passed over wherever folders are searched for media: by `queue DIR`, globs, watches, and the
 * search for a timeline's clips. Hidden ones are too: among them are this program's work folders. A folder that a
 * person names is looked into whatever it is called.
 * @param name without the folders above it
 */
export const isLeftOutFolder = (name: string): boolean =>
  name.startsWith('.') || leftOutFolderNames.includes(name.toLowerCase())
