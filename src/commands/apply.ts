import type { EvolvedEvent } from "../kernel/aggregate.ts"
import type { Document } from "../kernel/entity.ts"
import { erasedEvent, isEmptied } from "../kernel/erased.ts"
import type { JsonObject } from "../kernel/json.ts"
import { documentOf, stateOf } from "../schema/state.ts"
import type { Routes } from "./routes.ts"

/**
 * The document of an entity after an event that is no rejection: what decisions, rebuilds and restores all call, so that
 * they cannot differ. An event that nothing evolves by changes nothing, but the entity exists from then on.
 */
export function documentAfter(
  routes: Routes,
  entityType: string,
  before: Document | null,
  about: EvolvedEvent,
  data: JsonObject,
): Document | null {
  if (about.type === erasedEvent) return before
  // Nobody can say any more what it meant: it says itself what it left.
  if (isEmptied(data)) return data["document"] === undefined ? before : (data["document"] as Document | null)
  const type = routes.schema.entities.get(entityType)
  const state = stateOf(type, before)
  const evolve = routes.evolve(entityType, about.type)
  const evolved = evolve === undefined ? state : evolve(state as never, data as never, about)
  return evolved && documentOf(type, evolved)
}
