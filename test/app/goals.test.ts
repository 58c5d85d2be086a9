import { createHash } from "node:crypto"
import { describe, expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import { fold } from "../../src/app/fold.ts"
import { partsOf } from "../../src/app/parts.ts"
import { defineSchema } from "../../src/schema/infer.ts"
import { testApp } from "../../src/testing/app.ts"

const page = { type: "object", properties: { url: { type: "string" } }, required: ["url"] } as const
const account = {
  type: "object",
  properties: { email: { type: "string" }, password: { type: "string" } },
  required: ["email", "password"],
} as const
const registered = {
  type: "object",
  properties: { email: { type: "string" }, digest: { type: "string" } },
  required: ["email", "digest"],
  additionalProperties: false,
} as const

const schema = defineSchema({
  daybook: 1,
  name: "site",
  version: 1,
  groups: { anybody: {} },
  entities: {
    Page: {
      assign: [{ group: "anybody", when: true }],
      permissions: { read: "anybody", write: "anybody" },
      attributes: { url: { type: "string" }, views: { type: "integer", default: 0 } },
    },
    User: {
      attributes: { email: { type: "string", unique: "identity" }, digest: { type: "string", sensitive: true } },
    },
  },
  commands: {
    ViewPage: { target: "Page", data: page },
    RegisterUser: { target: "User", data: account, sensitive: ["/password"] },
    RegisterAdmin: { target: "User", data: page },
  },
  events: {
    PageViewed: { stream: "Page", data: page },
    UserRegistered: { stream: "User", data: registered },
  },
})

const { aggregate, handler, processor, projection, event, command } = partsOf(schema)
const digestOf = (password: string) => createHash("sha256").update(password).digest("hex")

const Page = aggregate("Page", {
  decide: { ViewPage: ({ url }) => event("PageViewed", { url }) },
  evolve: { PageViewed: (state, { url }) => ({ ...state, url, views: (state.views ?? 0) + 1 }) },
})
const User = aggregate("User", {
  decide: {
    RegisterUser: ({ email, password }) => event("UserRegistered", { email, digest: digestOf(password) }),
    RegisterAdmin: () => event("UserRegistered", { email: "admin", digest: "" }),
  },
  evolve: { UserRegistered: (_state, { email, digest }) => ({ email, digest }) },
})
const welcome = processor("welcome", {
  on: "UserRegistered",
  pure: ({ event: { stream } }) => command("ViewPage", "welcome", { url: `/welcome/${stream.id}` }),
})
const views = projection<{ count: number }>("views", {
  version: 1,
  on: { PageViewed: { keys: ({ stream }) => stream.id, fold: row => ({ count: (row?.count ?? 0) + 1 }) } },
})
const site = daybook({ schema, aggregates: [Page, User], processors: [welcome], projections: [views] })
const user = { email: "joe@example.org", password: "open sesame" }

describe("what happens on a site", () => {
  test("a page that is viewed is a PageViewed, a user who registers a UserRegistered [CE1 CE5]", async () => {
    const app = await testApp(site)
    await app.send("ViewPage", "home", { url: "/" })
    await app.send("RegisterUser", "joe", user)
    const said = (await app.events()).map(e => [e.causedBy.type, e.type])
    expect(said.slice(0, 2)).toEqual([
      ["ViewPage", "PageViewed"],
      ["RegisterUser", "UserRegistered"],
    ])
    await app.close()
  })

  test("a secret is in no command that is kept and in no event; only what was made of it is [CE8]", async () => {
    const app = await testApp(site)
    const { id, events } = await app.send("RegisterUser", "joe", user)
    await app.settle()
    expect(await app.daybook.command(id)).toMatchObject({
      command: { data: { email: user.email, password: "(redacted)" } },
    })
    expect(JSON.stringify([events, await app.events()])).not.toContain(user.password)
    expect(await app.state("joe")).toMatchObject({ digest: digestOf(user.password) })
    await app.close()
  })
})

describe("one logical queue", () => {
  test("what commands say is heard by processors, what these ask for is handled like any command, until nothing is left [L1 L2 A6 A10 A35]", async () => {
    const app = await testApp(site)
    await app.send("RegisterUser", "joe", user)
    await app.settle()
    const [asked] = await app.commands("ViewPage")
    const [viewed] = await app.events("PageViewed")
    const [registered] = await app.events("UserRegistered")
    expect(asked).toMatchObject({ state: "succeeded", owner: "system", parent: registered?.causedBy.id })
    expect(viewed).toMatchObject({
      t: 2,
      causedBy: { id: asked?.command.id },
      correlationId: registered?.correlationId,
    })
    await app.close()
  })

  test("every change of state is a command's: each event names one, and it is there [A5 A39 N7]", async () => {
    const app = await testApp(site)
    for (const id of ["a", "b", "c"]) await app.send("RegisterUser", id, { ...user, email: id })
    await app.send("Transact", null, { ops: [{ entity: "Page", id: "p", set: { url: "/p" } }] })
    await app.settle()
    const events = await app.events()
    expect(events).toHaveLength(7)
    for (const { causedBy } of events)
      expect(await app.daybook.command(causedBy.id)).toMatchObject({ state: "succeeded" })
    await app.close()
  })

  test("who subscribes to an event type hears that and nothing else, in order, from where they were [A31]", async () => {
    const app = await testApp(site)
    const heard: string[] = []
    const stop = new AbortController()
    const listening = (async () => {
      for await (const events of app.daybook.follow(0, { types: ["PageViewed"], signal: stop.signal })) {
        heard.push(...events.map(({ event: e }) => e.data["url"] as string))
        if (heard.length === 2) stop.abort()
      }
    })()
    await app.send("ViewPage", "home", { url: "/" })
    await app.send("RegisterUser", "joe", user)
    await app.settle()
    await listening
    expect(heard).toEqual(["/", "/welcome/joe"])
    await app.close()
  })
})

describe("a model of reality", () => {
  test("is its entities, its commands and its events, all of which can be listed with who makes and who hears them [A2 A3 N16]", async () => {
    const app = await testApp(site)
    const { commands, events } = app.daybook.catalogue()
    expect(commands.map(c => c.type).sort()).toEqual([
      "Erase",
      "ReceiveEvent",
      "RegisterAdmin",
      "RegisterUser",
      "RunQuery",
      "Transact",
      "ViewPage",
    ])
    const registered = events.find(e => e.type === "UserRegistered")
    expect(registered).toMatchObject({ stream: "User", consumedBy: expect.arrayContaining(["processor welcome"]) })
    expect(registered?.consumedBy).not.toContain("projection views")
    await app.close()
  })

  test("each aggregate is loaded and kept by its own type, and a unit of work rests on all that it has read [A22 A23 N23]", async () => {
    const read: unknown[] = []
    const admin = handler("RegisterAdmin", async ({ uow, data }) => {
      read.push(await uow.state("User", "home"), await uow.state("Page", "home"))
      await uow.record({ type: "User", id: "admin" }, event("UserRegistered", { email: data.url, digest: "" }))
      // Somebody else is quicker: what was read is no more, so all of this is done again.
      if (read.length === 2) await app.send("ViewPage", "home", { url: "/again" })
    })
    const { RegisterAdmin: _replaced, ...decide } = User.decide
    const app = await testApp(daybook({ schema, aggregates: [Page, { ...User, decide }], handlers: [admin] }))
    await app.send("ViewPage", "home", { url: "/" })
    const { state } = await app.send("RegisterAdmin", "admin", { url: "root" })
    await app.settle()
    expect(["running", "succeeded"]).toContain(state)
    expect(read).toEqual([null, { url: "/", views: 1 }, null, { url: "/again", views: 2 }])
    expect(await app.events("UserRegistered")).toHaveLength(1)
    await app.close()
  })
})

describe("what is recorded", () => {
  test("is a stream for each entity, in order and without gaps, whose left fold is its state at any point [N25 N37]", async () => {
    const app = await testApp(site)
    for (const url of ["/1", "/2", "/3"]) await app.send("ViewPage", "home", { url })
    const { events } = await app.daybook.stream("home", 1, 10)
    expect(events.map(e => e.stream.version)).toEqual([1, 2, 3])
    expect(events.map((_, i) => fold(Page, { views: 0 }, events.slice(0, i + 1))?.["views"])).toEqual([1, 2, 3])
    await app.close()
  })

  test("says of each command whose it is, what it asked for as JSON, and when, whatever kind of owner [W19 W20 W24 W25]", async () => {
    const app = await testApp(site)
    for (const owner of ["admin-1", "visitor-7", "member-2", "vendor-3", "system"]) {
      const { id } = await app.send("ViewPage", "home", { url: `/${owner}` }, { as: owner })
      expect(await app.daybook.command(id)).toMatchObject({
        owner,
        command: { data: { url: `/${owner}` } },
        createdAt: app.clock.iso(),
      })
    }
    expect(await app.daybook.commands({ owner: "member-2", limit: 10 })).toHaveLength(1)
    await app.close()
  })

  test("a component that is added changes nothing that was there: the same events, the same rows [N1 N2 N48]", async () => {
    const story = async (parts: Partial<Parameters<typeof daybook>[0]>) => {
      const app = await testApp(daybook({ schema, aggregates: [Page, User], ...parts }), { seed: 1 })
      await app.send("ViewPage", "home", { url: "/" })
      await app.send("RegisterUser", "joe", user)
      await app.settle()
      return app
    }
    const [before, after] = [await story({}), await story({ projections: [views] })]
    expect(await after.events()).toEqual(await before.events())
    expect(await after.state("joe")).toEqual(await before.state("joe"))
    expect(await after.daybook.rows("views", ["home"])).toEqual(new Map([["home", { count: 1 }]]))
    await before.close()
    await after.close()
  })
})
