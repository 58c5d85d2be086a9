import type { Instance } from "../kernel/instance.ts"
import type { Arrival } from "../kernel/life.ts"
import { limits } from "../kernel/limits.ts"
import { isEnd, type Command, type Outcome } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import { system } from "../security/security.ts"
import type { Cancel, Clock } from "../kernel/clock.ts"
import type { Mutex, Turn } from "../ports/mutex.ts"
import { letGo, newJob, type Job } from "./job.ts"
import type { Routes } from "./routes.ts"

/** What waking needs from whoever takes jobs. */
type Parts = {
  readonly routes: Routes
  readonly clock: Pick<Clock, "ticks" | "after">
  readonly mutex: Mutex
  readonly add: (job: Job) => void
}

/** What goes together to one instance. `actor`: who brings it. */
type Gathering = {
  readonly actor: string
  readonly arrivals: Arrival[]
  readonly taken: PromiseWithResolvers<void>
}

/** What is brought to one instance: what is under way, and what has come since a batch took that, in order. */
type Hand = {
  job: Job
  gathering: Gathering
  isTaken: boolean
  /** The turn of the instance is another process's for now: it is asked for again. */
  wait: Cancel | null
  readonly next: Gathering[]
}

/**
 * Brings to lasting commands what has come to them. What comes to one before a batch takes it goes together; what comes
 * after waits until that is at its end, also where the store could not take it at once. So one instance is never in two
 * hands in this process, and nothing overtakes what came before it.
 */
export class Waking {
  readonly #parts: Parts
  readonly #hands = new Map<string, Hand>()
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
    const hand = this.#hands.get(id)
    const open = hand?.next.at(-1) ?? (hand?.isTaken === false ? hand.gathering : undefined)
    if (open !== undefined && open.actor === actor && open.arrivals.length < limits.arrivalsAtOnceMax) {
      open.arrivals.push(arrival)
      return open.taken.promise
    }
    const gathering = { actor, arrivals: [arrival], taken: Promise.withResolvers<void>() }
    if (hand === undefined) {
      const first = { job: this.#job(id, gathering), gathering, isTaken: false, wait: null, next: [] }
      this.#hands.set(id, first)
      this.#take(first)
    } else hand.next.push(gathering)
    return gathering.taken.promise
  }

  /** A batch has these jobs in hand: nothing is added to them from now on. */
  taken(jobs: readonly Job[]): void {
    for (const job of jobs) {
      const hand = job.form === "wake" ? this.#hands.get(job.command.id) : undefined
      if (hand?.job === job) hand.isTaken = true
    }
  }

  /** Nothing more comes of a job: what has come meanwhile is next. */
  ended({ command: { id }, turn }: Job): void {
    const hand = this.#hands.get(id)
    this.#count--
    this.#give(turn, false)
    const gathering = hand?.next.shift()
    if (hand === undefined || gathering === undefined) {
      this.#hands.delete(id)
      return
    }
    hand.job = this.#job(id, gathering)
    hand.gathering = gathering
    hand.isTaken = false
    this.#take(hand)
  }

  /** Its turn was another's when it was committed. */
  lostTurn(job: Job): void {
    const hand = this.#hands.get(job.command.id)
    this.#give(job.turn, true)
    job.turn = job.instance = null
    job.overtaken += 1
    if (hand?.job === job) this.#take(hand)
  }

  /** What is known of an instance; null: it must be read. */
  known(id: string): Instance | null {
    return this.#young.get(id) ?? this.#old.get(id) ?? null
  }

  /** Takes nothing more. What nobody has begun with will be brought again, by the next process that has the log in hand. */
  close(): void {
    this.#isClosed = true
    for (const [id, hand] of this.#hands) {
      const { job, next, wait } = hand
      for (const { taken } of next.splice(0)) taken.reject(new Refusal("unavailable", "This daybook is closing"))
      if (wait === null) continue
      wait()
      letGo(job)
      this.#hands.delete(id)
      this.#count--
    }
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

  /** Goes on as soon as it is this process's turn. */
  #take(hand: Hand): void {
    const { mutex, clock } = this.#parts
    const got = (turn: Turn | null) => {
      if (turn !== null) {
        hand.job.turn = turn
        return this.#parts.add(hand.job)
      }
      hand.wait = clock.after(limits.pollMs, () => {
        hand.wait = null
        this.#take(hand)
      })
    }
    const turn = mutex.take(hand.job.command.id)
    if (!(turn instanceof Promise)) return got(turn)
    // The store may be away: then it is asked again.
    turn.then(got, () => got(null))
  }

  // What could not be given back ends by itself.
  #give(turn: Turn | null, isLost: boolean): void {
    const ending = turn?.end(isLost)
    if (ending instanceof Promise) ending.catch(() => undefined)
  }

  #job(id: string, { actor, arrivals, taken }: Gathering): Job {
    this.#count++
    const instance = this.known(id)
    const command: Command = instance?.command ?? { id, type: "", target: null, data: {} }
    return newJob(
      {
        command,
        asker: askerOf(instance, actor),
        route: this.#parts.routes.commands.get(command.type) ?? null,
        queuedAt: this.#parts.clock.ticks(),
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
