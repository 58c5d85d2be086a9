import { isObject, type Json, type JsonObject } from "../../src/kernel/json.ts"
import type { T } from "../../src/kernel/message.ts"
import { finish, type Steps } from "../../src/kernel/steps.ts"
import type { EntityKey, Fact, FactAttribute, FactStore, KeyedEntity } from "../../src/ports/facts.ts"
import type { Committed, EntityChange, ValueChange } from "../../src/ports/write.ts"
import { compileSchema, type CompiledSchema } from "../../src/schema/compile.ts"
import { lookedUpBy } from "../../src/schema/looked-up.ts"
import { parseSchema } from "../../src/schema/parse.ts"
import type { Attribute } from "../../src/schema/types.ts"
import type { Rights } from "../../src/security/rights.ts"
import { securityOf, type Security } from "../../src/security/security.ts"

type Version = { readonly t: T; readonly type: string; readonly document: JsonObject | null }

/** What an entity becomes: its type and its attributes, or that it is gone. */
export type Put = { readonly id: string; readonly type: string; readonly set: JsonObject | null }

/** A small world: entities with all their versions in arrays, read the plainest way there is. */
export class World implements FactStore {
  readonly schema: CompiledSchema
  readonly security: Security
  t: T = 0
  /** How often it was asked. */
  asked = 0
  readonly #ids: string[] = []
  readonly #keys = new Map<string, EntityKey>()
  readonly #versions = new Map<EntityKey, Version[]>()

  constructor(schema: JsonObject) {
    this.schema = compiled(schema)
    this.security = securityOf(this.schema, this)
  }

  key(id: string): EntityKey {
    let key = this.#keys.get(id)
    if (key === undefined) {
      this.#ids.push(id)
      this.#keys.set(id, (key = this.#ids.length))
    }
    return key
  }

  /** One transaction. Attributes that are not named stay as they are; null: no value. */
  put(...puts: readonly Put[]): Committed {
    this.t++
    const changes = puts.map(put => this.#change(put))
    return { t: this.t, at: "2030-01-01T00:00:00.000Z", events: [], kinds: [], changes }
  }

  #change({ id, type, set }: Put): EntityChange {
    const key = this.key(id)
    const versions = this.#versions.get(key) ?? []
    const before = versions.at(-1)?.document ?? null
    const merged = Object.entries({ ...before, ...set }).filter(([, value]) => value !== null && value !== undefined)
    const document = set === null ? null : Object.fromEntries(merged)
    this.#versions.set(key, [...versions, { t: this.t, type, document }])
    const attributes = [...(this.schema.entities.get(type)?.lookups ?? [])]
    for (const ref of attributes.filter(attribute => attribute.type === "ref")) {
      for (const target of scalarsOf(ref, document)) this.key(String(target))
    }
    const values = attributes.flatMap(attribute => valueChanges(attribute, before, document))
    return { id, type, document, replaces: before !== null, values }
  }

