import { instant } from "../kernel/clock.ts"
import type { Clock } from "../kernel/clock.ts"
import type { Ids } from "../kernel/ids.ts"
import type { Json } from "../kernel/json.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Store } from "../ports/store.ts"
import type { RefusalWrite, TransactionWrite } from "../ports/write.ts"
import { checkCommand } from "./check.ts"
import { decideCommand } from "./decide.ts"
import { errorJson } from "./failure.ts"
import type { Ending, Job } from "./job.ts"
import { instanceAfter, keepable, transactionWrite } from "./record.ts"
import type { Routes } from "./routes.ts"
import { transact } from "./transact.ts"
import { Work, type Settled } from "./work.ts"
import type { Deciding, Need, Workspace } from "./workspace.ts"

/** What deciding needs. */
export type DecidingParts = {
  readonly routes: Routes
  readonly store: Store
  readonly workspace: Workspace
  readonly ids: Ids
  readonly clock: Clock
}

/**
 * What a decision about one job came to.
 *
 * write       a transaction to commit
 * refuse      nothing but the refusal is kept
 * overtaken   what it rests on has changed already: it must be decided, or its handler run, again
 */
export type Decided =
  | { readonly kind: "write"; readonly write: TransactionWrite }
  | { readonly kind: "refuse"; readonly refusal: Refusal; readonly write: RefusalWrite }
  | { readonly kind: "overtaken" }

/** What a job needs before its decision can begin, so that a whole batch can ask for it at once. */
export function firstNeed(job: Job): string | null {
  return job.form === "decide" ? (job.command.target?.id ?? null) : null
}

/** Decides one job. Whatever its code throws ends with this job. */
export function* decideJob(job: Job, parts: DecidingParts): Deciding<Decided> {
  const now = instant(parts.clock.now())
  try {
    switch (job.form) {
      case "decide":
        return yield* decideNow(job, parts, now)
      case "begin":
        return stepOnly(job, parts, { state: "running", result: null, error: null }, now)
      case "finish":
        return yield* finish(job, parts, now)
    }
  } catch (thrown) {
    if (thrown instanceof Refusal && job.instance === null) return refused(job, thrown, parts)
    return stepOnly(job, parts, { state: "failed", result: null, error: errorJson(thrown) }, now)
  }
}

function* decideNow(job: Job, parts: DecidingParts, now: string): Deciding<Decided> {
  const { routes, workspace, ids } = parts
  const route = checkCommand(job.command, routes)
  const work = new Work(job.command, routes, ids, now)
  let result: Json = null
  if (route.kind === "transact") {
    result = yield* transact(job.command, workspace, work, routes, ids)
  } else if (route.kind === "aggregate" && job.command.target !== null) {
    yield { heads: [job.command.target.id] }
    const moment = { now, actor: job.asker.actor }
    decideCommand(route.aggregate, job.command, workspace.head(job.command.target.id), moment, work, routes)
  }
  const settled = yield* work.settle(workspace)
  return settledStep(job, parts, settled, result, now)
}

function* finish(job: Job, parts: DecidingParts, now: string): Deciding<Decided> {
  const came = job.result
  if (came === null) throw new TypeError("A handler's end was written without its result")
  switch (came.kind) {
    case "failed":
      return stepOnly(job, parts, { state: "failed", result: null, error: came.error }, now)
    case "again": {
      const plan = { attempts: (job.instance?.attempts ?? 0) + 1, due: parts.clock.now() + came.waitMs }
      return stepOnly(job, parts, { state: "retrying", result: null, error: came.error }, now, plan)
    }
    case "returned": {
      const rested = came.work.restedOn()
      yield { heads: rested.map(r => r.id) }
      if (rested.some(r => parts.workspace.head(r.id).version !== r.version)) return { kind: "overtaken" }
      const settled = yield* came.work.settle(parts.workspace)
      return settledStep(job, parts, settled, came.result, now)
    }
  }
}

function settledStep(job: Job, parts: DecidingParts, settled: Settled, result: Json, now: string): Decided {
  const rejected = settled.events.length > 0 && settled.events.every(e => e.rejection)
  const ending: Ending = { state: rejected ? "rejected" : "succeeded", result, error: null }
  const instance = instanceAfter(job, ending, now)
  const write = transactionWrite(job, instance, parts.routes.schema.version, settled)
  parts.workspace.note(settled.heads, settled.changes)
  return { kind: "write", write }
}

function stepOnly(
  job: Job,
  parts: DecidingParts,
  ending: Ending,
  now: string,
  plan?: { attempts: number; due: number },
): Decided {
  const instance = instanceAfter(job, ending, now, plan)
  return { kind: "write", write: transactionWrite(job, instance, parts.routes.schema.version, null) }
}

function refused(job: Job, refusal: Refusal, parts: DecidingParts): Decided {
  const { command, asker } = job
  const sensitive = parts.routes.commands.get(command.type)?.command.sensitive ?? []
  const { code, message: sentence, faults } = refusal
  const data = keepable(command.data, sensitive)
  const write = { kind: "refusal", id: command.id, type: command.type, actor: asker.actor, code, sentence, faults, data } as const
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
