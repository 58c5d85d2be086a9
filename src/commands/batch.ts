import { instant } from "../kernel/clock.ts"
import type { Json } from "../kernel/json.ts"
import { instanceIdOf, isUnwanted, type Life } from "../kernel/life.ts"
import { Refusal, unreachable } from "../kernel/refusal.ts"
import { instanceType } from "../kernel/workflow.ts"
import type { RefusalWrite, TransactionWrite } from "../ports/write.ts"
import { checkCommand, checkExpectations } from "./check.ts"
import { decideAlone } from "./decide.ts"
import type { Deciding } from "./deciding.ts"
import { checkErasable } from "./erase.ts"
import { eraseCommand } from "./erasure.ts"
import { bugJson, errorJson } from "./failure.ts"
import { judgeMade, judgeTarget, notThere } from "./judge-target.ts"
import type { Ending, Job } from "./job.ts"
import type { Judge } from "./judge.ts"
import { beginLasting, judgeAsker, wakeLasting, withEnd, type Stepped } from "./lasting.ts"
import { marked } from "./mark.ts"
import type { DecidingParts } from "./parts.ts"
import { receive } from "./receive.ts"
import { instanceAfter, transactionWrite } from "./record.ts"
import { noRights, rightsRestedOn } from "./rights-rested-on.ts"
import type { Route } from "./routes.ts"
import { namedIds } from "./named.ts"
import { transact } from "./transact.ts"
import { Work, type Settled } from "./work.ts"
import type { Sight } from "./sight.ts"

/**
 * What a decision about one job came to.
 *
 * write       a transaction to commit
 * refuse      nothing but the refusal is kept
 * overtaken   what it rests on has changed already: its handler must be run again
 * nothing     what has come to a lasting command changes nothing
 */
export type Decided =
  | { readonly kind: "write"; readonly write: TransactionWrite }
  | { readonly kind: "refuse"; readonly refusal: Refusal; readonly write: RefusalWrite }
  | { readonly kind: "overtaken" }
  | { readonly kind: "nothing" }

/** What a job needs before its decision can begin, so that a whole batch can ask for it at once. */
export function firstNeeds({ form, command, route }: Job): readonly string[] {
  if (form === "queue") return []
  if (form === "wake") return [instanceIdOf(command.id)]
  const target = command.target === null ? [] : [command.target.id]
  if (route?.kind === "workflow") return [...target, instanceIdOf(command.id)]
  return route?.kind === "transact" ? [...target, ...namedIds(command)] : target
}

/** Decides one job, as far as who asks may see. Whatever its code throws ends with this job. */
export function decideJob(job: Job, parts: DecidingParts, sight: Sight): Deciding<Decided> {
  return job.asker.isAwaited === true ? decideAwaited(job, parts, sight) : decideForm(job, parts, sight)
}

// A lasting command says itself how it has ended.
function* decideAwaited(job: Job, parts: DecidingParts, sight: Sight): Deciding<Decided> {
  const decided = yield* decideForm(job, parts, sight)
  if (decided.kind !== "write") return decided
  // Unless it could not even begin.
  if (job.route?.kind === "workflow" && decided.write.events.length > 0) return decided
  return { ...decided, write: withEnd(decided.write, job, parts.ids) }
}

function* decideForm(job: Job, parts: DecidingParts, sight: Sight): Deciding<Decided> {
  const now = instant(parts.clock.now())
  try {
    switch (job.form) {
      case "queue":
        checkCommand(job.command, parts.routes)
        return stepOnly(job, parts, { state: "queued", result: null, error: null }, now)
      case "decide":
        return yield* decideNow(job, parts, sight, now)
      case "begin":
        return yield* begin(job, parts, sight, now)
      case "finish":
        return yield* finish(job, parts, sight, now)
      case "wake":
        return yield* wake(job, parts, sight, now)
      default:
        return unreachable(job.form)
    }
  } catch (thrown) {
    // What has come to a lasting command is never given up: it is taken another time.
    if (job.form === "wake") throw thrown
    if (thrown instanceof Refusal && job.instance === null) return refused(job, thrown, parts)
    // What decides is pure: whatever it throws, it throws the next time too.
    const error = job.form === "decide" ? bugJson(thrown) : errorJson(thrown)
    job.result = { kind: "failed", error }
    return stepOnly(job, parts, { state: "failed", result: null, error }, now)
  }
}

