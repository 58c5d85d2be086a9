import { evolvedEvent } from "../kernel/aggregate.ts"
import type { ChangeKind, Document } from "../kernel/entity.ts"
import type { Ids } from "../kernel/ids.ts"
import { erasedMember } from "../kernel/erased.ts"
import { frozen } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import type { Command, Event } from "../kernel/message.ts"
import { assert, Refusal } from "../kernel/refusal.ts"
import type { Erasure } from "../ports/erasure.ts"
import type { EntityChange, NewEvent, TransactionWrite } from "../ports/write.ts"
import type { Attribute, EventType } from "../schema/types.ts"
import { documentAfter } from "./apply.ts"
import { entityEvent } from "./built-in.ts"
import { CodeError } from "./code-error.ts"
import type { LiveHead } from "./heads.ts"
import type { Routes } from "./routes.ts"
import { referencesTo, withoutReference } from "./references.ts"
import { settleEntities } from "./settle.ts"
import type { Laid } from "./overlay.ts"
import type { Known, PlaceOf, Touched } from "./touched.ts"
import type { Deciding } from "./deciding.ts"
import type { Sight } from "./sight.ts"

/** What a unit of work comes to, checked: ready to be committed. */
export type Settled = {
  readonly events: readonly NewEvent[]
  readonly changes: readonly EntityChange[]
  readonly reads: readonly { readonly id: string; readonly version: number }[]
  readonly unreferenced: NonNullable<TransactionWrite["unreferenced"]>
  readonly heads: readonly LiveHead[]
  /** What it takes out of the past; null: nothing. */
  readonly erasure: Erasure | null
  /** The files that it newly holds: to be kept each time before it is committed. */
  readonly files: readonly string[]
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
  readonly #touched = new Map<string, Touched>()
  readonly #reads = new Map<string, number>()
  readonly #events: (NewEvent & { kind: ChangeKind | null })[] = []
  readonly #saidBefore: number
  #erasure: Erasure | null = null
  #mode: "new" | "active" | "settled" = "new"

  /** `saidBefore`: how many events earlier steps of the same command have recorded. */
  constructor(command: Command, routes: Routes, ids: Ids, saidBefore = 0) {
    this.#command = command
    this.#routes = routes
    this.#ids = ids
    this.#saidBefore = saidBefore
  }

  get mode(): "new" | "active" | "settled" {
    return this.#mode
  }

  get events(): readonly NewEvent[] {
    return this.#events
  }

  /** Every entity that something was said of, as it is with that. */
  said(): ReadonlyMap<string, Laid> {
    return this.#touched
  }

  /** The entity's document with all that was said so far. */
  document(head: LiveHead): Document | null {
    const touched = this.#touched.get(head.id)
    return touched === undefined ? head.document : touched.document
  }

  /** The entity's type; "" for one that never was. */
  typeOf(head: LiveHead): string {
    return this.#touched.get(head.id)?.type ?? head.type
  }

  /** The stream's version with all that was said so far. */
  version(head: LiveHead): number {
    return this.#touched.get(head.id)?.version ?? head.version
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

  /** Notes what is to be taken out of the past. */
  erase(erasure: Erasure): void {
    this.#erasure = erasure
  }

  /** Records an event in the entity's stream and applies it, unless the caller knows already what becomes of it. */
  record(head: LiveHead, type: string, event: Event, known?: Known): void {
    assert(this.#mode !== "settled", `something was recorded after ${this.#command.type} was settled`)
    this.#mode = "active"
    const eventType = this.#eventType(event, type)
    const rejection = event.rejection || eventType.rejection
    const touched = this.#touch(head, type, known?.placeOf)
    const n = this.#events.length
    const occurredAt = this.#command.occurredAt ?? null
    const data = frozen(event.data)
    if (erasedMember in data) throw new CodeError(`${event.type} cannot have the member ${erasedMember}`)
    touched.version++
    touched.last = n
    this.#events.push({
      type: event.type,
      data,
      rejection,
      id: this.#ids.of(this.#command.id, this.#saidBefore + n),
      stream: { type, id: head.id, version: touched.version },
      occurredAt,
      typeVersion: eventType.version,
      kind: null,
    })
    if (known !== undefined) {
      touched.document = frozen(known.document)
      return
    }
    const faults = eventType.validate(data)
    if (faults.length > 0) throw new CodeError(`${event.type} was decided with data that is against its schema`, faults)
    if (rejection) return
    const about = evolvedEvent({ type: event.type, typeVersion: eventType.version, occurredAt }, head.id)
    touched.document = frozen(documentAfter(this.#routes, type, touched.document, about, data))
  }

  /** Checks everything that was touched, against the schema and against the store, and hands it over. */
  *settle(sight: Sight): Deciding<Settled> {
    assert(this.#mode !== "settled", `${this.#command.type} was settled twice`)
    const rest = (head: LiveHead) => this.rest(head)
    const unreferenced = yield* this.#dropReferences(sight)
    const { changes, files } = yield* settleEntities(this.#touched, this.#events, sight, this.#routes, rest)
    // Not before: the store may fail while it is asked, and then what was said is settled another time.
    this.#mode = "settled"
    const heads: LiveHead[] = []
    for (const { before, type, version, last, document } of this.#touched.values()) {
      const isChanged = this.#events[last]!.kind !== null
      heads.push({ id: before.id, type, version, t: isChanged ? Infinity : before.t, document })
    }
    const reads = [...this.#reads].filter(([id]) => !this.#touched.has(id)).map(([id, version]) => ({ id, version }))
    return { events: this.#events, changes, reads, unreferenced, heads, files, erasure: this.#erasure }
  }

  // A reference to what is no more would be a lie, whoever made an end of it: what points there loses its reference.
  *#dropReferences(sight: Sight): Deciding<Settled["unreferenced"]> {
    const gone: { readonly attribute: Attribute; readonly id: string }[] = []
    for (const { before, type, document } of this.#touched.values()) {
      if (document !== null || before.document === null) continue
      for (const attribute of referencesTo(type, this.#routes.schema)) gone.push({ attribute, id: before.id })
    }
    if (gone.length === 0) return []
    const places = gone.map(({ attribute, id }) => [attribute.fullName, id] as const)
    yield { holders: places }
    const pointing = places.map(place => [...sight.holders(...place)])
    yield { heads: [...new Set(pointing.flat())].slice(0, limits.headsAtOnceMax) }
    for (const [i, { attribute, id }] of gone.entries()) {
      for (const holder of pointing[i]!) {
        yield { heads: [holder] }
        this.#dropReference(this.#touched.get(holder)?.before ?? sight.wholeHead(holder), attribute, id)
      }
    }
    return places.map(([attribute, id]) => ({ attribute, id }))
  }

  #dropReference(holder: LiveHead, { name }: Attribute, gone: string): void {
    const document = this.document(holder)
    const left = withoutReference(document, name, gone)
    const event = left === null ? null : entityEvent(document, left)
    if (event === null) return
    const known = { document: left, placeOf: (path: string) => path }
    this.record(holder, this.typeOf(holder), { ...event, rejection: false }, known)
  }

  #eventType(event: Event, type: string): EventType {
    if (this.#events.length >= limits.eventsPerTransactionMax) {
      const sentence = `${this.#command.type} comes to more than ${limits.eventsPerTransactionMax} events in one transaction`
      throw new Refusal("too-large", sentence)
    }
    const eventType = this.#routes.schema.events.get(event.type)
    if (eventType === undefined) throw new CodeError(`The schema knows no event ${event.type}`)
    if (!eventType.accepts(type))
      throw new CodeError(`${event.type} is an event of ${eventType.stream}, not of ${type}`)
    return eventType
  }

  #touch(head: LiveHead, type: string, placeOf: PlaceOf | undefined): Touched {
    const known = this.#touched.get(head.id)
    const is = known?.type ?? (head.version > 0 ? head.type : type)
    if (is !== type) throw new CodeError(`${head.id} is ${is}: nothing can happen to it as to a ${type}`)
    if (known !== undefined) return known
    const touched = { before: head, type, version: head.version, document: head.document, last: -1, placeOf }
    this.#touched.set(head.id, touched)
    return touched
  }
}
