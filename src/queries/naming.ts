import { isId } from "../kernel/ids.ts"
import { canonicalJson, isObject, type Json } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import { at, unknownSentence } from "../schema/faults.ts"
import { lookedUpBy } from "../schema/looked-up.ts"
import type { Attributes } from "./attributes.ts"
import type { Meanings } from "./meaning.ts"
import { faulty } from "./faulty.ts"
import type { View } from "./view.ts"

/** How a query names an entity: by its id, or by the value of a unique attribute. */
export type Naming =
  | { readonly kind: "id"; readonly id: string }
  | {
      readonly kind: "lookup"
      readonly name: string
      readonly meanings: Meanings
      readonly value: Json
      /** Of a reference, whom it leads to. */
      readonly target: Naming | null
    }

type Lookup = Extract<Naming, { kind: "lookup" }>

/** Reads how one entity is named, or an array of them. */
export function readNamings(
  json: Json | undefined,
  path: string,
  attributes: Attributes,
): { readonly namings: readonly Naming[]; readonly isMany: boolean } {
  if (!Array.isArray(json) || isLookup(json, attributes)) {
    return { namings: [readNaming(json, path, attributes)], isMany: false }
  }
  if (json.length > limits.pullRootsMax) {
    throw faulty(path, `names ${json.length} entities; ${limits.pullRootsMax} are taken`, "too-large")
  }
  return { namings: json.map((one: Json, i) => readNaming(one, at(path, i), attributes)), isMany: true }
}

/** Reads how an entity is named: an id, or `[attribute, value]`. */
export function readNaming(json: Json | undefined, path: string, attributes: Attributes): Naming {
  if (isId(json)) return { kind: "id", id: json }
  if (!Array.isArray(json) || json.length !== 2 || typeof json[0] !== "string") {
    throw faulty(path, "is neither an id nor a lookup [attribute, value]")
  }
  const [name, value] = json as unknown as readonly [string, Json]
  const meanings = attributes.called(name)
  if (meanings === undefined) throw faulty(at(path, 0), `: ${unknownSentence("attribute", name, [])}`, "unknown-type")
  if (!isUnique(name, meanings)) {
    throw faulty(at(path, 0), "is not the full name of a unique attribute, Entity/attribute", "invalid")
  }
  if (leadsOn(meanings)) {
    return { kind: "lookup", name, meanings, value, target: readNaming(value, at(path, 1), attributes) }
  }
  if (Array.isArray(value) || isObject(value) || value === null) throw faulty(at(path, 1), "is no value to look up")
  return { kind: "lookup", name, meanings, value, target: null }
}

function leadsOn(meanings: Meanings): boolean {
  return [...meanings.values()].some(m => m.kind === "stored" && m.attribute.type === "ref")
}

/**
 * Whether an array of two is a lookup, and not two entities: its first element is the full name of an attribute, or its
 * second can be nothing that names an entity.
 */
function isLookup(json: readonly Json[], attributes: Attributes): boolean {
  const [name, value] = json
  if (json.length !== 2 || typeof name !== "string") return false
  if (typeof value !== "string" && !Array.isArray(value)) return true
  const meanings = name.includes("/") ? attributes.called(name) : undefined
  return meanings !== undefined && (typeof value === "string" || leadsOn(meanings))
}

function isUnique(name: string, meanings: Meanings): boolean {
  const all = [...meanings.values()]
  return name.includes("/") && all.every(m => m.kind === "stored" && m.attribute.unique !== null)
}

/**
 * The keys of the entities that are named so, in their order; null: there is none, or none that is seen by that name.
 * `ahead`: the refs that will be followed from there.
 */
export function* resolveNamings(
  view: View,
  namings: readonly Naming[],
  ahead: readonly string[] = [],
): Steps<readonly (EntityKey | null)[]> {
  const ids = [...new Set(namings.flatMap(naming => (naming.kind === "id" ? [naming.id] : [])))]
  const keys = ids.length === 0 ? [] : yield* need(view.facts.keys(ids, ahead))
  const byId = new Map(ids.map((id, i) => [id, keys[i] ?? null]))
  const found = new Map<string, EntityKey | null>()
  const lookups = namings.filter(naming => naming.kind === "lookup")
  for (const name of new Set(lookups.map(({ name }) => name))) {
    const same = lookups.filter(lookup => lookup.name === name)
    const holders = yield* holdersOf(view, same)
    same.forEach((lookup, i) => found.set(lookupKey(lookup), holders[i]!))
  }
  return namings.map(naming => (naming.kind === "id" ? byId.get(naming.id)! : found.get(lookupKey(naming))!))
}

function lookupKey({ name, value }: Lookup): string {
  return canonicalJson([name, value])
}

// Who holds the values of lookups that are all by the same attribute.
function* holdersOf(view: View, lookups: readonly Lookup[]): Steps<readonly (EntityKey | null)[]> {
  const { facts, attributes, sight, moment } = view
  const { meanings } = lookups[0]!
  const [[type, meaning]] = meanings as unknown as [[string, ReturnType<Meanings["get"]>]]
  if (meaning?.kind !== "stored" || meaning.attribute.sensitive) return lookups.map(() => null)
  const { attribute } = meaning
  const coerce = attributes.schema.entities.get(type)!.coerce
  const wanted = ({ value }: Lookup) => {
    const read = coerce(attribute.name, value)
    return "fault" in read ? undefined : lookedUpBy(attribute.type, read.value)
  }
  const held = attribute.type === "ref" ? yield* targetsOf(view, lookups) : lookups.map(wanted)
  const good = held.filter(value => value !== undefined)
  if (good.length === 0) return lookups.map(() => null)
  const fact = attributes.fact(attribute)
  const all = yield* need(facts.facts(fact, { values: good }, { t: moment.t }, good.length + 1))
  const holders = new Map(all.map(([holder, value]) => [value, holder]))
  const keys = [...holders.values()]
  const types = meanings.size < fact.types.length && keys.length > 0 ? yield* need(facts.types(keys, moment.t)) : null
  const sees = sight?.guarded.has(fact.fullName) === true ? yield* need(sight.sees(keys, fact.fullName)) : null
  const isOut = (key: EntityKey) => {
    const i = keys.indexOf(key)
    return (types !== null && !meanings.has(types[i] ?? "")) || (sees !== null && sees[i] !== true)
  }
  return held.map(value => {
    const holder = value === undefined ? undefined : holders.get(value)
    return holder === undefined || isOut(holder) ? null : holder
  })
}

// The value of a ref is the key of its target. Nobody points at what is not seen.
function* targetsOf(view: View, lookups: readonly Lookup[]): Steps<readonly (EntityKey | undefined)[]> {
  const keys = yield* resolveNamings(
    view,
    lookups.map(({ target }) => target!),
  )
  const known = keys.filter(key => key !== null)
  const sees = view.sight === null || known.length === 0 ? null : yield* need(view.sight.sees(known))
  const seen = new Set(known.filter((_, i) => sees?.[i] ?? true))
  return keys.map(key => (key !== null && seen.has(key) ? key : undefined))
}
