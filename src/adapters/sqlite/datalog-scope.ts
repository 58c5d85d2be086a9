import { Unready, type Scope } from "../../ports/datalog.ts"
import type { EntityKey } from "../../ports/facts.ts"
import type { Lists } from "./datalog-run.ts"

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

/** The same with entities that are no more, which are none of all that are seen: they are judged apart. */
export async function withJudged(
  seen: Seen,
  gone: readonly EntityKey[],
  scope: Scope,
  names: readonly string[],
): Promise<Seen> {
  const most = gone.reduce((a, b) => Math.max(a, b), 0)
  const grown = async (set: KeySet, attribute?: string): Promise<KeySet> => {
    const next = new Uint8Array(Math.max(set.length, (most >>> 3) + 1))
    next.set(set)
    const sees = await scope.visible(gone, attribute)
    gone.forEach((key, i) => sees[i] === true && put(next, key))
    return next
  }
  const attributes = new Map<string, KeySet>()
  for (const name of names) attributes.set(name, await grown(seen.attributes.get(name)!, name))
  return { guarded: seen.guarded, entities: await grown(seen.entities), attributes, judged: new Set(gone) }
}

// A list is handed over with each question: of more keys than that, to hand it over would take longer than it saves.
const listedKeysMax = 2_000_000

// Whoever asks again as the same reader has the same members.
const listOf = new WeakMap<readonly EntityKey[], Uint8Array>()

/** The lists that a statement looks in, by their attributes. Null: they cannot be told. Throws Unready like the scope. */
export function listsOf(scope: Scope, attributes: readonly (string | null)[]): Lists | null {
  const lists = new Map<string | null, Uint8Array>()
  for (const attribute of attributes) {
    const members = attribute === null ? scope.members() : scope.members(attribute)
    if (members instanceof Promise) throw new Unready(members)
    if (members === null) return null
    const list = listOf.get(members) ?? bytesOf(members)
    if (list.length > listedKeysMax) return null
    listOf.set(members, list)
    lists.set(attribute, list)
  }
  return attribute => lists.get(attribute)!
}

function bytesOf(keys: readonly EntityKey[]): Uint8Array {
  const bytes = new Uint8Array(mostOf(keys) + 1)
  for (const key of keys) bytes[key] = 1
  return bytes
}

function mostOf(keys: readonly EntityKey[]): EntityKey {
  let most = 0
  for (const key of keys) if (key > most) most = key
  return most
}

/** Whether a key is in a set. */
export function has(set: KeySet, key: EntityKey): boolean {
  return ((set[key >>> 3] ?? 0) & (1 << (key & 7))) !== 0
}

function setOf(keys: readonly EntityKey[]): KeySet {
  const set = new Uint8Array((mostOf(keys) >>> 3) + 1)
  for (const key of keys) put(set, key)
  return set
}

function put(set: KeySet, key: EntityKey): void {
  set[key >>> 3]! |= 1 << (key & 7)
}