function* decideNow(job: Job, parts: DecidingParts, sight: Sight, now: string): Deciding<Decided> {
  const { routes, workspace, ids } = parts
  const { command } = job
  const route = checkCommand(command, routes)
  const work = new Work(command, routes, ids)
  let result: Json = null
  if (route.kind === "workflow") return yield* beginSteps(job, route, parts, sight, now)
  if (route.kind === "receive") yield* receive(job, sight, work, routes)
  else if (route.kind === "note") {
    if (sight.judge !== null) yield* judgeAsker(route, sight.judge)
  } else if (route.kind === "transact") {
    result = yield* transact(command, sight, work, routes, ids)
  } else if (command.target !== null) {
    yield { heads: [command.target.id] }
    const head = sight.head(command.target.id)
    const { judge } = sight
    if (judge !== null) yield* judgeTarget(head, route, judge)
    decideAlone(command, head, { now, actor: job.asker.actor }, work, routes)
    const said = { entities: work.said(), events: work.events }
    if (judge !== null && head.document === null) yield* judgeMade(command, said, sight, judge, routes)
  }
  // What an aggregate refers to, it answers for; what a Transact does, only as far as who asks may see.
  const settled = yield* work.settle(route.kind === "transact" ? sight : workspace)
  if (settled.files.length > 0) yield { keep: settled.files }
  return yield* settledStep(job, parts, sight, settled, endingOf(settled, result), now)
}

function* beginSteps(
  job: Job,
  route: Extract<Route, { kind: "workflow" }>,
  parts: DecidingParts,
  sight: Sight,
  now: string,
): Deciding<Decided> {
  const { command } = job
  const { judge } = sight
  if (command.target === null) {
    if (judge !== null) yield* judgeAsker(route, judge)
  } else {
    yield { heads: [command.target.id] }
    const head = sight.head(command.target.id)
    // Its steps could not be kept from seeing what is there: to who may not, there is nothing to ask it of.
    if (judge !== null && head.document === null) throw notThere(command)
    if (judge !== null) yield* judgeTarget(head, route, judge)
    checkExpectations(command, head)
  }
  return yield* steppedStep(job, yield* beginLasting(job, route, parts), parts, sight, now)
}

function* wake(job: Job, parts: DecidingParts, sight: Sight, now: string): Deciding<Decided> {
  const stepped = yield* wakeLasting(job, parts)
  return stepped === null ? { kind: "nothing" } : yield* steppedStep(job, stepped, parts, sight, now)
}

function* steppedStep(
  job: Job,
  { work, life, timers }: Stepped,
  parts: DecidingParts,
  sight: Sight,
  now: string,
): Deciding<Decided> {
  const settled = yield* work.settle(parts.workspace)
  const { state, result = null, error = null } = life
  const ending = { state, result, error }
  const decided = yield* settledStep(job, parts, sight, settled, ending, now)
  return decided.kind === "write" && timers.length > 0 ? { ...decided, write: { ...decided.write, timers } } : decided
}

function* begin(job: Job, parts: DecidingParts, sight: Sight, now: string): Deciding<Decided> {
  const route = checkCommand(job.command, parts.routes)
  const { target } = job.command
  // Of what is about nothing `Erase` names in its data what it is about, and who asks must be able to see that.
  if (route.command.target === null || target === null) {
    if (sight.judge !== null) yield* judgeAsker(route, sight.judge)
    if (job.command.type === eraseCommand) yield* checkErasable(job.command, sight)
  } else {
    yield { heads: [target.id] }
    const head = sight.head(target.id)
    if (sight.judge !== null) yield* judgeTarget(head, route, sight.judge)
    checkExpectations(job.command, head)
    // Its handler could not be kept from seeing what is there. It is not run, and nothing tells until it would have been.
    job.isBlind = sight.isHidden(target.id)
  }
  return stepOnly(job, parts, { state: "running", result: null, error: null }, now)
}

