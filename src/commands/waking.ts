import type { Instance } from "../kernel/instance.ts"
import type { Arrival } from "../kernel/life.ts"
import { limits } from "../kernel/limits.ts"
import { isEnd, type Command, type Outcome } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import { system } from "../security/security.ts"
import { newJob, type Job } from "./job.ts"
import type { Routes } from "./routes.ts"

/** What waking needs from whoever takes jobs. */
type Parts = { readonly routes: Routes; readonly ticks: () => number; readonly add: (job: Job) => void }

type Gathering = { readonly job: Job; readonly arrivals: Arrival[]; readonly taken: Promise<void> }

/**
 * Brings to lasting commands what has come to them. What comes to one before a batch takes it goes together; what comes
 * after waits for the next batch, so that one instance is never in two hands in this process.
 */
export class Waking {
  readonly #parts: Parts
  // By command, what no batch has taken yet.
  readonly #gathering = new Map<string, Gathering>()
  // The instances that took a step lately, so that they need not be read again. Two generations, as of heads.
  #young = new Map<string, Instance>()
  #old = new Map<string, Instance>()
  readonly #ends = new Map<string, ((outcome: Outcome) => void)[]>()
  #count = 0
  #isClosed = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** How many jobs of it are under way. */
  get count(): number {
    return this.#count
  }

  /** Resolves when it is durable that it has come, or that it changed nothing. */
  wake(id: string, arrival: Arrival, actor: string = system): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Refusal("unavailable", "This daybook is closing"))
    const gathering = this.#gathering.get(id)
    if (
      gathering !== undefined &&
      gathering.job.asker.actor === actor &&
      gathering.arrivals.length < limits.arrivalsAtOnceMax
    ) {
      gathering.arrivals.push(arrival)
      return gathering.taken
    }
    const taken = Promise.withResolvers<void>()
    const arrivals = [arrival]
    const job = this.#job(id, arrivals, actor, taken)
    this.#gathering.set(id, { job, arrivals, taken: taken.promise })
    this.#count++
    this.#parts.add(job)
    return taken.promise
  }

  /** A batch has these jobs in hand: nothing is added to them from now on. */
  taken(jobs: readonly Job[]): void {
    for (const job of jobs) {
      if (job.form === "wake" && this.#gathering.get(job.command.id)?.job === job)
        this.#gathering.delete(job.command.id)
    }
  }

  ended(): void {
    this.#count--
  }

  /** What is known of an instance; null: it must be read. */
  known(id: string): Instance | null {
    return this.#young.get(id) ?? this.#old.get(id) ?? null
  }

  /** Takes nothing more. */
  close(): void {
    this.#isClosed = true
  }

  /** An instance has taken a step. */
  stepped(instance: Instance, outcome: Outcome): void {
    if (isEnd(instance.state)) return this.#ended(outcome)
    if (this.#young.size >= limits.headsCachedMax / 2) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(instance.command.id, instance)
  }

  /** What is known of it is not what the store has. */
  forget(id: string): void {
    this.#young.delete(id)
    this.#old.delete(id)
  }

  /** Calls when a lasting command ends in this process. Returns what takes that back. */
  onEnd(id: string, tell: (outcome: Outcome) => void): () => void {
    const tellers = this.#ends.get(id) ?? []
    this.#ends.set(id, [...tellers, tell])
    return () => {
      const left = (this.#ends.get(id) ?? []).filter(one => one !== tell)
      if (left.length === 0) this.#ends.delete(id)
      else this.#ends.set(id, left)
    }
  }

  #ended(outcome: Outcome): void {
    this.forget(outcome.id)
    if (this.#ends.size === 0) return
    for (const tell of this.#ends.get(outcome.id) ?? []) tell(outcome)
    this.#ends.delete(outcome.id)
  }

  #job(id: string, arrivals: Arrival[], actor: string, taken: PromiseWithResolvers<void>): Job {
    const instance = this.known(id)
    const command: Command = instance?.command ?? { id, type: "", target: null, data: {} }
    return newJob(
      {
        command,
        asker: askerOf(instance, actor),
        route: this.#parts.routes.commands.get(command.type) ?? null,
        queuedAt: this.#parts.ticks(),
        form: "wake",
        instance,
        resolve: () => taken.resolve(),
        reject: taken.reject,
        durable: taken.resolve,
      },
      arrivals,
    )
  }
}

/** Who takes the steps of an instance: whoever asked for this one, on behalf of its owner. */
export function askerOf(instance: Instance | null, actor: string = system): Job["asker"] {
  if (instance === null) return { actor }
  const { owner, correlationId, parent } = instance
  return { actor, owner, correlationId, ...(parent === null ? {} : { parent }) }
}
