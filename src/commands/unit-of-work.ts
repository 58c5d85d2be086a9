import { instant, type Clock } from "../kernel/clock.ts"
import type { Document, EntityAt } from "../kernel/entity.ts"
import type { UnitOfWork } from "../kernel/handler.ts"
import type { JsonObject } from "../kernel/json.ts"
import type { Command, Event } from "../kernel/message.ts"
import type { Store } from "../ports/store.ts"
import { decideCommand } from "./decide.ts"
import type { LiveHead } from "./heads.ts"
import type { Routes } from "./routes.ts"
import { CodeError, type Work } from "./work.ts"

/** The unit of work of a command handler: it reads the store itself, and all it read must still be so at the commit. */
export class HandlerUnit implements UnitOfWork {
  readonly #store: Store
  readonly #routes: Routes
  readonly #work: Work
  readonly #clock: Clock
  readonly #cause: Command
  readonly #actor: string
  readonly #heads = new Map<string, LiveHead>()

  constructor(parts: { store: Store; routes: Routes; clock: Clock }, work: Work, cause: Command, actor: string) {
    this.#store = parts.store
    this.#routes = parts.routes
    this.#clock = parts.clock
    this.#work = work
    this.#cause = cause
    this.#actor = actor
  }

  async entity(id: string): Promise<EntityAt | null> {
    const head = await this.#head(id)
    const document = this.#work.document(head)
    return document === null ? null : { id, type: head.type, fromT: head.t, createdT: head.t, document }
  }

  async state(type: string, id: string): Promise<Document | null> {
    const head = await this.#head(id)
    if (head.version > 0 && head.type !== type) return null
    return this.#work.document(head)
  }

  async decide(type: string, id: string, command: { type: string; data: JsonObject }): Promise<readonly Event[]> {
    const aggregate = this.#routes.aggregateOf(type)
    if (aggregate === undefined) throw new CodeError(`There is no aggregate ${type}`)
    const head = await this.#head(id)
    const { id: commandId, occurredAt } = this.#cause
    const asked: Command = { id: commandId, ...command, target: { type, id }, ...(occurredAt === undefined ? {} : { occurredAt }) }
    const moment = { now: instant(this.#clock.now()), actor: this.#actor }
    return decideCommand(aggregate, asked, head, moment, this.#work, this.#routes)
  }

  async record(stream: { type: string; id: string }, event: Event): Promise<void> {
    this.#work.record(await this.#head(stream.id), stream.type, event)
  }

  async #head(id: string): Promise<LiveHead> {
    const known = this.#heads.get(id)
    if (known !== undefined) return known
    const [found] = await this.#store.entities.heads([id])
    if (found === undefined) throw new CodeError(`The store has no answer about ${id}`)
    const head = { ...found }
    this.#heads.set(id, head)
    this.#work.rest(head)
    return head
  }
}
