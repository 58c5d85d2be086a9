import type { Document } from "../kernel/entity.ts"
import { sameJson } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import type { RecordedEvent } from "../kernel/message.ts"
import type { Routes } from "../commands/routes.ts"
import { documentAfter } from "../commands/apply.ts"
import { evolvedEvent } from "../kernel/aggregate.ts"
import type { Finding } from "../ports/maintenance.ts"
import type { Store } from "../ports/store.ts"
import type { Upcast } from "./upcast.ts"

/**
 * Rebuilds every entity from its events, and yields each t at which the store has something else. The two are made by
 * the same functions, so that a difference is a damaged row, or an `evolve` that is not what it was.
 */
export async function* verifyRebuild(store: Store, routes: Routes, upcast: Upcast): AsyncGenerator<Finding> {
  const documents = new Map<string, Document | null>()
  for (let after = 0, isEnd = false; !isEnd;) {
    const page = await store.log.read(after, limits.pageEventsMax)
    for (const { event, kind } of page.events) {
      applyEvent(documents, upcast(event), routes)
      if (kind !== null) yield* difference(store, event, documents.get(event.stream.id) ?? null)
    }
    after = page.reached
    isEnd = page.isEnd
  }
}

function applyEvent(documents: Map<string, Document | null>, event: RecordedEvent, routes: Routes): void {
  const { stream, data, rejection } = event
  const before = documents.get(stream.id) ?? null
  if (rejection) return
  documents.set(stream.id, documentAfter(routes, stream.type, before, evolvedEvent(event, stream.id), data))
}

async function* difference(store: Store, event: RecordedEvent, rebuilt: Document | null): AsyncGenerator<Finding> {
  const stored = (await store.entities.at(event.stream.id, event.t))?.document ?? null
  if (sameJson(stored, rebuilt)) return
  const sentence = `${event.stream.type} ${event.stream.id} is not what its events make of it at t ${event.t}`
  yield { check: "rebuild", t: event.t, sentence }
}
