import { describe, expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import type { Json } from "../../src/kernel/json.ts"
import { testApp, type TestApp } from "../../src/testing/app.ts"
import { stores } from "../stores.ts"
import { asked, portal } from "./portal.ts"

/** Parts of a whole, friends in circles, and lists of names: what pull is tried on elsewhere. */
const schema = {
  daybook: 1,
  name: "people",
  version: 1,
  entities: {
    Person: {
      attributes: {
        name: { type: "string", unique: "identity" },
        aka: { type: "string", many: true },
        friend: { type: "ref", many: true, to: ["Person"] },
        next: { type: "ref", to: ["Person"] },
        secret: { type: "string", sensitive: true },
        passport: { type: "ref", to: ["Part"], component: true },
      },
    },
    Part: {
      attributes: { name: { type: "string" }, parts: { type: "ref", many: true, component: true, to: ["Part"] } },
    },
    Robot: { attributes: { serial: { type: "integer", unique: "value" }, owner: { type: "ref", to: ["Person"] } } },
  },
}

async function people(open: (typeof stores)[number][1], ops: readonly Json[]): Promise<TestApp> {
  const app = await testApp(daybook({ schema }), { store: open })
  await app.send("Transact", null, { ops })
  return app
}

const person = (id: string, friends: readonly string[] = [], more: object = {}) => ({
  entity: "Person",
  id,
  set: { name: id.toUpperCase(), ...more },
  add: { friend: friends },
})

describe.each(stores)("on %s", (_name, open) => {
  test("a pattern tells attributes, built-in ones, refs by their ids, and who points there [L67 L69 L71]", async () => {
    const app = await portal(open)
    const pull = ["title", "File/notes", "@id", "@type", "folder", "Document/_related", "colour", { folder: ["title"] }]
    expect(await asked(app, { pull, of: "budget" })).toEqual({
      title: "Budget",
      "File/notes": "Still a guess",
      "@id": "budget",
      "@type": "File",
      folder: { title: "Plans" },
    })
    const back = ["@t", "@createdT", { "Document/_folder": ["title"] }, "Share/_document", "Folder/_folder"]
    expect(await asked(app, { pull: back, of: "plans" })).toEqual({
      "@t": 1,
      "@createdT": 1,
      "Document/_folder": [{ title: "Budget" }, { title: "Diary" }],
      "Share/_document": ["plans-for-zenith"],
    })
    await app.close()
  })

  test("for who sees everything, all attributes are the document itself, without what is sensitive [L68 QS5]", async () => {
    const app = await portal(open)
    for (const id of ["alice", "acme", "plans", "budget", "offer", "plans-for-zenith"]) {
      const { passwordDigest: _, ...document } = (await app.daybook.entity(id))!.document
      expect(await asked(app, { pull: ["*"], of: id })).toEqual({ "@id": id, ...document })
    }
    expect(await asked(app, { pull: ["passwordDigest", "name"], of: "bob" })).toEqual({ name: "Bob Brown" })
    await app.close()
  })

  test("an entity is named by its id, by a unique value, or with others; one that is not there is null [L67]", async () => {
    const app = await people(open, [person("ann"), person("bob"), { entity: "Robot", id: "r1", set: { serial: 7 } }])
    const pull = ["@id"]
    expect(await asked(app, { pull, of: ["Person/name", "ANN"] })).toEqual({ "@id": "ann" })
    expect(await asked(app, { pull, of: ["Robot/serial", 7] })).toEqual({ "@id": "r1" })
    expect(await asked(app, { pull, of: ["Robot/serial", "7"] })).toEqual({ "@id": "r1" })
    expect(await asked(app, { pull, of: ["Person/name", "NOBODY"] })).toBeNull()
    expect(await asked(app, { pull, of: ["ann", "bob"] })).toEqual([{ "@id": "ann" }, { "@id": "bob" }])
    expect(await asked(app, { pull, of: ["ann", ["Person/name", "BOB"], "nobody", "ann"] })).toEqual([
      { "@id": "ann" },
      { "@id": "bob" },
      null,
      { "@id": "ann" },
    ])
    expect(await asked(app, { pull, of: [] })).toEqual([])
    await app.close()
  })

  test("recursion goes so many levels, or until it comes by an entity again, which is its id alone [L67]", async () => {
    const app = await people(open, [
      person("a", ["b"]),
      person("b", ["c", "d"]),
      person("c", ["a"]),
      person("d", ["d"]),
    ])
    expect(await asked(app, { pull: ["@id", { friend: 1 }], of: "a" })).toEqual({
      "@id": "a",
      friend: [{ "@id": "b" }],
    })
    expect(await asked(app, { pull: ["name", { friend: "..." }], of: "a" })).toEqual({
      name: "A",
      friend: [
        {
          name: "B",
          friend: [
            { name: "C", friend: [{ name: "A", friend: [{ "@id": "b" }] }] },
            { name: "D", friend: [{ "@id": "d" }] },
          ],
        },
      ],
    })
    expect(await asked(app, { pull: ["@id", { "Person/_friend": 2 }], of: "a" })).toEqual({
      "@id": "a",
      "Person/_friend": [{ "@id": "c", "Person/_friend": [{ "@id": "b" }] }],
    })
    await app.close()
  })

  test("a long chain is walked to its end, there and back [L67 QS8]", async () => {
    const link = (i: number, last: number) => person(`p${i}`, [], i < last ? { next: `p${i + 1}` } : {})
    const app = await people(
      open,
      Array.from({ length: 200 }, (_, i) => link(i, 199)),
    )
    const depthOf = async (pattern: string, of: string) => {
      let at = (await asked(app, { pull: ["@id", { [pattern]: "..." }], of })) as Record<string, never> | undefined
      for (let depth = 0; ; depth++) {
        if (at === undefined) return depth
        const onward: never = at[pattern] as never
        at = Array.isArray(onward) ? onward[0] : onward
      }
    }
    expect(await depthOf("next", "p0")).toBe(200)
    expect(await depthOf("Person/_next", "p199")).toBe(200)
    await app.close()
  })

  test("what belongs to an entity is told with it, and points back as one [L67]", async () => {
    const app = await people(open, [
      { entity: "Part", id: "leaf", set: { name: "leaf" } },
      { entity: "Part", id: "root", set: { name: "root" }, add: { parts: ["leaf"] } },
      person("a", [], { passport: "root" }),
    ])
    const whole = { "@id": "root", name: "root", parts: [{ "@id": "leaf", name: "leaf" }] }
    expect(await asked(app, { pull: ["*"], of: "a" })).toEqual({ "@id": "a", name: "A", passport: whole })
    expect(await asked(app, { pull: ["passport"], of: "a" })).toEqual({ passport: whole })
    expect(await asked(app, { pull: [{ passport: ["name"] }], of: "a" })).toEqual({ passport: { name: "root" } })
    expect(await asked(app, { pull: ["Person/_passport"], of: "root" })).toEqual({ "Person/_passport": "a" })
    await app.close()
  })

  test("a union tells each entity by its type, and leaves out what it does not name [L67]", async () => {
    const app = await portal(open)
    const union = { Folder: ["title", { "Document/_folder": "..." }], File: ["@id"] }
    expect(await asked(app, { pull: union, of: "plans" })).toEqual({
      title: "Plans",
      "Document/_folder": [{ "@id": "budget" }, { "@id": "diary" }],
    })
    const some = [{ "Document/_org": { Folder: ["title"] } }, { "Document/_owner": { Document: ["@type"] } }]
    expect(await asked(app, { pull: some, of: "acme" })).toEqual({ "Document/_org": [{ title: "Plans" }] })
    expect(await asked(app, { pull: { User: ["name"] }, of: "acme" })).toBeNull()
    await app.close()
  })

  test("parameters cut, rename, and say what to tell where there is nothing [L67 QS10]", async () => {
    const many = Array.from({ length: 1_005 }, (_, i) => `n${i}`)
    const app = await people(open, [person("a", ["b", "c", "d"]), person("b"), person("c"), person("d")])
    await app.send("Transact", null, { ops: [{ entity: "Person", id: "a", add: { aka: many } }] })
    const of = "a"
    expect(await asked(app, { pull: [["aka", { limit: 2, offset: 1, as: "alias" }]], of })).toEqual({
      alias: ["n1", "n2"],
    })
    expect(await asked(app, { pull: [[{ friend: ["@id"] }, { limit: 1, offset: 1 }]], of })).toEqual({
      friend: [{ "@id": "c" }],
    })
    expect(
      await asked(app, {
        pull: [
          ["secret", { default: "none" }],
          ["next", { default: null }],
        ],
        of,
      }),
    ).toEqual({
      secret: "none",
      next: null,
    })
    const lengthOf = async (pull: Json) => ((await asked(app, { pull, of })) as { aka: Json[] }).aka.length
    expect(await lengthOf(["aka"])).toBe(many.length)
    expect(await lengthOf([["aka", { limit: null }]])).toBe(many.length)
    await app.close()
  })

  test("who asks sees what they may, at every step, and is told their groups [L70 L72]", async () => {
    const app = await portal(open)
    const pull = ["title", "notes", "owner", { "Document/_folder": ["title"] }, "org", "@groups", "@permissions"]
    expect(await asked(app, { pull, of: "plans" }, "bob")).toEqual({
      title: "Plans",
      notes: "For us alone",
      owner: "bob",
      "Document/_folder": [{ title: "Budget" }, { title: "Diary" }],
      org: "acme",
      "@groups": ["member", "owner"],
      "@permissions": ["read", "retract", "write"],
    })
    expect(await asked(app, { pull, of: "plans" }, "carol")).toEqual({
      title: "Plans",
      "Document/_folder": [{ title: "Budget" }],
      "@groups": ["guest"],
      "@permissions": ["read"],
    })
    const readers = ["alice", "bob", "carol", "dave", "anonymous", "nobody"]
    const seen = await Promise.all(readers.map(reader => asked(app, { pull: ["@id"], of: everybody }, reader)))
    expect(seen.map(ids => (ids as ({ "@id": string } | null)[]).flatMap(found => found?.["@id"] ?? []))).toEqual([
      ["alice", "acme", "plans", "budget", "offer", "terms"],
      ["bob", "acme", "plans", "budget", "diary", "offer", "terms"],
      ["carol", "zenith", "plans", "budget", "offer", "terms", "minutes", "plans-for-zenith", "offer-for-zenith"],
      ["dave", "offer", "terms"],
      [],
      [],
    ])
    await app.close()
  })
})

const everybody =
  "alice bob carol dave acme zenith plans budget diary offer terms minutes plans-for-zenith offer-for-zenith".split(" ")
