import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import type { T } from "../kernel/message.ts"
import { Refusal, unreachable } from "../kernel/refusal.ts"
import { at } from "../schema/faults.ts"
import { readInstant } from "../schema/instants.ts"
import type { Attributes } from "./attributes.ts"
import { parseDatalog } from "./datalog/parse/parse.ts"
import { faulty } from "./faulty.ts"
import type { FindQuestion } from "./find.ts"
import { readNaming, readNamings, type Naming } from "./naming.ts"
import type { Target } from "./pattern.ts"
import { readPull, readTarget } from "./read-pattern.ts"

/** A t, or an instant that stands for the last t at or before it. */
export type When = T | string

/** What is asked. */
export type Question =
  | { readonly kind: "pull"; readonly target: Target; readonly namings: readonly Naming[]; readonly isMany: boolean }
  | ({ readonly kind: "find" } & FindQuestion)
  | { readonly kind: "history"; readonly naming: Naming; readonly limit: number; readonly after: T }
  | { readonly kind: "diff"; readonly naming: Naming; readonly from: When; readonly to: When }
  | { readonly kind: "name"; readonly name: string; readonly data: Json }

/** A question, and of which moment it is asked. */
export type Envelope = {
  readonly question: Question
  readonly asOf: When | null
  readonly since: When | null
  readonly minBasisT: When | null
  readonly timeoutMs: number
}

const common = ["asOf", "since", "minBasisT", "timeoutMs"]
const keysOf = {
  pull: ["pull", "of"],
  find: ["find", "in", "args", "where", "rules", "with", "order", "limit", "after", "keys"],
  history: ["history", "limit", "after"],
  diff: ["diff", "from", "to"],
  name: ["name", "data"],
} as const

type Kind = keyof typeof keysOf
const kinds = Object.keys(keysOf) as readonly Kind[]

/** Reads a query as it is sent. Refuses what is not understood, with its place. */
export function readEnvelope(body: Json | undefined, attributes: Attributes): Envelope {
  if (!isObject(body)) throw faulty("", `is an object with one of ${kinds.join(", ")}`)
  const asked = kinds.filter(kind => body[kind] !== undefined)
  const [kind] = asked
  if (kind === undefined) throw faulty("", `asks nothing: it has none of ${kinds.join(", ")}`)
  if (asked.length > 1) throw faulty(at("", asked[1]!), `stands beside ${kind}: a query has one of ${kinds.join(", ")}`)
  const known: readonly string[] = [...keysOf[kind], ...common]
  for (const key of Object.keys(body)) {
    if (!known.includes(key)) throw faulty(at("", key), `is no key of such a query; known are ${known.join(", ")}`)
  }
  return {
    question: readQuestion(kind, body, attributes),
    asOf: readWhen(body, "asOf"),
    since: readWhen(body, "since"),
    minBasisT: readWhen(body, "minBasisT"),
    timeoutMs: readTimeout(body["timeoutMs"]),
  }
}

function readQuestion(kind: Kind, body: JsonObject, attributes: Attributes): Question {
  switch (kind) {
    case "pull": {
      const target = readPull(body["pull"], "/pull", attributes)
      return { kind, target, ...readNamings(body["of"], "/of", attributes) }
    }
    case "find": {
      const query = parseDatalog(body, attributes.schema)
      const reading = { attributes, count: 0 }
      const patterns = query.find.flatMap(({ pull }) => (pull === undefined ? [] : [pull]))
      const place = { path: "/find", types: null }
      return { kind, query, targets: new Map(patterns.map(pattern => [pattern, readTarget(pattern, place, reading)])) }
    }
    case "history": {
      const limit = readLimit(body["limit"])
      return {
        kind,
        naming: readNaming(body["history"], "/history", attributes),
        limit,
        after: readAfter(body["after"]),
      }
    }
    case "diff": {
      const [from, to] = [readWhen(body, "from"), readWhen(body, "to")]
      if (from === null) throw faulty("/from", "is missing: the t, or the instant, from which is compared")
      if (to === null) throw faulty("/to", "is missing: the t, or the instant, to which is compared")
      return { kind, naming: readNaming(body["diff"], "/diff", attributes), from, to }
    }
    case "name": {
      const { name, data = {} } = body
      if (typeof name !== "string") throw faulty("/name", "is the name of a query")
      return { kind, name, data }
    }
    default:
      return unreachable(kind)
  }
}

function readWhen(body: JsonObject, key: string): When | null {
  const value = body[key]
  if (value === undefined) return null
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
  const instant = typeof value === "string" ? readInstant(value) : undefined
  if (instant === undefined) throw faulty(at("", key), "is neither a t nor an ISO 8601 instant with its offset or Z")
  return instant
}

function readTimeout(value: Json | undefined): number {
  if (value === undefined) return limits.queryMsUsual
  if (!Number.isSafeInteger(value) || (value as number) < 1)
    throw faulty("/timeoutMs", "is no number of milliseconds from 1 on")
  // Whoever grants more time than there is gets all there is.
  return Math.min(value as number, limits.queryMsMax)
}

function readLimit(value: Json | undefined): number {
  if (value === undefined) return limits.historyEntriesUsual
  if (!Number.isSafeInteger(value) || (value as number) < 1) throw faulty("/limit", "is no whole number from 1 on")
  return Math.min(value as number, limits.historyEntriesMax)
}

// What an answer said as `next`.
function readAfter(value: Json | undefined): T {
  if (value === undefined) return 0
  const t = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value
  if (Number.isSafeInteger(t) && (t as number) >= 0) return t as number
  throw new Refusal("malformed", "/after is not what an answer said as next", {}, [
    { path: "/after", code: "malformed", message: "is not what an answer said as next" },
  ])
}
