import { type Document, isAlias, isMap, isScalar, isSeq, type Node } from 'yaml'

/** Entries of `overrides` as the schema takes them, and where each is in its text. */
export interface Rules {
  value: { presets: string; keys: unknown }[]
  /** Offset of what a path of the schema leads to (`[0, 'keys', 'threads']`). */
  offsetOf: (path: readonly PropertyKey[], ofKey: boolean) => number
}

/**
 * Reads a map of patterns, or a list of such maps, in the order in which it is written: of an object, keys that look
 * like numbers would come first. Null when it is neither.
 */
export function readRules(node: unknown, document: Document): Rules | null {
  const resolved = (given: unknown): unknown => (isAlias(given) ? given.resolve(document) : given)
  const top = resolved(node)
  const maps = isSeq(top) ? top.items.map(resolved) : [top]
  if (!maps.every(isMap)) return null
  const pairs = maps.flatMap((map) => map.items)
  return {
    value: pairs.map(({ key, value }) => ({
      presets: isScalar(key) ? String(key.value) : String(key),
      keys: (resolved(value) as Node | null)?.toJS(document) ?? {}
    })),
    offsetOf: ([index, part, name], ofKey) => {
      const pair = pairs[Number(index)]
      const keys = resolved(pair?.value)
      const inner =
        part === 'keys' && isMap(keys)
          ? keys.items.find(({ key }) => String(key) === String(name))
          : undefined
      if (inner) return startOf(ofKey ? inner.key : (inner.value ?? inner.key))
      return startOf(part === 'keys' ? (pair?.value ?? pair?.key) : pair?.key)
    }
  }
}

const startOf = (node: unknown): number => (node as Node | null | undefined)?.range?.[0] ?? 0
