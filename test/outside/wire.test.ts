import { randomUUID } from "node:crypto"
import { describe, expect, test } from "vitest"
import { expectedOf, outcomeOf, served } from "./cases.ts"
import { itemSchema } from "./transact.cases.ts"

const outside = served(itemSchema, [{ entity: "Item", id: "there", set: { name: "A", code: "there" } }])
const transact = (ops: unknown, more: object = {}) => ({ type: "Transact", data: { ops }, ...more })
const named = (id: string) => [{ entity: "Item", id, set: { name: id } }]

describe("an array of commands", () => {
  test("is answered with an array, in order, and each stands alone [N29]", async () => {
    const { status, body } = await outside.post("/commands", [
      transact(named("w1")),
      transact([{ entity: "Item", id: "w2", set: { count: "x" } }]),
      { type: "Nothing", data: {} },
      transact(named("w3")),
    ])
    expect(status).toBe(200)
    expect(body).toMatchObject([
      { state: "succeeded" },
      {
        state: "refused",
        code: "invalid",
        error: { status: 422, errors: [{ path: expect.stringContaining("/ops/0/set/count") as string }] },
      },
      { state: "refused", code: "unknown-command", error: { status: 422 } },
      { state: "succeeded" },
    ])
    expect(await outside.query({ pull: ["name"], of: ["w1", "w2", "w3"] })).toMatchObject({
      body: { result: [{ name: "w1" }, null, { name: "w3" }] },
    })
  })

  test("of none is answered with none; of too many is refused whole [N29]", async () => {
    expect(await outside.post("/commands", [])).toMatchObject({ status: 200, body: [] })
    const many = Array.from({ length: 1_001 }, () => ({}))
    expect(outcomeOf(await outside.post("/commands", many), false)).toEqual(expectedOf({ refused: "too-large" }))
  })
})

describe("one command", () => {
  test("is not waited for where nobody wants to [N29]", async () => {
    const { status, body } = await outside.post("/commands", transact(named("w4")), { prefer: "respond-async" })
    expect(status).toBe(202)
    expect(body).toEqual({ id: expect.any(String) as string, state: expect.any(String) as string })
  })

  test("is answered the same the second time, and refused under the same id with other content [N42]", async () => {
    const id = randomUUID()
    const first = await outside.post("/commands", transact(named("w5"), { id }))
    expect(await outside.post("/commands", transact(named("w5"), { id }))).toEqual(first)
    const other = await outside.post("/commands", transact(named("w6"), { id }))
    expect(outcomeOf(other, false)).toEqual(expectedOf({ refused: "duplicate-conflict" }))
  })

  test("that expects a version or a t that has passed is a conflict [N42]", async () => {
    const target = { type: "Item", id: "there" }
    for (const more of [{ expectedVersion: 9 }, { basisT: 0 }, { expectedVersion: 0 }]) {
      const told = await outside.post("/commands", transact(named("there"), { target, ...more }))
      expect(outcomeOf(told, false)).toEqual(expectedOf({ refused: "conflict" }))
    }
    const told = await outside.post("/commands", transact([], { target, expectedVersion: 1 }))
    expect(told).toMatchObject({ status: 200, body: { state: "succeeded" } })
  })
})

const bodies: readonly (readonly [string, string, unknown, string])[] = [
  ["a query that is not JSON", "/query", "{", "malformed"],
  ["a query that is a list", "/query", [], "malformed"],
  ["a query that is a text", "/query", '"x"', "malformed"],
  ["a query that asks nothing", "/query", {}, "malformed"],
  ["a query that asks twice", "/query", { pull: ["name"], of: "there", history: "there" }, "malformed"],
  ["a query that nobody registered", "/query", { name: "prompts-of-nobody", data: {} }, "not-found"],
  ["a command that is not JSON", "/commands", "{", "malformed"],
  ["a command that is a text", "/commands", '"x"', "malformed"],
  ["a command without a type", "/commands", { data: {} }, "malformed"],
  ["a command that nobody knows", "/commands", { type: "Nothing", data: {} }, "unknown-command"],
  ["a command whose data is a list", "/commands", { type: "Transact", data: [] }, "malformed"],
  ["a Transact without ops", "/commands", { type: "Transact", data: {} }, "invalid"],
  ["a Transact with more than ops", "/commands", { type: "Transact", data: { ops: [], more: 1 } }, "invalid"],
]

test.each(bodies)("%s is refused [X21]", async (_title, path, body, refused) => {
  expect(outcomeOf(await outside.post(path, body), false)).toEqual(expectedOf({ refused }))
})

test("what is no JSON by its type is refused [X21]", async () => {
  const told = await outside.post("/query", "x", { "content-type": "text/plain" })
  expect(outcomeOf(told, false)).toEqual(expectedOf({ refused: "unsupported-media" }))
})

const whole = {
  pull: { pull: ["name"], of: "there", asOf: 1, since: 0, minBasisT: 1, timeoutMs: 1_000 },
  find: {
    find: ["?n"],
    in: ["?c"],
    args: ["there"],
    where: [
      ["?e", "Item/code", "?c"],
      ["?e", "Item/name", "?n"],
      ["r", "?e", "_"],
    ],
    rules: [
      [
        ["r", "?x", "?y"],
        ["?x", "Item/name", "?y"],
      ],
    ],
    with: ["?e"],
    order: [["?n", "asc"]],
    limit: 5,
    keys: ["name"],
  },
  history: { history: "there", limit: 5, after: "0" },
  diff: { diff: "there", from: 0, to: 1 },
}
const wrong = [null, -1, 1.5, true, "?", [[[]]], { x: 1 }, [null], [5]]
// What is no fault where it stands: an id may be any text.
const fitting = new Set([
  'pull of "?"',
  "find args [null]",
  "find args [5]",
  "find args [[[]]]",
  'history history "?"',
  'diff diff "?"',
])
const misshapen = Object.entries(whole).flatMap(([kind, query]) =>
  Object.keys(query).flatMap(key =>
    wrong
      .map((value): [string, string, object] => [
        `${kind} ${key} ${JSON.stringify(value)}`,
        key,
        { ...query, [key]: value },
      ])
      .filter(([title]) => !fitting.has(title)),
  ),
)

test("a query with a wrong shape at any key is refused, with the place [L74]", async () => {
  const told = await Promise.all(
    misshapen.map(async ([title, key, query]) => {
      const { status, body } = await outside.query(query)
      const [fault] = (body as { errors?: readonly { path: string }[] }).errors ?? []
      const isPlace = [`/${key}`, "/args"].some(path => fault?.path.startsWith(path) === true)
      return { title, isRefused: status >= 400 && status < 500, isPlace }
    }),
  )
  expect(told).toEqual(misshapen.map(([title]) => ({ title, isRefused: true, isPlace: true })))
})
