import { expect, test } from "vitest"
import { served } from "./cases.ts"

const open = { assign: [{ group: "all", when: true }], permissions: { read: "all", write: "all" } }
const schema = {
  daybook: 1,
  name: "people",
  version: 1,
  groups: { all: {}, staff: {} },
  entities: {
    Person: { ...open, attributes: { name: { type: "string", index: true }, mail: { type: "string" } } },
    Officer: {
      ...open,
      assign: [...open.assign, { group: "staff", when: { is: ["$self", "$security"] } }],
      permissions: { ...open.permissions, operate: "staff" },
      attributes: {},
    },
  },
}

const outside = served(schema, [
  { entity: "Officer", id: "olga" },
  { entity: "Person", id: "p", set: { name: "Penelope", mail: "pen@elope" } },
])

const erase = (data: object, as: string, more: object = {}) =>
  outside.post("/commands", { type: "Erase", data, ...more }, { "daybook-as": as })

test("what is erased is answered by no call any more, and to erase is for who operates [X19]", async () => {
  await outside.transact([{ entity: "Person", id: "p", set: { name: "Penny" } }])
  await outside.transact([{ entity: "Person", id: "p", set: { mail: "pe@nny", size: 3 } }])
  await outside.transact([{ retract: "p" }])
  expect(await erase({ entity: "p" }, "p")).toMatchObject({ status: 403, body: { code: "forbidden" } })
  expect(await erase({ entity: "p" }, "anonymous")).toMatchObject({ status: 403 })
  expect(await erase({ entity: "nobody" }, "olga")).toMatchObject({ status: 404, body: { code: "not-found" } })
  expect(await erase({}, "olga")).toMatchObject({ status: 422, body: { code: "invalid" } })
  // The right is asked for on who asks, whatever they say that it is about.
  for (const [as, status] of [
    ["anonymous", 403],
    ["p", 403],
    ["olga", 422],
  ] as const) {
    for (const id of ["p", "olga", "nobody"]) {
      const target = { type: id === "olga" ? "Officer" : "Person", id }
      expect(await erase({ entity: "p" }, as, { target })).toMatchObject({ status })
    }
  }
  const told = await erase({ entity: "p" }, "olga")
  expect(told).toMatchObject({ status: 200, body: { state: "succeeded", result: { transactions: 3, commands: 3 } } })

  const queries = [
    { history: "p" },
    { diff: "p", from: 1, to: 9 },
    ...[1, 2, 3, 4, 5].flatMap(asOf => [
      { pull: ["*"], of: "p", asOf },
      { find: ["?a", "?v"], where: [["p", "?a", "?v"]], asOf },
      { find: ["?n"], where: [["_", "Person/name", "?n"]], asOf },
    ]),
  ]
  const texts = [
    ...(await Promise.all(queries.map(async query => JSON.stringify((await outside.query(query)).body)))),
    await outside.get("/events?limit=100"),
    await outside.get("/events?after=0", { accept: "text/event-stream" }),
    await outside.get("/streams/Person/p"),
    await outside.get("/commands?archived=both&limit=100"),
    await outside.get("/explain?subject=p&entity=p&asOf=1"),
    await outside.get("/dead-letters"),
  ]
  for (const word of ["Penelope", "Penny", "pen@elope", "pe@nny"]) {
    for (const text of texts) expect(text).not.toContain(word)
  }
  expect(texts.join("\n")).toContain('"@erased":["mail","name"]')
  expect(await outside.get("/streams/Person/p")).toContain('"Erased"')
})
