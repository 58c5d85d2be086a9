import type { Instance } from "../kernel/instance.ts"
import type { Json, JsonObject } from "../kernel/json.ts"
import type { Arrival, Refused } from "../kernel/life.ts"
import type { Asker, Command, CommandState, Outcome } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Turn } from "../ports/mutex.ts"
import type { Route } from "./routes.ts"
import type { Settled, Work } from "./work.ts"

/**
 * One command on its way through the dispatcher, in one of these forms:
 *
 * queue      It waits behind another one, and whoever asked waits no longer: the batch makes it durable as `queued`.
 * decide     An aggregate or `Transact` decides it within the batch: one transaction, and it is at its end.
 * begin      A handler will run: the batch makes it durable as `running`, and the handler starts after that.
 * finish     A handler has returned or thrown: the batch commits what came of it.
 * wake       Something has come to a lasting command: the batch takes the steps that follow from it.
 */
export type Job = {
  command: Command
  asker: Asker
  route: Route | null
  readonly queuedAt: number
  /** How often a decision of it was overtaken since it was last written. */
  overtaken: number
  /** How often the store could not take it since it was last written. */
  unwritten: number
  form: "queue" | "decide" | "begin" | "finish" | "wake"
  /** For `wake`: what has come. More may be added until the batch takes it. */
  readonly arrivals: Arrival[] | null
  /**
   * For `wake`: how often what follows from what has come was refused for what it is, and not for when it came; and after
   * so many times, with what reason the instance is to be stuck instead.
   */
  unfit: number
  /** For `wake`: that it is this process that takes the next step. */
  turn: Turn | null
  stuckFor: Refused | null
  /** The instance as it is in the store; null: it is not there yet. */
  instance: Instance | null
  /** What has come of it so far, durable; null: nothing yet. */
  soFar: Outcome | null
  /** For `finish`: what the handler came to. */
  result: HandlerResult | null
  /** Whether it is to end: what its handler has in hand is let finish, and nothing is begun. */
  isAborted: boolean
  /** Tells its handler, where that runs and has asked to be told, that it is aborted. */
  stop: (() => void) | null
  /** Whether its target is hidden from who asks: to them it looks missing, and its handler is not run. */
  isBlind: boolean
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (refusal: Refusal) => void
  /** Called when something has come of it that is durable, though it is not at its end. */
  readonly durable: () => void
}

/** What came of running a handler once. */
export type HandlerResult =
  | { readonly kind: "returned"; readonly work: Work; readonly result: Json; settled?: Settled }
  | { readonly kind: "again"; readonly error: JsonObject; readonly waitMs: number }
  | { readonly kind: "failed"; readonly error: JsonObject }
  | { readonly kind: "aborted" }

/** How a command ended, before it is written. */
export type Ending = { readonly state: CommandState; readonly result: Json; readonly error: JsonObject | null }

/** The form in which a command that is handled this way is first taken up. */
export function firstForm(route: Route | null): "decide" | "begin" {
  return route?.kind === "handler" ? "begin" : "decide"
}

/** A job that nothing has become of yet. */
export function newJob(
  given: Pick<Job, "command" | "asker" | "route" | "queuedAt" | "form" | "instance" | "resolve" | "reject" | "durable">,
  arrivals: Arrival[] | null = null,
): Job {
  const { instance } = given
  const soFar = instance === null || arrivals !== null ? null : soFarOf(instance)
  const fresh = {
    overtaken: 0,
    unwritten: 0,
    unfit: 0,
    turn: null,
    stuckFor: null,
    result: null,
    isAborted: false,
    stop: null,
    isBlind: false,
  }
  return { ...given, arrivals, soFar, ...fresh }
}

/** The same job, which ends as aborted: what its handler had in hand is over. */
export function endAborted(job: Job): Job {
  job.isAborted = true
  job.form = "finish"
  job.result = { kind: "aborted" }
  return job
}

/** Nothing more comes of it here: whoever waits is told how far it is, or that nothing of it is kept. */
export function letGo(job: Job): void {
  if (job.soFar !== null) job.resolve(job.soFar)
  else if (job.form !== "queue")
    job.reject(new Refusal("unavailable", "This daybook is closing, and nothing of this command is kept"))
}

function soFarOf({ command, state, t }: Instance): Outcome {
  return { id: command.id, state, t, events: [] }
}

/**
 * Takes the jobs of the next batch from those that wait, of the first so many. Of all that wakes one lasting command only the first goes: what the
 * next one does follows what that one did.
 */
export function nextBatch(waiting: Job[], count: number): Job[] {
  const woken = new Set<string>()
  const batch: Job[] = []
  const later: Job[] = []
  for (const job of waiting.splice(0, count)) {
    const isLater = job.form === "wake" && woken.has(job.command.id)
    if (job.form === "wake") woken.add(job.command.id)
    ;(isLater ? later : batch).push(job)
  }
  waiting.unshift(...later)
  return batch
}
