import type { Document } from "../kernel/entity.ts"
import { sameJson, type Json } from "../kernel/json.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import type { Attribute, EntityType } from "../schema/types.ts"
import type { View } from "./view.ts"

/** An attribute that was one thing and is another; null: no value. */
export type Change = { readonly attribute: Attribute; readonly old: Json; readonly new: Json }

/** What may be told of an entity's past to one reader. */
export type Tellable = {
  readonly attributes: readonly Attribute[]
  /** Whether what a ref points at is seen. */
  readonly seesTarget: (id: string) => boolean
}

/** Finds out what may be told of an entity's past: by what the reader may see today. */
export function* tellable(
  { sight, facts }: View,
  key: EntityKey,
  type: EntityType,
  documents: readonly (Document | null)[],
): Steps<Tellable> {
  const all = [...type.attributes.values()].filter(a => !a.sensitive && !a.noHistory)
  if (sight === null) return { attributes: all, seesTarget: () => true }
  const attributes: Attribute[] = []
  for (const attribute of all) {
    const sees =
      !sight.guarded.has(attribute.fullName) || (yield* need(sight.sees([key], attribute.fullName)))[0] === true
    if (sees) attributes.push(attribute)
  }
  const refs = attributes.filter(a => a.type === "ref")
  const ids = [...new Set(documents.flatMap(document => refs.flatMap(ref => listed(document?.[ref.name]))))] as string[]
  const keys = ids.length === 0 ? [] : yield* need(facts.keys(ids))
  const known = keys.filter(k => k !== null)
  const sees = known.length === 0 ? [] : yield* need(sight.sees(known))
  const seen = new Set(known.filter((_, i) => sees[i] === true))
  const seenIds = new Set(ids.filter((_, i) => seen.has(keys[i]!)))
  return { attributes, seesTarget: id => seenIds.has(id) }
}

/** The attributes in which two documents differ, as far as it may be told. */
export function changesBetween(
  before: Document | null,
  after: Document | null,
  { attributes, seesTarget }: Tellable,
): readonly Change[] {
  return attributes.flatMap(attribute => {
    const [old, now] = [before, after].map(document => told(document?.[attribute.name], attribute, seesTarget))
    return sameJson(old!, now!) ? [] : [{ attribute, old: old!, new: now! }]
  })
}

function told(value: Json | undefined, attribute: Attribute, seesTarget: (id: string) => boolean): Json {
  if (value === undefined || attribute.type !== "ref") return value ?? null
  const ids = (listed(value) as readonly string[]).filter(seesTarget)
  if (ids.length === 0) return null
  return attribute.many ? ids : ids[0]!
}

function listed(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}