function* finish(job: Job, parts: DecidingParts, sight: Sight, now: string): Deciding<Decided> {
  const came = job.result
  if (came === null) throw new TypeError("A handler's end was written without its result")
  const attempts = (job.instance?.attempts ?? 0) + 1
  switch (came.kind) {
    case "failed":
      return stepOnly(job, parts, { state: "failed", result: null, error: came.error }, now, { attempts })
    case "aborted":
      return stepOnly(job, parts, { state: "aborted", result: null, error: null }, now, { attempts: attempts - 1 })
    case "again": {
      if (yield* isToEnd(job, parts.workspace))
        return stepOnly(job, parts, { state: "aborted", result: null, error: came.error }, now, { attempts })
      const plan = { attempts, due: parts.clock.now() + came.waitMs }
      return stepOnly(job, parts, { state: "retrying", result: null, error: came.error }, now, plan)
    }
    case "returned": {
      if (sight.judge !== null) yield* judgeHandled(job, came.work, parts, sight, sight.judge)
      yield* expectStill(job, came.work, parts.workspace)
      const rested = came.work.restedOn()
      yield { heads: rested.map(r => r.id) }
      if (rested.some(r => parts.workspace.head(r.id).version !== r.version)) return { kind: "overtaken" }
      // What could not be written is tried again as it is: if it has been overtaken, the versions show it.
      const settled = (came.settled ??= yield* came.work.settle(parts.workspace))
      if (settled.files.length > 0) yield { keep: settled.files }
      return yield* settledStep(job, parts, sight, settled, endingOf(settled, came.result), now)
    }
    default:
      return unreachable(came)
  }
}

// Whoever waits for it may have said so to another process, and says it in their own instance.
function* isToEnd({ command, asker }: Job, sight: Sight): Deciding<boolean> {
  if (asker.isAwaited !== true || asker.parent === undefined) return false
  const id = instanceIdOf(asker.parent)
  yield { heads: [id] }
  const { type, document } = sight.head(id)
  // What is stored under this type is what the steps of an instance have made.
  return type === instanceType && isUnwanted(document as Life | null, command.id)
}

// What the sender expects of the target was so when the handler began. It must be so when that is committed.
function* expectStill({ command }: Job, work: Work, sight: Sight): Deciding<void> {
  const { target, expectedVersion, basisT } = command
  if (target === null || (expectedVersion === undefined && basisT === undefined)) return
  yield { heads: [target.id] }
  const head = sight.head(target.id)
  checkExpectations(command, head)
  work.rest(head)
}

// What the handler was allowed to begin with must still be allowed when it is committed; what it made, may be made.
function* judgeHandled(job: Job, work: Work, parts: DecidingParts, sight: Sight, judge: Judge): Deciding<void> {
  const { command, route } = job
  if (command.target === null || route === null) return
  yield { heads: [command.target.id] }
  if (sight.isHidden(command.target.id)) throw notThere(command)
  const head = sight.head(command.target.id)
  yield* judgeTarget(head, route, judge)
  const said = { entities: work.said(), events: work.events }
  if (head.document === null) yield* judgeMade(command, said, sight, judge, parts.routes)
}

function* settledStep(
  job: Job,
  parts: DecidingParts,
  sight: Sight,
  settled: Settled,
  ending: Ending,
  now: string,
): Deciding<Decided> {
  const rights = sight.judge === null ? noRights : yield* rightsRestedOn(sight.judge, settled, parts.workspace)
  if (rights === null) return { kind: "overtaken" }
  const instance = instanceAfter(job, ending, now, parts)
  const step = transactionWrite(job, instance, parts.routes.schema.version, settled)
  const { reads, sought } = rights
  const resting = {
    ...(reads.length === 0 ? step : { ...step, reads: [...step.reads, ...reads] }),
    ...(sought === undefined ? {} : { sought }),
  }
  const write = marked(resting, job, parts.mark())
  const { workspace } = parts
  const makers = workspace.makersOf([...settled.heads, ...settled.reads].map(({ id }) => id))
  const restsOn = rights.commands.length === 0 ? makers : [...new Set([...makers, ...rights.commands])]
  workspace.note(job.command.id, settled.heads, settled.changes)
  return { kind: "write", write: restsOn.length === 0 ? write : { ...write, restsOn } }
}

function endingOf({ events }: Settled, result: Json): Ending {
  const rejected = events.length > 0 && events.every(e => e.rejection)
  return { state: rejected ? "rejected" : "succeeded", result, error: null }
}

function stepOnly(
  job: Job,
  parts: DecidingParts,
  ending: Ending,
  now: string,
  plan?: { attempts: number; due?: number },
): Decided {
  const instance = instanceAfter(job, ending, now, parts, plan)
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
