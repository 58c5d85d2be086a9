import type { Json } from "../../../kernel/json.ts"
import { Refusal } from "../../../kernel/refusal.ts"
import { need, type Steps } from "../../../kernel/steps.ts"
import type { EntityKey, Fact, FactAttribute, FactFilter, FactStore, Moment } from "../../../ports/facts.ts"
import { isBuiltIn, type DatalogAttribute } from "../attributes.ts"
import type { Pace } from "../pace.ts"
import type { Sight } from "../sight.ts"
import { builtInFacts } from "./built-in.ts"

// So many entities or values are asked for at once.
const askedAtOnce = 2_000

/** The facts there are for one reader at one moment: what is not seen is as if it were not there. */
export class Source {
  readonly #store: FactStore
  readonly #sight: Sight | null
  readonly #seen = new Map<EntityKey, boolean>()
  readonly #seenAttributes = new Map<string, Map<EntityKey, boolean>>()
  readonly #ids = new Map<EntityKey, string>()
  readonly #keys = new Map<string, EntityKey>()
  readonly moment: Moment
  readonly pace: Pace

  constructor(parts: { store: FactStore; sight: Sight | null; moment: Moment; pace: Pace }) {
    this.#store = parts.store
    this.#sight = parts.sight
    this.moment = parts.moment
    this.pace = parts.pace
  }

  /** The facts of an attribute of some entities, with some values, both, or all. */
  *facts(attribute: FactAttribute, filter: FactFilter): Steps<readonly Fact[]> {
    if ("sensitive" in attribute && attribute.sensitive === true) return []
    const found: Fact[] = []
    for (const part of partsOf(filter)) {
      yield* this.pace.look()
      for (const fact of yield* this.#read(attribute, part)) found.push(fact)
    }
    yield* this.pace.look()
    return yield* this.#visible(attribute, found)
  }

  *#read(attribute: FactAttribute, filter: FactFilter): Steps<readonly Fact[]> {
    if (isBuiltIn(attribute)) {
      const facts = yield* builtInFacts(this.#store, attribute, filter, this.moment, this.pace)
      this.pace.spend(facts.length)
      return facts
    }
    const limit = this.pace.room + 1
    const facts = yield* need(this.#store.facts(attribute, filter, this.moment, limit))
    this.pace.spend(facts.length)
    if (facts.length >= limit) throw new Refusal("too-large", `There are too many facts of ${attribute.fullName}`)
    return facts
  }

  *#visible(attribute: FactAttribute, facts: readonly Fact[]): Steps<readonly Fact[]> {
    const narrowed = "narrowed" in attribute && attribute.narrowed === true && attribute.lookup
    const typed = narrowed ? yield* this.#ofTypes(facts, attribute.types) : facts
    if (this.#sight === null || typed.length === 0) return typed
    const guarded = this.#sight.guarded.has(attribute.fullName)
    const entities = typed.map(([entity]) => entity)
    const seen = yield* this.sees(entities, guarded ? attribute.fullName : undefined)
    const mine = typed.filter(([entity]) => seen.get(entity) === true)
    if (attribute.type !== "ref") return mine
    const targets = yield* this.sees(mine.map(([, value]) => value as EntityKey))
    return mine.filter(([, value]) => targets.get(value as EntityKey) === true)
  }

  // A row of a value does not tell of which variant its entity is.
  *#ofTypes(facts: readonly Fact[], types: readonly string[]): Steps<readonly Fact[]> {
    const keys = [...new Set(facts.map(([entity]) => entity))]
    const found = yield* need(this.#store.types(keys, this.moment.t))
    const typeOf = new Map(keys.map((key, i) => [key, found[i] ?? null]))
    return facts.filter(([entity]) => types.includes(typeOf.get(entity) ?? ""))
  }

  /** Who has a value of an identity attribute, of a reference the id, as far as is seen; null: nobody. */
  *holder(attribute: DatalogAttribute, value: Json): Steps<EntityKey | null> {
    if (attribute.type !== "ref") return yield* this.holderOf(attribute, value)
    const key = typeof value === "string" ? (yield* this.keysOf([value])).get(value) : undefined
    return key === undefined || key < 1 ? null : yield* this.holderOf(attribute, key)
  }

  /** The same by a value as it is stored. What is named is named as of now. */
  *holderOf(attribute: DatalogAttribute, value: Json): Steps<EntityKey | null> {
    if (attribute.sensitive) return null
    const facts = yield* need(this.#store.facts(attribute, { values: [value] }, { t: this.moment.t }, 2))
    const [found] = yield* this.#visible(attribute, facts)
    return found?.[0] ?? null
  }

  /** Which entities are seen, or an attribute of each. */
  *sees(entities: readonly EntityKey[], attribute?: string): Steps<ReadonlyMap<EntityKey, boolean>> {
    const known = attribute === undefined ? this.#seen : getOr(this.#seenAttributes, attribute, () => new Map())
    const fresh = [...new Set(entities)].filter(key => !known.has(key))
    if (this.#sight === null) return known
    for (const some of slices(fresh)) {
      yield* this.pace.look()
      const seen = yield* this.#sight.visible(some, attribute)
      for (const [i, key] of some.entries()) known.set(key, seen[i] === true)
    }
    return known
  }

  /** The types of entities that exist and are seen. */
  *types(entities: readonly EntityKey[]): Steps<ReadonlySet<string>> {
    const types = yield* need(this.#store.types(entities, this.moment.t))
    return new Set(types.filter(type => type !== null))
  }

  /** Makes known which ids are which keys: those that nobody has ever mentioned have keys of no entity. */
  learn(id: string, key: EntityKey): void {
    this.#keys.set(id, key)
    this.#ids.set(key, id)
  }

  /** The keys of ids. Those that stand for no entity are left out. */
  *keysOf(ids: readonly string[]): Steps<ReadonlyMap<string, EntityKey>> {
    const fresh = [...new Set(ids)].filter(id => !this.#keys.has(id))
    for (const some of slices(fresh)) {
      yield* this.pace.look()
      const keys = yield* need(this.#store.keys(some))
      for (const [i, id] of some.entries()) if (keys[i] != null) this.learn(id, keys[i])
    }
    return this.#keys
  }

  /** The ids of keys. */
  *idsOf(keys: readonly EntityKey[]): Steps<ReadonlyMap<EntityKey, string>> {
    const fresh = [...new Set(keys)].filter(key => !this.#ids.has(key) && key > 0)
    for (const some of slices(fresh)) {
      yield* this.pace.look()
      const ids = yield* need(this.#store.ids(some))
      for (const [i, key] of some.entries()) this.learn(ids[i]!, key)
    }
    return this.#ids
  }
}

function getOr<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

function partsOf({ entities, values }: FactFilter): readonly FactFilter[] {
  if (entities !== undefined) {
    const rest = values === undefined ? {} : { values }
    return slices(entities).map(part => ({ entities: part, ...rest }))
  }
  return values === undefined ? [{}] : slices(values).map(part => ({ values: part }))
}

function slices<Item extends Json>(items: readonly Item[]): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / askedAtOnce)
  return Array.from({ length: count }, (_, i) => items.slice(i * askedAtOnce, (i + 1) * askedAtOnce))
}
