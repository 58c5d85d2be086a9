/** A map that keeps what was lately asked for, and at most so much. */
export type Recent<Key, Value> = {
  get(key: Key): Value | undefined
  set(key: Key, value: Value): void
  delete(key: Key): void
  clear(): void
}

/**
 * Makes such a map. It has two halves: what is asked for while the younger one fills is moved there, the rest goes with
 * the older one. Unlike a list in order of use, that makes looking something up cost no more than the looking up.
 */
export function recent<Key, Value>(max: number): Recent<Key, Value> {
  let young = new Map<Key, Value>()
  let old = new Map<Key, Value>()

  function set(key: Key, value: Value): void {
    if (young.size >= max / 2) {
      old = young
      young = new Map()
    }
    young.set(key, value)
  }

  function get(key: Key): Value | undefined {
    const found = young.get(key)
    if (found !== undefined) return found
    const older = old.get(key)
    if (older !== undefined) set(key, older)
    return older
  }

  return {
    get,
    set,
    delete(key) {
      young.delete(key)
      old.delete(key)
    },
    clear() {
      young.clear()
      old.clear()
    },
  }
}
