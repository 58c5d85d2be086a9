import type { LifeEventData, Sending } from "../kernel/life.ts"
import type { Asker, Command, RecordedEvent } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import { Insistence } from "../processors/insist.ts"
import type { TenantParts } from "../processors/tenant-parts.ts"
import { routerName, type RouterParts } from "./parts.ts"

/** Asks for what the steps of instances send, until it is durable or refused. */
export class Sender {
  readonly #parts: TenantParts & RouterParts
  readonly #insistence: Insistence
  // What is not there yet cannot be aborted: that comes after.
  readonly #asking = new Map<string, Promise<unknown>>()

  constructor(parts: TenantParts & RouterParts) {
    this.#parts = parts
    this.#insistence = new Insistence(routerName, parts)
  }

  /** Stops trying again what could not be asked for. */
  stop(): void {
    this.#insistence.stop()
  }

  /** Sends what a step says. An awaited child that is refused has failed, as its parent is told. */
  async send(sending: Sending, { causedBy, correlationId, data }: RecordedEvent): Promise<void> {
    // Events of an instance have this data.
    const { owner, causeT } = data as unknown as LifeEventData
    const parent = causedBy.id
    if ("abort" in sending) {
      await this.#asking.get(sending.abort)?.catch(() => undefined)
      return this.#try(() => this.#parts.abort(sending.abort, parent))
    }
    const { awaited, ...command } = sending
    const asker = {
      actor: "system",
      correlationId,
      parent,
      isAwaited: awaited,
      ...(owner === undefined ? {} : { owner }),
      ...(causeT === undefined ? {} : { since: causeT }),
    }
    const refusal = await this.#ask(command, asker)
    if (refusal === null || !awaited) return
    const error = { code: refusal.code, message: refusal.message, facts: refusal.facts }
    const child = { id: command.id, type: command.type, state: "failed", result: null, error, rejections: [] } as const
    await this.#parts.wake(parent, { kind: "child", place: null, child })
  }

  /** Starts what an event starts. */
  async start(command: Command, event: RecordedEvent, owner: string | undefined): Promise<void> {
    const asker = { actor: "system", correlationId: event.correlationId, parent: event.causedBy.id, since: event.t }
    await this.#ask(command, owner === undefined ? asker : { ...asker, owner })
  }

  /** Resolves to why it was refused; null: it is durable. */
  async #ask(command: Command, asker: Asker): Promise<Refusal | null> {
    let refused: Refusal | null = null
    const asking = this.#try(() =>
      this.#parts.ask(command, asker).catch((error: unknown) => {
        if (!(error instanceof Refusal) || mayPass.has(error.code)) throw error
        // What was asked for first was done, and stays.
        if (error.code !== "duplicate-conflict") refused = error
      }),
    )
    this.#asking.set(command.id, asking)
    await asking.finally(() => this.#asking.delete(command.id))
    if (refused !== null) this.#noteRefusal(command, refused)
    return refused
  }

  #noteRefusal({ id, type }: Command, error: Refusal): void {
    this.#parts.journal.warn("What a workflow asked for was refused", {
      id,
      type,
      code: error.code,
      error: error.message,
    })
  }

  #try(work: () => Promise<void>): Promise<void> {
    return this.#insistence.on("what a workflow sends", work)
  }
}

const mayPass: ReadonlySet<string> = new Set(["unavailable", "overloaded", "rate-limited", "timeout"])
