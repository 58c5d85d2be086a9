import type { Document } from "../kernel/entity.ts"
import { sameJson, type Json } from "../kernel/json.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { KeyedEntity } from "../ports/facts.ts"
import type { Attribute } from "../schema/types.ts"
import { news } from "./news.ts"
import type { View } from "./view.ts"

/**
 * What may be told of entities at the moment that is looked at: with `since`, only values that have come since. Of
 * attributes without a history only what is still so: their past is not told.
 */
export function* documents(view: View, entities: readonly (KeyedEntity | null)[]): Steps<readonly Document[]> {
  const { facts, attributes, newest } = view
  const { t, since } = view.moment
  if (since === undefined && (t >= newest || attributes.forgetful.size === 0))
    return entities.map(e => e?.document ?? {})
  const entityTypes = attributes.schema.entities
  const lacksPast = (entity: KeyedEntity) =>
    [...(entityTypes.get(entity.type)?.attributes.values() ?? [])].filter(a => a.noHistory)
  const there = entities.filter(entity => entity !== null)
  const forgetful = t < newest ? there.filter(entity => lacksPast(entity).length > 0) : []
  const now = yield* at(forgetful, newest)
  const told = since === undefined ? null : yield* news(view, there, since)
  const after = new Map(forgetful.map((entity, i) => [entity.key, now[i]?.document ?? {}]))
  return entities.map(entity => {
    if (entity === null) return {}
    const left = told?.get(entity.key) ?? entity.document
    const still = after.get(entity.key)
    return still === undefined ? left : onlyStill(left, still, lacksPast(entity))
  })

  function* at(some: readonly KeyedEntity[], then: number): Steps<readonly (KeyedEntity | null)[]> {
    if (some.length === 0) return []
    return yield* need(
      facts.entities(
        some.map(({ key }) => key),
        then,
      ),
    )
  }
}

function onlyStill(document: Document, now: Document, attributes: readonly Attribute[]): Document {
  const left: Record<string, Json | undefined> = { ...document }
  for (const { name, many } of attributes) {
    const [value, is] = [document[name], now[name]]
    if (!many || !Array.isArray(value) || !Array.isArray(is)) {
      if (!sameJson(value, is)) delete left[name]
      continue
    }
    const still = value.filter((one: Json) => is.some((other: Json) => sameJson(one, other)))
    if (still.length > 0) left[name] = still
    else delete left[name]
  }
  return left
}
