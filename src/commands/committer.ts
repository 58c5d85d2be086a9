import { waitMs } from "../kernel/backoff.ts"
import { limits } from "../kernel/limits.ts"
import { isEnd } from "../kernel/message.ts"
import { Refusal, unreachable } from "../kernel/refusal.ts"
import type { Committed, WriteOutcome } from "../ports/write.ts"
import { decideWhile, partsMax, takeBack } from "./ahead.ts"
import { Answers } from "./answers.ts"
import type { Decided } from "./batch.ts"
import { decideForAsker } from "./decide-for-asker.ts"
import { asRefusal, errorJson } from "./failure.ts"
import { loadFirst } from "./first-heads.ts"
import { emptyPart, firstOf, mayGo, plan, settleChore, takeOff } from "./flight.ts"
import type { Chore, Flight, Landed, Part, Planned } from "./flight.ts"
import type { Job } from "./job.ts"
import type { DispatcherParts } from "./parts.ts"
import type { Failed } from "./commit-all.ts"
import { Queue } from "./queue.ts"
import { isOfMark } from "./mark.ts"
import { afterUnfit, isUnfit } from "./unfit.ts"
import { committed, instanceAt, outcomeOf } from "./record.ts"
import type { Told } from "./told.ts"

/**
 * Group commit: what waits is decided and committed together, with one wait for the disk. Batches form by themselves
 * while the one before is under way; no timer makes anybody wait.
 */
export class Committer {
  /** Who answers what is in the store already. */
  readonly answers: Answers
  readonly #parts: DispatcherParts
  readonly #told: Told
  readonly #queue = new Queue()
  #chores: Chore[] = []
  #mode: "resting" | "called" | "working" = "resting"

  constructor(parts: DispatcherParts, told: Told) {
    this.#parts = parts
    this.#told = told
    this.answers = new Answers(parts, told)
  }

  get busy(): boolean {
    return this.#mode !== "resting"
  }

