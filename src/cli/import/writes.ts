import { documentAfter } from "../../commands/apply.ts"
import { valueChanges } from "../../commands/values.ts"
import { evolvedEvent } from "../../kernel/aggregate.ts"
import type { ChangeKind, Document } from "../../kernel/entity.ts"
import type { Ids } from "../../kernel/ids.ts"
import type { Instance } from "../../kernel/instance.ts"
import { sameJson } from "../../kernel/json.ts"
import type { Command, RecordedEvent, T } from "../../kernel/message.ts"
import { projectionStream } from "../../kernel/projection.ts"
import { Refusal } from "../../kernel/refusal.ts"
import type { EntityChange, NewEvent, TransactionWrite } from "../../ports/write.ts"
import type { Fitted } from "../fitted.ts"
import type { Recorded } from "./recorded.ts"

/** An entity as it is with all that was restored so far. */
export type Restoring = { type: string; version: number; document: Document | null }

/** What the writes of a page are made from. */
export type Grounds = {
  readonly fitted: Fitted
  readonly ids: Ids
  /** Every entity that the page is about. */
  readonly heads: ReadonlyMap<string, Restoring>
  /** The commands of the page that are there already: such a one takes a further step. */
  readonly known: Map<string, Instance>
}

/** The transaction as it was recorded elsewhere, with what its events mean for the entities here. */
export function restoredWrite({ t, events }: Recorded, grounds: Grounds): TransactionWrite {
  const { fitted, heads, known } = grounds
  const before = new Map<string, Document | null>()
  for (const event of events) {
    const head = heads.get(event.stream.id)!
    checkFits(event, head, fitted)
    if (!before.has(event.stream.id)) before.set(event.stream.id, head.document)
    apply(event, head, fitted)
  }
  const changes = [...before].flatMap(([id, document]) => changeOf(id, document, heads.get(id)!, fitted))
  const [first] = events
  const earlier = known.get(first.causedBy.id)
  const instance = instanceOf(events, earlier, fitted)
  known.set(first.causedBy.id, instance)
  return {
    kind: "transaction",
    instance,
    first: earlier === undefined,
    actor: first.actor,
    schemaVersion: first.schemaVersion,
    events: events.map((event, n) => newEvent(event, kindAt(n, events, changes, before))),
    changes,
    reads: [],
    timers: [],
    recorded: { t, at: first.at, ofEvents: true },
  }
}

/**
 * A transaction in which nothing was said, such as the first step of a handler. It left no event, so all that is known
 * of it is that it was; it keeps the numbers of the others.
 */
export function silentWrite(t: T, next: RecordedEvent, ids: Ids): TransactionWrite {
  const { at, schemaVersion } = next
  const command = { id: ids.of("silent transaction", t), type: "Silent", target: null, data: {} }
  const instance = ended(command, "system", command.id, "succeeded", at, undefined)
  const [events, changes] = [[], []]
  const recorded = { t, at, ofEvents: true }
  return {
    kind: "transaction",
    instance,
    first: true,
    actor: "system",
    schemaVersion,
    events,
    changes,
    reads: [],
    timers: [],
    recorded,
  }
}

function checkFits({ t, type, stream }: RecordedEvent, head: Restoring, { routes }: Fitted): void {
  const { schema } = routes
  if (!schema.events.has(type)) throw misfit(t, `knows no event ${type}`)
  if (stream.type !== projectionStream && !schema.entities.has(stream.type))
    throw misfit(t, `knows no entity ${stream.type}`)
  if (stream.version === head.version + 1) return
  const sentence = `At t ${t} the file has version ${stream.version} of ${stream.type} ${stream.id}, but here it is at version ${head.version}`
  throw new Refusal("conflict", sentence, { t, stream: stream.id, expected: stream.version - 1, actual: head.version })
}

function misfit(t: T, what: string): Refusal {
  return new Refusal(
    "unknown-type",
    `The app ${what}, which is recorded at t ${t}: name the app it was made with, with --app`,
    { t },
  )
}

function apply(event: RecordedEvent, head: Restoring, { routes, upcast }: Fitted): void {
  const { stream, rejection } = event
  head.type = stream.type
  head.version = stream.version
  if (rejection) return
  const newest = upcast(event)
  const about = evolvedEvent(newest, stream.id)
  head.document = documentAfter(routes, stream.type, head.document, about, newest.data)
}

function changeOf(
  id: string,
  before: Document | null,
  { type, document }: Restoring,
  { routes }: Fitted,
): readonly EntityChange[] {
  const entity = routes.schema.entities.get(type)
  if (entity === undefined || changeKind(before, document) === null) return []
  return [{ id, type, document, replaces: before !== null, values: valueChanges(entity, before, document) }]
}

function changeKind(before: Document | null, after: Document | null): ChangeKind | null {
  if (before === null) return after === null ? null : "created"
  if (after === null) return "retracted"
  return sameJson(before, after) ? null : "changed"
}

/** What the transaction comes to for an entity is said on the last event about it. */
function kindAt(
  n: number,
  events: readonly RecordedEvent[],
  changes: readonly EntityChange[],
  before: ReadonlyMap<string, Document | null>,
): ChangeKind | null {
  const { id } = events[n]!.stream
  const change = changes.find(c => c.id === id)
  if (change === undefined || events.findLastIndex(e => e.stream.id === id) !== n) return null
  return changeKind(before.get(id) ?? null, change.document)
}

function newEvent(event: RecordedEvent, kind: ChangeKind | null): NewEvent {
  const { id, type, stream, data, rejection, occurredAt = null, typeVersion } = event
  return { id, type, stream, data, rejection, occurredAt, typeVersion, kind }
}

// What the command had asked for is not among what was recorded: only that it was there, and what came of it.
function instanceOf(events: Recorded["events"], earlier: Instance | undefined, { routes }: Fitted): Instance {
  const [{ causedBy, actor, at, correlationId, stream }] = events
  const type = routes.schema.commands.get(causedBy.type)
  const target = type?.accepts(stream.type) ? { type: stream.type, id: stream.id } : null
  const command = earlier?.command ?? { id: causedBy.id, type: causedBy.type, target, data: {} }
  const isNo = events.every(event => event.rejection)
  return ended(command, actor, correlationId, isNo ? "rejected" : "succeeded", at, earlier)
}

function ended(
  command: Command,
  owner: string,
  correlationId: string,
  state: "succeeded" | "rejected",
  at: string,
  earlier: Instance | undefined,
): Instance {
  return {
    command,
    state,
    owner,
    parent: null,
    correlationId,
    result: null,
    error: null,
    createdAt: earlier?.createdAt ?? at,
    updatedAt: at,
    t: 0,
    attempts: 0,
    due: null,
    history: [...(earlier?.history ?? []), { state, at, t: 0 }],
    digest: null,
  }
}
