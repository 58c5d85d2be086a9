import { describe, expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import type { JsonObject } from "../../src/kernel/json.ts"
import { portal } from "../schema/portal.ts"
import { answerOf, change, file, folder, org, portalWorld, share, wordsOf } from "./portal.ts"
import { storeNames } from "./world.ts"

const { commands: _commands, events: _events, entities, ...rest } = portal

/** The portal, with boxes: what is in them goes with them, groups flow from them, and they have secrets. */
const app = daybook({
  schema: {
    ...rest,
    entities: {
      ...(entities as JsonObject),
      Box: {
        attributes: {
          name: { type: "string", unique: "value" },
          code: { type: "string", unique: "identity", permissions: { read: "org-admin" } },
          secret: { type: "string", permissions: { read: "org-admin" } },
          owner: { type: "ref", to: ["User"] },
          org: { type: "ref", to: ["Org"], propagate: [{ direction: "reverse", when: true }] },
          parts: { type: "ref", to: ["Box"], many: true, component: true },
          guest: { type: "ref", to: ["User"], permissions: { write: "org-admin" } },
        },
        assign: [{ group: "owner", when: { reaches: ["$self", ["owner"], "$security"] } }],
        permissions: { read: ["owner", "org-admin", "org-member"], write: ["owner", "org-admin"] },
      },
    },
  },
})

const box = (id: string, set: JsonObject): JsonObject => ({ entity: "Box", id, set })

/** Each attempt: who tries, what, and what they are told. Nothing of it may change anything. */
const attempts: readonly [idea: string, who: string, ops: readonly JsonObject[], told: RegExp][] = [
  [
    "make oneself owner and use it in one transaction",
    "carol",
    [change("Folder", "d1", { owner: "carol" }), change("Folder", "d1", { title: "mine" })],
    /^forbidden/,
  ],
  [
    "become an administrator and use it in one transaction",
    "bob",
    [change("Org", "org1", { admins: ["bob"] }), change("File", "d4", { title: "mine" })],
    /^forbidden \/data\/ops\/0/,
  ],
  [
    "use a right first and give it to oneself later in the transaction",
    "bob",
    [change("File", "d4", { title: "mine" }), change("File", "d4", { owner: "bob" })],
    /^forbidden \/data\/ops\/0/,
  ],
  ["plant something into a foreign organisation", "carol", [file("~x", { org: "org1", owner: "carol" })], /^invalid/],
  ["plant something into a foreign folder", "dave", [file("~x", { folder: "d1", owner: "dave" })], /^invalid/],
  [
    "push one's groups onto a document by a new one that points at it",
    "carol",
    [file("~x", { owner: "carol", org: "org2", related: ["d1"] })],
    /^forbidden .*related/,
  ],
  [
    "push them by the other side of the reference",
    "carol",
    [change("Folder", "d1", { "Document/_related": ["d5"] })],
    /^forbidden/,
  ],
  [
    "let a foreign document point at one's own, backwards",
    "carol",
    [file("~x", { owner: "carol", "Document/_folder": ["d2"] })],
    /^(forbidden|invalid)/,
  ],
  [
    "share a foreign document with one's own organisation",
    "dave",
    [org("~o", { admins: ["dave"] }), share("~s", { to: "~o", document: "d1", active: true })],
    /^(forbidden|invalid)/,
  ],
  [
    "share what one only reads with an organisation that one makes",
    "carol",
    [org("~o", { admins: ["carol"] }), share("~s", { to: "~o", document: "d1", active: true })],
    /^forbidden/,
  ],
  ["open a guard by writing what it reads", "carol", [change("Share", "s2", { active: true })], /^forbidden/],
  [
    "open a guard by taking away what it reads",
    "alice",
    [{ entity: "File", id: "d3", set: { private: null } }],
    /^not-found/,
  ],
  ["take a member's place by taking the list away", "bob", [change("Org", "org1", { admins: null })], /^forbidden/],
  [
    "make a foreign thing a part of one's own, to retract it with it",
    "carol",
    [box("~b", { owner: "carol", parts: ["b1"] }), { retract: "~b" }],
    /^(forbidden|invalid|conflict)/,
  ],
  [
    "retract a foreign thing by what it is a part of",
    "dave",
    [{ retract: "b2" }],
    /^forbidden \/data\/ops\/0\/retract/,
  ],
  [
    "make what one only reads a part of one's own, to retract it with it",
    "bob",
    [box("~b", { owner: "bob", parts: ["b1"] }), { retract: "~b" }],
    /^forbidden/,
  ],
  [
    "make parts of a foreign thing by a nested map",
    "carol",
    [box("~b", { owner: "carol", parts: [{ entity: "Box", id: "b1", set: { owner: "carol" } }] })],
    /^(not-found|forbidden|conflict)/,
  ],
  [
    "change a foreign document by a nested map in one's own",
    "carol",
    [change("File", "d5", { folder: { entity: "Folder", id: "d1", set: { owner: "carol" } } })],
    /^forbidden/,
  ],
  [
    "name a foreign thing by the id that a temporary name would have",
    "carol",
    [file("d3", { owner: "carol" }), file("~y", { owner: "carol", folder: "d3" })],
    /^conflict/,
  ],
  [
    "change what a thing is",
    "carol",
    [{ entity: "Folder", id: "d5", set: { title: "now a folder" } }],
    /^conflict \/data\/ops\/0\/id/,
  ],
  [
    "take a document's place: retract what one owns, and make it anew for somebody else's rights",
    "alice",
    [{ retract: "d4" }, file("d4", { owner: "alice" })],
    /^forbidden/,
  ],
  [
    "write what an attribute's own rule forbids, though the entity's allows it",
    "dave",
    [box("b2", { guest: "dave" })],
    /^forbidden .*guest/,
  ],
  ["write it while it is made", "dave", [box("~b", { owner: "dave", guest: "dave" })], /^forbidden .*guest/],
  ["add to it by cas", "dave", [{ cas: "b2", attr: "guest", old: null, new: "dave" }], /^forbidden/],
  [
    "write to what one comes to own by a document that one makes",
    "bob",
    [folder("~f", { owner: "bob", org: "org1" }), change("File", "d4", { folder: "~f" })],
    /^forbidden/,
  ],
]

describe.each(storeNames)("on %s", name => {
  const begin = async () => {
    const world = await portalWorld(name, { app })
    await world.transact(
      [
        box("b1", { name: "first", code: "1234", secret: "hush", org: "org1" }),
        box("b2", { name: "second", code: "5678", secret: "hush", owner: "dave", parts: ["b3"] }),
        box("b3", { name: "third", owner: "alice", code: "9" }),
      ],
      { as: "system" },
    )
    await world.transact([box("b2", { parts: ["b3", "b4"] }), box("b4", { name: "fourth" })], { as: "system" })
    return world
  }

  test.each(attempts)("nobody gains by trying to %s [L31 L79]", async (_idea, who, ops, told) => {
    const world = await begin()
    const basis = await world.daybook.basis()
    expect(await answerOf(world.transact([...ops], { as: who }))).toMatch(told)
    expect(await world.daybook.basis()).toBe(basis)
  })

  test("a value that may not be read cannot be tried: by cas, as a lookup, or by writing it again", async () => {
    const world = await begin()
    const words = (ops: JsonObject[], value: string) => wordsOf(world.transact(ops, { as: "dave" }), value)
    const cas = (old: string) => words([{ cas: "b2", attr: "secret", old, new: "x" }], old)
    expect(await cas("hush")).toBe(await cas("wrong"))
    // He owns the box, and may not read its code: so he does not find it by that.
    const found = (code: string) => words([{ entity: "Box", id: ["Box/code", code], set: { name: "found" } }], code)
    expect(await found("5678")).toBe(await found("0000"))
    const twice = (code: string) =>
      words([{ entity: "Box", id: "b2", set: { name: "n" } }, { retract: ["Box/code", code] }], code)
    expect(await twice("5678")).toBe(await twice("0000"))
    expect(await world.document("b2")).toMatchObject({ name: "second" })
  })

  test("that a unique value is taken is said without its holder, whether that may be read or not", async () => {
    const world = await begin()
    const take = (value: string) =>
      wordsOf(world.transact([box("~b", { owner: "carol", name: value })], { as: "carol" }), value)
    expect(await take("first")).toBe(await take("second"))
    expect(await take("first")).not.toMatch(/b1|b2|dave/)
    expect(await take("free")).toContain("succeeded")
  })

  test("what is refused for want of a right says nothing of whether the rest would have been good", async () => {
    const world = await begin()
    const words = (ops: JsonObject[]) => wordsOf(world.transact(ops, { as: "carol" }), "-")
    const title = (value: unknown) => words([change("Folder", "d1", { title: value } as JsonObject)])
    expect(await title("fine")).toBe(await title("x".repeat(500)))
    const cas = (old: string) => words([{ cas: "d1", attr: "title", old, new: "x" }])
    expect(await cas("d1")).toBe(await cas("d2"))
  })
})
