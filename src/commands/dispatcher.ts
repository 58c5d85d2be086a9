import type { Clock } from "../kernel/clock.ts"
import type { Instance } from "../kernel/instance.ts"
import { frozen } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { type Asker, type Command, type Outcome } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Journal } from "../ports/journal.ts"
import type { Metrics } from "../ports/metrics.ts"
import type { Committed, Write, WriteOutcome } from "../ports/write.ts"
import { Committer, type Chore } from "./committer.ts"
import type { Job } from "./job.ts"
import { Lanes } from "./lanes.ts"
import { sameContent } from "./record.ts"
import { runHandler, type HandlerParts } from "./run-handler.ts"

/** What a dispatcher needs. `committed` is told of every transaction, in order of t. */
export type DispatcherParts = HandlerParts & {
  readonly metrics: Metrics
  readonly journal: Journal
  readonly committed: (report: Committed) => void
}

/**
 * Takes commands in, and sees each of them to its end.
 *
 * A command that an aggregate or `Transact` decides is decided and committed in the next batch. One that a handler runs
 * is first made durable, then run beside the batches, then finished by one; until it is at its end, commands about the
 * same entity wait behind it. Nobody is answered before what they are told is durable.
 */
export class Dispatcher {
  readonly #parts: DispatcherParts
  readonly #committer: Committer
  readonly #lanes = new Lanes<Job>()
  readonly #underway = new Map<string, { job: Job; outcome: Promise<Outcome>; durable: Promise<Outcome> }>()
  readonly #pauses = new Map<Job, () => void>()
  #idleWaiters: (() => void)[] = []
  #closed = false

  constructor(parts: DispatcherParts) {
    this.#parts = parts
    this.#committer = new Committer(parts, {
      ended: job => this.#ended(job),
      began: job => void this.#run(job),
      paused: (job, ms) => this.#pause(job, ms),
      quiet: () => this.#tellIdle(),
    })
  }

  /** Resolves with the outcome at the command's end; with `waitMs`, at the latest then, once it is durable. */
  request(command: Command, asker: Asker, waitMs?: number): Promise<Outcome> {
    if (this.#closed) return refuse("unavailable", "This daybook is closing and takes no new commands")
    const underway = this.#underway.get(command.id)
    if (underway !== undefined) {
      const sensitive = underway.job.route?.command.sensitive ?? []
      if (!sameContent(underway.job.command, command, sensitive)) return refuseOtherContent(command)
      return this.#within(underway, waitMs)
    }
    if (this.#underway.size >= limits.queuedCommandsMax) {
      return refuse("overloaded", `There are ${this.#underway.size} commands waiting already`)
    }
    const entry = this.#enter(frozen(command), asker, null)
    this.#admit(entry.job)
    return this.#within(entry, waitMs)
  }

  /** Takes up a command that a restart found unfinished. */
  resume(instance: Instance): void {
    const { command, owner, correlationId, parent } = instance
    const asker = { actor: owner, correlationId, ...(parent === null ? {} : { parent }) }
    const entry = this.#enter(command, asker, instance)
    entry.outcome.catch(error => this.#parts.journal.warn("A resumed command was refused", { id: command.id, error }))
    const wait = instance.state === "retrying" ? (instance.due ?? 0) - this.#parts.clock.now() : 0
    if (wait <= 0) return this.#admit(entry.job)
    if (command.target !== null) this.#lanes.take(command.target.id)
    this.#pause(entry.job, wait)
  }

  /** Hands a housekeeping write to the next batch. */
  write(write: Write): Promise<WriteOutcome> {
    return new Promise((resolve, reject) => this.#committer.addChore({ write, resolve, reject } satisfies Chore))
  }

  get busy(): boolean {
    return this.#underway.size > this.#pauses.size || this.#committer.busy
  }

  /** Resolves when no command is queued or running, and none is due to be tried again. */
  idle(): Promise<void> {
    return this.busy ? new Promise(resolve => this.#idleWaiters.push(resolve)) : Promise.resolve()
  }

  /** Takes nothing new, waits for what is running; what waits for another attempt stays in the store as it is. */
  async close(): Promise<void> {
    this.#closed = true
    for (const cancel of this.#pauses.values()) cancel()
    await this.idle()
  }

  #enter(command: Command, asker: Asker, instance: Instance | null) {
    let settle: Pick<Job, "resolve" | "reject"> | undefined
    let durable: Job["durable"] | undefined
    const outcome = new Promise<Outcome>((resolve, reject) => (settle = { resolve, reject }))
    const whenDurable = new Promise<Outcome>(resolve => (durable = resolve))
    const route = this.#parts.routes.commands.get(command.type) ?? null
    const form = route?.kind === "handler" ? "begin" : "decide"
    const queuedAt = this.#parts.clock.ticks()
    const job: Job = { command, asker, route, queuedAt, overtaken: 0, form, instance, result: null, ...settle!, durable: durable! }
    const entry = { job, outcome, durable: whenDurable }
    this.#underway.set(command.id, entry)
    return entry
  }

  #admit(job: Job): void {
    const key = job.command.target?.id
    if (key !== undefined && this.#lanes.countHeld > 0 && this.#lanes.waits(key, job)) return
    if (key !== undefined && job.form === "begin") this.#lanes.take(key)
    this.#committer.add(job)
  }

  async #run(job: Job): Promise<void> {
    job.result = await runHandler(job, this.#parts)
    job.form = "finish"
    this.#committer.add(job)
  }

  #pause(job: Job, ms: number): void {
    const cancel = this.#parts.clock.after(ms, () => {
      this.#pauses.delete(job)
      job.form = "begin"
      this.#committer.add(job)
    })
    this.#pauses.set(job, cancel)
    this.#tellIdle()
  }

  #ended(job: Job): void {
    this.#underway.delete(job.command.id)
    this.#parts.metrics.time("command_seconds", (this.#parts.clock.ticks() - job.queuedAt) / 1000, { type: job.command.type })
    const key = job.command.target?.id
    if (job.route?.kind === "handler" && key !== undefined) {
      for (const waiting of this.#lanes.release(key)) this.#admit(waiting)
    }
    if (this.#idleWaiters.length > 0) this.#tellIdle()
  }

  #tellIdle(): void {
    if (this.#idleWaiters.length === 0 || this.busy) return
    const waiters = this.#idleWaiters
    this.#idleWaiters = []
    for (const tell of waiters) tell()
  }

  #within(entry: { outcome: Promise<Outcome>; durable: Promise<Outcome> }, waitMs: number | undefined): Promise<Outcome> {
    if (waitMs === undefined) return entry.outcome
    return new Promise((resolve, reject) => {
      const cancel = this.#parts.clock.after(waitMs, () => void entry.durable.then(resolve))
      entry.outcome.then(resolve, reject).finally(cancel)
    })
  }
}


function refuse(code: "unavailable" | "overloaded", sentence: string): Promise<never> {
  return Promise.reject(new Refusal(code, sentence))
}

function refuseOtherContent(command: Command): Promise<never> {
  const sentence = `A command with the id ${command.id} and other content is there already`
  return Promise.reject(new Refusal("duplicate-conflict", sentence, { id: command.id }))
}
