import type { Instance } from "../kernel/instance.ts"
import { isEnd, isResting, type Command } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import { system } from "../security/security.ts"
import type { Job } from "./job.ts"
import type { DispatcherParts } from "./parts.ts"
import { outcomeOf } from "./record.ts"

/** Whom it concerns that a job was answered out of the store. */
export type Answered = {
  /** It was answered: with its outcome, or with a refusal. */
  ended(job: Job): void
  /** Another process has it in hand. */
  elsewhere(job: Job): void
}

type Parts = Pick<DispatcherParts, "store" | "digests" | "mark">

/** Answers commands that are in the store already: asked for before, or in the hands of another process. */
export class Answers {
  readonly #parts: Parts
  readonly #answered: Answered

  constructor(parts: Parts, answered: Answered) {
    this.#parts = parts
    this.#answered = answered
  }

  /** Answers a command that was asked for before with its first outcome. False: it was not. */
  async first(job: Job): Promise<boolean> {
    if (job.instance !== null) return false
    const first = await this.#find(job)
    if (first === null) return false
    // What came of it is for whose command it is: an id can be read in events, and what was asked can be guessed.
    const isTheirs = first.owner === job.asker.actor || job.asker.actor === system
    if (!isTheirs || !this.#parts.digests.isSame(first.command, first.digest, job.command)) {
      const sentence = `A command with the id ${job.command.id} and other content is there already`
      job.reject(new Refusal("duplicate-conflict", sentence, { id: job.command.id }))
      this.#answered.ended(job)
    } else if (isUnderway(first) && this.#parts.mark() !== null) {
      job.soFar = outcomeOf(first, [])
      job.durable()
      this.#answered.elsewhere(job)
    } else await this.#answer(job, first)
    return true
  }

  /** Answers a command that another process has in hand, if it is at its end. */
  async ended(job: Job): Promise<boolean> {
    const instance = await this.#find(job)
    if (instance === null || isUnderway(instance)) return false
    await this.#answer(job, instance)
    return true
  }

  async #find(job: Job): Promise<Instance | null> {
    const [instance] = await this.#parts.store.commands.find([job.command.id])
    return instance ?? null
  }

  async #answer(job: Job, instance: Instance): Promise<void> {
    const logged = instance.t > 0 ? await this.#parts.store.log.transaction(instance.t) : []
    const events = logged.map(l => l.event).filter(e => e.causedBy.id === instance.command.id)
    job.resolve(outcomeOf(instance, events))
    this.#answered.ended(job)
  }
}

function isUnderway({ state }: Instance): boolean {
  return !isEnd(state) && !isResting(state)
}

/** Whether somebody asks again for what is under way, or the system does. */
export function isSameAsked(
  { command, instance, asker }: Job,
  sent: Command,
  actor: string,
  { digests }: Pick<Parts, "digests">,
): boolean {
  if (actor !== (asker.owner ?? asker.actor) && actor !== system) return false
  return digests.isSame(command, instance === null ? digests.of(command) : instance.digest, sent)
}
