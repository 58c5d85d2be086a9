import { waitMs } from "../kernel/backoff.ts"
import type { Instance } from "../kernel/instance.ts"
import { limits } from "../kernel/limits.ts"
import { isEnd, type Outcome } from "../kernel/message.ts"
import { Refusal, unreachable } from "../kernel/refusal.ts"
import type { Write, WriteOutcome } from "../ports/write.ts"
import { decideJob, firstNeed, runDecision, type Decided } from "./batch.ts"
import type { DispatcherParts } from "./dispatcher.ts"
import { errorJson } from "./failure.ts"
import type { Job } from "./job.ts"
import { committed, sameContent } from "./record.ts"

/** A housekeeping write that goes along with the next batch. */
export type Chore = {
  readonly write: Write
  readonly resolve: (outcome: WriteOutcome) => void
  readonly reject: (error: unknown) => void
}

/** Whom the committer tells what has become of a job. */
export type Told = {
  /** It was answered: with its outcome, or with a refusal. */
  ended(job: Job): void
  /** It is durable as `running`: its handler may start. */
  began(job: Job): void
  /** It is durable as `retrying`, and is tried again after a wait. */
  paused(job: Job, ms: number): void
  /** Nothing waits any more. */
  quiet(): void
}

type Planned = { readonly job: Job; readonly decided: Exclude<Decided, { kind: "overtaken" }>; readonly at: number }

/**
 * Group commit: what waits is decided and committed together, with one wait for the disk. Batches form by themselves
 * while the one before is under way; no timer makes anybody wait.
 */
export class Committer {
  readonly #parts: DispatcherParts
  readonly #told: Told
  #jobs: Job[] = []
  #chores: Chore[] = []
  #mode: "resting" | "called" | "working" = "resting"
  #resting = 0

  constructor(parts: DispatcherParts, told: Told) {
    this.#parts = parts
    this.#told = told
  }

  get busy(): boolean {
    return this.#mode !== "resting" || this.#resting > 0
  }

  add(job: Job): void {
    this.#jobs.push(job)
    this.#call()
  }

  addChore(chore: Chore): void {
    this.#chores.push(chore)
    this.#call()
  }

  #call(): void {
    if (this.#mode !== "resting") return
    this.#mode = "called"
    this.#parts.clock.soon(() => void this.#work())
  }

  async #work(): Promise<void> {
    this.#mode = "working"
    try {
      await this.#batch()
    } catch (error) {
      this.#parts.journal.error("A batch ended in a way that cannot be", { error })
    }
    this.#mode = "resting"
    if (this.#jobs.length > 0 || this.#chores.length > 0) this.#call()
    else this.#told.quiet()
  }

