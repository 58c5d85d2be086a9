import type { Document } from "../kernel/entity.ts"
import type { Maybe } from "../kernel/handler.ts"
import type { Json } from "../kernel/json.ts"
import type { T } from "../kernel/message.ts"
import { finish, need, type Steps } from "../kernel/steps.ts"
import type { EntityKey, Fact, FactAttribute, FactFilter, FactStore, KeyedEntity, Moment } from "../ports/facts.ts"
import { lookedUpBy } from "../schema/looked-up.ts"

/** An entity as it is with what is not committed yet; no document: it is gone, or never was. */
export type Laid = { readonly type: string; readonly document: Document | null }

/** Entities that are laid over a store. `fresh`: ids that count as never mentioned before, whatever the store knows. */
export type Layer = { readonly entities: ReadonlyMap<string, Laid>; readonly fresh?: ReadonlySet<string> }

/** Values of an attribute; of a ref, the keys of its targets. */
export type Sought = { readonly attribute: FactAttribute; readonly values: readonly Json[] }

type Filter = { readonly entities: ReadonlySet<EntityKey> | undefined; readonly values: ReadonlySet<Json> | undefined }

type LaidEntity = Laid & { readonly id: string; readonly key: EntityKey }

// Beyond every key that a store gives, and in order: what is not committed yet was made last.
const firstLaidKey = 2 ** 50

/**
 * The facts of a store as of a t, and of the t after it: as if what is laid over it had been committed with that. What
 * was looked at is noted, for those who must know on what an answer rests.
 */
export class OverlayFacts implements FactStore {
  /** The keys of the store's own entities that were looked at. */
  readonly looked = new Set<EntityKey>()
  /** The values by which the store was searched for whoever has them, as often as it was. */
  readonly sought: Sought[] = []
  readonly #base: FactStore
  readonly #t: T
  readonly #layer: Layer
  readonly #own = new Map<string, EntityKey>()
  readonly #ownIds = new Map<EntityKey, string>()
  #laid: ReadonlyMap<EntityKey, LaidEntity> | null = null

  constructor(base: FactStore, t: T, layer: Layer) {
    this.#base = base
    this.#t = t
    this.#layer = layer
  }

  /** The moment at which what is laid over the store is there. */
  get t(): T {
    return this.#t + 1
  }

