import type { Json } from "../../kernel/json.ts"
import type { EntityKey, Fact, FactAttribute, FactFilter, Moment } from "../../ports/facts.ts"
import type { Write } from "../../ports/write.ts"
import type { Stage } from "../store-case.ts"

/** An attribute of many values, which are rows. */
export const tag: FactAttribute = {
  fullName: "Thing/tag",
  name: "tag",
  types: ["Thing"],
  type: "string",
  many: true,
  lookup: true,
}

/** A ref to many. */
export const to: FactAttribute = { ...tag, fullName: "Thing/to", name: "to", type: "ref" }

/** An attribute whose values stand in documents only. */
export const note: FactAttribute = { ...tag, fullName: "Thing/note", name: "note", type: "json", lookup: false }

/** The keys of ids, after some writes. */
export async function keysOf(
  stage: Stage,
  ids: readonly string[],
  writes: readonly Write[] = [],
): Promise<EntityKey[]> {
  await stage.done(...writes)
  const keys = await stage.store.facts.keys(ids)
  return keys.map((key, i) => {
    if (key === null) throw new Error(`${ids[i]} has no key`)
    return key
  })
}

/** Asks for facts, in order. */
export function asking({ store }: Stage, attribute: FactAttribute) {
  return async (filter: FactFilter, t: number, since?: number): Promise<Fact[]> => {
    const moment: Moment = { t, ...(since !== undefined && { since }) }
    return inOrderOfKeys(await store.facts.facts(attribute, filter, moment, 1_000))
  }
}

/** Keys in order. */
export function inOrder(keys: readonly EntityKey[]): EntityKey[] {
  return keys.toSorted((a, b) => a - b)
}

/** Facts in order of their entities, then of their values. */
export function inOrderOfKeys(facts: readonly Fact[]): Fact[] {
  const text = (value: Json) => JSON.stringify(value)
  return facts.toSorted(([a, v], [b, w]) => a - b || (text(v) < text(w) ? -1 : 1))
}

/** Facts as they are compared. */
export function pairs(...facts: readonly (readonly [EntityKey | undefined, Json | undefined])[]): Fact[] {
  return inOrderOfKeys(facts.map(([entity, value]): Fact => [entity!, value!]))
}
