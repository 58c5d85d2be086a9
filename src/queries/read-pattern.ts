import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { at, unknownSentence } from "../schema/faults.ts"
import type { Attributes } from "./attributes.ts"
import type { Meanings } from "./meaning.ts"
import { faulty } from "./faulty.ts"
import { builtIns, type Field, type Onward, type Source, type Target } from "./pattern.ts"
import { readParams, type Params } from "./read-params.ts"

/** Reads patterns of one query, and keeps count of them. */
export type PatternReading = { readonly attributes: Attributes; count: number }

type Place = {
  readonly path: string
  /** The entity types there can be at this place; null: any. */
  readonly types: readonly string[] | null
}

// What was read lately, by its text: most patterns are asked for again and again.
const lately = new WeakMap<Attributes, Map<string, Target>>()

/** Reads the pattern of a pull. */
export function readPull(json: Json | undefined, path: string, attributes: Attributes): Target {
  const text = json === undefined ? "" : `${path} ${JSON.stringify(json)}`
  let known = lately.get(attributes)
  const before = known?.get(text)
  if (before !== undefined) return before
  const target = readTarget(json, { path, types: null }, { attributes, count: 0 })
  if (text.length > limits.datalogKeptCharsMax) return target
  if (known === undefined) lately.set(attributes, (known = new Map()))
  if (known.size >= limits.datalogKeptMax) known.clear()
  known.set(text, target)
  return target
}

/** Reads a pattern, or a union of them by entity type. Refuses with the place where it is none. */
export function readTarget(json: Json | undefined, place: Place, reading: PatternReading): Target {
  if (Array.isArray(json)) return readPattern(json, place, reading)
  if (!isObject(json)) {
    throw faulty(place.path, "is no pattern: an array of attributes, or an object with one for each entity type")
  }
  const entries = Object.entries(json)
  if (entries.length === 0) throw faulty(place.path, "is a union of nothing")
  const branches = new Map<string, Extract<Target, { kind: "pattern" }>>()
  for (const [name, branch] of entries) {
    const path = at(place.path, name)
    const types = reading.attributes.typesOf(name)
    if (types === undefined) {
      const { entities, abstracts } = reading.attributes.schema
      throw faulty(path, unknownSentence("entity", name, [...entities.keys(), ...abstracts.keys()]), "unknown-type")
    }
    if (!Array.isArray(branch)) throw faulty(path, "is no pattern, which is an array")
    const pattern = readPattern(branch, { path, types }, reading)
    // What is said of a variant counts for more than what is said of its abstract, in any order.
    for (const type of types) if (type === name || !branches.has(type)) branches.set(type, pattern)
  }
  return { kind: "union", branches }
}

function readPattern(
  items: readonly Json[],
  place: Place,
  reading: PatternReading,
): Extract<Target, { kind: "pattern" }> {
  if (items.length === 0) throw faulty(place.path, "is an empty pattern, which asks for nothing")
  const fields: Field[] = []
  let all = false
  items.forEach((item, i) => {
    if (++reading.count > limits.patternItemsMax) {
      throw faulty(place.path, `has more than ${limits.patternItemsMax} items, with what is in it`, "too-large")
    }
    if (item === "*") all = true
    else fields.push(...readItem(item, { ...place, path: at(place.path, i) }, reading))
  })
  return { kind: "pattern", fields, all }
}

function readItem(item: Json, place: Place, reading: PatternReading): readonly Field[] {
  if (typeof item === "string") return [readField(item, undefined, null, place, reading)]
  if (isObject(item)) return readJoins(item, null, place, reading)
  if (Array.isArray(item) && item.length === 2) return readWithParams(item, place, reading)
  throw faulty(place.path, 'is neither an attribute, nor a join {attribute: pattern}, nor [one of them, {"limit": …}]')
}

function readWithParams([expr, params]: readonly Json[], place: Place, reading: PatternReading): readonly Field[] {
  if (!isObject(params)) throw faulty(at(place.path, 1), "is no object of parameters")
  const path = at(place.path, 0)
  if (typeof expr === "string" && expr !== "*") {
    return [readField(expr, undefined, params, { ...place, path }, reading, at(place.path, 1))]
  }
  if (isObject(expr)) return readJoins(expr, params, { ...place, path }, reading, at(place.path, 1))
  throw faulty(path, "is neither an attribute nor a join, and takes no parameters")
}

