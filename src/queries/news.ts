import type { Document } from "../kernel/entity.ts"
import { sameJson, type Json } from "../kernel/json.ts"
import type { T } from "../kernel/message.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { EntityKey, FactAttribute, KeyedEntity } from "../ports/facts.ts"
import { lookedUpBy } from "../schema/looked-up.ts"
import type { Attribute } from "../schema/types.ts"
import type { View } from "./view.ts"

// An entity that was there at both ends, and has changed in between.
type Changed = KeyedEntity & { readonly old: Document }

/** What has come to be true of each entity after a t. What was true then, and away in between, has come back since. */
export function* news(view: View, entities: readonly KeyedEntity[], since: T): Steps<ReadonlyMap<EntityKey, Document>> {
  const keys = entities.map(({ key }) => key)
  const old = entities.length === 0 ? [] : yield* need(view.facts.entities(keys, since))
  const changed = new Map<EntityKey, Changed>()
  const told = new Map<EntityKey, Document>()
  entities.forEach((entity, i) => {
    const { key, fromT, document } = entity
    const before = old[i]?.document
    if (before === undefined) told.set(key, document)
    else if (fromT <= since) told.set(key, {})
    else changed.set(key, { ...entity, old: before })
  })
  const back = yield* whatCameBack(view, [...changed.values()])
  for (const [key, entity] of changed) told.set(key, newIn(entity, attributesOf(view, entity), back))
  return told
}

function newIn({ key, document, old }: Changed, attributes: readonly Attribute[], back: CameBack): Document {
  const left: Record<string, Json> = {}
  for (const attribute of attributes) {
    const { name, many } = attribute
    const value = document[name]
    if (value === undefined) continue
    const new_ = valuesOf(document, attribute).filter(
      one => !isIn(valuesOf(old, attribute), one) || isIn(back.get(key)?.get(name) ?? [], one),
    )
    if (new_.length > 0) left[name] = many ? new_ : value
  }
  return left
}

type CameBack = ReadonlyMap<EntityKey, ReadonlyMap<string, readonly Json[]>>

// What is the same at both ends may have been away in between, which the store knows.
function* whatCameBack(view: View, changed: readonly Changed[]): Steps<CameBack> {
  const asked = new Map<FactAttribute, { readonly attribute: Attribute; readonly keys: EntityKey[] }>()
  for (const entity of changed) {
    for (const attribute of attributesOf(view, entity)) {
      const old = valuesOf(entity.old, attribute)
      if (attribute.sensitive || !valuesOf(entity.document, attribute).some(one => isIn(old, one))) continue
      const fact = view.attributes.fact(attribute)
      const known = asked.get(fact)
      if (known === undefined) asked.set(fact, { attribute, keys: [entity.key] })
      else known.keys.push(entity.key)
    }
  }
  const back = new Map(changed.map(entity => [entity.key, new Map<string, Json[]>()]))
  const documents = new Map(changed.map(entity => [entity.key, entity.document]))
  for (const [fact, { attribute, keys }] of asked) {
    const facts = yield* need(view.facts.facts(fact, { entities: keys }, view.moment, Number.MAX_SAFE_INTEGER))
    const ids =
      fact.type === "ref"
        ? yield* idsOf(
            view,
            facts.map(([, target]) => target as EntityKey),
          )
        : null
    for (const [key, value] of facts) {
      const by = ids === null ? value : ids.get(value as EntityKey)
      const meant = valuesOf(documents.get(key)!, attribute).filter(one => sameJson(lookedUp(fact, one), by))
      const of = back.get(key)!
      of.set(fact.name, [...(of.get(fact.name) ?? []), ...meant])
    }
  }
  return back
}

function* idsOf({ facts }: View, keys: readonly EntityKey[]): Steps<ReadonlyMap<EntityKey, string>> {
  const unique = [...new Set(keys)]
  const ids = unique.length === 0 ? [] : yield* need(facts.ids(unique))
  return new Map(unique.map((key, i) => [key, ids[i]!]))
}

function attributesOf({ attributes }: View, { type }: KeyedEntity): readonly Attribute[] {
  return [...(attributes.schema.entities.get(type)?.attributes.values() ?? [])]
}

// A list that is one value, as JSON may be, has come as a whole or not at all.
function valuesOf(document: Document, { name, many }: Attribute): readonly Json[] {
  const value = document[name]
  if (value === undefined || value === null) return []
  return many && Array.isArray(value) ? (value as readonly Json[]) : [value]
}

function isIn(values: readonly Json[], value: Json): boolean {
  return values.some(other => sameJson(other, value))
}

function lookedUp({ type, lookup }: FactAttribute, value: Json): Json | undefined {
  return lookup ? (lookedUpBy(type, value) ?? value) : value
}