  add(job: Job): void {
    this.#queue.add(job)
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
    if (!this.#queue.isEmpty || this.#chores.length > 0) this.#call()
    else this.#told.quiet()
  }

  /**
   * Where a commit takes its time, what waits is decided meanwhile. It sees what was said before, as if it were of the same
   * batch. If it rests on nothing that is under way it goes at once, so that the store begins with it as soon as it can;
   * else as soon as that is there, and if anything of that drops out, it is decided again.
   */
  async #batch(): Promise<void> {
    const { workspace, store } = this.#parts
    workspace.begin()
    const most = store.commitsAtOnce()
    this.#queue.begin(most)
    const flights: Flight[] = []
    this.#send(await this.#decideFirst(this.#queue.takeFirst(workspace.isShared)), flights)
    let ahead: Part | null = null
    let partsLeft = workspace.isShared ? partsMax : 1
    while (flights.length > 0) {
      if (ahead === null && partsLeft > 1)
        ahead = await decideWhile(flights, most, this.#queue, this.#parts, this.#told)
      const landed = ahead !== null && mayGo(ahead, flights, most) ? null : await firstOf(flights)
      const takenBack = landed?.isShaken === true && ahead !== null ? takeBack(ahead, workspace) : []
      if (landed?.isFailed === true) workspace.forgetAll()
      if (landed?.isShaken === true) [ahead, partsLeft] = [null, 0]
      if (ahead !== null && mayGo(ahead, flights, most)) {
        this.#send(ahead, flights)
        ahead = null
        partsLeft--
      }
      if (landed !== null) this.#queue.putBack([...(await this.#land(landed)), ...takenBack])
    }
  }

  #send(part: Part, flights: Flight[]): void {
    const chores = this.#chores.splice(0, limits.batchUnitsMax)
    const flight = takeOff(part, chores, this.#parts, () => this.#queue.stir())
    if (flight !== null) flights.push(flight)
  }

  async #land({ flight: { planned, chores, choresAt }, outcomes }: Landed): Promise<readonly Job[]> {
    const again = await this.#settleAll(planned, outcomes)
    chores.forEach((chore, i) => settleChore(chore, outcomes[choresAt + i]!, report => this.#report(report)))
    return again
  }

  async #decideFirst(jobs: Job[]): Promise<Part> {
    const { clock } = this.#parts
    const part = emptyPart()
    try {
      const loading = loadFirst(jobs, this.#parts, this.#told)
      if (loading !== undefined) await loading
    } catch (error) {
      for (const job of jobs) this.#failed(job, error)
      return part
    }
    const until = clock.ticks() + limits.batchMsMax
    for (let i = 0; i < jobs.length; i++) {
      if (i % 16 === 15 && clock.ticks() > until) {
        this.#queue.putBack(jobs.slice(i))
        break
      }
      const job = jobs[i]!
      try {
        const deciding = decideForAsker(job, this.#parts)
        const decided = deciding instanceof Promise ? await deciding : deciding
        if (decided.kind === "overtaken") this.#overtakenBefore(job)
        else if (decided.kind === "nothing") this.#end(job, job.durable)
        else if (decided.kind === "write" || !(await this.answers.first(job))) plan(job, decided, part)
      } catch (error) {
        this.#failed(job, error)
      }
    }
    return part
  }

  /** Tells everybody what has become of their job. Returns those that must be decided again, in order. */
  async #settleAll(planned: readonly Planned[], outcomes: readonly (WriteOutcome | Failed)[]): Promise<readonly Job[]> {
    const again: Job[] = []
    // Once something dropped out, what was refused after it may have been refused for what never came to be.
    const dropped = new Set<string>()
    for (const { job, decided, at } of planned) {
      const outcome = outcomes[at]!
      try {
        const settling = this.#settle(job, decided, outcome, dropped, again)
        if (settling !== undefined) await settling
      } catch (error) {
        this.#failed(job, error)
      }
      if (outcome.kind !== "done") dropped.add(outcome.kind)
    }
    return again
  }

  #settle(
    job: Job,
    decided: Planned["decided"],
    outcome: WriteOutcome | Failed,
    dropped: ReadonlySet<string>,
    again: Job[],
  ): Promise<void> | undefined {
    const { events, reads } = decided.kind === "write" ? decided.write : { events: [], reads: [] }
    switch (outcome.kind) {
      case "done":
        if (decided.kind === "write") this.#done(job, decided, outcome)
        else if (dropped.size > 0 && job.overtaken < limits.decisionsMax - 1) this.#overtaken(job, "", again)
        else this.#end(job, () => job.reject(decided.refusal))
        return undefined
      case "conflict":
        this.#parts.workspace.forget([...events.map(e => e.stream.id), ...reads.map(r => r.id)])
        if (decided.kind === "write" && isOfMark(job, decided.write)) return this.#unmarked(job)
        if (dropped.has("duplicate") && job.form !== "wake") return this.#behindDuplicate(job, outcome.sentence, again)
        if (isUnfit(job, outcome)) this.#failed(job, new Error(outcome.sentence))
        else this.#overtaken(job, outcome.sentence, again)
        return undefined
      case "duplicate":
        this.#parts.workspace.forget(events.map(e => e.stream.id))
        if (job.form === "wake") this.#overtaken(job, "", again)
        else if (job.instance === null) return this.#answerDuplicate(job)
        else this.#told.elsewhere(job)
        return undefined
      case "failed":
        this.#failed(job, outcome.error)
        return undefined
      default:
        return unreachable(outcome)
    }
  }

  #done(
    job: Job,
    { write }: Extract<Decided, { kind: "write" }>,
    { t, at }: Extract<WriteOutcome, { kind: "done" }>,
  ): void {
    const { workspace, metrics } = this.#parts
    for (const e of write.events) if (e.kind !== null) workspace.committed(e.stream.id, t)
    const report = committed(write, t, at)
    const instance = instanceAt(write.instance, t, at)
    const outcome = outcomeOf(instance, report.events)
    job.instance = instance
    job.overtaken = 0
    job.unwritten = 0
    this.#report(report)
    metrics.count("commands_total", { state: instance.state })
    if (job.route?.kind === "workflow" || job.form === "wake") {
      if (write.timers.length > 0) this.#parts.armed(write.timers)
      this.#told.stepped(instance, outcome)
      return this.#end(job, () => job.resolve(outcome))
    }
    if (isEnd(instance.state)) return this.#end(job, () => job.resolve(outcome))
    job.soFar = outcome
    job.durable()
    if (job.form === "queue") return this.#told.queued(job)
    if (instance.state !== "retrying") return this.#told.began(job)
    job.form = "begin"
    this.#told.paused(job, (instance.due ?? 0) - this.#parts.clock.now())
  }

