import { sameJson, type Json, type JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import type { RecordedEvent, T } from "../kernel/message.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import type { Store } from "../ports/store.ts"
import { changesBetween, tellable, type Change } from "./past.ts"
import type { View } from "./view.ts"

/** Which part of a history is asked for. */
export type Page = { readonly limit: number; readonly after: T }

/** What happened to an entity, attribute by attribute, oldest first: as far as the reader may see the attributes today. */
export function* history(
  view: View,
  store: Pick<Store, "entities" | "log">,
  key: EntityKey | null,
  { limit, after }: Page,
): Steps<{ readonly entries: readonly JsonObject[]; readonly next: T | null }> {
  const id = yield* seenId(view, key)
  if (id === null) return { entries: [], next: null }
  const { t, since = 0 } = view.moment
  const versions = (yield* need(store.entities.versions(id))).filter(({ fromT }) => fromT <= t)
  const steps = versions
    .map(({ fromT, document }, i) => ({ fromT, document, before: versions[i - 1]?.document ?? null }))
    .filter(({ fromT }) => fromT > Math.max(after, since))
  const type = yield* typeOf(view, store, id)
  if (type === undefined || steps.length === 0) return { entries: [], next: null }
  const told = yield* tellable(
    view,
    key!,
    type,
    versions.map(({ document }) => document),
  )
  const found: { t: T; changes: readonly Change[] }[] = []
  let count = 0
  for (const { fromT, document, before } of steps) {
    if (count >= limit) break
    const changes = changesBetween(before, document, told)
    if (changes.length > 0) found.push({ t: fromT, changes })
    count += changes.length
  }
  const reached = found.at(-1)?.t ?? t
  const events = yield* eventsOf(view, store, id, new Set(found.map(f => f.t)), reached)
  const entries = found.flatMap(({ t, changes }) => changes.map(change => entry(t, change, events.get(t) ?? [])))
  const isMore = count >= limit && steps.some(({ fromT }) => fromT > reached)
  return { entries, next: isMore ? reached : null }
}

/** In which attributes an entity differs between two moments. */
export function* diff(
  view: View,
  store: Pick<Store, "entities" | "log">,
  key: EntityKey | null,
  [from, to]: readonly [T, T],
): Steps<readonly JsonObject[]> {
  const id = yield* seenId(view, key)
  const type = id === null ? undefined : yield* typeOf(view, store, id)
  if (id === null || type === undefined) return []
  const before = yield* need(store.entities.at(id, from))
  const after = yield* need(store.entities.at(id, to))
  const documents = [before?.document ?? null, after?.document ?? null] as const
  const changes = changesBetween(...documents, yield* tellable(view, key!, type, documents))
  return changes.map(change => ({ attr: change.attribute.name, ...sides(change) }))
}

// What is no more is still seen by who saw it last.
function* seenId({ sight, facts }: View, key: EntityKey | null): Steps<string | null> {
  if (key === null) return null
  if (sight !== null && (yield* need(sight.sees([key])))[0] !== true) return null
  return (yield* need(facts.ids([key])))[0] ?? null
}

function* typeOf({ attributes }: View, store: Pick<Store, "log">, id: string) {
  const { type } = yield* need(store.log.stream(id, 1, 1))
  return type === null ? undefined : attributes.schema.entities.get(type)
}

function* eventsOf(
  view: View,
  store: Pick<Store, "log">,
  id: string,
  wanted: ReadonlySet<T>,
  reached: T,
): Steps<ReadonlyMap<T, readonly RecordedEvent[]>> {
  const found = new Map<T, RecordedEvent[]>()
  for (let from = 1; wanted.size > 0;) {
    view.budget.check()
    const { events, version } = yield* need(store.log.stream(id, from, limits.pageEventsMax))
    for (const event of events) {
      if (!wanted.has(event.t)) continue
      const of = found.get(event.t)
      if (of === undefined) found.set(event.t, [event])
      else of.push(event)
    }
    const last = events.at(-1)
    if (last === undefined || last.stream.version >= version || last.t > reached) break
    from = last.stream.version + 1
  }
  return found
}

function entry(t: T, change: Change, events: readonly RecordedEvent[]): JsonObject {
  const event = events.findLast(e => !e.rejection)
  return {
    t,
    at: event?.at ?? null,
    attr: change.attribute.name,
    ...sides(change),
    event: event?.id ?? null,
    command: event?.causedBy.id ?? null,
    eventType: event?.type ?? null,
    commandType: event?.causedBy.type ?? null,
    actor: event?.actor ?? null,
  }
}

/** Both sides, and of many values those that came and went. */
function sides({ attribute, old, new: now }: Change): JsonObject {
  if (!attribute.many) return { old, new: now }
  const [was, is] = [old, now].map(value => (Array.isArray(value) ? (value as readonly Json[]) : []))
  const lacks = (list: readonly Json[], value: Json) => !list.some(item => sameJson(item, value))
  return {
    old,
    new: now,
    added: is!.filter(value => lacks(was!, value)),
    removed: was!.filter(value => lacks(is!, value)),
  }
}
