import type { JsonObject } from "../kernel/json.ts"
import type { Fault, Refusal, RefusalCode } from "../kernel/refusal.ts"

/** A code of a problem: a refusal's, or one of the two that only the way here can have. */
export type ProblemCode = RefusalCode | "method-not-allowed" | "internal"

/** What is said when something is not done: the body of RFC 9457, with a code and the facts. */
export type Problem = {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: ProblemCode
  readonly errors?: readonly Fault[]
} & JsonObject

/** Each code with its HTTP status and its meaning in a few words. */
export const problems: Readonly<Record<ProblemCode, { readonly status: number; readonly title: string }>> = {
  malformed: { status: 400, title: "Not understood" },
  unauthenticated: { status: 401, title: "Nobody says who asks" },
  forbidden: { status: 403, title: "Not allowed" },
  "not-found": { status: 404, title: "Not found" },
  "method-not-allowed": { status: 405, title: "Not done with this method" },
  conflict: { status: 409, title: "Something else is there" },
  "duplicate-conflict": { status: 409, title: "The id was used for something else" },
  "too-large": { status: 413, title: "Too large" },
  "unsupported-media": { status: 415, title: "Not a kind of body that is read here" },
  invalid: { status: 422, title: "Against the schema" },
  "unknown-command": { status: 422, title: "No such command" },
  "unknown-type": { status: 422, title: "No such type" },
  "query-unsupported": { status: 422, title: "Not a query that is answered" },
  "rate-limited": { status: 429, title: "Too many requests from here" },
  overloaded: { status: 503, title: "Too much to do" },
  unavailable: { status: 503, title: "Not there now" },
  timeout: { status: 504, title: "Not in time" },
  internal: { status: 500, title: "An error of this server" },
}

// How long to wait before coming back, where the refusal does not say.
const comeBackSeconds: Partial<Record<ProblemCode, number>> = { "rate-limited": 1, overloaded: 1, unavailable: 2 }

/** A problem of a code. Facts stand beside the standard members and never in their place. */
export function problem(
  code: ProblemCode,
  detail: string,
  facts: JsonObject = {},
  errors: readonly Fault[] = [],
): Problem {
  const { status, title } = problems[code]
  const standard = { type: `urn:daybook:problem:${code}`, title, status, detail, code }
  return { ...standard, ...(errors.length === 0 ? {} : { errors }), ...beside(standard, facts) }
}

/** A refusal as it is said on the wire. */
export function problemOf(refusal: Refusal): Problem {
  return problem(refusal.code, refusal.message, refusal.facts, refusal.faults)
}

/** After how many seconds to come back; null: coming back changes nothing. */
export function retryAfterSeconds(problem: Problem): number | null {
  const asked = problem["retryAfterSeconds"]
  if (typeof asked === "number" && asked > 0) return Math.ceil(asked)
  return comeBackSeconds[problem.code] ?? null
}

function beside(standard: object, facts: JsonObject): JsonObject {
  const added: Record<string, JsonObject[string]> = {}
  for (const key of Object.keys(facts)) if (!(key in standard) && key !== "errors") added[key] = facts[key]
  return added
}
