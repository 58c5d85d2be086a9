import type { Json } from "../../kernel/json.ts"
import type { EntityKey, FactAttribute, FactStore } from "../../ports/facts.ts"
import type { Topic } from "./topics.ts"

/** The facts of a store, and a record of what was asked of them: a change of nothing else changes the answers. */
export type Recorder = {
  readonly facts: FactStore
  /** What was read. `attributes`: those of an entity that matter to whoever read its document. */
  readonly topics: (attributes: ReadonlySet<string> | "all") => readonly Topic[]
  /** Ids that nobody has mentioned yet: if one comes into being, it matters. */
  readonly unknown: ReadonlySet<string>
}

/** Records what is read of facts. */
export function recorder(facts: FactStore): Recorder {
  const entities = new Set<EntityKey>()
  const unknown = new Set<string>()
  const types = new Set<string>()
  const byValue = new Map<string, { attribute: FactAttribute; values: Set<Json> }>()
  const ofEntities = new Map<string, Set<EntityKey>>()
  const whole = new Set<string>()

  function note(attribute: FactAttribute, filter: { entities?: readonly EntityKey[]; values?: readonly Json[] }): void {
    if (filter.values !== undefined) {
      const known = byValue.get(attribute.fullName) ?? { attribute, values: new Set<Json>() }
      byValue.set(attribute.fullName, known)
      for (const value of filter.values) known.values.add(value)
    } else if (filter.entities !== undefined) {
      const known = ofEntities.get(attribute.fullName) ?? new Set<EntityKey>()
      ofEntities.set(attribute.fullName, known)
      for (const key of filter.entities) known.add(key)
    } else whole.add(attribute.fullName)
  }

  const recording: FactStore = {
    ids: keys => facts.ids(keys),
    keys(ids) {
      const noted = (keys: readonly (EntityKey | null)[]) => {
        keys.forEach((key, i) => (key === null ? unknown.add(ids[i]!) : entities.add(key)))
        return keys
      }
      const keys = facts.keys(ids)
      return keys instanceof Promise ? keys.then(noted) : noted(keys)
    },
    types(keys, t) {
      keys.forEach(key => entities.add(key))
      return facts.types(keys, t)
    },
    entities(keys, t) {
      keys.forEach(key => entities.add(key))
      return facts.entities(keys, t)
    },
    lastSeen(keys, t) {
      keys.forEach(key => entities.add(key))
      return facts.lastSeen(keys, t)
    },
    ofType(type, t, options) {
      types.add(type)
      return facts.ofType(type, t, options)
    },
    facts(attribute, filter, moment, limit) {
      note(attribute, filter)
      return facts.facts(attribute, filter, moment, limit)
    },
  }

  return {
    facts: recording,
    unknown,
    topics: attributes => [
      ...(entities.size === 0 ? [] : [{ attributes, narrowing: { entities: [...entities] } }]),
      ...[...byValue].map(([fullName, { attribute, values }]) => ({
        attributes: new Set([fullName]),
        narrowing: { attribute: fullName, isRef: attribute.type === "ref", values: [...values] },
      })),
      ...[...ofEntities].map(([fullName, keys]) => ({
        attributes: new Set([fullName]),
        narrowing: { entities: [...keys] },
      })),
      ...[...whole, ...(types.size === 0 ? [] : ["@type"])].map(name => ({
        attributes: new Set([name]),
        narrowing: null,
      })),
    ],
  }
}
