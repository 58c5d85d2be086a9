import { describe, expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import type { Json, JsonObject } from "../../src/kernel/json.ts"
import { testApp } from "../../src/testing/app.ts"
import { stores } from "../stores.ts"
import { asked, portal } from "./portal.ts"

const set = (entity: string, id: string, values: JsonObject, more: JsonObject = {}): JsonObject => ({
  entity,
  id,
  set: values,
  ...more,
})
const brief = (entries: Json) =>
  (entries as readonly JsonObject[]).map(({ t, attr, old, new: now }) => [t, attr, old, now])

describe.each(stores)("on %s", (_name, open) => {
  test("a history tells each change of each attribute, oldest first, with what caused it [L84 CE9]", async () => {
    const app = await portal(open)
    const change = [
      set("Folder", "plans", { title: "New plans", notes: null }),
      set("File", "offer", {}, { add: { related: ["plans"] } }),
    ]
    await app.send("Transact", null, { ops: change }, { id: "c-change" })
    await app.send(
      "Transact",
      null,
      { ops: [{ retract: "plans-for-zenith" }, { retract: "plans" }] },
      { id: "c-retract" },
    )
    const entries = (await asked(app, { history: "plans" })) as readonly JsonObject[]
    expect(brief(entries).filter(([, attr]) => attr === "title" || attr === "notes")).toEqual([
      [1, "title", null, "Plans"],
      [1, "notes", null, "For us alone"],
      [2, "title", "Plans", "New plans"],
      [2, "notes", "For us alone", null],
      [3, "title", "New plans", null],
    ])
    const event = (await app.daybook.stream("plans", 2, 1)).events[0]!
    expect(entries.find(({ t }) => t === 2)).toMatchObject({
      at: event.at,
      event: event.id,
      command: "c-change",
      eventType: "EntityChanged",
      commandType: "Transact",
      actor: "system",
    })
    const related = (await asked(app, { history: "offer" })) as readonly JsonObject[]
    expect(related.filter(({ attr }) => attr === "related").map(({ added, removed }) => [added, removed])).toEqual([
      [["terms"], []],
      [["plans"], []],
      [[], ["plans"]],
    ])
    await app.close()
  })

  test("a history is read in pages of whole transactions, and up to, or from, a moment [L84 QS10]", async () => {
    const app = await portal(open)
    for (const title of ["B", "C", "D"]) await app.send("Transact", null, { ops: [set("File", "budget", { title })] })
    const titles = async (body: JsonObject) => brief(await asked(app, body)).filter(([, attr]) => attr === "title")
    expect((await titles({ history: "budget", asOf: 2 })).map(([t]) => t)).toEqual([1, 2])
    expect((await titles({ history: "budget", since: 2 })).map(([t]) => t)).toEqual([3, 4])
    const first = await app.daybook.query({ history: "budget", limit: 2 }, { principal: "system" })
    expect(first.next).toBe("1")
    const second = await app.daybook.query({ history: "budget", limit: 2, after: first.next! }, { principal: "system" })
    expect(brief(second.result).map(([t]) => t)).toEqual([2, 3])
    const third = await app.daybook.query({ history: "budget", limit: 2, after: second.next! }, { principal: "system" })
    expect([brief(third.result).map(([t]) => t), third.next]).toEqual([[4], undefined])
    await app.close()
  })

  test("the past is judged by the rights of today, and what is gone by those of its last moment [L84 X19]", async () => {
    const app = await portal(open)
    const attributes = async (principal: string) =>
      new Set(brief(await asked(app, { history: "plans" }, principal)).map(([, attr]) => attr))
    expect(await attributes("bob")).toEqual(new Set(["title", "notes", "private", "status", "org", "owner"]))
    expect(await attributes("carol")).toEqual(new Set(["title", "private", "status"]))
    await app.send("Transact", null, { ops: [set("Share", "plans-for-zenith", { active: false })] })
    expect(await asked(app, { history: "plans" }, "carol")).toEqual([])
    expect(await asked(app, { pull: ["title"], of: "plans", asOf: 1 }, "carol")).toBeNull()
    expect(await asked(app, { pull: ["title"], of: "plans", asOf: 1 }, "bob")).toEqual({ title: "Plans" })
    await app.send("Transact", null, { ops: [{ retract: "plans-for-zenith" }, { retract: "plans" }] })
    expect(await attributes("bob")).toEqual(new Set(["title", "notes", "private", "status", "org", "owner"]))
    expect(await asked(app, { pull: ["title"], of: "plans", asOf: 1 }, "bob")).toEqual({ title: "Plans" })
    expect(await asked(app, { pull: ["title"], of: "plans" }, "bob")).toBeNull()
    expect(await asked(app, { history: "nobody" }, "bob")).toEqual([])
    await app.close()
  })

  test("a difference tells what differs between two moments, each a t or an instant [L84]", async () => {
    const app = await portal(open)
    await app.send("Transact", null, {
      ops: [set("File", "offer", { title: "Last offer" }, { remove: { related: ["terms"] } })],
    })
    const expected = [
      { attr: "title", old: "Offer", new: "Last offer" },
      { attr: "related", old: ["terms"], new: null, added: [], removed: ["terms"] },
    ]
    expect(await asked(app, { diff: "offer", from: 1, to: 2 })).toEqual(expected)
    expect(await asked(app, { diff: "offer", from: 1, to: 99 })).toEqual(expected)
    const all = await asked(app, { diff: "offer", from: "2001-01-01T00:00:00Z", to: 1 })
    expect(all).toEqual(await asked(app, { diff: "offer", from: 0, to: 1 }))
    expect(await asked(app, { diff: "offer", from: 1, to: 1 })).toEqual([])
    const names = (told: Json) => (told as readonly JsonObject[]).map(({ attr }) => attr)
    expect([names(all), names(await asked(app, { diff: "offer", from: 0, to: 1 }, "carol"))]).toEqual([
      ["title", "private", "status", "org", "owner", "related"],
      ["title", "private", "status", "related"],
    ])
    await app.close()
  })

  test("asOf tells everything as it was, since only what is new, and what is to come is now [L83 L84 QS7]", async () => {
    const app = await portal(open)
    await app.send("Transact", null, {
      ops: [set("Folder", "plans", { title: "New plans" }), set("File", "more", { title: "More", folder: "plans" })],
    })
    const pull = ["title", "status", "@t", { "Document/_folder": ["@id"] }]
    const ask = (more: object) => app.daybook.query({ pull, of: "plans", ...more }, { principal: "system" })
    expect(await ask({ asOf: 1 })).toEqual({
      basisT: 1,
      result: {
        title: "Plans",
        status: "published",
        "@t": 1,
        "Document/_folder": [{ "@id": "budget" }, { "@id": "diary" }],
      },
    })
    expect(await ask({ since: 1 })).toEqual({
      basisT: 2,
      result: { title: "New plans", "@t": 2, "Document/_folder": [{ "@id": "more" }] },
    })
    expect((await ask({ asOf: 1_000 })).basisT).toBe(2)
    expect((await ask({ asOf: "2001-01-01T00:00:00Z" })).result).toBeNull()
    await app.close()
  })

  test("datalog of the past finds what is gone for whom it was at its last moment, and for nobody else [L84 L75]", async () => {
    const app = await portal(open)
    const gone = ["plans", "offer"]
    const found = async (principal: string, name: string, asOf: number) => {
      const query = { find: ["?d"], where: [["?d", `Document/${name}`, "?v"]], asOf }
      const rows = (await asked(app, query, principal)) as readonly [string][]
      return rows.flatMap(([id]) => (gone.includes(id) ? [id] : [])).toSorted()
    }
    const all = async (asOf: number) => {
      const told: Json[] = []
      for (const reader of ["alice", "bob", "carol", "dave", "anonymous"]) {
        for (const name of ["title", "notes", "status"]) told.push([reader, name, await found(reader, name, asOf)])
      }
      return told
    }
    const then = await all(1)
    expect(then).toContainEqual(["carol", "title", ["offer", "plans"]])
    expect(then).toContainEqual(["carol", "notes", []])
    expect(then).toContainEqual(["anonymous", "title", []])
    const shares = ["plans-for-zenith", "offer-for-zenith"]
    await app.send("Transact", null, { ops: [...shares, ...gone].map(id => ({ retract: id })) })
    expect(await all(1)).toEqual(then)
    expect(await found("system", "title", 2)).toEqual([])
    // What was shared no more when it ended is not told of, though it was once.
    await app.send("Transact", null, { ops: [set("Folder", "late", { title: "Late", org: "acme", owner: "carol" })] })
    await app.send("Transact", null, { ops: [set("Folder", "late", { owner: "dave" })] })
    await app.send("Transact", null, { ops: [{ retract: "late" }] })
    gone.push("late")
    const told = async (reader: string) => (await found(reader, "title", 3)).includes("late")
    expect([await told("alice"), await told("carol"), await told("dave")]).toEqual([true, false, true])
    await app.close()
  })

  test("an attribute without a history shows no past [X19]", async () => {
    const schema = {
      daybook: 1,
      name: "n",
      version: 1,
      entities: { P: { attributes: { name: { type: "string" }, address: { type: "string", noHistory: true } } } },
    }
    const app = await testApp(daybook({ schema }), { store: open })
    for (const address of ["here", "there"])
      await app.send("Transact", null, { ops: [set("P", "p", { name: "Pat", address })] })
    expect(await asked(app, { pull: ["*"], of: "p" })).toEqual({ "@id": "p", name: "Pat", address: "there" })
    expect(await asked(app, { pull: ["*"], of: "p", asOf: 1 })).toEqual({ "@id": "p", name: "Pat" })
    expect(brief(await asked(app, { history: "p" })).map(([, attr]) => attr)).toEqual(["name"])
    expect(await asked(app, { diff: "p", from: 1, to: 2 })).toEqual([])
    await app.close()
  })

  test("nor is it found by what it was, in no way that there is to ask [X19 L84]", async () => {
    const kept = { noHistory: true } as const
    const attributes = {
      name: { type: "string", index: true },
      address: { type: "string", index: true, unique: "identity", ...kept },
      notes: { type: "string", many: true, ...kept },
      friend: { type: "ref", to: ["P"], ...kept },
    }
    const schema = { daybook: 1, name: "n", version: 1, entities: { P: { attributes } } } as const
    const app = await testApp(daybook({ schema }), { store: open })
    const said = (address: string, notes: string[], friend: string) =>
      set("P", "p", { name: "Pat", address, notes, friend })
    await app.send("Transact", null, { ops: [set("P", "q", {}), set("P", "r", {}), said("here", ["a", "b"], "q")] })
    await app.send("Transact", null, { ops: [said("there", ["b", "c"], "r")] })
    const found = async (where: Json[], more: JsonObject = {}) =>
      (await asked(app, { find: ["?v"], where, asOf: 1, ...more })) as Json[]
    expect(await found([["p", "P/name", "?v"]])).toEqual([["Pat"]])
    expect(await found([["p", "P/address", "?v"]])).toEqual([])
    expect(await found([["?v", "P/address", "here"]])).toEqual([])
    expect(await found([["p", "P/notes", "?v"]])).toEqual([["b"]])
    expect(await found([["p", "P/friend", "?v"]])).toEqual([])
    expect(await found([["p", "?v", "_"]])).toEqual([["P/name"], ["P/notes"]])
    expect(
      await found([
        ["p", "P/name", "_"],
        [["getElse", "p", "P/address", "none"], "?v"],
      ]),
    ).toEqual([["none"]])
    expect(
      await found([
        ["p", "P/name", "?v"],
        ["not", ["p", "P/address", "here"]],
      ]),
    ).toEqual([["Pat"]])
    expect(
      await found([["follows", "p", "?v"]], {
        rules: [
          [
            ["follows", "?a", "?b"],
            ["?a", "P/friend", "?b"],
          ],
        ],
      }),
    ).toEqual([])
    expect(await asked(app, { pull: ["name"], of: ["P/address", "here"], asOf: 1 })).toBeNull()
    expect(await asked(app, { pull: [{ "P/_friend": ["name"] }], of: "q", asOf: 1 })).toEqual({})
    expect(await asked(app, { pull: ["*"], of: "p", asOf: 1 })).toEqual({ "@id": "p", name: "Pat", notes: ["b"] })
    expect(await found([["p", "P/address", "?v"]], { asOf: 2 })).toEqual([["there"]])
    await app.close()
  })
})

test("a query waits for the t that it must be of, and is refused when that does not come [QS7]", async () => {
  const app = await portal()
  const body = { pull: ["title"], of: "plans", minBasisT: 2 }
  const waiting = app.daybook.query(body, { principal: "system" })
  await app.send("Transact", null, { ops: [set("Folder", "plans", { title: "New plans" })] })
  expect(await waiting).toEqual({ basisT: 2, result: { title: "New plans" } })
  const inVain = app.daybook.query({ ...body, minBasisT: 9, timeoutMs: 500 }, { principal: "system" })
  const refused = inVain.catch((error: unknown) => error)
  await app.clock.advance(600)
  expect(await refused).toMatchObject({ code: "timeout", facts: { t: 9 } })
  await app.close()
})
