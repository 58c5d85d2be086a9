import type { Json } from "../../../kernel/json.ts"
import { need, type Steps } from "../../../kernel/steps.ts"
import type {
  EntityKey,
  Fact,
  FactAttribute,
  FactFilter,
  FactStore,
  KeyedEntity,
  Moment,
} from "../../../ports/facts.ts"
import type { Pace } from "../pace.ts"

const pageEntities = 2_000

/** What every entity has: `@id`, `@type`, `@t` and `@createdT`, as if they were attributes. */
export function* builtInFacts(
  store: FactStore,
  attribute: FactAttribute,
  filter: FactFilter,
  moment: Moment,
  pace: Pace,
): Steps<readonly Fact[]> {
  const { name, types } = attribute
  const facts: Fact[] = []
  const wanted = filter.values === undefined ? null : new Set<Json>(filter.values)
  for (const keys of yield* candidates(store, name, types, filter, moment, pace)) {
    const entities = yield* need(store.entities(keys, moment.t))
    for (const entity of entities) {
      if (entity === null) continue
      const value = valueOf(entity, name)
      if ((wanted === null || wanted.has(value)) && isFresh(entity, name, moment)) facts.push([entity.key, value])
    }
  }
  return facts
}

function* candidates(
  store: FactStore,
  name: string,
  types: readonly string[],
  { entities, values }: FactFilter,
  { t }: Moment,
  pace: Pace,
): Steps<readonly (readonly EntityKey[])[]> {
  if (entities !== undefined) return [entities.filter(key => key > 0)]
  if (name === "@id" && values !== undefined) {
    const ids = values.filter(value => typeof value === "string")
    return [(yield* need(store.keys(ids))).filter(key => key !== null)]
  }
  const asked = name === "@type" && values !== undefined ? types.filter(type => values.includes(type)) : types
  const pages: (readonly EntityKey[])[] = []
  for (const type of asked) {
    for (let after: EntityKey | undefined; ; after = pages.at(-1)!.at(-1)!) {
      yield* pace.look()
      const options = { limit: pageEntities, ...(after === undefined ? {} : { after }) }
      const page = yield* need(store.ofType(type, t, options))
      pace.spend(page.length)
      if (page.length > 0) pages.push(page)
      if (page.length < pageEntities) break
    }
  }
  return pages
}

function valueOf(entity: KeyedEntity, name: string): Json {
  if (name === "@id") return entity.id
  if (name === "@type") return entity.type
  return name === "@t" ? entity.fromT : entity.createdT
}

// What has always been so is new only while its entity is.
function isFresh(entity: KeyedEntity, name: string, { since }: Moment): boolean {
  return since === undefined || (name === "@t" ? entity.fromT : entity.createdT) > since
}
