import type { Json } from "../../kernel/json.ts"
import type { T } from "../../kernel/message.ts"
import type { EntityKey, FactAttribute, FactFilter, FactStore, Moment } from "../../ports/facts.ts"
import type { Topic } from "./topics.ts"

/** Facts that remember what was asked of them: a change of nothing else changes what comes of them. */
export class Recorder implements FactStore {
  readonly #facts: FactStore
  readonly #entities = new Set<EntityKey>()
  readonly #values = new Map<string, { readonly attribute: FactAttribute; readonly values: Set<Json> }>()
  readonly #attributesOf = new Map<string, Set<EntityKey>>()
  readonly #whole = new Set<string>()
  /** Ids that nobody has mentioned yet: if one comes into being, it matters. */
  readonly unknown = new Set<string>()

  constructor(facts: FactStore) {
    this.#facts = facts
  }

  /** What was read. `attributes`: those of an entity that matter to whoever read its document. */
  topics(attributes: ReadonlySet<string> | "all"): readonly Topic[] {
    const documents = this.#entities.size === 0 ? [] : [{ attributes, narrowing: { entities: [...this.#entities] } }]
    const sought = [...this.#values].map(([name, { attribute, values }]) => ({
      attributes: new Set([name]),
      narrowing: { attribute: name, isRef: attribute.type === "ref", values: [...values] },
    }))
    const read = [...this.#attributesOf].map(([name, keys]) => ({
      attributes: new Set([name]),
      narrowing: { entities: [...keys] },
    }))
    const whole = [...this.#whole].map(name => ({ attributes: new Set([name]), narrowing: null }))
    return [...documents, ...sought, ...read, ...whole]
  }

  keys(ids: readonly string[]) {
    const noted = (keys: readonly (EntityKey | null)[]) => {
      keys.forEach((key, i) => (key === null ? this.unknown.add(ids[i]!) : this.#entities.add(key)))
      return keys
    }
    const keys = this.#facts.keys(ids)
    return keys instanceof Promise ? keys.then(noted) : noted(keys)
  }

  ids(keys: readonly EntityKey[]) {
    return this.#facts.ids(keys)
  }

  types(keys: readonly EntityKey[], t: T) {
    return this.#facts.types(this.#read(keys), t)
  }

  entities(keys: readonly EntityKey[], t: T) {
    return this.#facts.entities(this.#read(keys), t)
  }

  lastSeen(keys: readonly EntityKey[], t: T) {
    return this.#facts.lastSeen(this.#read(keys), t)
  }

  ofType(type: string, t: T, options: { after?: EntityKey; limit: number }) {
    this.#whole.add("@type")
    return this.#facts.ofType(type, t, options)
  }

  facts(attribute: FactAttribute, filter: FactFilter, moment: Moment, limit: number) {
    const { fullName } = attribute
    if (filter.values !== undefined) {
      const known = this.#values.get(fullName) ?? { attribute, values: new Set<Json>() }
      this.#values.set(fullName, known)
      for (const value of filter.values) known.values.add(value)
    } else if (filter.entities !== undefined) {
      const known = this.#attributesOf.get(fullName) ?? new Set<EntityKey>()
      this.#attributesOf.set(fullName, known)
      for (const key of filter.entities) known.add(key)
    } else this.#whole.add(fullName)
    return this.#facts.facts(attribute, filter, moment, limit)
  }

  #read(keys: readonly EntityKey[]): readonly EntityKey[] {
    for (const key of keys) this.#entities.add(key)
    return keys
  }
}