function readJoins(
  joins: JsonObject,
  params: JsonObject | null,
  place: Place,
  reading: PatternReading,
  paramsPath = place.path,
): readonly Field[] {
  const entries = Object.entries(joins)
  if (entries.length === 0) throw faulty(place.path, "is a join of nothing")
  return entries.map(([name, target]) => {
    if (++reading.count > limits.patternItemsMax) {
      throw faulty(place.path, `is beyond the ${limits.patternItemsMax} items that a pattern may have`, "too-large")
    }
    return readField(name, target ?? null, params, { ...place, path: at(place.path, name) }, reading, paramsPath)
  })
}

function readField(
  name: string,
  target: Json | undefined,
  written: JsonObject | null,
  place: Place,
  reading: PatternReading,
  paramsPath = place.path,
): Field {
  const source = readSource(name, place, reading.attributes)
  const params = readParams(written ?? {}, paramsPath, derivedIn(source))
  const { limit, offset, otherwise, rest } = params
  const as = params.as ?? name
  const onward = target === undefined ? null : readOnward(target, source, place, reading)
  refuseBounds(source, params, paramsPath)
  return { as, source, onward, limit, offset, otherwise, params: rest, path: place.path }
}

function refuseBounds(source: Source, { hasBounds }: Params, path: string): void {
  if (hasBounds && source.kind === "builtIn")
    throw faulty(path, `has a limit or an offset, but ${source.name} has one value`)
}

function readSource(name: string, place: Place, attributes: Attributes): Source {
  const builtIn = builtIns.find(b => b === name)
  if (builtIn !== undefined) return { kind: "builtIn", name: builtIn }
  const [, owner, back] = /^([^/]*)\/_(.+)$/s.exec(name) ?? []
  if (owner !== undefined) return readReverse(name, `${owner}/${back}`, place, attributes)
  const meanings = attributes.called(name)
  if (meanings === undefined || !isPossible(meanings, place.types)) throw unknown(name, place, attributes)
  return { kind: "attribute", name, meanings }
}

function readReverse(name: string, forward: string, place: Place, attributes: Attributes): Source {
  const meanings = attributes.called(forward)
  if (meanings === undefined) throw unknown(name, place, attributes)
  const refs = [...meanings.values()].map(m => (m.kind === "stored" && m.attribute.type === "ref" ? m.attribute : null))
  if (!refs.every(ref => ref !== null))
    throw faulty(place.path, `walks ${forward} backwards, which is no ref`, "invalid")
  const single = refs.every(ref => ref.component || ref.unique !== null)
  return { kind: "reverse", name, meanings, single }
}

function isPossible(meanings: Meanings, types: readonly string[] | null): boolean {
  return types === null || types.some(type => meanings.has(type))
}

function unknown(name: string, { path, types }: Place, attributes: Attributes) {
  const owner = types === null ? undefined : types.join(" or ")
  const { entities } = attributes.schema
  const known = (types ?? [...entities.keys()]).flatMap(type => {
    const of = [...(entities.get(type)?.attributes.keys() ?? [])]
    return types === null || types.length > 1 ? of.map(attribute => `${type}/${attribute}`) : of
  })
  return faulty(path, `: ${unknownSentence("attribute", name, known, owner)}`, "unknown-type")
}

function readOnward(target: Json, source: Source, place: Place, reading: PatternReading): Onward {
  if (source.kind === "builtIn") throw faulty(place.path, `leads nowhere: ${source.name} is a value`)
  const onward = readRecursion(target, place.path)
  if (source.kind === "reverse") {
    const types = [...source.meanings.keys()]
    return onward ?? { kind: "join", target: readTarget(target, { path: place.path, types }, reading) }
  }
  const meanings = [...source.meanings]
    .filter(([type]) => place.types?.includes(type) ?? true)
    .map(([, meaning]) => meaning)
  if (meanings.every(m => m.kind === "derived")) {
    if (onward !== null) throw faulty(place.path, "goes on from what is derived, and is no entity")
    return { kind: "members", members: target }
  }
  const refs = meanings.flatMap(m => (m.kind === "stored" && m.attribute.type === "ref" ? [m.attribute] : []))
  if (refs.length === 0) throw faulty(place.path, `leads nowhere: ${source.name} is no ref`, "invalid")
  if (onward !== null) return onward
  const types = refs.some(ref => ref.to.length === 0) ? null : [...new Set(refs.flatMap(ref => ref.to))]
  return { kind: "join", target: readTarget(target, { path: place.path, types }, reading) }
}

function readRecursion(target: Json, path: string): Onward {
  if (target === "...") return { kind: "recursion", levels: Infinity }
  if (typeof target !== "number") return null
  if (!Number.isSafeInteger(target) || target < 1) throw faulty(path, 'goes on a number of times from 1 on, or "..."')
  return { kind: "recursion", levels: target }
}

function derivedIn(source: Source): boolean {
  return source.kind === "attribute" && [...source.meanings.values()].some(m => m.kind === "derived")
}