  keys(ids: readonly string[]): Maybe<readonly (EntityKey | null)[]> {
    return finish(this.#keys(ids, false))
  }

  ids(keys: readonly EntityKey[]): Maybe<readonly string[]> {
    const told = this.#base.ids(keys.filter(key => !this.#ownIds.has(key)))
    return after(told, ids => {
      let next = 0
      return keys.map(key => this.#ownIds.get(key) ?? ids[next++]!)
    })
  }

  types(keys: readonly EntityKey[], t: T): Maybe<readonly (string | null)[]> {
    return finish(this.#types(keys, t))
  }

  entities(keys: readonly EntityKey[], t: T): Maybe<readonly (KeyedEntity | null)[]> {
    return finish(this.#entities(keys, t))
  }

  lastSeen(keys: readonly EntityKey[], t: T): Maybe<readonly (T | null)[]> {
    return finish(this.#lastSeen(keys, t))
  }

  ofType(type: string, t: T, options: { after?: EntityKey; limit: number }): Maybe<readonly EntityKey[]> {
    return finish(this.#ofType(type, t, options))
  }

  facts(attribute: FactAttribute, filter: FactFilter, moment: Moment, limit: number): Maybe<readonly Fact[]> {
    return finish(this.#facts(attribute, filter, moment, limit))
  }

  // `mentions`: an id that nobody knows yet comes to be known, as the target of a reference.
  *#keys(ids: readonly string[], mentions: boolean): Steps<readonly (EntityKey | null)[]> {
    const { entities, fresh } = this.#layer
    const found = yield* need(this.#base.keys(ids))
    return ids.map((id, i) => {
      const known = this.#own.get(id) ?? (fresh?.has(id) ? null : found[i]!)
      return known ?? (mentions || entities.has(id) ? this.#ownKey(id) : null)
    })
  }

  #ownKey(id: string): EntityKey {
    const key = firstLaidKey + this.#own.size
    this.#own.set(id, key)
    this.#ownIds.set(key, id)
    return key
  }

  *#laidEntities(): Steps<ReadonlyMap<EntityKey, LaidEntity>> {
    if (this.#laid !== null) return this.#laid
    const ids = [...this.#layer.entities.keys()]
    const keys = yield* this.#keys(ids, true)
    const laid = ids.map((id, i) => ({ ...this.#layer.entities.get(id)!, id, key: keys[i]! }))
    return (this.#laid = new Map(laid.map(entity => [entity.key, entity])))
  }

  /** What is laid over, at a moment at which it is there. */
  *#at(t: T): Steps<ReadonlyMap<EntityKey, LaidEntity>> {
    return t > this.#t ? yield* this.#laidEntities() : nothing
  }

  // The store is asked about its own entities only, as of a t that it has.
  *#asked<Answer>(
    keys: readonly EntityKey[],
    laid: ReadonlyMap<EntityKey, LaidEntity>,
    ask: (keys: readonly EntityKey[]) => Maybe<readonly (Answer | null)[]>,
    own: (entity: LaidEntity) => Answer | null,
  ): Steps<readonly (Answer | null)[]> {
    const theirs = keys.filter(key => key < firstLaidKey && !laid.has(key))
    this.#note(keys)
    const answers = theirs.length === 0 ? [] : yield* need(ask(theirs))
    const byKey = new Map(theirs.map((key, i) => [key, answers[i]!]))
    return keys.map(key => {
      const entity = laid.get(key)
      return entity === undefined ? (byKey.get(key) ?? null) : own(entity)
    })
  }

  *#types(keys: readonly EntityKey[], t: T): Steps<readonly (string | null)[]> {
    const laid = yield* this.#at(t)
    const ask = (theirs: readonly EntityKey[]) => this.#base.types(theirs, Math.min(t, this.#t))
    return yield* this.#asked(keys, laid, ask, ({ type, document }) => (document === null ? null : type))
  }

  *#entities(keys: readonly EntityKey[], t: T): Steps<readonly (KeyedEntity | null)[]> {
    const laid = yield* this.#at(t)
    const ask = (theirs: readonly EntityKey[]) => this.#base.entities(theirs, Math.min(t, this.#t))
    return yield* this.#asked(keys, laid, ask, ({ key, id, type, document }) =>
      document === null ? null : { key, id, type, document, fromT: this.t, createdT: this.t },
    )
  }

  *#lastSeen(keys: readonly EntityKey[], t: T): Steps<readonly (T | null)[]> {
    const laid = yield* this.#at(t)
    const isThere = (key: EntityKey) => (laid.get(key)?.document ?? null) !== null
    const theirs = keys.filter(key => key < firstLaidKey && !isThere(key))
    this.#note(keys)
    const answers = yield* need(this.#base.lastSeen(theirs, Math.min(t, this.#t)))
    const byKey = new Map(theirs.map((key, i) => [key, answers[i]!]))
    // What lasts until what is laid over, and is not laid over itself, lasts on.
    const on = (key: EntityKey, seen: T | null) => (seen === this.#t && !laid.has(key) ? t : seen)
    return keys.map(key => (isThere(key) ? t : on(key, byKey.get(key) ?? null)))
  }

  *#ofType(type: string, t: T, options: { after?: EntityKey; limit: number }): Steps<readonly EntityKey[]> {
    const { limit } = options
    const laid = yield* this.#at(t)
    const found: EntityKey[] = []
    for (let from = options.after ?? 0, isEnd = from >= firstLaidKey; !isEnd && found.length < limit;) {
      const page = yield* need(this.#base.ofType(type, Math.min(t, this.#t), { after: from, limit }))
      found.push(...page.filter(key => !laid.has(key)))
      isEnd = page.length < limit
      from = page.at(-1) ?? from
    }
    const own = [...laid.values()].filter(e => e.type === type && e.document !== null && e.key > (options.after ?? 0))
    this.#note(found)
    return [...found, ...own.map(({ key }) => key)].toSorted((a, b) => a - b).slice(0, limit)
  }

  *#facts(attribute: FactAttribute, filter: FactFilter, moment: Moment, limit: number): Steps<readonly Fact[]> {
    const laid = yield* this.#at(moment.t)
    const facts: Fact[] = []
    const sought = {
      entities: filter.entities && new Set(filter.entities),
      values: filter.values && new Set(filter.values),
    }
    for (const entity of laid.values()) facts.push(...(yield* this.#factsOf(entity, attribute, sought)))
    const theirs = this.#theirs(attribute, filter, laid)
    if (filter.entities !== undefined) this.#note(filter.entities)
    if (theirs === null) return facts.slice(0, limit)
    if (theirs.entities === undefined) this.sought.push({ attribute, values: theirs.values ?? [] })
    const at = { ...moment, t: Math.min(moment.t, this.#t) }
    for (let asked = limit; ; asked *= 2) {
      const page = yield* need(this.#base.facts(attribute, theirs, at, asked))
      const left = page.filter(([key]) => !laid.has(key))
      this.#note(left.map(([key]) => key))
      if (page.length < asked || left.length >= limit) return [...facts, ...left].slice(0, limit)
    }
  }

  // What of a filter the store knows; null: nothing that it could find something by.
  #theirs({ type }: FactAttribute, filter: FactFilter, laid: ReadonlyMap<EntityKey, LaidEntity>): FactFilter | null {
    const entities = filter.entities?.filter(key => key < firstLaidKey && !laid.has(key))
    const isOwn = (value: Json) => type === "ref" && Number(value) >= firstLaidKey
    const values = filter.values?.filter(value => !isOwn(value))
    if (entities?.length === 0 || values?.length === 0) return null
    return { ...(entities === undefined ? {} : { entities }), ...(values === undefined ? {} : { values }) }
  }

  *#factsOf(
    entity: LaidEntity,
    attribute: FactAttribute,
    { entities, values: wanted }: Filter,
  ): Steps<readonly Fact[]> {
    const { key, type, document } = entity
    if (document === null || !attribute.types.includes(type)) return []
    if (entities !== undefined && !entities.has(key)) return []
    const held = document[attribute.name]
    const values = attribute.many && Array.isArray(held) ? (held as readonly Json[]) : held === undefined ? [] : [held]
    const told = yield* this.#told(attribute, values)
    const isSought = (value: Json) => wanted?.has(value) ?? true
    return told.filter(isSought).map(value => [key, value] as const)
  }

  *#told({ type, lookup }: FactAttribute, values: readonly Json[]): Steps<readonly Json[]> {
    if (type === "ref") return (yield* this.#keys(values as readonly string[], true)) as readonly Json[]
    return lookup ? values.map(value => lookedUpBy(type, value) ?? value) : values
  }

  #note(keys: Iterable<EntityKey>): void {
    for (const key of keys) if (key < firstLaidKey) this.looked.add(key)
  }
}

const nothing: ReadonlyMap<EntityKey, LaidEntity> = new Map()

function after<From, To>(value: Maybe<From>, then: (value: From) => To): Maybe<To> {
  return value instanceof Promise ? value.then(then) : then(value)
}
