import type { Scope } from "../../ports/datalog.ts"
import type { EntityKey } from "../../ports/facts.ts"

/** A set of keys, one bit each. */
export type KeySet = Uint8Array

/** What a reader sees, in a form that can go to another thread: a set of entities, and one for each guarded attribute. */
export type Seen = {
  readonly guarded: ReadonlySet<string>
  readonly entities: KeySet
  readonly attributes: ReadonlyMap<string, KeySet>
  /** Entities that are no more, of which it is known as well whether they are seen. */
  readonly judged: ReadonlySet<EntityKey>
}

/** What a scope tells, of some guarded attributes too; null: it is too much to tell. */
export async function seenBy(scope: Scope, names: readonly string[]): Promise<Seen | null> {
  const members = await scope.members()
  if (members === null) return null
  const attributes = new Map<string, KeySet>()
  for (const name of names) {
    const its = await scope.members(name)
    if (its === null) return null
    attributes.set(name, setOf(its))
  }
  return { guarded: scope.guarded, entities: setOf(members), attributes, judged: new Set() }
}

/** The same with entities that are no more, which are none of all that are seen: they are judged one by one. */
export function withJudged(seen: Seen, gone: readonly EntityKey[], scope: Scope, names: readonly string[]): Seen {
  const most = gone.reduce((a, b) => Math.max(a, b), 0)
  const grown = (set: KeySet, attribute?: string): KeySet => {
    const next = new Uint8Array(Math.max(set.length, (most >>> 3) + 1))
    next.set(set)
    for (const key of gone) if (scope.sees(key, attribute)) put(next, key)
    return next
  }
  return {
    guarded: seen.guarded,
    entities: grown(seen.entities),
    attributes: new Map(names.map(name => [name, grown(seen.attributes.get(name)!, name)])),
    judged: new Set(gone),
  }
}

/** Whether a key is in a set. */
export function has(set: KeySet, key: EntityKey): boolean {
  return ((set[key >>> 3] ?? 0) & (1 << (key & 7))) !== 0
}

function setOf(keys: readonly EntityKey[]): KeySet {
  let most = 0
  for (const key of keys) if (key > most) most = key
  const set = new Uint8Array((most >>> 3) + 1)
  for (const key of keys) put(set, key)
  return set
}

function put(set: KeySet, key: EntityKey): void {
  set[key >>> 3]! |= 1 << (key & 7)
}
