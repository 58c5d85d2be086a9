import type { Instance } from "../kernel/instance.ts"
import { isObject, sameJson, type Json, type JsonObject } from "../kernel/json.ts"
import type { Command, RecordedEvent } from "../kernel/message.ts"
import type { Committed, NewEvent, TransactionWrite } from "../ports/write.ts"
import type { Ending, Job } from "./job.ts"
import type { Settled } from "./work.ts"

/** What stands where something sensitive was. */
export const redacted = "(redacted)"

/** A command's data as it may be kept: what its schema calls sensitive is not there. */
export function keepable(data: JsonObject, pointers: readonly string[]): JsonObject {
  return pointers.reduce((kept, pointer) => withoutAt(kept, pointer.split("/").slice(1).map(unescaped)) as JsonObject, data)
}

function withoutAt(value: Json, path: readonly string[]): Json {
  const [step, ...rest] = path
  if (step === undefined) return redacted
  if (Array.isArray(value)) return value.map((item: Json, i) => (step === "-" || step === String(i) ? withoutAt(item, rest) : item))
  if (!isObject(value) || value[step] === undefined) return value
  return { ...value, [step]: withoutAt(value[step], rest) }
}

function unescaped(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~")
}

/** Whether two commands with one id ask for the same. What was sensitive is not there to be compared. */
export function sameContent(kept: Command, sent: Command, sensitive: readonly string[]): boolean {
  return (
    kept.type === sent.type &&
    sameJson(kept.target, sent.target) &&
    kept.occurredAt === sent.occurredAt &&
    kept.expectedVersion === sent.expectedVersion &&
    kept.basisT === sent.basisT &&
    sameJson(kept.data, keepable(sent.data, sensitive))
  )
}

/** The instance of a command after a step that leads to a state. The store fills in t and the instant of the commit. */
export function instanceAfter(job: Job, ending: Ending, now: string, plan: { attempts?: number; due?: number | null } = {}): Instance {
  const { command, asker, route, instance } = job
  const passage = { state: ending.state, at: now, t: 0 }
  const sensitive = route?.command.sensitive ?? []
  return {
    command: sensitive.length === 0 ? command : { ...command, data: keepable(command.data, sensitive) },
    state: ending.state,
    owner: asker.actor,
    parent: asker.parent ?? null,
    correlationId: asker.correlationId ?? command.id,
    result: ending.result,
    error: ending.error,
    createdAt: instance?.createdAt ?? now,
    updatedAt: now,
    t: 0,
    attempts: plan.attempts ?? instance?.attempts ?? 0,
    due: plan.due ?? null,
    history: instance === null ? [passage] : [...instance.history, passage],
    digest: null,
  }
}

/** The write of one step of a command. */
export function transactionWrite(job: Job, instance: Instance, schemaVersion: number, settled: Settled | null): TransactionWrite {
  return {
    kind: "transaction",
    instance,
    first: job.instance === null,
    actor: job.asker.actor,
    schemaVersion,
    events: settled?.events ?? [],
    changes: settled?.changes ?? [],
    reads: settled?.reads ?? [],
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
