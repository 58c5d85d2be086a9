import type { ChangeKind, Document } from "../kernel/entity.ts"
import { sameJson } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import type { Command, Event } from "../kernel/message.ts"
import { assert, Refusal, type Fault } from "../kernel/refusal.ts"
import type { Ids } from "../kernel/ids.ts"
import type { EntityChange, NewEvent } from "../ports/write.ts"
import type { LiveHead } from "./heads.ts"
import type { Routes } from "./routes.ts"
import { stateOf } from "./state.ts"
import { valueChanges } from "./values.ts"
import type { Deciding, Workspace } from "./workspace.ts"

/** An entity that a unit of work touches: as it was before, and as it is with all that the unit has said. */
type Touched = { readonly before: LiveHead; type: string; version: number; document: Document | null; last: number }

/** What a unit of work comes to, checked: ready to be committed. */
export type Settled = {
  readonly events: readonly NewEvent[]
  readonly changes: readonly EntityChange[]
  readonly reads: readonly { readonly id: string; readonly version: number }[]
  readonly heads: readonly LiveHead[]
}

/** A bug in the application's code, found out by what it said: the command fails, and is not tried again. */
export class CodeError extends Error {
  readonly faults: readonly Fault[]

  constructor(sentence: string, faults: readonly Fault[] = []) {
    super(sentence)
    this.name = "CodeError"
    this.faults = faults
  }
}

/**
 * One unit of work: an atomic update, gathered and then settled. Always in one of these modes:
 *
 * new          Nothing was said. The first event leads to active; settling it is fine and comes to nothing.
 * active       Events are recorded, and the entities evolve with them. `settle` leads to settled.
 * settled      Checked and handed over; nothing can be added, and it cannot be settled twice.
 *
 * There is no rollback to write: a unit that is left without being settled has touched nothing but itself.
 */
export class Work {
  readonly #command: Command
  readonly #routes: Routes
  readonly #ids: Ids
  readonly #now: string
  readonly #touched = new Map<string, Touched>()
  readonly #reads = new Map<string, number>()
  readonly #events: (NewEvent & { kind: ChangeKind | null })[] = []
  #mode: "new" | "active" | "settled" = "new"

  constructor(command: Command, routes: Routes, ids: Ids, now: string) {
    this.#command = command
    this.#routes = routes
    this.#ids = ids
    this.#now = now
  }

  get mode(): "new" | "active" | "settled" {
    return this.#mode
  }

  get events(): readonly NewEvent[] {
    return this.#events
  }

  /** The entity's document with all that was said so far. */
  document(head: LiveHead): Document | null {
    const touched = this.#touched.get(head.id)
    return touched === undefined ? head.document : touched.document
  }

