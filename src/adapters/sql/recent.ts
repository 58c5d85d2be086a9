/** A map that keeps what was lately asked for, and at most so much. */
export type Recent<Key, Value> = {
  get(key: Key): Value | undefined
  set(key: Key, value: Value): void
  delete(key: Key): void
  clear(): void
}

/**
 * Makes such a map. It has two halves: what is asked for while the younger one fills is moved there, the rest goes with
 * the older one. Unlike a list in order of use, that makes looking something up cost no more than the looking up. With
 * `weigh`, what is bounded is not how many there are but what they weigh together.
 */
export function recent<Key, Value>(max: number, weigh: (value: Value) => number = () => 1): Recent<Key, Value> {
  let young = new Map<Key, Value>()
  let old = new Map<Key, Value>()
  let weight = 0

  function set(key: Key, value: Value): void {
    if (weight >= max / 2) {
      old = young
      young = new Map()
      weight = 0
    }
    drop(key)
    young.set(key, value)
    weight += weigh(value)
  }

  function drop(key: Key): void {
    const before = young.get(key)
    if (before === undefined) return
    weight -= weigh(before)
    young.delete(key)
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
      drop(key)
      old.delete(key)
    },
    clear() {
      young.clear()
      old.clear()
      weight = 0
    },
  }
}
