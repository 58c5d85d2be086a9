import { expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import { partsOf } from "../../src/app/parts.ts"
import { sqliteStore } from "../../src/adapters/sqlite/index.ts"
import type { Json, JsonObject } from "../../src/kernel/json.ts"
import { namedQueryNeeds } from "../../src/kernel/named-query.ts"
import type { Store } from "../../src/ports/store.ts"
import { defineSchema } from "../../src/schema/infer.ts"
import { testApp } from "../../src/testing/app.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { asked, portal } from "./portal.ts"

const schema = defineSchema({
  daybook: 1,
  name: "site",
  version: 1,
  groups: { anybody: {}, self: {} },
  entities: {
    User: {
      attributes: {
        name: { type: "string", index: true },
        email: { type: "string", unique: "identity" },
        passwordDigest: { type: "string", sensitive: true },
      },
      assign: [{ group: "self", when: { is: ["$self", "$security"] } }],
      permissions: { read: "self" },
    },
    PageView: {
      attributes: { url: { type: "string", index: true } },
      assign: [{ group: "anybody", when: true }],
      permissions: { read: "anybody" },
    },
  },
})
const { query } = partsOf(schema)

const listUsers = query("list-users", {
  run: ({ find }) =>
    find({
      find: ["?name", ["pull", "?u", ["*", "passwordDigest"]]],
      where: [["?u", "User/name", "?name"]],
      order: [["?name", "asc"]],
    }),
})
const listPageViews = query("list-page-views", {
  run: async ({ find, ask }) => {
    const views = await find({ find: ["?v", "?url"], where: [["?v", "PageView/url", "?url"]] })
    const timed = (views as [string, string][]).map(async ([view, url]) => {
      const [first] = (await ask({ history: view })) as JsonObject[]
      return { url, at: first!["at"]! }
    })
    return Promise.all(timed)
  },
})

test("users are listed without their password digests, page views with the instant of their transaction [QS5 CE8]", async () => {
  const app = await testApp(daybook({ schema, queries: [listUsers, listPageViews] }), { start: "2030-01-01T00:00:00Z" })
  const ops = ["ann", "bob"].map(id => ({
    entity: "User",
    id,
    set: { name: id, email: `${id}@example.org`, passwordDigest: `digest of ${id}` },
  }))
  await app.send("Transact", null, { ops })
  await app.at("2030-01-01T08:30:00Z")
  await app.send("Transact", null, { ops: [{ entity: "PageView", id: "v", set: { url: "/pricing" } }] })
  const told = (id: string) => [id, { "@id": id, name: id, email: `${id}@example.org` }]
  expect(await asked(app, { name: "list-users" })).toEqual([told("ann"), told("bob")])
  // It reads with the eyes of whoever asks: there is no other list for those who may see less.
  expect(await asked(app, { name: "list-users" }, "bob")).toEqual([told("bob")])
  const views = [{ url: "/pricing", at: "2030-01-01T08:30:00.000Z" }]
  expect(await asked(app, { name: "list-page-views" }, "anonymous")).toEqual(views)
  await app.close()
})

/** What a query of each kind may be, and who asks it. */
const everyKind: readonly Json[] = [
  { pull: ["*", { "Document/_folder": ["title", "@groups"] }], of: "plans" },
  { pull: ["title"], of: ["User/email", "alice@example.org"] },
  { find: ["?d"], where: [["?d", "Document/title", "?t"]], limit: 2 },
  { find: [["count", "?d"], "."], where: [["?d", "Document/title"]], asOf: 1 },
  { history: "plans" },
  { diff: "plans", from: 0, to: 1 },
  { name: "titles" },
]

test("no query of any kind writes, whoever asks, and what a named one is handed can only read [QS9 QS6]", async () => {
  const store = sqliteStore({ path: ":memory:" })
  let commits = 0
  const watched: Store = {
    ...store,
    commit: writes => {
      commits++
      return store.commit(writes)
    },
  }
  const titles = partsOf(schema).query("titles", {
    run: ({ find }) => find({ find: ["?t"], where: [["?d", "Document/title", "?t"]] }),
  })
  const app = await portal(watched, { queries: [titles] })
  await app.settle()
  const [basis, before] = [await app.daybook.basis(), commits]
  for (const body of everyKind) {
    for (const who of ["system", "carol", "anonymous"]) {
      expect(await app.daybook.query(body, { principal: who })).toMatchObject({ basisT: 1 })
    }
  }
  await app.settle()
  expect([await app.daybook.basis(), commits - before]).toEqual([basis, 0])
  // No `transact`, no `command`, no store: an adapter aside, there is nothing to write with.
  expect(namedQueryNeeds).toEqual(["data", "asker", "t", "ask", "pull", "find"])
  await app.close()
})

test("who is trusted with everything is answered by the store alone, and nobody is asked who sees what [L76]", async () => {
  const store = sqliteStore({ path: ":memory:", now: () => simulatedClock().now() })
  const scopes: boolean[] = []
  const watched: Store = {
    ...store,
    datalog: {
      answer: (query, options) => {
        scopes.push(options.scope !== null)
        return store.datalog.answer(query, options)
      },
    },
  }
  const app = await portal(watched)
  const titles = { find: [["?t", "..."]], where: [["?d", "Document/title", "?t"]], order: [["?t", "asc"]] }
  const everything = ["Budget", "Diary", "Minutes", "Offer", "Plans", "Terms"]
  expect(await asked(app, titles, "system")).toEqual(everything)
  expect(scopes).toEqual([false])
  expect(await asked(app, titles, "dave")).toEqual(["Offer", "Terms"])
  expect(scopes.slice(1)).not.toContain(false)
  await app.close()
})
