import type { Ids } from "../kernel/ids.ts"
import { isEnd } from "../kernel/message.ts"
import { asked, type Deciding } from "./deciding.ts"
import { hasEnded, instanceIdOf, type Life, type Stepping, type Turned, type TurnMoment } from "../kernel/life.ts"
import { Refusal } from "../kernel/refusal.ts"
import { instanceType } from "../kernel/workflow.ts"
import type { NewEvent, TimerChange, TransactionWrite } from "../ports/write.ts"
import { errorJson } from "./failure.ts"
import type { LiveHead } from "./heads.ts"
import type { Job } from "./job.ts"
import type { Judge } from "./judge.ts"
import type { DecidingParts } from "./parts.ts"
import type { Route } from "./routes.ts"
import { Work } from "./work.ts"

/** What a step of a lasting command came to, before it is written. */
export type Stepped = { readonly work: Work; readonly life: Life; readonly timers: readonly TimerChange[] }

/** The first step of a lasting command. */
export function* beginLasting(
  { command, asker }: Job,
  route: Extract<Route, { kind: "workflow" }>,
  parts: DecidingParts,
): Deciding<Stepped> {
  const id = instanceIdOf(command.id)
  yield { heads: [id] }
  const head = parts.workspace.head(id)
  if (head.version > 0) throw new Refusal("conflict", `The id ${id} is taken by something else`, { id })
  const given = {
    command: command.id,
    workflow: command.type,
    owner: asker.owner ?? asker.actor,
    data: command.data,
    ...(command.target === null ? {} : { target: command.target }),
    ...(asker.since === undefined ? {} : { since: asker.since }),
    ...(asker.isAwaited === true && asker.parent !== undefined ? { parent: asker.parent } : {}),
  }
  const begun = route.steps.begin(given, yield* momentOf(parts))
  const turned = begun instanceof Promise ? yield* asked(() => begun) : begun
  return steppedOf(new Work(command, parts.routes, parts.ids), head, turned)
}

/** What has come to an instance. Null: nothing came of it. */
export function* wakeLasting(job: Job, parts: DecidingParts): Deciding<Stepped | null> {
  const { command, arrivals, instance, route } = job
  if (arrivals === null || instance === null || isEnd(instance.state)) return null
  // What it was begun by may be gone from this application, and what comes to it is kept even so.
  const steps = stepsOf(route) ?? [...parts.routes.commands.values()].map(stepsOf).find(found => found !== null)
  if (steps == null) return null
  const id = instanceIdOf(command.id)
  yield { heads: [id] }
  const head = parts.workspace.head(id)
  // What is stored under this type is what the steps before have made.
  const life = head.document as Life | null
  if (head.type !== instanceType || life === null || hasEnded(life)) return null
  const moment = yield* momentOf(parts)
  const work = () => new Work(command, parts.routes, parts.ids, head.version)
  if (job.stuckFor !== null) return steppedOf(work(), head, steps.refused(life, arrivals, job.stuckFor, moment))
  try {
    const going = steps.advance(life, arrivals, moment)
    const turned = going instanceof Promise ? yield* asked(() => going) : going
    return turned === null ? null : steppedOf(work(), head, turned)
  } catch (error) {
    if (error instanceof Refusal && (error.code === "unavailable" || error.code === "timeout")) throw error
    return steppedOf(work(), head, steps.refused(life, arrivals, { reason: errorJson(error), isBare: false }, moment))
  }
}

function stepsOf(route: Route | null): Stepping | null {
  return route?.kind === "workflow" ? route.steps : null
}

/** The same write, with what tells whoever waits for the command that it has ended. */
export function withEnd(write: TransactionWrite, { command, asker }: Job, ids: Pick<Ids, "of">): TransactionWrite {
  const { instance, events } = write
  if (asker.isAwaited !== true || !isEnd(instance.state)) return write
  const rejections = events.filter(e => e.rejection).map(({ type, data }) => ({ type, data }))
  const { result, error, state } = instance
  const ended: NewEvent = {
    type: "CommandEnded",
    data: {
      parent: asker.parent ?? null,
      ended: { id: command.id, type: command.type, state, result, error, rejections },
    },
    rejection: false,
    id: ids.of(command.id, events.length),
    stream: { type: instanceType, id: instanceIdOf(command.id), version: 1 },
    occurredAt: null,
    typeVersion: 1,
    kind: null,
  }
  return { ...write, events: [...events, ended] }
}

/** Refuses a command about nothing in particular to whoever may not ask for it: their own entity says so. */
export function* judgeAsker({ command }: Route, judge: Judge): Deciding<void> {
  const [allowed] = yield* judge.before([{ id: judge.actor, permission: command.requires }])
  if (allowed === true) return
  const sentence = `${command.name} needs the permission ${command.requires} on your own entity`
  throw new Refusal("forbidden", sentence, { permission: command.requires })
}

function* momentOf({ clock, workspace }: DecidingParts): Deciding<TurnMoment> {
  const known = workspace.basis()
  return { now: clock.now(), basis: known instanceof Promise ? yield* asked(() => known) : known }
}

function steppedOf(work: Work, head: LiveHead, { life, events, timers }: Turned): Stepped {
  for (const { type, data } of events) {
    work.record(head, instanceType, { type, data, rejection: false }, { document: life, placeOf: path => path })
  }
  return {
    work,
    life,
    timers: [...timers].map(([name, due]) => ({
      id: `${head.id}:${name}`,
      due,
      payload: due === null ? {} : { command: life.command, name, fire: life.timers?.[name]?.fire ?? 0 },
    })),
  }
}
