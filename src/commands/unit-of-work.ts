import { breathing } from "../kernel/breath.ts"
import { instant, type Clock } from "../kernel/clock.ts"
import type { Document, EntityAt } from "../kernel/entity.ts"
import type { UnitOfWork } from "../kernel/handler.ts"
import { erasedEvent } from "../kernel/erased.ts"
import { frozen, type JsonObject } from "../kernel/json.ts"
import type { Command, Event } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Erasure } from "../ports/erasure.ts"
import type { Store } from "../ports/store.ts"
import type { Attribute, EntityType } from "../schema/types.ts"
import { checkCommand } from "./check.ts"
import { CodeError } from "./code-error.ts"
import { decideCommand } from "./decide.ts"
import { erasureOf } from "./erasure.ts"
import type { LiveHead } from "./heads.ts"
import type { Routes } from "./routes.ts"
import type { Work } from "./work.ts"

/** The unit of work of a command handler: it reads the store itself, and all it read must still be so at the commit. */
export class HandlerUnit implements UnitOfWork {
  readonly #store: Store
  readonly #routes: Routes
  readonly #work: Work
  readonly #clock: Clock
  readonly #cause: Command
  readonly #actor: string
  readonly #heads = new Map<string, Promise<LiveHead>>()
  #countUnderway = 0
  #isLeft = false

  constructor(parts: { store: Store; routes: Routes; clock: Clock }, work: Work, cause: Command, actor: string) {
    this.#store = parts.store
    this.#routes = parts.routes
    this.#clock = parts.clock
    this.#work = work
    this.#cause = cause
    this.#actor = actor
  }

  entity(id: string): Promise<EntityAt | null> {
    return this.#whileOpen(async () => {
      const head = await this.#head(id)
      const document = this.#work.document(head)
      if (document === null) return null
      const before = head.document === null ? null : await this.#store.entities.at(id, head.t)
      return { id, type: this.#work.typeOf(head), fromT: head.t, createdT: before?.createdT ?? head.t, document }
    })
  }

  state(type: string, id: string): Promise<Document | null> {
    return this.#whileOpen(async () => {
      const head = await this.#head(id)
      return this.#isOf(this.#work.typeOf(head), type) ? this.#work.document(head) : null
    })
  }

  decide(type: string, id: string, command: { type: string; data: JsonObject }): Promise<readonly Event[]> {
    return this.#whileOpen(async () => {
      const head = await this.#head(id)
      const { id: commandId, occurredAt } = this.#cause
      const happened = occurredAt === undefined ? {} : { occurredAt }
      const is = this.#work.typeOf(head)
      const target = { type: this.#isOf(is, type) ? is : type, id }
      const asked: Command = frozen({ id: commandId, ...command, target, ...happened })
      checkCommand(asked, this.#routes)
      const moment = { now: instant(this.#clock.now()), actor: this.#actor }
      return decideCommand(asked, head, moment, this.#work, this.#routes)
    })
  }

  record(stream: { type: string; id: string }, event: Event): Promise<void> {
    return this.#whileOpen(async () => this.#work.record(await this.#head(stream.id), stream.type, event))
  }

  /**
   * Takes what an entity was and is no more out of all that is kept, or what some of its attributes were. The event that
   * says so lists the transactions that are not what their hashes say any more, and what is left of each.
   */
  erase(id: string, names: readonly string[] | null): Promise<Erasure> {
    return this.#whileOpen(async () => {
      const head = await this.#head(id)
      const type = this.#routes.schema.entities.get(head.type)
      const attributes = names?.map(name => attributeOf(name, type, head.type)) ?? null
      const erasure = await erasureOf(this.#store, { id, type, attributes }, breathing(this.#clock))
      if (erasure.transactions.length === 0) return erasure
      const places = await this.#store.maintenance.erased(erasure)
      const transactions = places.map(({ t, hash, left }) => ({ t, hash, left }))
      const data = names === null ? { transactions } : { attributes: [...names], transactions }
      const known = { document: head.document, placeOf: (path: string) => path }
      this.#work.record(head, head.type, { type: erasedEvent, data, rejection: false }, known)
      this.#work.erase(erasure)
      return erasure
    })
  }

  /** The handler has returned: nothing may be under way, and nothing can be said any more. */
  leave(): void {
    this.#isLeft = true
    if (this.#countUnderway === 0) return
    throw new CodeError(`The handler of ${this.#cause.type} returned before what it asked its unit of work was done`)
  }

  async #whileOpen<Result>(ask: () => Promise<Result>): Promise<Result> {
    if (this.#isLeft) throw new CodeError(`The unit of work of ${this.#cause.type} was used after its handler returned`)
    this.#countUnderway++
    try {
      return await ask()
    } finally {
      this.#countUnderway--
    }
  }

  /** Whether an entity of one type is of another: the same, or the abstract of which it is a variant. */
  #isOf(is: string, type: string): boolean {
    return is === type || (this.#routes.schema.abstracts.get(type)?.includes(is) ?? false)
  }

  // Asked twice at once, it is read once: else the two could rest on two versions.
  #head(id: string): Promise<LiveHead> {
    const known = this.#heads.get(id) ?? this.#load(id)
    this.#heads.set(id, known)
    return known
  }

  async #load(id: string): Promise<LiveHead> {
    const [found] = await this.#store.entities.heads([id])
    if (found === undefined) throw new CodeError(`The store has no answer about ${id}`)
    const head = { ...found, document: frozen(found.document) }
    this.#work.rest(head)
    return head
  }
}

function attributeOf(name: string, type: EntityType | undefined, entity: string): Attribute {
  const attribute = type?.attributes.get(name)
  if (attribute !== undefined) return attribute
  const sentence = `The schema knows no attribute ${name} of ${entity}`
  throw new Refusal("unknown-type", sentence, { attribute: name }, [
    { path: "/data/attributes", code: "unknown", message: sentence },
  ])
}
