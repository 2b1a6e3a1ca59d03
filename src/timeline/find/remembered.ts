/** Makes something of a list once, for as long as the list lives: thousands of media are held against the same lists. */
export function remembered<T, M>(make: (list: readonly T[]) => M): (list: readonly T[]) => M {
  const known = new WeakMap<readonly T[], { made: M }>()
  return (list) => {
    let entry = known.get(list)
    if (entry === undefined) {
      entry = { made: make(list) }
      known.set(list, entry)
    }
    return entry.made
  }
}