  #at(key: EntityKey, t: T): Version | null {
    const version = this.#versions.get(key)?.findLast(one => one.t <= t)
    return version === undefined || version.document === null ? null : version
  }

  keys(ids: readonly string[]): readonly (EntityKey | null)[] {
    this.asked++
    return ids.map(id => this.#keys.get(id) ?? null)
  }

  ids(keys: readonly EntityKey[]): readonly string[] {
    return keys.map(key => this.#ids[key - 1]!)
  }

  types(keys: readonly EntityKey[], t: T): readonly (string | null)[] {
    this.asked++
    return keys.map(key => this.#at(key, t)?.type ?? null)
  }

  entities(keys: readonly EntityKey[], t: T): readonly (KeyedEntity | null)[] {
    return keys.map(key => {
      const version = this.#at(key, t)
      if (version === null) return null
      const createdT = this.#versions.get(key)![0]!.t
      return {
        key,
        id: this.#ids[key - 1]!,
        type: version.type,
        fromT: version.t,
        createdT,
        document: version.document!,
      }
    })
  }

  lastSeen(keys: readonly EntityKey[], t: T): readonly (T | null)[] {
    return keys.map(key => {
      for (let at = t; at > 0; at--) if (this.#at(key, at) !== null) return at
      return null
    })
  }

  ofType(type: string, t: T, { after = 0, limit }: { after?: EntityKey; limit: number }): readonly EntityKey[] {
    const all = [...this.#versions.keys()].sort((a, b) => a - b)
    return all.filter(key => key > after && this.#at(key, t)?.type === type).slice(0, limit)
  }

  facts(
    attribute: FactAttribute,
    { entities, values }: { readonly entities?: readonly EntityKey[]; readonly values?: readonly Json[] },
    { t }: { readonly t: T },
    limit: number,
  ): readonly Fact[] {
    this.asked++
    const found: Fact[] = []
    for (const entity of new Set(entities ?? this.#versions.keys())) {
      const version = this.#at(entity, t)
      if (version === null || !attribute.types.includes(version.type)) continue
      for (const value of this.#valuesOf(attribute, version.document!)) {
        if (values === undefined || values.includes(value)) found.push([entity, value])
      }
    }
    return found.slice(0, limit)
  }

  #valuesOf(attribute: FactAttribute, document: JsonObject): readonly Json[] {
    const written = document[attribute.name]
    if (written === undefined) return []
    const values = attribute.many && Array.isArray(written) ? written : [written]
    return values.map(value => (attribute.type === "ref" ? this.key(String(value)) : (value as Json)))
  }

  rights(principal: string, t: T = this.t): Rights {
    return this.security.as(principal, t)
  }

  /** The groups of a principal on an entity, now. */
  groups(principal: string, id: string, t: T = this.t): readonly string[] {
    return done(this.rights(principal, t).groups([this.key(id)]))[0]!
  }

  /** The permissions of a principal on an entity, now. */
  permissions(principal: string, id: string): readonly string[] {
    return done(this.rights(principal).permissions([this.key(id)]))[0]!
  }

  may(principal: string, permission: string, id: string, attribute?: string): boolean {
    return done(this.rights(principal).allows([this.key(id)], permission, attribute))[0]!
  }

  /** The ids of all that a principal may, in alphabetical order. */
  members(principal: string, permission = "read", of?: { attribute?: string; type?: string }): readonly string[] {
    const keys = done(this.rights(principal).members(permission, of))!
    return [...this.ids(keys)].sort()
  }
}

const known = new WeakMap<JsonObject, CompiledSchema>()

// Property tests make many worlds of one schema.
function compiled(schema: JsonObject): CompiledSchema {
  const found = known.get(schema) ?? compileSchema(parseSchema({ daybook: 1, name: "world", version: 1, ...schema }))
  known.set(schema, found)
  return found
}

/** What steps come to, where all they ask for is at hand. */
export function done<Result>(steps: Steps<Result>): Result {
  const result = finish(steps)
  if (result instanceof Promise) throw new Error("what is at hand was waited for")
  return result
}

/** Entities of one type, by their ids. */
export function entities(type: string, table: { readonly [id: string]: JsonObject }): readonly Put[] {
  return Object.entries(table).map(([id, set]) => ({ id, type, set }))
}

/** Every order of some items. */
export function permutations<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length === 0) return [[]]
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map(rest => [item, ...rest]))
}

function scalarsOf(attribute: Attribute, document: JsonObject | null): readonly (string | number | boolean)[] {
  const written = document?.[attribute.name]
  const values: readonly Json[] = Array.isArray(written) ? written : written === undefined ? [] : [written]
  return values.flatMap(value => (isObject(value) ? [] : (lookedUpBy(attribute.type, value) ?? [])))
}

function valueChanges(
  attribute: Attribute,
  before: JsonObject | null,
  after: JsonObject | null,
): readonly ValueChange[] {
  const [was, is] = [new Set(scalarsOf(attribute, before)), new Set(scalarsOf(attribute, after))]
  const change = (value: string | number | boolean, added: boolean) => {
    return { attribute: attribute.fullName, value, ref: attribute.type === "ref", unique: false, added }
  }
  return [
    ...[...was].filter(value => !is.has(value)).map(value => change(value, false)),
    ...[...is].filter(value => !was.has(value)).map(value => change(value, true)),
  ]
}
