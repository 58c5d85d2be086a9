import { canonicalJson, isObject, sameJson, type Json } from "../../kernel/json.ts"
import type { T } from "../../kernel/message.ts"
import { assert } from "../../kernel/refusal.ts"
import type { EntityKey, Fact, FactAttribute, FactStore, Moment } from "../../ports/facts.ts"
import type { KeptVersion, Memory } from "./memory.ts"

/** Entities and the values of their attributes, by integer keys, out of a memory. */
export function memoryFacts(memory: Memory): FactStore {
  const idOf = (key: EntityKey) => memory.ids[key - 1]
  const versionAt = (key: EntityKey, t: T) => newest(versionsOf(memory, idOf(key)), t)

  return {
    keys: ids => ids.map(id => memory.keys.get(id) ?? null),
    ids: keys => keys.map(key => told(key, idOf(key))),
    types: (keys, t) => keys.map(key => versionAt(key, t)?.type ?? null),
    entities: (keys, t) =>
      keys.map(key => {
        const version = versionAt(key, t)
        return version === null ? null : { key, ...version }
      }),
    lastSeen: (keys, t) => keys.map(key => lastSeen(versionsOf(memory, idOf(key)), t)),
    ofType: (type, t, { after = 0, limit }) =>
      [...memory.keys]
        .filter(([id, key]) => key > after && newest(versionsOf(memory, id), t)?.type === type)
        .map(([, key]) => key)
        .slice(0, limit),
    facts(attribute, { entities, values }, moment, limit) {
      const facts = [...new Set(entities ?? memory.keys.values())].flatMap(key =>
        factsOf(memory, attribute, key, versionsOf(memory, idOf(key)), moment),
      )
      const sought = values && new Set(values.map(canonicalJson))
      return facts.filter(([, value]) => sought?.has(canonicalJson(value)) ?? true).slice(0, limit)
    },
  }
}

type There = KeptVersion & { readonly document: NonNullable<KeptVersion["document"]> }

function versionsOf(memory: Memory, id: string | undefined): readonly KeptVersion[] {
  return id === undefined ? [] : (memory.versions.get(id) ?? [])
}

function newest(versions: readonly KeptVersion[], t: T): There | null {
  const version = versions.findLast(({ fromT }) => fromT <= t)
  return version === undefined || version.document === null ? null : { ...version, document: version.document }
}

function lastSeen(versions: readonly KeptVersion[], t: T): T | null {
  const until = versions.filter(({ fromT }) => fromT <= t)
  const there = until.findLastIndex(({ document }) => document !== null)
  if (there < 0) return null
  return there === until.length - 1 ? t : until[there + 1]!.fromT - 1
}

function factsOf(
  memory: Memory,
  attribute: FactAttribute,
  key: EntityKey,
  versions: readonly KeptVersion[],
  { t, since }: Moment,
): Fact[] {
  const now = valuesOf(memory, attribute, newest(versions, t))
  if (since === undefined) return now.map(value => [key, value])
  const isThere = (value: Json, at: T) =>
    valuesOf(memory, attribute, newest(versions, at)).some(v => sameJson(v, value))
  // What was away in between is there since it came back.
  const moments = [since, ...starts(versions, since, t)]
  return now.filter(value => !moments.every(at => isThere(value, at))).map(value => [key, value])
}

function starts(versions: readonly KeptVersion[], after: T, until: T): T[] {
  return versions.map(({ fromT }) => fromT).filter(fromT => fromT > after && fromT <= until)
}

function valuesOf(memory: Memory, attribute: FactAttribute, version: There | null): readonly Json[] {
  const { name, types, type, many, lookup } = attribute
  const written = version === null || !types.includes(version.type) ? undefined : version.document[name]
  if (written === undefined || written === null) return []
  const values: readonly Json[] = many && Array.isArray(written) ? written : [written]
  // What a ref holds is checked before it is written: an id.
  if (type === "ref") return distinct(values.map(id => memory.keys.get(id as string)!))
  return distinct(values.map(value => (lookup && type === "file" && isObject(value) ? (value["file"] ?? null) : value)))
}

function distinct(values: readonly Json[]): Json[] {
  return values.filter((value, i) => values.findIndex(v => sameJson(v, value)) === i)
}

function told(key: EntityKey, id: string | undefined): string {
  assert(id !== undefined, `no id has the key ${key}`)
  return id
}
