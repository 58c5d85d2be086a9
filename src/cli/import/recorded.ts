import { LogError } from "../../adapters/files/log-error.ts"
import type { JsonLine } from "../../adapters/files/log-line.ts"
import { isId } from "../../kernel/ids.ts"
import { isObject, type Json, type JsonObject } from "../../kernel/json.ts"
import type { RecordedEvent, T } from "../../kernel/message.ts"
import { isInstant, isT } from "../../protocol/moment.ts"

/** The events of one transaction, as they were recorded elsewhere. */
export type Recorded = { readonly t: T; readonly events: readonly [RecordedEvent, ...RecordedEvent[]] }

/** Whether a value is meant to be a recorded event: it has a place in a log and in a stream. */
export function looksRecorded(value: unknown): boolean {
  // What a file holds is JSON, and known no better.
  const json = value as Json
  return isObject(json) && "t" in json && "n" in json && isObject(json["stream"]) && isObject(json["causedBy"])
}

/** Puts the events of a transcript together to transactions. What is no event, or out of order, is a bad place. */
export class Transcript {
  readonly #file: string
  #open: RecordedEvent[] = []

  constructor(file: string) {
    this.#file = file
  }

  /** Takes one more line in. Returns the transaction before, if the line is the first of another one. */
  take({ place, value }: JsonLine): Recorded | null {
    const fail = (reason: string): never => {
      throw new LogError({ file: this.#file, line: place.line, reason })
    }
    const event = eventOf(value as Json, fail)
    const last = this.#open.at(-1)
    if (last === undefined || event.t > last.t) {
      if (event.n !== 0) fail(`transaction ${event.t} begins with event ${event.n}, not with 0`)
      const before = this.end()
      this.#open = [event]
      return before
    }
    if (event.t < last.t) fail(`transaction ${event.t} comes after ${last.t}`)
    if (event.n !== last.n + 1) fail(`event ${event.n} of transaction ${event.t} comes after event ${last.n}`)
    if (event.causedBy.id !== last.causedBy.id) fail(`transaction ${event.t} is of two commands`)
    this.#open.push(event)
    return null
  }

  /** The transaction whose lines came last; null: there was none. */
  end(): Recorded | null {
    const [first, ...rest] = this.#open
    this.#open = []
    return first === undefined ? null : { t: first.t, events: [first, ...rest] }
  }
}

type Fail = (reason: string) => never

function eventOf(value: Json, fail: Fail): RecordedEvent {
  if (!isObject(value)) return fail("it is no recorded event, but the lines before it are")
  const [stream, causedBy] = [object(value, "stream", fail), object(value, "causedBy", fail)]
  const { occurredAt, typeVersion = 1, rejection = false } = value
  if (typeof rejection !== "boolean") fail('"rejection" is neither true nor false')
  if (occurredAt !== undefined && !isMoment(occurredAt)) fail('"occurredAt" is no instant')
  const id = text(value, "id", fail)
  return {
    id,
    type: text(value, "type", fail),
    stream: {
      type: text(stream, "type", fail),
      id: text(stream, "id", fail),
      version: number(stream, "version", 1, fail),
    },
    t: number(value, "t", 1, fail),
    n: number(value, "n", 0, fail),
    at: isMoment(value["at"]) ? (value["at"] as string) : fail('"at" is no instant'),
    ...(occurredAt === undefined ? {} : { occurredAt: occurredAt as string }),
    data: object(value, "data", fail),
    rejection: rejection as boolean,
    causedBy: { type: text(causedBy, "type", fail), id: text(causedBy, "id", fail) },
    correlationId:
      value["correlationId"] === undefined ? text(causedBy, "id", fail) : text(value, "correlationId", fail),
    actor: text(value, "actor", fail),
    schemaVersion: number(value, "schemaVersion", 1, fail),
    typeVersion: typeVersion === 1 ? 1 : number(value, "typeVersion", 1, fail),
  }
}

function object(json: JsonObject, name: string, fail: Fail): JsonObject {
  const value = json[name]
  return isObject(value) ? value : fail(`"${name}" is no object, as a recorded event has it`)
}

function text(json: JsonObject, name: string, fail: Fail): string {
  const value = json[name]
  return isId(value) ? value : fail(`"${name}" is no name or id, as a recorded event has it`)
}

function number(json: JsonObject, name: string, min: number, fail: Fail): number {
  const value = json[name]
  return isT(value) && value >= min ? value : fail(`"${name}" is no whole number from ${min} on`)
}

function isMoment(value: Json | undefined): boolean {
  return typeof value === "string" && isInstant(value)
}
