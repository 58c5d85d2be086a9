import { isId } from "../kernel/ids.ts"
import type { Instance } from "../kernel/instance.ts"
import { frozen } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import type { Asker, Command, Outcome } from "../kernel/message.ts"
import { Refusal, type RefusalCode } from "../kernel/refusal.ts"
import type { Write, WriteOutcome } from "../ports/write.ts"
import { system } from "../security/security.ts"
import { isSameAsked } from "./answers.ts"
import { Committer } from "./committer.ts"
import { Digests } from "./digest.ts"
import { endAborted, firstForm, letGo, newJob, type Job } from "./job.ts"
import { Lanes } from "./lanes.ts"
import type { DispatcherParts } from "./parts.ts"
import { Pauses } from "./pauses.ts"
import { runHandler } from "./run-handler.ts"
import { Waking } from "./waking.ts"

/** A command under way, and what those who asked for it wait for. */
type Entry = { readonly job: Job; readonly outcome: Promise<Outcome>; readonly durable: Promise<void> }

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
  /** Brings to lasting commands what has come to them. */
  readonly lasting: Waking
  readonly #underway = new Map<string, Entry>()
  readonly #pauses: Pauses
  // What another process has in hand, and somebody here wants to know the end of.
  readonly #watched = new Set<Job>()
  readonly #idleWaiters: (() => void)[] = []
  #closed = false

  constructor(given: Omit<DispatcherParts, "digests">) {
    const parts = { ...given, digests: new Digests(given.routes.keep, given.ids) }
    this.#parts = parts
    this.#pauses = new Pauses(given.clock)
    this.lasting = new Waking({ ...given, add: job => this.#committer.add(job) })
    this.#committer = new Committer(parts, {
      ended: job => this.#ended(job),
      queued: job => this.#queued(job),
      began: job => void this.#run(job),
      paused: (job, ms) => this.#pause(job, ms),
      elsewhere: job => (job.form === "wake" ? this.lasting.lostTurn(job) : this.#watch(job)),
      taken: jobs => this.lasting.taken(jobs),
      known: id => this.lasting.known(id),
      stepped: (instance, outcome) => this.lasting.stepped(instance, outcome),
      quiet: () => this.#tellIdle(),
    })
  }

  /** Resolves with the outcome at the command's end; with `waitMs`, at the latest then, once it is durable. */
  request(command: Command, asker: Asker, waitMs?: number): Promise<Outcome> {
    if (this.#closed) return refuse("unavailable", "This daybook is closing and takes no new commands")
    if (!isId(command.id)) return refuse("malformed", "A command has an id")
    const underway = this.#underway.get(command.id)
    if (underway !== undefined) {
      if (isSameAsked(underway.job, command, asker.actor, this.#parts)) return this.#within(underway, waitMs)
      return this.#afterOther(underway, command, asker, waitMs)
    }
    if (this.#underway.size >= limits.queuedCommandsMax) {
      return refuse("overloaded", `There are ${this.#underway.size} commands waiting already`)
    }
    const entry = this.#enter(frozen(command), asker, null)
    this.#admit(entry.job)
    return this.#within(entry, waitMs)
  }

  /**
   * Answers a command whose id is under way with other content. Until that is durable or at its end nobody knows which
   * of the two was first: it may itself be one whose id was used before, for just what is asked now.
   */
  async #afterOther(
    { job, outcome, durable }: Entry,
    command: Command,
    asker: Asker,
    waitMs?: number,
  ): Promise<Outcome> {
    if (job.instance !== null) {
      const sentence = `A command with the id ${command.id} and other content is there already`
      throw new Refusal("duplicate-conflict", sentence, { id: command.id })
    }
    this.#keepPlace(job)
    await Promise.race([durable, outcome]).catch(() => undefined)
    return this.request(command, asker, waitMs)
  }

  /** Takes up a command that nobody has in hand any more, for who asked for it: a restart found it, or its process is dead. */
  resume(instance: Instance, actor: string, { isAwaited, isToEnd }: { isAwaited: boolean; isToEnd: boolean }): void {
    const underway = this.#underway.get(instance.command.id)
    if (underway !== undefined) return this.#takeUp(underway.job, instance)
    const { command, owner, correlationId, parent } = instance
    const asker = { actor, owner, correlationId, isAwaited, ...(parent === null ? {} : { parent }) }
    const { job, outcome } = this.#enter(frozen(command), asker, instance)
    outcome.catch(error => this.#parts.journal.warn("A resumed command was refused", { id: command.id, error }))
    if (isToEnd) return this.#committer.add(endAborted(job))
    const wait = instance.state === "retrying" ? (instance.due ?? 0) - this.#parts.clock.now() : 0
    if (wait <= 0) return this.#admit(job)
    if (command.target !== null) this.#lanes.take(command.target.id, job)
    this.#pause(job, wait)
  }

  /** Asks for a command. Resolves when it is durable, or at its end; how it ends is told in the log, if it is awaited. */
  async ask(command: Command, asker: Asker): Promise<void> {
    const outcome = this.request(command, asker)
    const entry = this.#underway.get(command.id)
    if (entry === undefined) return void (await outcome)
    this.#keepPlace(entry.job)
    await Promise.race([entry.durable, outcome])
  }

  /**
   * Ends a command and its children: a lasting one takes the steps that its workflow has for that; one that waits for its
   * turn or for another attempt ends here; what a handler has in hand is let finish, and told. What has ended stays as it is.
   */
  async abort(id: string, actor: string = system, reason: string | null = null): Promise<void> {
    const entry = this.#underway.get(id)
    if (entry && entry.job.route?.kind !== "workflow") return this.#abortJob(entry.job)
    // What takes its first step in this very batch is not there before that.
    await entry?.outcome.catch(() => undefined)
    await this.lasting.wake(id, { kind: "abort", by: actor, reason }, actor)
  }

  #abortJob(job: Job): void {
    job.isAborted = true
    job.stop?.()
    if (job.instance?.state === "retrying" && this.#pauses.end(job)) return this.#committer.add(endAborted(job))
    this.#keepPlace(job)
    this.#endBehind(job)
  }

  /** What waits behind another one, and is aborted, ends before that does. */
  #endBehind(job: Job): void {
    const key = job.command.target?.id
    if (key === undefined || job.instance === null || !this.#lanes.behind(key).includes(job)) return
    this.#lanes.leave(key, job)
    this.#committer.add(endAborted(job))
  }

  /** Whether it is in the hands of this process. */
  readonly has = (id: string): boolean => this.#underway.has(id)

  /** Hands a housekeeping write to the next batch. */
  write(write: Write): Promise<WriteOutcome> {
    return new Promise((resolve, reject) => {
      this.#committer.addChore({ write, resolve, reject })
    })
  }

  get busy(): boolean {
    return this.#committer.busy || this.#underway.size + this.lasting.count > this.#resting().length
  }

  /** Resolves when no command is queued or running, and none is due to be tried again. */
  idle(): Promise<void> {
    if (!this.busy) return Promise.resolve()
    return new Promise(resolve => {
      this.#idleWaiters.push(resolve)
    })
  }

  /** Takes nothing new, waits for what is running; what waits for another attempt stays in the store as it is. */
  async close(): Promise<void> {
    this.#closed = true
    this.lasting.close()
    this.#pauses.close()
    for (const job of this.#resting()) letGo(job)
    await this.idle()
  }

  /** What waits for another attempt, and what waits behind that. */
  #resting(): readonly Job[] {
    if (this.#pauses.count === 0) return []
    return this.#pauses.jobs().flatMap(job => {
      const key = job.command.target?.id
      return key === undefined || !this.#lanes.isHeldBy(key, job) ? [job] : [job, ...this.#lanes.behind(key)]
    })
  }

  #enter(command: Command, asker: Asker, instance: Instance | null): Entry {
    const { routes, clock } = this.#parts
    const outcome = Promise.withResolvers<Outcome>()
    const durable = Promise.withResolvers<void>()
    const route = routes.commands.get(command.type) ?? null
    const told = { resolve: outcome.resolve, reject: outcome.reject, durable: durable.resolve }
    const form = firstForm(route)
    const job = newJob({ command, asker, route, queuedAt: clock.ticks(), form, instance, ...told })
    if (instance !== null) job.durable()
    const entry = { job, outcome: outcome.promise, durable: durable.promise }
    this.#underway.set(command.id, entry)
    return entry
  }

  #admit(job: Job): void {
    const key = job.command.target?.id
    if (key !== undefined && this.#lanes.countHeld > 0 && this.#lanes.waits(key, job)) return
    if (key !== undefined && job.form !== "decide") this.#lanes.take(key, job)
    // What is being made durable as queued is with the committer already.
    if (job.form !== "queue") this.#committer.add(job)
  }

  #queued(job: Job): void {
    job.form = firstForm(job.route)
    if (this.#closed) letGo(job)
    if (job.isAborted) this.#endBehind(job)
    const key = job.command.target?.id
    // Its turn came while it was being written.
    if (key === undefined || !this.#lanes.isHeldBy(key, job)) return
    for (const next of [job, ...this.#lanes.leave(key, job)]) this.#admit(next)
  }

  async #run(job: Job): Promise<void> {
    job.result = await runHandler(job, this.#parts)
    job.form = "finish"
    this.#committer.add(job)
  }

  #pause(job: Job, ms: number, then: () => void = () => this.#committer.add(job)): void {
    this.#pauses.begin(job, ms, then)
    if (this.#closed) for (const resting of this.#resting()) letGo(resting)
    this.#tellIdle()
  }

  /** Looks now and then whether what another process has in hand is at its end. */
  #watch(job: Job): void {
    this.#watched.add(job)
    this.#pause(job, limits.pollMs, () => void this.#lookFor(job))
  }

  async #lookFor(job: Job): Promise<void> {
    const isEnded = await this.#committer.answers.ended(job).catch(() => false)
    if (!isEnded && this.#watched.has(job)) this.#watch(job)
  }

  /** The process that had it in hand is dead, and somebody here waits for it: it goes on here. */
  #takeUp(job: Job, instance: Instance): void {
    if (!this.#watched.delete(job)) return
    this.#pauses.end(job)
    job.instance = instance
    job.form = firstForm(job.route)
    this.#committer.add(job)
  }

  #ended(job: Job): void {
    const { clock, metrics } = this.#parts
    if (job.form === "wake") {
      this.lasting.ended(job)
      return this.#tellIdle()
    }
    this.#watched.delete(job)
    this.#underway.delete(job.command.id)
    // What is no command is anything that somebody sends, in any number: nothing to keep apart, or to show to others.
    const type = job.route === null ? "unknown" : job.command.type
    metrics.time("command_seconds", (clock.ticks() - job.queuedAt) / 1000, { type })
    const key = job.command.target?.id
    if (key !== undefined && this.#lanes.countHeld > 0) {
      for (const waiting of this.#lanes.leave(key, job)) this.#admit(waiting)
    }
    if (this.#idleWaiters.length > 0) this.#tellIdle()
  }

  #tellIdle(): void {
    if (this.#idleWaiters.length === 0 || this.busy) return
    for (const tell of this.#idleWaiters.splice(0)) tell()
  }

  #within({ job, outcome, durable }: Entry, waitMs: number | undefined): Promise<Outcome> {
    if (waitMs === undefined) return outcome
    return new Promise((resolve, reject) => {
      const cancel = this.#parts.clock.after(waitMs, () => {
        this.#keepPlace(job)
        void durable.then(() => resolve(job.soFar!))
      })
      outcome.then(resolve, reject).finally(cancel)
    })
  }

  /** Whoever asked waits no longer: a command that only waits behind another one is made durable where it stands. */
  #keepPlace(job: Job): void {
    const key = job.command.target?.id
    if (key === undefined || job.instance !== null || job.form === "queue") return
    if (!this.#lanes.behind(key).includes(job)) return
    job.form = "queue"
    this.#committer.add(job)
  }
}

function refuse(code: RefusalCode, sentence: string): Promise<never> {
  return Promise.reject(new Refusal(code, sentence))
}
