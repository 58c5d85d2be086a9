import type { ChangeKind, Document } from "../kernel/entity.ts"
import type { Instance } from "../kernel/instance.ts"
import type { Version } from "../kernel/message.ts"
import { sameJson } from "../kernel/json.ts"
import type {
  DeliveryWrite,
  EntityChange,
  NewEvent,
  ParkedDelivery,
  ProjectionWrite,
  RefusalWrite,
  TransactionWrite,
  ValueChange,
} from "../ports/write.ts"
import { seededIds } from "./ids.ts"

const ids = seededIds()
const at = "2030-01-01T00:00:00.000Z"

/** What the attributes of a `Thing` are: these are looked up, every other is only in its document. */
export const thingAttributes = {
  /** A unique value. */
  name: { ref: false, unique: true },
  /** An indexed value, one or many. */
  tag: { ref: false, unique: false },
  /** References, one or many. */
  to: { ref: true, unique: false },
} as const

/** The instance of a command that is done. Whatever is said goes in the place of the usual. */
export function anInstance(said: Partial<Instance> & { readonly id?: string } = {}): Instance {
  const { id = "command", ...rest } = said
  return {
    command: { id, type: "Put", target: null, data: {} },
    state: "succeeded",
    owner: "system",
    parent: null,
    correlationId: id,
    result: null,
    error: null,
    createdAt: at,
    updatedAt: at,
    t: 0,
    attempts: 1,
    due: null,
    history: [{ state: rest.state ?? "succeeded", at, t: 0 }],
    digest: null,
    ...rest,
  }
}

/** An event at the first version of a stream. */
export function anEvent(
  said: Partial<Omit<NewEvent, "stream">> & { readonly stream?: Partial<NewEvent["stream"]> } = {},
): NewEvent {
  const stream = { type: "Thing", id: "thing", version: 1, ...said.stream }
  return {
    id: ids.of(stream.id, stream.version),
    type: "ThingPut",
    data: {},
    rejection: false,
    occurredAt: null,
    typeVersion: 1,
    kind: null,
    ...said,
    stream,
  }
}

/** A transaction of a command that is new and done, with nothing in it but what is said. */
export function aTransaction(said: Partial<TransactionWrite> & { readonly id?: string } = {}): TransactionWrite {
  const { id = "command", ...rest } = said
  return {
    kind: "transaction",
    instance: anInstance({ id }),
    first: true,
    actor: "system",
    schemaVersion: 1,
    events: [],
    changes: [],
    reads: [],
    timers: [],
    recorded: null,
    ...rest,
  }
}

/** A command that was refused. */
export function aRefusal(said: Partial<RefusalWrite> = {}): RefusalWrite {
  const sentence = "There is no command Frobnicate"
  return {
    kind: "refusal",
    id: "refused",
    type: "Frobnicate",
    actor: "system",
    code: "unknown-command",
    sentence,
    faults: [],
    data: null,
    ...said,
  }
}

/** A step of a consumer that changes nothing but what is said. */
export function aDelivery(said: Partial<DeliveryWrite> = {}): DeliveryWrite {
  return { kind: "deliveries", consumer: "consumer", reached: null, parked: [], done: [], ...said }
}

/** A delivery that waits for its second attempt. */
export function aParked(said: Partial<ParkedDelivery> = {}): ParkedDelivery {
  const attempts = [{ at, error: "The line was busy" }]
  return { consumer: "consumer", t: 1, n: 0, entity: "thing", state: "retrying", attempts, due: 1_000, ...said }
}

/** A page of a projection; rows by key, null where one goes. */
export function aPage(
  said: Partial<Omit<ProjectionWrite, "rows">> & { readonly rows?: readonly (readonly [string, Document | null])[] },
): ProjectionWrite {
  const { rows = [], ...rest } = said
  return { kind: "projection", name: "projection", version: 1, reached: 1, ...rest, rows: new Map(rows) }
}

/**
 * What becomes of a `Thing`, with the values that come and go by it. Before it was `before`, null: it was not there.
 */
export function aChange(id: string, before: Document | null, document: Document | null): EntityChange {
  return { id, type: "Thing", document, replaces: before !== null, values: valueChanges(before, document) }
}

function valueChanges(before: Document | null, after: Document | null): ValueChange[] {
  return Object.entries(thingAttributes).flatMap(([name, { ref, unique }]) => {
    const [gone, come] = [scalars(before?.[name]), scalars(after?.[name])]
    const change = (value: Scalar, added: boolean) => ({ attribute: `Thing/${name}`, value, ref, unique, added })
    return [
      ...gone.filter(value => !come.includes(value)).map(value => change(value, false)),
      ...come.filter(value => !gone.includes(value)).map(value => change(value, true)),
    ]
  })
}

type Scalar = string | number | boolean

function scalars(value: unknown): Scalar[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  return values.filter(v => typeof v === "string" || typeof v === "number" || typeof v === "boolean")
}

/** Writes that follow from one another: each takes for granted that those before it were done. */
export type Writer = {
  /** A command that makes a thing what is said; null: that retracts it. */
  put(id: string, document: Document | null, said?: Partial<TransactionWrite>): TransactionWrite
  /** The same of several things, one event each, in one transaction. */
  puts(things: readonly Putting[], said?: Partial<TransactionWrite>): TransactionWrite
  /** A command that is rejected: an event that changes nothing. */
  reject(id: string, said?: Partial<TransactionWrite>): TransactionWrite
  /** The version that a thing's stream has by now. */
  version(id: string): Version
}

/** A thing's id, and what it is to be. */
export type Putting = readonly [id: string, document: Document | null]

/** Begins with nothing, or with another's knowledge of what was written. The commands' ids begin with the prefix. */
export function writer(prefix = "command"): Writer {
  const versions = new Map<string, Version>()
  const documents = new Map<string, Document>()
  let commands = 0
  const begin = () => `${prefix}-${(commands += 1)}`

  const next = (id: string) => {
    const version = (versions.get(id) ?? 0) + 1
    versions.set(id, version)
    return version
  }

  const puts: Writer["puts"] = (things, said) => {
    const commandId = begin()
    const changes: EntityChange[] = []
    const events = things.map(([id, document], n) => {
      const before = documents.get(id) ?? null
      changes.push(aChange(id, before, document))
      if (document === null) documents.delete(id)
      else documents.set(id, document)
      const stream = { id, version: next(id) }
      return anEvent({ id: ids.of(commandId, n), stream, data: { document }, kind: kindOf(before, document) })
    })
    return aTransaction({ id: commandId, events, changes, ...said })
  }

  return {
    puts,
    put: (id, document, said) => puts([[id, document]], said),
    reject(id, said) {
      const commandId = begin()
      const stream = { id, version: next(id) }
      const events = [anEvent({ id: ids.of(commandId, 0), type: "NotAllowed", rejection: true, stream })]
      return aTransaction({
        id: commandId,
        instance: anInstance({ id: commandId, state: "rejected" }),
        events,
        ...said,
      })
    },
    version: id => versions.get(id) ?? 0,
  }
}

function kindOf(before: Document | null, after: Document | null): ChangeKind | null {
  if (after === null) return before === null ? null : "retracted"
  if (before === null) return "created"
  return sameJson(before, after) ? null : "changed"
}
