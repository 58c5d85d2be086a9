import fc from "fast-check"
import { expect, test } from "vitest"
import { exchange, request } from "../journeys/raw.ts"
import { allEvents, folder, library, run, serve } from "../journeys/world.ts"

const words = [
  "Transact",
  "Slip",
  "Book",
  "entity",
  "id",
  "set",
  "add",
  "remove",
  "retract",
  "cas",
  "attr",
  "old",
  "new",
  "ops",
  "data",
  "type",
  "target",
  "title",
  "shelf",
  "isbn",
  "tags",
  "copies",
  "branch",
  "~a",
  "~b",
  "__proto__",
  "constructor",
  "expectedVersion",
  "basisT",
  "occurredAt",
  "",
]
const word = fc.oneof(fc.constantFrom(...words), fc.string({ unit: "binary", maxLength: 5 }))
const leaf = fc.oneof(
  word,
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e300, 2 ** 53, "2011-10-01T00:00:00Z", "9781234567890"),
)
const { any } = fc.letrec<{ any: unknown }>(tie => ({
  any: fc.oneof(
    { maxDepth: 6 },
    leaf,
    fc.array(tie("any"), { maxLength: 4 }),
    fc.array(fc.tuple(word, tie("any")), { maxLength: 5 }).map(pairs => Object.fromEntries(pairs) as unknown),
  ),
}))
const id = fc.constantFrom("a", "b", "c", "~x", "~y", ["isbn", "9781234567890"])
const put = fc.oneof(
  fc.record({ entity: fc.constant("Slip"), id, set: fc.record({ text: word }) }),
  fc.record({ entity: fc.constant("Branch"), id, set: fc.record({ code: fc.constantFrom("1", "2"), city: word }) }),
  fc.record({
    entity: fc.constant("Book"),
    id,
    set: fc.record({ title: word, shelf: word, tags: fc.array(word), notes: any }),
  }),
)
const op = fc.oneof(
  { weight: 6, arbitrary: put },
  { weight: 1, arbitrary: any },
  { weight: 1, arbitrary: fc.record({ entity: word, id: any, set: any, add: any, remove: any }, { requiredKeys: [] }) },
  { weight: 2, arbitrary: fc.record({ retract: fc.oneof(id, any) }) },
  { weight: 2, arbitrary: fc.record({ cas: id, attr: word, old: any, new: any }) },
)
const transact = fc.record(
  {
    id: word,
    type: fc.constant("Transact"),
    target: any,
    expectedVersion: any,
    basisT: any,
    occurredAt: any,
    data: any,
  },
  { requiredKeys: ["type", "data"] },
)
const command = fc.oneof(
  { weight: 1, arbitrary: any },
  { weight: 1, arbitrary: transact },
  {
    weight: 4,
    arbitrary: fc.array(op, { minLength: 1, maxLength: 3 }).map(ops => ({ type: "Transact", data: { ops } })),
  },
)

// What a client that means no good may be answered. Never 500: that would be an error of ours.
const answers = [200, 202, 400, 404, 405, 406, 408, 409, 411, 413, 414, 415, 422, 431]

test("whatever is asked for, the answer is one that is known, and the log stays whole [HA8 C7 L79]", async () => {
  const data = folder()
  const server = await serve([library, "--data", data])
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 8 }), async commands => {
      const said = await Promise.all(
        commands.map(json =>
          server.ask("/commands", {
            method: "POST",
            body: JSON.stringify(json),
            headers: { "content-type": "application/json" },
          }),
        ),
      )
      for (const { status, body } of said) {
        expect(answers).toContain(status)
        expect(body.code).not.toBe("internal")
      }
    }),
    { numRuns: 1_500 },
  )
  const log = await allEvents(server.ask, "", 1_000)
  expect(log.length).toBeGreaterThan(50)
  const { code, err } = await server.stop()
  expect([code, err]).toEqual([0, ""])
  const verified = await run(["verify", "--app", library, "--data", data])
  expect([verified.code, verified.out]).toEqual([0, expect.stringContaining("clean")])
}, 600_000)

test("whatever bytes come, the server is up and answers in problems [HA8]", async () => {
  const server = await serve([library, "--data", ":memory:"])
  const good = request(
    "POST /commands",
    {},
    JSON.stringify({ type: "Transact", data: { ops: [{ entity: "Slip", set: { text: "x" } }] } }),
  )
  const mutation = fc.record({ at: fc.nat(good.length - 1), bytes: fc.uint8Array({ maxLength: 6 }), drop: fc.nat(8) })
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async mutations => {
      let bytes = good
      for (const { at, bytes: put, drop } of mutations) {
        bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(put), bytes.subarray(at + drop)])
      }
      const said = await exchange(server.url, bytes, socket => socket.end())
      for (const { status } of said.filter(s => s.status !== 100)) expect([...answers, 403, 505]).toContain(status)
    }),
    { numRuns: 3_000 },
  )
  const path = fc.array(
    fc.oneof(
      fc.constantFrom(
        "events",
        "streams",
        "commands",
        "schema",
        "..",
        "%2e",
        "%00",
        "%ff",
        "?",
        "&",
        "=",
        "after",
        "limit",
      ),
      fc.string({ maxLength: 6 }),
    ),
    { maxLength: 6 },
  )
  await fc.assert(
    fc.asyncProperty(path, async parts => {
      const asked = `/${parts.map(part => encodeURI(part.isWellFormed() ? part : "x").replaceAll(" ", "+")).join("/")}`
      const said = await exchange(server.url, request(`GET ${asked}`))
      for (const { status } of said) expect([...answers, 304]).toContain(status)
    }),
    { numRuns: 2_000 },
  )
  expect((await server.transact({ entity: "Slip", set: { text: "still" } })).status).toBe(200)
  const { code, err } = await server.stop()
  expect([code, err]).toEqual([0, ""])
}, 600_000)
