import type { EntityAt, Json, StateOf } from "daybook"
import { stages, type Stage } from "./stages.ts"
import type { schema } from "./schema.ts"

type Person = StateOf<typeof schema, "Person">

/** What is known of somebody; null: nobody of that id is. */
export function personOf(entity: EntityAt | null): Person | null {
  if (entity?.type !== "Person") return null
  const { name, email, stage, looked, ordered } = entity.document
  const found = stages.find(one => one === stage)
  if (typeof name !== "string" || typeof email !== "string" || found === undefined) return null
  return { name, email, stage: found satisfies Stage, looked: texts(looked), ordered: texts(ordered) }
}

function texts(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter(one => typeof one === "string") : []
}
