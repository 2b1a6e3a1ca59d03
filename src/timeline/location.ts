import { decoded } from './names.ts'

/** A path of any system, taken apart. */
export interface Location {
  system: 'posix' | 'windows'
  /** `/`, `D:`, `//server/share`; empty for a relative path. */
  volume: string
  components: readonly string[]
}

/**
 * What a path or file URL may mean, likeliest first: URLs are percent-decoded, but some exporters write plain paths
 * into them. `file:///…`, `file://localhost/D%3a/…`, `file://server/share/…`, `D:\…`, `\\server\share\…`, `/…`.
 * @returns nothing for a URL of another kind (`http:`…)
 */
export function readLocations(written: string): Location[] {
  const text = written.trim()
  const url = /^([A-Za-z][A-Za-z0-9+.-]+):(.*)$/s.exec(text)
  if (url?.[1] === undefined || url[2] === undefined) {
    const plain = [readPath(text)]
    // OpenTimelineIO writes relative URLs (`media/a%20b.mov`) with no scheme before them.
    if (decoded(text) !== text) plain.push(readPath(decoded(text)))
    return plain
  }
  if (url[1].toLowerCase() !== 'file') return []
  const rest = url[2]
  const isEncoded = decoded(rest) !== rest
  return isEncoded ? [readFileUrl(decoded(rest)), readFileUrl(rest)] : [readFileUrl(rest)]
}

/** The part after `file:`. */
function readFileUrl(rest: string): Location {
  const match = /^\/\/([^/\\]*)([\s\S]*)$/.exec(rest)
  if (match === null) return readPath(rest)
  const [, host = '', path = ''] = match
  if (/^[A-Za-z][:|]$/.test(host)) return readPath(`${host[0]}:${path}`)
  if (host !== '' && host.toLowerCase() !== 'localhost') return readPath(`//${host}${path}`)
  // `file:////server/share` has its server in the path.
  if (/^\/\/[^/]/.test(path)) return readPath(path)
  const drive = /^[/\\]([A-Za-z])[:|](?=[/\\]|$)/.exec(path)
  return readPath(drive === null ? path : `${drive[1]}:${path.slice(3)}`)
}

/** A plain path of any system. */
export function readPath(path: string): Location {
  const text = path.replace(/^[\\/]{2}[?.][\\/](?:UNC[\\/])?/i, (prefix) => (/UNC/i.test(prefix) ? '//' : ''))
  const drive = /^([A-Za-z]):(?=[\\/]|$)/.exec(text)
  if (drive?.[1]) {
    return {
      system: 'windows',
      volume: `${drive[1].toUpperCase()}:`,
      components: split(text.slice(2), /[\\/]+/)
    }
  }
  if (/^(\\\\|\/\/)[^\\/]/.test(text)) {
    const [server = '', share = '', ...components] = split(text, /[\\/]+/)
    return { system: 'windows', volume: `//${server}/${share}`, components }
  }
  if (text.startsWith('/')) return { system: 'posix', volume: '/', components: split(text, /\/+/) }
  const isWindows = text.includes('\\') && !text.includes('/')
  return {
    system: isWindows ? 'windows' : 'posix',
    volume: '',
    components: split(text, isWindows ? /\\+/ : /\/+/)
  }
}

/** `.` and `..` are taken out as far as they can be. */
function split(path: string, by: RegExp): string[] {
  const components: string[] = []
  for (const part of path.split(by)) {
    if (part === '' || part === '.') continue
    if (part === '..' && components.length > 0 && components.at(-1) !== '..') components.pop()
    else components.push(part)
  }
  return components
}

/** As the system of the location writes it. */
export function formatLocation(location: Location): string {
  const { system, volume, components } = location
  if (system === 'posix') return `${volume}${components.join('/')}`
  const start = volume.startsWith('//') ? volume.replaceAll('/', '\\') : volume
  return volume === '' ? components.join('\\') : `${start}\\${components.join('\\')}`
}

export const isAbsolute = (location: Location): boolean => location.volume !== ''

/** A component as it is compared: one Unicode form everywhere, letters of one size on Windows. */
export const comparable = (location: Location, component: string): string => {
  const composed = component.normalize('NFC')
  return location.system === 'windows' ? composed.toLowerCase() : composed
}

/** The same for two ways to write one file. */
export function locationKey(written: string): string {
  const [location] = readLocations(written)
  if (location === undefined) return written
  const parts = [location.volume, ...location.components].map((part) => comparable(location, part))
  return `${location.system}\0${parts.join('\0')}`
}
