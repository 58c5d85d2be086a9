import type { Document } from "../kernel/entity.ts"
import { sameJson, type Json } from "../kernel/json.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { KeyedEntity } from "../ports/facts.ts"
import type { View } from "./view.ts"

/**
 * What may be told of entities at the moment that is looked at: with `since`, only values that were not there then. Of
 * attributes without a history only what is still so: their past is not told.
 */
export function* documents(
  { facts, attributes, moment, newest }: View,
  entities: readonly (KeyedEntity | null)[],
): Steps<readonly Document[]> {
  const { t, since } = moment
  if (since === undefined && (t >= newest || !attributes.hasForgetful)) return entities.map(e => e?.document ?? {})
  const entityTypes = attributes.schema.entities
  const lacksPast = (entity: KeyedEntity) =>
    [...(entityTypes.get(entity.type)?.attributes.values() ?? [])].filter(a => a.noHistory).map(a => a.name)
  const there = entities.filter(entity => entity !== null)
  const forgetful = t < newest ? there.filter(entity => lacksPast(entity).length > 0) : []
  const old = since === undefined ? [] : yield* at(there, since)
  const now = yield* at(forgetful, newest)
  const before = new Map(there.map((entity, i) => [entity.key, old[i]?.document]))
  const after = new Map(forgetful.map((entity, i) => [entity.key, now[i]?.document ?? {}]))
  return entities.map(entity => {
    if (entity === null) return {}
    const left = leaveOut(entity.document, before.get(entity.key))
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

function leaveOut(document: Document, old: Document | undefined): Document {
  if (old === undefined) return document
  const left: Record<string, Json> = {}
  for (const [name, value] of Object.entries(document)) {
    const was = old[name]
    if (value === undefined || sameJson(value, was)) continue
    // A json value that is a list is told as a whole or not at all only where there is one; lists of values differ item by item.
    const values =
      Array.isArray(value) && Array.isArray(was) ? value.filter(v => !was.some(w => sameJson(v, w))) : value
    if (!Array.isArray(values) || values.length > 0) left[name] = values
  }
  return left
}

function onlyStill(document: Document, now: Document, names: readonly string[]): Document {
  const entries = Object.entries(document).filter(
    ([name, value]) => !names.includes(name) || sameJson(value, now[name]),
  )
  return Object.fromEntries(entries)
}
