import { builtInEvolve } from "../commands/built-in.ts"
import { isObject, sameJson, type Json, type JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import type { RecordedEvent, T } from "../kernel/message.ts"
import { finish, need, type Steps } from "../kernel/steps.ts"
import type { LoggedEvent } from "../ports/log.ts"
import type { Store } from "../ports/store.ts"
import { sightBy, type Sight } from "../queries/sight.ts"
import type { Rights } from "../security/rights.ts"
import { system } from "../security/security.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import type { Attribute } from "../schema/types.ts"

/** What is asked to find out what somebody may be shown. */
export type SeenParts = {
  readonly store: Store
  readonly schema: CompiledSchema
  /** What somebody may at t. */
  readonly rightsOf: (principal: string, t: T) => Rights
}

type Told = { readonly sees: (id: string) => boolean; readonly hides: (attribute: Attribute, id: string) => boolean }

/**
 * What of that which happened, and of what is kept, somebody may be shown, by the rights of today: events of entities
 * that they may read, without the attributes that they may not, and without refs to what they may not. What is asked of
 * rights is asked for a whole page at once.
 */
export class Seen {
  readonly #parts: SeenParts

  constructor(parts: SeenParts) {
    this.#parts = parts
  }

  /** The events that may be shown, as they may. Nobody named: all. `own`: rejections too, which are an answer to them. */
  async events<Logged extends Pick<LoggedEvent, "event">>(
    events: readonly Logged[],
    as: string | undefined,
    own = false,
  ): Promise<readonly Logged[]> {
    // On the way of every command: who sees everything is not asked about.
    if (as === undefined || as === system || events.length === 0) return events
    const sight = await this.#sight(as)
    if (sight === null) return events
    const told = await finish(
      this.#told(
        sight,
        events.map(({ event }) => event),
      ),
    )
    return events
      .filter(({ event }) => (own && event.rejection) || told.sees(event.stream.id))
      .map(logged => ({ ...logged, event: this.#shown(logged.event, told) }))
  }

  /** Which of these entities may be read, in their order. */
  async reads(ids: readonly string[], as: string | undefined): Promise<readonly boolean[]> {
    const sight = as === undefined ? null : await this.#sight(as)
    if (sight === null) return ids.map(() => true)
    return finish(this.#reads(sight, ids))
  }

  /** Whether an attribute of any of these entities may be read. */
  async readsAny(attribute: string, ids: readonly string[], as: string | undefined): Promise<boolean> {
    const sight = as === undefined ? null : await this.#sight(as)
    if (sight === null) return ids.length > 0
    const keys = (await this.#parts.store.facts.keys(ids)).filter(key => key !== null)
    return keys.length > 0 && (await sight.sees(keys, attribute)).includes(true)
  }

  /** Whether somebody's commands are theirs to see: their own, and those of whoever they have `own` on. */
  async owns(owner: string, as: string | undefined): Promise<boolean> {
    if (as === undefined || as === owner) return true
    const { store, rightsOf } = this.#parts
    const [key] = await store.facts.keys([owner])
    if (key == null) return false
    const [allowed] = await finish(rightsOf(as, await store.basis()).allows([key], "own"))
    return allowed === true
  }

  /**
   * Whose commands are somebody's own: theirs, and those of whoever has turned out to be them, because they have `own` on
   * them. Themselves first; of others so many.
   */
  async owners(as: string): Promise<readonly string[]> {
    const types = [...this.#parts.schema.entities.values()].filter(type => "own" in type.definition.permissions)
    if (types.length === 0 || as === system) return [as]
    const { store, rightsOf } = this.#parts
    const rights = rightsOf(as, await store.basis())
    const others: string[] = []
    for (const { name: type } of types) {
      const keys = (await finish(rights.members("own", { type }))) ?? []
      const ids = await store.facts.ids(keys.slice(0, limits.ownersMax))
      others.push(...ids.filter(id => id !== null && id !== as))
    }
    return [as, ...others.slice(0, limits.ownersMax)]
  }

  /** Whether somebody sees everything. */
  async seesAll(as: string | undefined): Promise<boolean> {
    return as === undefined || (await this.#sight(as)) === null
  }

  async #sight(as: string): Promise<Sight | null> {
    return sightBy(this.#parts.rightsOf(as, await this.#parts.store.basis()))
  }

  *#reads(sight: Sight, ids: readonly string[]): Steps<readonly boolean[]> {
    const keys = yield* need(this.#parts.store.facts.keys(ids))
    const known = [...new Set(keys.filter(key => key !== null))]
    const sees = known.length === 0 ? [] : yield* need(sight.sees(known))
    const seen = new Set(known.filter((_, i) => sees[i] === true))
    return keys.map(key => key !== null && seen.has(key))
  }

  *#told(sight: Sight, events: readonly RecordedEvent[]): Steps<Told> {
    const streams = [...new Set(events.map(({ stream }) => stream.id))]
    const [targets, guarded] = [new Set<string>(), new Map<string, Set<string>>()]
    for (const event of events) {
      for (const [attribute, change] of this.#changes(event)) {
        if (attribute.type === "ref") for (const id of [change["old"], change["new"]].flatMap(listed)) targets.add(id)
      }
      for (const { fullName } of this.#named(event)) {
        if (!sight.guarded.has(fullName)) continue
        const ids = guarded.get(fullName)
        if (ids === undefined) guarded.set(fullName, new Set([event.stream.id]))
        else ids.add(event.stream.id)
      }
    }
    const all = [...new Set([...streams, ...targets])]
    const keys = yield* need(this.#parts.store.facts.keys(all))
    const keyOf = new Map(all.map((id, i) => [id, keys[i] ?? null]))
    const reads = yield* this.#reads(sight, all)
    const seen = new Set(all.filter((_, i) => reads[i]))
    const hidden = new Set<string>()
    for (const [name, ids] of guarded) {
      const known = [...ids].filter(id => keyOf.get(id) != null)
      const sees =
        known.length === 0
          ? []
          : yield* need(
              sight.sees(
                known.map(id => keyOf.get(id)!),
                name,
              ),
            )
      known.forEach((id, i) => sees[i] === true || hidden.add(`${name} ${id}`))
    }
    return {
      sees: id => seen.has(id),
      hides: ({ fullName }, id) => hidden.has(`${fullName} ${id}`),
    }
  }

  // Attributes that an event tells of: a member of the application's own that is called like one tells of it as well.
  #named({ type, stream, data }: RecordedEvent): readonly Attribute[] {
    const known = this.#parts.schema.entities.get(stream.type)?.attributes
    const told = type in builtInEvolve && isObject(data["attributes"]) ? data["attributes"] : data
    return Object.keys(told).flatMap(name => known?.get(name) ?? [])
  }

  // What the built-in events say of attributes.
  #changes({ type, stream, data }: RecordedEvent): readonly (readonly [Attribute, JsonObject])[] {
    const { attributes } = data
    if (!(type in builtInEvolve) || !isObject(attributes)) return []
    const known = this.#parts.schema.entities.get(stream.type)?.attributes
    return Object.entries(attributes).flatMap(([name, change]) => {
      const attribute = known?.get(name)
      return attribute === undefined || !isObject(change) ? [] : [[attribute, change] as const]
    })
  }

  #shown(event: RecordedEvent, told: Told): RecordedEvent {
    const hidden = this.#named(event).filter(attribute => told.hides(attribute, event.stream.id))
    const isBuiltIn = event.type in builtInEvolve
    if (!isBuiltIn) return hidden.length === 0 ? event : { ...event, data: without(event.data, hidden) }
    const left = { ...without(event.data["attributes"] as JsonObject, hidden) }
    for (const [attribute, change] of this.#changes(event)) {
      if (attribute.type === "ref" && left[attribute.name] !== undefined) {
        const sides = Object.entries(change).flatMap(([side, value]) => {
          const ids = listed(value).filter(told.sees)
          return ids.length === 0 ? [] : [[side, Array.isArray(value) ? ids : ids[0]!] as const]
        })
        const shown: JsonObject = Object.fromEntries(sides)
        // What has not changed for who reads is no change.
        if (sides.length === 0 || sameJson(shown["old"], shown["new"])) delete left[attribute.name]
        else left[attribute.name] = shown
      }
    }
    return { ...event, data: { ...event.data, attributes: left } }
  }
}

function without(told: JsonObject, hidden: readonly Attribute[]): Record<string, Json | undefined> {
  return Object.fromEntries(Object.entries(told).filter(([name]) => !hidden.some(attribute => attribute.name === name)))
}

function listed(value: Json | undefined): readonly string[] {
  const values: readonly Json[] = Array.isArray(value) ? value : value === undefined ? [] : [value]
  return values.filter(item => typeof item === "string")
}
