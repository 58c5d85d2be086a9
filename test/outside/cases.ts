import { afterAll, beforeAll, expect, test } from "vitest"
import { Outside, type Told } from "./server.ts"

/** A query, and what it answers. */
export type Answered = { readonly title: string; readonly query: object; readonly answer: unknown }

/** A query, and with what code, and at which place in it, it is refused. */
export type Refused = {
  readonly title: string
  readonly query: unknown
  readonly refused: string
  readonly path?: string
}

export type Case = Answered | Refused

/** The status of each code. */
export const statuses: Readonly<Record<string, number>> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  "duplicate-conflict": 409,
  "too-large": 413,
  "unsupported-media": 415,
  invalid: 422,
  "unknown-command": 422,
  "unknown-type": 422,
  "query-unsupported": 422,
  timeout: 504,
}

/** A server with some entities for all tests of a file. */
export function served(schema: object, ops: readonly object[]): Outside {
  const outside = new Outside()
  beforeAll(async () => {
    await outside.start(schema)
    if (ops.length > 0) expect(await outside.transact(ops)).toMatchObject({ body: { state: "succeeded" } })
  })
  afterAll(() => outside.stop())
  return outside
}

/** What came of a query or a command, in the words of a case. The place of a refusal only where one is wanted. */
export function outcomeOf({ status, type, body }: Told, wantsPath: boolean): object {
  if (status === 200) return { answer: (body as { result: unknown }).result }
  const { code, errors } = body as { code: string; errors?: readonly { path: string }[] }
  const isProblem = type?.includes("application/problem+json") === true
  return { refused: code, status, isProblem, ...(wantsPath ? { path: errors?.[0]?.path } : {}) }
}

/** What is expected of a case: its answer, or its refusal with the status of its code. */
export function expectedOf(
  one: { readonly answer: unknown } | { readonly refused: string; readonly path?: string },
): object {
  if ("answer" in one) return { answer: one.answer }
  const path = one.path === undefined ? {} : { path: one.path }
  return { refused: one.refused, status: statuses[one.refused], isProblem: true, ...path }
}

/** Tries each case as a test of its own. */
export function tryCases(outside: Outside, cases: readonly Case[], requirement: string): void {
  test.each(cases)(`$title [${requirement}]`, async one => {
    const told = await outside.query(one.query)
    expect(outcomeOf(told, "path" in one)).toEqual(expectedOf(one))
  })
}