  /** Notes that the decision rests on an entity as it is: if that changes first, this unit drops out. */
  rest(head: LiveHead): void {
    if (!this.#reads.has(head.id)) this.#reads.set(head.id, head.version)
  }

  /** Everything the decision rests on: the version each entity had when it was first read. */
  restedOn(): readonly { readonly id: string; readonly version: number }[] {
    const touched = [...this.#touched.values()].map(({ before }) => ({ id: before.id, version: before.version }))
    return [...touched, ...[...this.#reads].map(([id, version]) => ({ id, version }))]
  }

  /** Records an event in the entity's stream and applies it. Its document is known where a caller has evolved it. */
  record(head: LiveHead, type: string, event: Event, known?: { readonly document: Document | null }): void {
    assert(this.#mode !== "settled", `something was recorded after ${this.#command.type} was settled`)
    assert(this.#events.length < limits.eventsPerTransactionMax, `${this.#command.type} says more events than a transaction takes`)
    this.#mode = "active"
    const { schema } = this.#routes
    const eventType = schema.events.get(event.type)
    if (eventType === undefined) throw new CodeError(`The schema knows no event ${event.type}`)
    if (!eventType.accepts(type)) throw new CodeError(`${event.type} is an event of ${eventType.stream}, not of ${type}`)
    const rejection = event.rejection || eventType.rejection
    const touched = this.#touch(head, type)
    const version = ++touched.version
    const n = this.#events.length
    const occurredAt = this.#command.occurredAt ?? null
    this.#events.push({
      type: event.type,
      data: event.data,
      rejection,
      id: this.#ids.of(this.#command.id, n),
      stream: { type, id: head.id, version },
      occurredAt,
      typeVersion: eventType.version,
      kind: null,
    })
    touched.last = n
    if (known !== undefined) {
      touched.document = known.document
      return
    }
    const faults = eventType.validate(event.data)
    if (faults.length > 0) throw new CodeError(`${event.type} was decided with data that is against its schema`, faults)
    if (!rejection) touched.document = this.#evolved(touched, event, eventType.version, occurredAt ?? this.#now)
  }

  #touch(head: LiveHead, type: string): Touched {
    const known = this.#touched.get(head.id)
    if (known !== undefined) return known
    const touched = { before: head, type, version: head.version, document: head.document, last: -1 }
    this.#touched.set(head.id, touched)
    return touched
  }

  #evolved(touched: Touched, event: Event, typeVersion: number, occurredAt: string): Document | null {
    const evolve = this.#routes.evolve(touched.type, event.type)
    const state = stateOf(this.#routes.schema.entities.get(touched.type), touched.document)
    if (evolve === undefined) return state
    const about = { type: event.type, typeVersion, id: touched.before.id, occurredAt }
    return evolve(state as never, event.data as never, about)
  }

  /** Checks everything that was touched, against the schema and against the store, and hands it over. */
  *settle(workspace: Workspace): Deciding<Settled> {
    assert(this.#mode !== "settled", `${this.#command.type} was settled twice`)
    this.#mode = "settled"
    const changes: EntityChange[] = []
    const heads: LiveHead[] = []
    const faults: Fault[] = []
    for (const touched of this.#touched.values()) {
      const { before, type, version, document } = touched
      const kind = changeKind(before.document, document)
      heads.push({ id: before.id, type, version, t: Infinity, document })
      if (kind === null) continue
      this.#events[touched.last]!.kind = kind
      const change = this.#change(touched, faults)
      changes.push(change)
      if (change.values.length > 0) yield* this.#checkValues(change, workspace, faults)
    }
    if (faults.length > 0) throw new Refusal("invalid", "What would come of it is against the schema", {}, faults)
    const reads = [...this.#reads].filter(([id]) => !this.#touched.has(id)).map(([id, version]) => ({ id, version }))
    return { events: this.#events, changes, reads, heads }
  }

  #change({ before, type, document }: Touched, faults: Fault[]): EntityChange {
    const entityType = this.#routes.schema.entities.get(type)
    assert(entityType !== undefined, `a unit of work touches a ${type}, which the schema does not know`)
    if (document !== null) faults.push(...entityType.validate(document))
    const values = valueChanges(entityType, before.document, document)
    return { id: before.id, type, document, replaces: before.document !== null, values }
  }

  *#checkValues(change: EntityChange, workspace: Workspace, faults: Fault[]): Deciding<void> {
    for (const { attribute, value, ref, unique, added } of change.values) {
      if (!added) continue
      const path = `/${attribute.slice(attribute.lastIndexOf("/") + 1)}`
      if (ref) yield* this.#checkRef(attribute, String(value), path, workspace, faults)
      if (!unique) continue
      yield { holders: [[attribute, value]] }
      // A holder that this very unit takes the value from, or retracts, does not stand in the way.
      const others = [...workspace.holders(attribute, value)].filter(id => id !== change.id && !this.#gaveUp(id, attribute, value))
      if (others.length > 0) throw new Refusal("conflict", `${attribute} must be unique, and this value is taken`, { attribute })
    }
  }

  #gaveUp(id: string, attribute: string, value: unknown): boolean {
    const touched = this.#touched.get(id)
    if (touched === undefined) return false
    const now = touched.document?.[attribute.slice(attribute.lastIndexOf("/") + 1)]
    return !(Array.isArray(now) ? now.includes(value) : now === value)
  }

  *#checkRef(attribute: string, id: string, path: string, workspace: Workspace, faults: Fault[]): Deciding<void> {
    const own = this.#touched.get(id)
    if (own === undefined) yield { heads: [id] }
    const target = own ?? workspace.head(id)
    const allowed = this.#routes.schema.attribute(attribute)?.to ?? []
    if (target.document === null) {
      faults.push({ path, code: "ref", message: `${attribute} points at ${id}, which is not there` })
    } else if (allowed.length > 0 && !allowed.includes(target.type)) {
      faults.push({ path, code: "ref", message: `${attribute} points at a ${target.type}; it may point at ${allowed.join(", ")}` })
    }
    // The target may not go away between this check and the commit.
    if (own === undefined) this.rest(workspace.head(id))
  }
}

function changeKind(before: Document | null, after: Document | null): ChangeKind | null {
  if (before === after) return null
  if (before === null) return "created"
  if (after === null) return "retracted"
  return sameJson(before, after) ? null : "changed"
}
