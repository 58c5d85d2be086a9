import { expect, test } from "vitest"
import { daybook } from "../../src/index.ts"
import { testApp } from "../../src/testing/app.ts"
import { parts, schema } from "./shop.ts"

const { aggregate, changed, command, event, handler, processor, projection, reject, transact } = parts

const customer = aggregate("Customer", {
  decide: {
    Join: (data, _state, { exists }) => (exists ? reject("AlreadyIn", {}) : event("Joined", data)),
    Leave: "by handler",
  },
  evolve: { Joined: (state, { name }) => ({ ...state, name }), Left: () => null },
})
const item = aggregate("Item", {
  decide: { Reprice: data => event("Repriced", data) },
  evolve: { Repriced: (state, { amount }) => ({ ...state, price: String(amount) }) },
})
const leave = handler("Leave", ({ command: { target }, uow }) => uow.record(target!, event("Left", {})))
const joining = ["Joined", "EntityCreated"] as const
const welcome = processor("welcome", {
  on: joining,
  pure: ({ event: { type, stream }, entity }) =>
    stream.type === "Customer" && entity !== null
      ? transact([{ entity: "Customer", id: stream.id, add: { tags: [type] } }])
      : null,
})
const cheap = processor("cheap", {
  on: changed("Item", "price"),
  pure: ({ entity, notification }) =>
    entity?.price === "1" ? command("Join", notification.entity + "-fan", { name: "Fan" }) : null,
})
const lines = projection<{ readonly n: number }>("lines", {
  version: 1,
  on: { "*": { keys: ({ type }) => type, fold: row => ({ n: (row?.n ?? 0) + 1 }) } },
})

const shop = daybook({
  schema,
  aggregates: [customer, item],
  handlers: [leave],
  processors: [welcome, cheap],
  projections: [lines],
})

test("what was written with the words of a schema runs as it was written [A7 N17 N45]", async () => {
  const app = await testApp(shop)
  await app.ask(command("Join", "ann", { name: "Ann" }))
  await app.ask(transact([{ entity: "Customer", id: "bob", set: { name: "Bob", email: "bob@example.org" } }]))
  await app.ask(
    transact([{ entity: "Book", id: "b", set: { sku: "1", price: 2, author: ["Customer/email", "bob@example.org"] } }]),
  )
  await app.ask(command("Reprice", { type: "Book", id: "b" }, { amount: 1 }))
  await app.settle()
  expect(await app.state("ann")).toEqual({ name: "Ann", tags: ["Joined"] })
  expect(await app.state("bob")).toEqual({ name: "Bob", email: "bob@example.org", tags: ["EntityCreated"] })
  expect(await app.state("b")).toEqual({ sku: "1", price: "1", author: "bob" })
  expect(await app.state("b-fan")).toEqual({ name: "Fan", tags: ["Joined"] })
  await app.ask(command("Leave", "ann", {}))
  await app.settle()
  expect(await app.state("ann")).toBeNull()
  const rows = await app.daybook.list("lines", { limit: 100 })
  expect(Object.fromEntries(rows.map(({ key, row }) => [key, row["n"]]))).toEqual({
    EntityChanged: 3,
    EntityCreated: 2,
    Joined: 2,
    Left: 1,
    Repriced: 1,
  })
  await app.close()
})

test("the catalogue names a projection of every event with each of them [N17]", async () => {
  const app = await testApp(shop)
  const { events } = app.daybook.catalogue()
  expect(events.every(({ consumedBy }) => consumedBy.includes("projection lines"))).toBe(true)
  expect(events.find(({ type }) => type === "EntityCreated")?.consumedBy).toContain("processor welcome")
  await app.close()
})

test("a command that is left to a handler, which is not there, is said at the start", async () => {
  await expect(testApp({ ...shop, handlers: [] })).rejects.toThrow("Leave")
})