  async #batch(): Promise<void> {
    const writes: Write[] = []
    const planned = await this.#decideAll(this.#jobs.splice(0, limits.batchUnitsMax), writes)
    const chores = this.#chores.splice(0, limits.batchUnitsMax)
    const choresAt = writes.length
    for (const chore of chores) writes.push(chore.write)
    if (writes.length === 0) return
    this.#parts.metrics.count("batch_writes", {}, writes.length)
    const outcomes = await this.#commit(writes)
    for (const { job, decided, at } of planned) {
      const outcome = outcomes[at]!
      const settling = this.#settle(job, decided, outcome)
      if (settling !== undefined) await settling
    }
    chores.forEach((chore, i) => settleChore(chore, outcomes[choresAt + i]!))
  }

  async #decideAll(jobs: Job[], writes: Write[]): Promise<Planned[]> {
    const { workspace, clock } = this.#parts
    workspace.begin()
    const loading = workspace.load({ heads: jobs.map(firstNeed).filter(id => id !== null) })
    if (loading !== undefined) await loading
    const planned: Planned[] = []
    const until = clock.ticks() + limits.batchMsMax
    for (let i = 0; i < jobs.length; i++) {
      if (i % 16 === 15 && clock.ticks() > until) {
        this.#jobs = [...jobs.slice(i), ...this.#jobs]
        break
      }
      const job = jobs[i]!
      const deciding = runDecision(decideJob(job, this.#parts), workspace)
      const decided = deciding instanceof Promise ? await deciding : deciding
      if (decided.kind === "overtaken") this.#overtaken(job, "What its handler read has changed since")
      else if (decided.kind === "write") planned.push({ job, decided, at: writes.push(decided.write) - 1 })
      else if (!(await this.#answerFirst(job))) planned.push({ job, decided, at: writes.push(decided.write) - 1 })
    }
    return planned
  }

  async #commit(writes: readonly Write[]): Promise<readonly (WriteOutcome | Failed)[]> {
    try {
      return await this.#parts.store.commit(writes)
    } catch (error) {
      this.#parts.workspace.forgetAll()
      if (error instanceof Refusal || writes.length === 1) return writes.map(() => ({ kind: "failed", error }))
    }
    // One of them is more than the store can take, and it did not say which: each gets a commit of its own.
    const outcomes: (WriteOutcome | Failed)[] = []
    for (const write of writes) outcomes.push(...(await this.#commit([write])))
    return outcomes
  }

  #settle(job: Job, decided: Exclude<Decided, { kind: "overtaken" }>, outcome: WriteOutcome | Failed): Promise<unknown> | undefined {
    switch (outcome.kind) {
      case "done":
        if (decided.kind === "refuse") this.#end(job, () => job.reject(decided.refusal))
        else this.#done(job, decided, outcome)
        return undefined
      case "conflict": {
        if (decided.kind === "refuse") return undefined
        const { events, reads } = decided.write
        this.#parts.workspace.forget([...events.map(e => e.stream.id), ...reads.map(r => r.id)])
        this.#overtaken(job, outcome.sentence)
        return undefined
      }
      case "duplicate":
        this.#parts.workspace.forget(decided.kind === "write" ? decided.write.events.map(e => e.stream.id) : [])
        return this.#answerFirst(job)
      case "failed":
        this.#failed(job, outcome.error)
        return undefined
      default:
        return unreachable(outcome)
    }
  }

  #done(job: Job, { write }: Extract<Decided, { kind: "write" }>, { t, at }: { t: number; at: string }): void {
    const { workspace, metrics } = this.#parts
    for (const e of write.events) workspace.committed(e.stream.id, t)
    const report = committed(write, t, at)
    const instance = { ...write.instance, t, updatedAt: at, history: lastAt(write.instance.history, t, at) }
    const outcome = outcomeOf(instance, report.events)
    job.instance = instance
    this.#parts.committed(report)
    metrics.count("commands_total", { state: instance.state })
    if (isEnd(instance.state)) return this.#end(job, () => job.resolve(outcome))
    job.durable(outcome)
    if (instance.state === "retrying") this.#told.paused(job, (instance.due ?? 0) - this.#parts.clock.now())
    else this.#told.began(job)
  }

  /** Answers a command that was asked for before with its first outcome. False: it was not. */
  async #answerFirst(job: Job): Promise<boolean> {
    if (job.instance !== null) return false
    const [first] = await this.#parts.store.commands.find([job.command.id])
    if (first === null || first === undefined) return false
    if (!sameContent(first.command, job.command, job.route?.command.sensitive ?? [])) {
      const sentence = `A command with the id ${job.command.id} and other content is there already`
      this.#end(job, () => job.reject(new Refusal("duplicate-conflict", sentence, { id: job.command.id })))
      return true
    }
    const logged = first.t > 0 ? await this.#parts.store.log.transaction(first.t) : []
    const outcome = outcomeOf(first, logged.map(l => l.event).filter(e => e.causedBy.id === first.command.id))
    this.#end(job, () => job.resolve(outcome))
    return true
  }

  /** Decides it again on what is there now, a bounded number of times. */
  #overtaken(job: Job, sentence: string): void {
    this.#parts.metrics.count("conflicts_total")
    if (++job.overtaken < limits.decisionsMax) {
      if (job.form === "finish") this.#told.began(job)
      else this.#jobs.unshift(job)
      return
    }
    const refusal = new Refusal("conflict", `${sentence}; it was tried ${job.overtaken} times`, { id: job.command.id })
    if (job.instance === null) return this.#end(job, () => job.reject(refusal))
    job.overtaken = 0
    job.form = "finish"
    job.result = { kind: "failed", error: errorJson(refusal) }
    this.#jobs.push(job)
  }

  /** The store could not take it. What is durable already is tried again; the rest is refused, and nothing of it is there. */
  #failed(job: Job, error: unknown): void {
    const refusal = asRefusal(error)
    if (job.instance === null) return this.#end(job, () => job.reject(refusal))
    const ms = waitMs(++job.overtaken, this.#parts.ids.random())
    this.#parts.journal.warn("A command could not be written and is tried again", { id: job.command.id, ms, error: refusal.message })
    this.#resting++
    this.#parts.clock.after(ms, () => {
      this.#resting--
      this.add(job)
    })
  }

  #end(job: Job, answer: () => void): void {
    answer()
    this.#told.ended(job)
  }
}

/** A write that failed as a whole, with what the store threw. */
type Failed = { readonly kind: "failed"; readonly error: unknown }

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new Refusal("unavailable", `The store could not take it: ${reason}`)
}

function settleChore(chore: Chore, outcome: WriteOutcome | Failed): void {
  if (outcome.kind === "failed") chore.reject(asRefusal(outcome.error))
  else chore.resolve(outcome)
}

function lastAt(history: Instance["history"], t: number, at: string): Instance["history"] {
  const last = history.at(-1)
  return last === undefined ? history : [...history.slice(0, -1), { ...last, t, at }]
}

/** What the sender of a command is told about it. */
function outcomeOf(instance: Instance, events: Outcome["events"]): Outcome {
  const { command, state, t, result, error } = instance
  return { id: command.id, state, t, events, ...(result === null ? {} : { result }), ...(error === null ? {} : { error }) }
}