  #report(report: Committed): void {
    try {
      this.#parts.committed(report)
    } catch (error) {
      this.#parts.journal.error("Somebody could not bear to be told of a transaction", { t: report.t, error })
    }
  }

  async #answerDuplicate(job: Job): Promise<void> {
    if (!(await this.answers.first(job))) throw new Error(`The store knows ${job.command.id}, and has it not`)
  }

  /** Of many that come again the store calls only the first a duplicate; those behind it rest on what dropped out. */
  async #behindDuplicate(job: Job, sentence: string, again: Job[]): Promise<void> {
    if (!(await this.answers.first(job))) this.#overtaken(job, sentence, again)
  }

  /** Others took this process to be dead: what it had in hand may be another's, what is new waits until it is back. */
  #unmarked(job: Job): undefined {
    if (job.instance !== null) this.#told.elsewhere(job)
    else if (++job.unwritten <= limits.decisionsMax) this.#told.paused(job, limits.leaseBeatMs)
    else {
      const sentence = "This process was taken to be dead, and could not show that it is not"
      this.#end(job, () => job.reject(new Refusal("unavailable", sentence, { id: job.command.id })))
    }
    return undefined
  }

  /** A handler's end turns out, before it is written, to rest on what is no more: the handler runs again. */
  #overtakenBefore(job: Job): void {
    const again: Job[] = []
    this.#overtaken(job, "What its handler read has changed since", again)
    this.#queue.putBack(again)
  }

  /** Decides it again on what is there now, a bounded number of times. */
  #overtaken(job: Job, sentence: string, again: Job[]): void {
    this.#parts.metrics.count("conflicts_total")
    if (job.form === "wake") {
      job.instance = null
      if (job.turn?.fence !== undefined) return this.#told.elsewhere(job)
      return ++job.overtaken % limits.decisionsMax === 0 ? this.#told.paused(job, limits.pollMs) : void again.push(job)
    }
    if (++job.overtaken < limits.decisionsMax) {
      if (job.form === "finish") this.#told.began(job)
      else again.push(job)
      return
    }
    const refusal = new Refusal("conflict", `${sentence}; it was tried ${job.overtaken} times`, { id: job.command.id })
    if (job.instance === null) return this.#end(job, () => job.reject(refusal))
    job.overtaken = 0
    job.form = "finish"
    job.result = { kind: "failed", error: errorJson(refusal) }
    again.push(job)
  }

  /** The store could not take it. What is durable already is tried again; the rest is refused, and nothing of it is there. */
  #failed(job: Job, error: unknown): void {
    const refusal = asRefusal(error)
    if (afterUnfit(job, error) === "refuse") return this.#end(job, () => job.reject(refusal))
    const ms = waitMs(++job.unwritten, this.#parts.ids.random())
    const facts = { id: job.command.id, ms, error: refusal.message }
    this.#parts.journal.warn("A command could not be written and is tried again", facts)
    this.#told.paused(job, ms)
  }

  #end(job: Job, answer: () => void): void {
    answer()
    this.#told.ended(job)
  }
}
