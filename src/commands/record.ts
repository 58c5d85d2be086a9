import { conversationOf } from "../kernel/history.ts"
import type { Instance } from "../kernel/instance.ts"
import type { Command, Outcome, RecordedEvent } from "../kernel/message.ts"
import type { Committed, NewEvent, TransactionWrite } from "../ports/write.ts"
import type { Ending, Job } from "./job.ts"
import type { Keep } from "./keep.ts"
import type { DecidingParts } from "./parts.ts"
import type { Settled } from "./work.ts"

/** The instance of a command after a step that leads to a state. The store fills in t and the instant of the commit. */
export function instanceAfter(
  job: Job,
  ending: Ending,
  now: string,
  { routes, digests }: Pick<DecidingParts, "routes" | "digests">,
  plan: { attempts?: number; due?: number | null } = {},
): Instance {
  const { command, asker, instance } = job
  const passage = { state: ending.state, at: now, t: 0 }
  return {
    command: instance?.command ?? keptCommand(command, routes.keep),
    state: ending.state,
    owner: asker.owner ?? asker.actor,
    parent: asker.parent ?? null,
    correlationId: asker.correlationId ?? conversationOf(command.id),
    result: ending.result,
    error: ending.error,
    createdAt: instance?.createdAt ?? now,
    updatedAt: now,
    t: 0,
    attempts: plan.attempts ?? instance?.attempts ?? 0,
    due: plan.due ?? null,
    history: instance === null ? [passage] : [...passed(instance.history, ending.state), passage],
    digest: instance === null ? digests.of(command) : instance.digest,
  }
}

// Of many steps that leave the state as it is, the first and the last are kept: since when, and until when.
function passed(history: Instance["history"], state: Instance["state"]): Instance["history"] {
  const isAgain = staysLong.has(state) && history.at(-1)?.state === state && history.at(-2)?.state === state
  return isAgain ? history.slice(0, -1) : history
}

const staysLong: ReadonlySet<Instance["state"]> = new Set(["queued", "waiting", "stuck", "aborting"])

function keptCommand(command: Command, keep: Keep): Command {
  const data = keep(command)
  return data === command.data ? command : { ...command, data }
}

/** The write of one step of a command. */
export function transactionWrite(
  job: Job,
  instance: Instance,
  schemaVersion: number,
  settled: Settled | null,
): TransactionWrite {
  const { unreferenced = [], erasure = null } = settled ?? {}
  return {
    kind: "transaction",
    instance,
    first: job.instance === null,
    actor: job.asker.actor,
    schemaVersion,
    events: settled?.events ?? [],
    changes: settled?.changes ?? [],
    reads: settled?.reads ?? [],
    ...(unreferenced.length === 0 ? {} : { unreferenced }),
    ...(erasure === null ? {} : { erase: erasure }),
    timers: [],
    recorded: null,
  }
}

/** What a committed transaction changed, as everybody who listens is told. */
export function committed(write: TransactionWrite, t: number, at: string): Committed {
  const events = write.events.map((e, n) => recordedEvent(e, n, write, t, at))
  return { t, at, events, kinds: write.events.map(e => e.kind), changes: write.changes }
}

function recordedEvent(e: NewEvent, n: number, write: TransactionWrite, t: number, at: string): RecordedEvent {
  const { command, correlationId } = write.instance
  return {
    id: e.id,
    type: e.type,
    stream: e.stream,
    t,
    n,
    at,
    ...(e.occurredAt === null ? {} : { occurredAt: e.occurredAt }),
    data: e.data,
    rejection: e.rejection,
    causedBy: { type: command.type, id: command.id },
    correlationId,
    actor: write.actor,
    schemaVersion: write.schemaVersion,
    typeVersion: e.typeVersion,
  }
}

/** The instance as it is once its last step is committed. */
export function instanceAt(instance: Instance, t: number, at: string): Instance {
  const history = instance.history.map((passage, i) =>
    i === instance.history.length - 1 ? { ...passage, t, at } : passage,
  )
  return { ...instance, t, updatedAt: at, history }
}

/** What the sender of a command is told about it. */
export function outcomeOf(instance: Instance, events: Outcome["events"]): Outcome {
  const { command, state, t, result, error } = instance
  return {
    id: command.id,
    state,
    t,
    events,
    ...(result === null ? {} : { result }),
    ...(error === null ? {} : { error }),
  }
}
