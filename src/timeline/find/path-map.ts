import { comparable, isAbsolute, type Location, readPath } from '../location.ts'

/** Where media of another machine are here: everything under `from` there is under `to` here. */
export interface PathMap {
  /** A prefix as the other machine writes it: `/Volumes/nas`, `N:\media`, `\\server\share`. */
  from: string
  /** An absolute local path. */
  to: string
}

/**
 * Where the maps put a path: the maps with the longest fitting prefix, on whole components (`/mnt/a` never fits
 * `/mnt/ab`). Several local paths only where several maps have that same prefix.
 * @returns components below each `to`
 */
export function mapLocation(
  location: Location,
  maps: readonly PathMap[]
): { to: string; components: readonly string[] }[] {
  const fitting = maps.flatMap((map) => {
    const from = readPath(map.from)
    return isPrefix(from, location) ? [{ map, length: from.components.length }] : []
  })
  const longest = Math.max(...fitting.map(({ length }) => length))
  return fitting
    .filter(({ length }) => length === longest)
    .map(({ map, length }) => ({ to: map.to, components: location.components.slice(length) }))
}

function isPrefix(prefix: Location, location: Location): boolean {
  if (!isAbsolute(prefix) || prefix.system !== location.system) return false
  if (comparable(prefix, prefix.volume) !== comparable(location, location.volume)) return false
  return prefix.components.every((component, at) => {
    const other = location.components[at]
    return other !== undefined && comparable(prefix, component) === comparable(location, other)
  })
}
