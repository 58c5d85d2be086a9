import type { ChangeKind, Document } from "../kernel/entity.ts"
import type { Ids } from "../kernel/ids.ts"
import { sameJson } from "../kernel/json.ts"
import type { RecordedEvent } from "../kernel/message.ts"
import type { Notification } from "../kernel/processor.ts"
import type { EntityStore } from "../ports/entities.ts"

/**
 * What a transaction came to for the entity of an event, made of nothing but the log and the entities as they were:
 * whenever it is made again, it is the same, with the same id.
 */
export async function notificationOf(
  event: RecordedEvent,
  kind: ChangeKind,
  parts: { readonly ids: Ids; readonly entities: Pick<EntityStore, "at"> },
): Promise<Notification> {
  const { t, causedBy } = event
  const { id: entity, type } = event.stream
  const before = kind === "created" ? null : await parts.entities.at(entity, t - 1)
  const after = kind === "retracted" ? null : await parts.entities.at(entity, t)
  const attributes = differing(before?.document ?? null, after?.document ?? null)
  return { id: parts.ids.of(`${t}:${entity}`, kind), kind, entity, type, t, attributes, causedBy }
}

function differing(before: Document | null, after: Document | null): readonly string[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
  return [...names].filter(name => !sameJson(before?.[name], after?.[name]))
}
