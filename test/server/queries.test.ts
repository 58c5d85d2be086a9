import { expect, test } from "vitest"
import { Refusal } from "../../src/kernel/refusal.ts"
import { answer, json, serving } from "./serving.ts"

test("a query is answered for whoever asks, whatever it says of that itself [QS3]", async () => {
  const { call, daybook } = await serving()
  const body = { name: "titles", data: { user: "boss" } }
  const { status, body: told } = await answer(call("/query", json(body, { "daybook-as": "ada" })))
  expect([status, told]).toEqual([200, { basisT: 0, result: body }])
  expect(daybook.queried).toEqual([{ body, asker: { principal: "ada" } }])
})

test.each([
  ["malformed", 400],
  ["not-found", 404],
  ["invalid", 422],
  ["query-unsupported", 422],
  ["timeout", 504],
] as const)("a query that is refused as %s is a problem with its code [QS3]", async (code, expected) => {
  const { call, daybook } = await serving()
  const fault = { path: "/data/of", code: "required", message: "is missing" }
  daybook.broken = new Refusal(code, "The query does not say of what", { name: "titles" }, [fault])
  const { status, headers, body } = await answer(call("/query", json({ name: "titles" })))
  expect([status, body["code"]]).toEqual([expected, code])
  expect(headers.get("content-type")).toContain("application/problem+json")
  expect(body["errors"]).toEqual([fault])
})

test("what cannot be parsed is 400, and where nobody says who asks it is 401: neither is a query [QS3]", async () => {
  const [open, shut] = [await serving(), await serving({ dev: false })]
  const broken = { ...json({}), body: '{"pull": [' }
  expect(await answer(open.call("/query", broken))).toMatchObject({ status: 400, body: { code: "malformed" } })
  expect(await answer(shut.call("/query", json({ name: "titles" })))).toMatchObject({
    status: 401,
    body: { code: "unauthenticated" },
  })
  expect([open.daybook.queried, shut.daybook.queried]).toEqual([[], []])
})
