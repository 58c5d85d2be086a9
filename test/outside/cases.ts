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

/** Tries each case as a test of its own. */
export function tryCases(outside: Outside, cases: readonly Case[], requirement: string): void {
  test.each(cases)(`$title [${requirement}]`, async one => {
    const told = await outside.query(one.query)
    if ("refused" in one) expectProblem(told, one.refused, one.path)
    else expect(told.body).toMatchObject({ result: one.answer })
    if (!("refused" in one)) expect((told.body as { result: unknown }).result).toEqual(one.answer)
  })
}

/** Expects a problem document with a code, and with a place where one is known. */
export function expectProblem(told: Told, code: string, path?: string): void {
  expect(told).toMatchObject({ status: statuses[code], body: { code, status: statuses[code] } })
  expect(told.type).toContain("application/problem+json")
  if (path !== undefined) expect((told.body as { errors?: { path: string }[] }).errors?.[0]?.path).toBe(path)
}
