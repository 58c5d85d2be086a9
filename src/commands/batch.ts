import { instant } from "../kernel/clock.ts"
import type { Json } from "../kernel/json.ts"
import { Refusal, unreachable } from "../kernel/refusal.ts"
import type { RefusalWrite, TransactionWrite } from "../ports/write.ts"
import { checkCommand, checkExpectations } from "./check.ts"
import { decideCommand } from "./decide.ts"
import { bugJson, errorJson } from "./failure.ts"
import type { Ending, Job } from "./job.ts"
import { marked } from "./mark.ts"
import type { DecidingParts } from "./parts.ts"
import { instanceAfter, transactionWrite } from "./record.ts"
import { transact } from "./transact.ts"
import { Work, type Settled } from "./work.ts"
import type { Deciding, Need, Workspace } from "./workspace.ts"

/**
 * What a decision about one job came to.
 *
 * write       a transaction to commit
 * refuse      nothing but the refusal is kept
 * overtaken   what it rests on has changed already: its handler must be run again
 */
export type Decided =
  | { readonly kind: "write"; readonly write: TransactionWrite }
  | { readonly kind: "refuse"; readonly refusal: Refusal; readonly write: RefusalWrite }
  | { readonly kind: "overtaken" }

/** What a job needs before its decision can begin, so that a whole batch can ask for it at once. */
export function firstNeed(job: Job): string | null {
  return job.form === "queue" ? null : (job.command.target?.id ?? null)
}

/** Decides one job. Whatever its code throws ends with this job. */
export function* decideJob(job: Job, parts: DecidingParts): Deciding<Decided> {
  const now = instant(parts.clock.now())
  try {
    switch (job.form) {
      case "queue":
        checkCommand(job.command, parts.routes)
        return stepOnly(job, parts, { state: "queued", result: null, error: null }, now)
      case "decide":
        return yield* decideNow(job, parts, now)
      case "begin":
        return yield* begin(job, parts, now)
      case "finish":
        return yield* finish(job, parts, now)
      default:
        return unreachable(job.form)
    }
  } catch (thrown) {
    if (thrown instanceof Refusal && job.instance === null) return refused(job, thrown, parts)
    // What decides is pure: whatever it throws, it throws the next time too.
    const error = job.form === "decide" ? bugJson(thrown) : errorJson(thrown)
    job.result = { kind: "failed", error }
    return stepOnly(job, parts, { state: "failed", result: null, error }, now)
  }
}

function* decideNow(job: Job, parts: DecidingParts, now: string): Deciding<Decided> {
  const { routes, workspace, ids } = parts
  const { command } = job
  const route = checkCommand(command, routes)
  const work = new Work(command, routes, ids)
  let result: Json = null
  if (route.kind === "transact") {
    result = yield* transact(command, workspace, work, routes, ids)
  } else if (command.target !== null) {
    yield { heads: [command.target.id] }
    decideCommand(command, workspace.head(command.target.id), { now, actor: job.asker.actor }, work, routes)
  }
  const settled = yield* work.settle(workspace)
  if (settled.files.length > 0) yield { keep: settled.files }
  return settledStep(job, parts, settled, result, now)
}

function* begin(job: Job, parts: DecidingParts, now: string): Deciding<Decided> {
  checkCommand(job.command, parts.routes)
  const { target } = job.command
  if (target !== null) {
    yield { heads: [target.id] }
    checkExpectations(job.command, parts.workspace.head(target.id))
  }
  return stepOnly(job, parts, { state: "running", result: null, error: null }, now)
}

function* finish(job: Job, parts: DecidingParts, now: string): Deciding<Decided> {
  const came = job.result
  if (came === null) throw new TypeError("A handler's end was written without its result")
  const attempts = (job.instance?.attempts ?? 0) + 1
  switch (came.kind) {
    case "failed":
      return stepOnly(job, parts, { state: "failed", result: null, error: came.error }, now, { attempts })
    case "again": {
      const plan = { attempts, due: parts.clock.now() + came.waitMs }
      return stepOnly(job, parts, { state: "retrying", result: null, error: came.error }, now, plan)
    }
    case "returned": {
      yield* expectStill(job, came.work, parts.workspace)
      const rested = came.work.restedOn()
      yield { heads: rested.map(r => r.id) }
      if (rested.some(r => parts.workspace.head(r.id).version !== r.version)) return { kind: "overtaken" }
      // What could not be written is tried again as it is: if it has been overtaken, the versions show it.
      const settled = (came.settled ??= yield* came.work.settle(parts.workspace))
      if (settled.files.length > 0) yield { keep: settled.files }
      return settledStep(job, parts, settled, came.result, now)
    }
    default:
      return unreachable(came)
  }
}

// What the sender expects of the target was so when the handler began. It must be so when that is committed.
function* expectStill({ command }: Job, work: Work, workspace: Workspace): Deciding<void> {
  const { target, expectedVersion, basisT } = command
  if (target === null || (expectedVersion === undefined && basisT === undefined)) return
  yield { heads: [target.id] }
  const head = workspace.head(target.id)
  checkExpectations(command, head)
  work.rest(head)
}

function settledStep(job: Job, parts: DecidingParts, settled: Settled, result: Json, now: string): Decided {
  const rejected = settled.events.length > 0 && settled.events.every(e => e.rejection)
  const ending: Ending = { state: rejected ? "rejected" : "succeeded", result, error: null }
  const instance = instanceAfter(job, ending, now, parts.routes.keep)
  const write = marked(transactionWrite(job, instance, parts.routes.schema.version, settled), job, parts.mark())
  const { workspace } = parts
  const restsOn = workspace.makersOf([...settled.heads, ...settled.reads].map(({ id }) => id))
  workspace.note(job.command.id, settled.heads, settled.changes)
  return { kind: "write", write: restsOn.length === 0 ? write : { ...write, restsOn } }
}

function stepOnly(
  job: Job,
  parts: DecidingParts,
  ending: Ending,
  now: string,
  plan?: { attempts: number; due?: number },
): Decided {
  const instance = instanceAfter(job, ending, now, parts.routes.keep, plan)
  const write = transactionWrite(job, instance, parts.routes.schema.version, null)
  return { kind: "write", write: marked(write, job, parts.mark()) }
}

function refused(job: Job, refusal: Refusal, parts: DecidingParts): Decided {
  const { id, type } = job.command
  const { code, message: sentence, faults } = refusal
  const data = parts.routes.keep(job.command)
  const write = { kind: "refusal", id, type, actor: job.asker.actor, code, sentence, faults, data } as const
  return { kind: "refuse", refusal, write }
}

/** Runs a decision to its end: in this turn where everything it asks for is there in this turn. */
export function runDecision<Result>(deciding: Deciding<Result>, workspace: Workspace): Result | Promise<Result> {
  for (;;) {
    const step = deciding.next()
    if (step.done === true) return step.value
    const loading = workspace.load(step.value)
    if (loading instanceof Promise) return goOn(deciding, workspace, loading)
  }
}

async function goOn<Result>(deciding: Deciding<Result>, workspace: Workspace, loading: Promise<void>): Promise<Result> {
  let waiting: void | Promise<void> = loading
  for (;;) {
    await waiting
    const step: IteratorResult<Need, Result> = deciding.next()
    if (step.done === true) return step.value
    waiting = workspace.load(step.value)
  }
}
