import { expect, test } from "vitest"
import { daybook, partsOf } from "../../src/app.ts"
import { defineSchema } from "../../src/schema/infer.ts"
import { testApp } from "../../src/testing/app.ts"

const schema = defineSchema({
  daybook: 1,
  name: "notes",
  version: 1,
  groups: { nobody: {}, author: {} },
  entities: {
    User: { attributes: { name: { type: "string" } } },
    Note: {
      attributes: {
        text: { type: "string" },
        secret: { type: "string", permissions: { read: "author" } },
        author: { type: "ref", to: ["User"] },
      },
      assign: [{ group: "author", when: { reaches: ["$self", ["author"], "$security"] } }],
      permissions: { read: { not: "nobody" }, write: "author" },
    },
  },
  commands: { Write: { target: "Note", data: { type: "object" } } },
  events: {
    Written: { stream: "Note", data: { type: "object" } },
    Refused: { stream: "Note", rejection: true, data: { type: "object" } },
  },
} as const)
const { aggregate, event, reject } = partsOf(schema)

const note = aggregate("Note", {
  decide: { Write: ({ text, secret }) => (text === "no" ? reject("Refused", {}) : event("Written", { text, secret })) },
  evolve: { Written: (state, data) => ({ ...state, ...data }) },
})

async function written() {
  const app = await testApp(daybook({ schema, aggregates: [note] }))
  const ops = [
    { entity: "User", id: "ann", set: { name: "Ann" } },
    { entity: "Note", id: "n", set: { author: "ann" } },
  ]
  await app.send("Transact", null, { ops })
  return app
}

test("out of the application's own events is taken what is called like an attribute that may not be read [UH3 X17]", async () => {
  const app = await written()
  await app.send("Write", "n", { text: "hello", secret: "psst" }, { as: "ann" })
  const dataFor = async (as: string) => (await app.daybook.stream("n", 2, 1, { as })).events[0]?.data
  expect(await dataFor("ann")).toEqual({ text: "hello", secret: "psst" })
  expect(await dataFor("bob")).toEqual({ text: "hello" })
  const page = await app.daybook.events(1, { limit: 10, as: "bob" })
  expect(page.events.map(({ event }) => event.data)).toEqual([{ text: "hello" }])
  expect(page.reached).toBe(2)
  await app.close()
})

test("a ref to what may not be read is taken out of an event, and a rejection is told to whom it answers [UH3]", async () => {
  const app = await written()
  const { attributes } = (await app.daybook.stream("n", 1, 1, { as: "bob" })).events[0]!.data
  expect(attributes).toEqual({})
  expect(await app.send("Write", "n", { text: "no" }, { as: "ann" })).toMatchObject({
    state: "rejected",
    events: [{ type: "Refused" }],
  })
  await app.close()
})
