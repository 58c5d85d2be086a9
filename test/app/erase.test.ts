import { describe, expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import { partsOf } from "../../src/app/parts.ts"
import type { App } from "../../src/kernel/app.ts"
import type { Json, JsonObject } from "../../src/kernel/json.ts"
import type { Finding } from "../../src/ports/maintenance.ts"
import { testApp, type TestApp } from "../../src/testing/app.ts"
import { stores } from "../stores.ts"

const open = { assign: [{ group: "all", when: true }], permissions: { read: "all", write: "all" } } as const
const text = { type: "string" } as const
const label = { type: "object", properties: { label: text }, required: ["label"] } as const

const schema = {
  daybook: 1,
  name: "people",
  version: 1,
  groups: { all: {}, staff: {} },
  entities: {
    Person: {
      ...open,
      attributes: {
        name: { type: "string", index: true },
        mail: { type: "string", unique: "identity" },
        tags: { type: "string", many: true, index: true },
        notes: { type: "json" },
        friend: { type: "ref", to: ["Person"] },
      },
    },
    Officer: {
      assign: [{ group: "staff", when: { is: ["$self", "$security"] } }],
      permissions: { operate: "staff", read: "staff", write: "staff" },
      attributes: { name: text },
    },
    Secret: { permissions: {}, attributes: { name: text } },
    Parcel: { ...open, attributes: { label: text } },
  },
  commands: {
    Post: { target: "Parcel", data: label },
    Relabel: { target: "Parcel", data: label },
    Lose: { target: "Parcel" },
  },
  events: {
    Posted: { stream: "Parcel", data: label },
    Relabelled: { stream: "Parcel", data: label },
    Refused: { stream: "Parcel", rejection: true, data: label },
    Lost: { stream: "Parcel", data: { type: "object" } },
  },
} as const

const { aggregate, event, reject, projection } = partsOf(schema)

const parcel = aggregate("Parcel", {
  decide: {
    Post: ({ label }, { label: before }) =>
      before === undefined ? [event("Posted", { label })] : reject("Refused", { label }),
    Relabel: ({ label }) => [event("Relabelled", { label })],
    Lose: () => [event("Lost", {})],
  },
  evolve: {
    Posted: (_, { label }) => ({ label: label.toUpperCase() }),
    Relabelled: (_, { label }) => ({ label: label.toUpperCase() }),
    Lost: () => null,
  },
})

const labels = projection<{ readonly labels: string }>("labels", {
  version: 1,
  on: { Posted: { keys: ({ stream }) => stream.id, fold: (_, { data }) => ({ labels: data.label.toLowerCase() }) } },
})

const people: App = daybook({ schema, aggregates: [parcel], projections: [labels] })

const put = (id: string, set: JsonObject, entity = "Person"): JsonObject => ({ entity, id, set })
const transact = (app: TestApp, ...ops: JsonObject[]) => app.send("Transact", null, { ops })
const erase = (app: TestApp, entity: string, attributes?: string[]) =>
  app.send("Erase", null, attributes === undefined ? { entity } : { entity, attributes })

async function findings({ daybook }: TestApp): Promise<readonly Finding[]> {
  const found: Finding[] = []
  for await (const finding of daybook.verify()) found.push(finding)
  return found
}

/** Everything that can be asked about a person, at every t, as one text. */
async function everythingOf({ daybook }: TestApp, id: string): Promise<string> {
  const ask = async (body: JsonObject) => {
    return (await daybook.query(body, { principal: "system" })).result
  }
  const t = await daybook.basis()
  const told: unknown[] = [
    await daybook.events(0, { limit: 1_000 }),
    await daybook.stream(id, 1, 1_000),
    await daybook.commands({ limit: 200, archived: "both" }),
    await ask({ history: id }),
    await ask({ find: ["?a", "?v"], where: [[id, "?a", "?v"]] }),
  ]
  for (let asOf = 1; asOf <= t; asOf++) {
    told.push(
      await ask({ pull: ["*"], of: id, asOf }),
      await ask({ pull: ["*"], of: id, since: asOf }),
      await ask({ find: ["?e", "?a", "?v"], where: [["?e", "?a", "?v"]], asOf }),
      await ask({ find: ["?n"], where: [["_", "Person/name", "?n"]], asOf }),
      await ask({ diff: id, from: asOf, to: t }),
      await ask({ diff: id, from: 0, to: asOf }),
      await daybook.explain({ subject: id, entity: id, permission: "read", asOf }, { principal: "system" }),
    )
  }
  return JSON.stringify(told)
}

describe.each(stores)("on %s", (_name, open) => {
  test("of an entity that is no more nothing is found any more, in no way that there is to ask, and all else is as it was [X19]", async () => {
    const app = await testApp(people, { store: open })
    const notes = { street: ["Elmway", { city: "Oldtown" }], n: 5 }
    await transact(
      app,
      put("p", { name: "Penelope", mail: "pen@elope", tags: ["tall", "loud"], notes }),
      put("q", { name: "Quentin" }),
    )
    await transact(app, put("p", { name: "Penny", friend: "q", tags: ["tall"] }), put("q", { name: "Quentin II" }))
    await transact(app, { retract: "p" })
    const before = await app.daybook.stream("p", 1, 10)
    const erased = await erase(app, "p")
    expect(erased).toMatchObject({ state: "succeeded", result: { transactions: 3, events: 3, commands: 3 } })
    const all = await everythingOf(app, "p")
    for (const word of ["Penelope", "Penny", "pen@elope", "tall", "loud", "Elmway", "Oldtown"])
      expect(all).not.toContain(word)
    for (const word of ["Quentin", "Quentin II"]) expect(all).toContain(word)
    const { events } = await app.daybook.stream("p", 1, 10)
    expect(events.map(({ id, stream, t }) => [id, stream, t]).slice(0, 3)).toEqual(
      before.events.map(({ id, stream, t }) => [id, stream, t]),
    )
    expect(events.map(({ type, data }) => [type, data["@erased"]])).toEqual([
      ["EntityCreated", ["mail", "name", "notes", "tags"]],
      ["EntityChanged", ["friend", "name", "tags"]],
      ["EntityRetracted", ["friend", "mail", "name", "notes", "tags"]],
      ["Erased", undefined],
    ])
    expect(await findings(app)).toEqual([])
    await app.close()
  })

  test("of one that is there, what is so now stays, value by value, and by it the entity is still found [X19 L84]", async () => {
    const app = await testApp(people, { store: open })
    await transact(app, put("p", { name: "Penelope", mail: "old@mail", tags: ["tall", "loud"] }))
    await transact(app, put("p", { name: "Penny", mail: "new@mail", tags: ["tall", "quiet"] }))
    await erase(app, "p")
    const ask = async (body: JsonObject): Promise<Json> =>
      (await app.daybook.query(body, { principal: "system" })).result
    expect(await ask({ pull: ["*"], of: "p" })).toEqual({
      "@id": "p",
      name: "Penny",
      mail: "new@mail",
      tags: ["tall", "quiet"],
    })
    expect(await ask({ pull: ["*"], of: "p", asOf: 1 })).toEqual({ "@id": "p", tags: ["tall"] })
    expect(await ask({ find: ["?e"], where: [["?e", "Person/tags", "tall"]], asOf: 1 })).toEqual([["p"]])
    expect(await ask({ find: ["?e"], where: [["?e", "Person/mail", "old@mail"]], asOf: 1 })).toEqual([])
    expect(await ask({ pull: ["name"], of: ["Person/mail", "new@mail"] })).toEqual({ name: "Penny" })
    const all = await everythingOf(app, "p")
    for (const word of ["Penelope", "old@mail", "loud"]) expect(all).not.toContain(word)
    // Another may have what was given up, and what comes later has a past again.
    await transact(app, put("r", { mail: "old@mail" }), put("p", { name: "Penny III" }))
    expect(await ask({ pull: ["name"], of: "p", asOf: 2 })).toEqual({ name: "Penny" })
    expect(await findings(app)).toEqual([])
    await app.close()
  })

  test("some attributes lose their past, and the others keep it [X19]", async () => {
    const app = await testApp(people, { store: open })
    await transact(app, put("p", { name: "Penelope", mail: "one@mail" }))
    await transact(app, put("p", { name: "Penny", mail: "two@mail" }))
    await erase(app, "p", ["name"])
    const history = (await app.daybook.query({ history: "p" }, { principal: "system" })).result as readonly JsonObject[]
    expect(history.map(({ t, attr, old, new: now }) => [t, attr, old, now])).toEqual([
      [1, "mail", null, "one@mail"],
      [2, "name", null, "Penny"],
      [2, "mail", "one@mail", "two@mail"],
    ])
    const { events } = await app.daybook.stream("p", 1, 9)
    expect(events.map(({ data }) => data["@erased"] ?? data["attributes"])).toEqual([["name"], ["name"], ["name"]])
    expect(await findings(app)).toEqual([])
    // And then the rest.
    await erase(app, "p")
    expect(await everythingOf(app, "p")).not.toContain("one@mail")
    expect(await findings(app)).toEqual([])
    await app.close()
  })

  test("what an aggregate recorded is emptied whole, its state stays as it is, and read models are built without it [X19 N50]", async () => {
    const app = await testApp(people, { store: open })
    await app.send("Post", { type: "Parcel", id: "a" }, { label: "Penelope" })
    await app.send("Post", { type: "Parcel", id: "a" }, { label: "Priscilla" })
    await app.send("Relabel", { type: "Parcel", id: "a" }, { label: "Penny" })
    await app.send("Post", { type: "Parcel", id: "b" }, { label: "Bruno" })
    await app.send("Post", { type: "Parcel", id: "c" }, { label: "Clara" })
    await app.send("Lose", { type: "Parcel", id: "c" })
    for (const id of ["a", "c"]) await erase(app, id)
    const { events } = await app.daybook.stream("a", 1, 9)
    expect(events.map(({ type, data }) => [type, data])).toEqual([
      ["Posted", { "@erased": true }],
      ["Refused", { "@erased": true }],
      ["Relabelled", { "@erased": true }],
      ["Erased", expect.anything()],
    ])
    expect((await app.daybook.entity("a"))?.document).toEqual({ label: "PENNY" })
    expect(await (await app.daybook.snapshot(1)).entity("a")).toMatchObject({ document: {} })
    expect(await findings(app)).toEqual([])
    await app.daybook.rebuild("labels")
    expect((await app.daybook.list("labels", { limit: 9 })).map(({ key, row }) => [key, row["labels"]])).toEqual([
      ["b", "bruno"],
    ])
    // It goes on from there.
    await app.send("Relabel", { type: "Parcel", id: "a" }, { label: "Pia" })
    expect((await app.daybook.entity("a"))?.document).toEqual({ label: "PIA" })
    expect(await findings(app)).toEqual([])
    const all = `${await everythingOf(app, "a")} ${await everythingOf(app, "c")}`.toLowerCase()
    for (const word of ["penelope", "priscilla", "clara"]) expect(all).not.toContain(word)
    await app.close()
  })

  test("to erase again does nothing, also under another id; the same id is answered as before [X19 X5]", async () => {
    const app = await testApp(people, { store: open })
    await transact(app, put("p", { name: "Penelope" }))
    const created = await app.send("Transact", null, { ops: [put("p", { name: "Penny" })] }, { id: "renamed" })
    const first = await app.send("Erase", null, { entity: "p" }, { id: "first" })
    expect(await app.send("Erase", null, { entity: "p" }, { id: "first" })).toEqual(first)
    const nothing = { transactions: 0, events: 0, commands: 0 }
    expect(await erase(app, "p")).toMatchObject({ state: "succeeded", events: [], result: nothing })
    // What was asked cannot be compared any more, so the id alone counts: nothing is done twice.
    const again = await app.send("Transact", null, { ops: [put("p", { name: "Penny" })] }, { id: "renamed" })
    expect(again).toMatchObject({ id: "renamed", state: "succeeded", t: created.t })
    expect((await app.daybook.entity("p"))?.document).toEqual({ name: "Penny" })
    await app.close()
  })

  test("refusals, archived commands and those that were asked for in turn lose what they told [X19 W55]", async () => {
    const app = await testApp(people, { store: open })
    await expect(transact(app, put("p", { name: "Pandora", tall: true }))).rejects.toThrow(/tall/)
    await transact(app, put("p", { name: "Penelope" }))
    const { id } = await app.send("Transact", null, { ops: [put("p", { name: "Penny" })] })
    const child = {
      id: "child",
      type: "Transact",
      target: null,
      data: { ops: [put("mail", { notes: "Dear Penelope" })] },
    }
    await app.daybook.request(child, { actor: "system", parent: id })
    await app.advance(86_400_000)
    await app.daybook.archive("PT1H", { actor: "system" })
    expect(await erase(app, "p")).toMatchObject({ result: { commands: 3 } })
    const all = await everythingOf(app, "p")
    expect(all).not.toContain("Pandora")
    expect((await app.daybook.command("child")) as object).toMatchObject({ command: { data: { "@erased": true } } })
    // It is an entity of its own: who wants its past erased says so.
    expect(all).toContain("Dear Penelope")
    expect(await findings(app)).toEqual([])
    await app.close()
  })

  test("it takes the right to operate and to read; to others there is nothing to erase, and system may [X19 L70]", async () => {
    const app = await testApp(people, { store: open })
    await transact(
      app,
      put("olga", { name: "Olga" }, "Officer"),
      put("s", { name: "Sesame" }, "Secret"),
      put("p", { name: "Penelope" }),
    )
    await transact(app, put("s", { name: "Open" }, "Secret"), put("p", { name: "Penny" }))
    const as = (actor: string, entity: string) => app.send("Erase", null, { entity }, { as: actor })
    await expect(as("p", "p")).rejects.toMatchObject({ code: "forbidden" })
    await expect(as("anonymous", "p")).rejects.toMatchObject({ code: "forbidden" })
    await expect(as("olga", "s")).rejects.toMatchObject({ code: "not-found", message: /There is no s/ })
    await expect(as("olga", "nobody")).rejects.toMatchObject({ code: "not-found" })
    expect(await as("olga", "p")).toMatchObject({ state: "succeeded" })
    expect(await as("system", "s")).toMatchObject({ state: "succeeded" })
    expect(await app.send("Erase", null, { entity: "p", attributes: ["size"] })).toMatchObject({ state: "failed" })
    await expect(app.send("Erase", null, { entity: "p", attributes: [] })).rejects.toMatchObject({ code: "invalid" })
    await app.close()
  })

  test("that something was erased is an event of the entity, with the transactions that are another since [X19]", async () => {
    const app = await testApp(people, { store: open })
    await transact(app, put("p", { name: "Penelope" }))
    await transact(app, put("p", { name: "Penny" }))
    const { events } = await erase(app, "p")
    expect(events).toMatchObject([{ type: "Erased", stream: { id: "p", version: 3 }, actor: "system" }])
    expect(events[0]!.data["transactions"]).toHaveLength(2)
    await app.close()
  })
})
