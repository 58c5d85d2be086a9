import { describe, expect, test } from "vitest"
import type { JsonObject } from "../../src/kernel/json.ts"
import { answerOf, change, everybody, file, folder, org, people, portalWorld, share, types, wordsOf } from "./portal.ts"
import { refusalOf, storeNames } from "./world.ts"

const readable: { readonly [person: string]: string } = {
  alice: "alice d1 d2 d4 d5 org1",
  bob: "bob d1 d2 d3 d4 d5 org1",
  carol: "carol d1 d2 d4 d5 d6 org2 s1 s2",
  dave: "d4 d5 dave",
}
const writable: { readonly [person: string]: string } = {
  alice: "alice d1 d2 d4 d5 org1",
  bob: "bob d1 d2 d3",
  carol: "carol d4 d5",
  dave: "d4 d5 dave",
}

/** A change of any entity of the portal that means nothing to anybody's rights. */
const touch = (id: string): JsonObject => {
  const attribute = { User: "name", Org: "name", Share: "active" }[types[id]!] ?? "title"
  return change(types[id]!, id, { [attribute]: attribute === "active" ? true : `${id} by them` })
}

describe.each(storeNames)("on %s", name => {
  const begin = async () => {
    const world = await portalWorld(name)
    const as = async (who: string, ...ops: JsonObject[]) => answerOf(world.transact(ops, { as: who }))
    return { world, as }
  }

  test.each(everybody)(
    "%s changes what they may write; what they only read is forbidden, the rest is not there [L77 L78 L79 L31]",
    async who => {
      const { world, as } = await begin()
      for (const id of Object.keys(types).filter(id => types[id] !== "Share")) {
        const may = (table: typeof readable) => table[who]?.split(" ").includes(id) ?? false
        const path = types[id] === "User" || types[id] === "Org" ? "name" : "title"
        const refused = may(readable) ? `forbidden /data/ops/0/set/${path}` : "not-found /data/ops/0/id"
        expect([id, await as(who, touch(id))]).toEqual([id, may(writable) ? "done" : refused])
        expect((await world.document(id))?.[path] === `${id} by them`).toBe(may(writable))
      }
    },
  )

  test("system may do everything", async () => {
    const { as } = await begin()
    for (const id of Object.keys(types)) expect(await as("system", touch(id))).toBe("done")
    expect(await as("system", { retract: "d3" }, { retract: "org2" })).toMatch(/invalid|done/)
  })

  test("what may not be read and what is not there are answered in the same words, however they are named [L79]", async () => {
    const { world } = await begin()
    const ways: ((id: string) => JsonObject[])[] = [
      id => [change("File", id, { title: "mine" })],
      id => [{ entity: "File", id, add: { related: ["d4"] } }],
      id => [{ entity: "File", id }],
      id => [{ retract: id }],
      id => [{ cas: id, attr: "title", old: "d3", new: "x" }],
      id => [change("File", "d4", { folder: id })],
      id => [{ entity: "File", id: "d4", add: { related: [id] } }],
      id => [{ entity: "File", id: "d4", set: { "Document/_related": [id] } }],
      id => [file("~new", { owner: "dave", related: [id] })],
    ]
    for (const ops of ways) {
      const words = async (id: string) => wordsOf(world.transact(ops(id), { as: "dave" }), id)
      expect(await words("d3")).toBe(await words("d9"))
    }
    for (const rest of [{ expectedVersion: 1 }, { expectedVersion: 0 }, { basisT: 0 }, { basisT: 99 }]) {
      const words = async (id: string) =>
        wordsOf(world.transact([change("File", id, { title: "mine" })], { as: "dave", ...rest }), id)
      expect(await words("d3")).toBe(await words("d9"))
    }
    const targeted = async (id: string) => {
      const ops = [change("File", "d4", { title: "mine" })]
      return wordsOf(world.ask("Transact", { type: "File", id }, { ops }, { as: "dave", expectedVersion: 1 }), id)
    }
    expect(await targeted("d3")).toBe(await targeted("d9"))
    const seen = (await world.document("d3"))?.["uuid"] as string
    const none = "00000000-0000-4000-8000-999999999999"
    const found = async (value: string) =>
      wordsOf(world.transact([{ entity: "File", id: ["uuid", value], set: { title: "x" } }], { as: "dave" }), value)
    expect(await found(seen)).toBe(await found(none))
    expect(await found(seen)).toContain("not-found")
  })

  test("an id that is taken and may not be read is refused to those who might have made it, and says nothing of its holder", async () => {
    const { world } = await begin()
    const make = (id: string) => world.transact([file(id, { owner: "carol" })], { as: "carol" })
    const refusal = await refusalOf(make("d3"))
    expect(refusal).toMatchObject({ code: "conflict", message: "The id d3 cannot be used", facts: { id: "d3" } })
    expect((await refusalOf(make("org1"))).message).toBe("The id org1 cannot be used")
    expect(await answerOf(make("d9"))).toBe("done")
    await world.transact([{ retract: "d3" }], { as: "bob" })
    expect((await refusalOf(make("d3"))).message).toBe("The id d3 cannot be used")
    expect(await answerOf(world.transact([file("d3", { owner: "bob" })], { as: "bob" }))).toBe("done")
  })

  test("a new entity is judged where it ends up, with the whole transaction [L79]", async () => {
    const { as } = await begin()
    expect(await as("carol", file("n1", { owner: "carol" }))).toBe("done")
    expect(await as("carol", file("n2", { org: "org2" }))).toBe("forbidden /data/ops/0/id")
    expect(await as("dave", file("n3"))).toBe("not-found /data/ops/0/id")
    expect(await as("dave", file("~n3"))).toBe("forbidden /data/ops/0/id")
    expect(await as("alice", file("n4", { org: "org1" }))).toBe("done")
    expect(await as("bob", file("n5", { folder: "d1" }))).toBe("done")
    expect(await as("dave", org("~o", { admins: ["dave"] }), file("~f", { org: "~o" }))).toBe("done")
    expect(await as("anonymous", file("~f", {}))).toBe("forbidden /data/ops/0/id")
    expect(await as("nobody-at-all", org("~o", {}))).toBe("forbidden /data/ops/0/id")
  })

  test("a reference along which groups flow needs share on what receives them [L79 L32]", async () => {
    const { world, as } = await begin()
    const related = (id: string, to: string): JsonObject => ({ entity: "File", id, add: { related: [to] } })
    expect(await as("carol", related("d5", "d1"))).toBe("forbidden /data/ops/0/add/related")
    expect((await world.document("d5"))?.["related"]).toEqual(["d4"])
    expect(await as("carol", related("d5", "d6"))).toBe("forbidden /data/ops/0/add/related")
    expect(await as("carol", related("d4", "d5"))).toBe("done")
    expect(await as("carol", change("File", "d5", { related: ["d4", "d2"] }))).toBe("forbidden /data/ops/0/set/related")
    expect(await as("alice", related("d5", "d1"))).toBe("done")
    // What is there already is no new one, and may go.
    expect(await as("carol", change("File", "d5", { title: "t", related: ["d1"] }))).toBe("done")
    expect(await as("carol", share("~s", { to: "org2", document: "d1", active: true }))).toContain("forbidden")
  })

  test("what goes takes the permission to retract it, and drops what points at it, seen or not [L79]", async () => {
    const { world, as } = await begin()
    expect(await as("alice", { retract: "d1" })).toBe("forbidden /data/ops/0/retract")
    expect(await as("carol", { retract: "d1" })).toBe("forbidden /data/ops/0/retract")
    expect(await as("dave", { retract: "d4" })).toBe("invalid /data/ops/0/retract")
    expect(await as("system", { retract: "s2" })).toBe("done")
    expect(await as("dave", { retract: "d4" })).toBe("done")
    expect((await world.document("d6"))?.["related"]).toBe(undefined)
    expect(await as("bob", { retract: "d3" })).toBe("done")
    // A share that is not his to see needs a document: so it cannot go.
    expect(await as("bob", { retract: "d1" })).toBe("invalid /data/ops/0/retract")
  })

  test("what hidden things need cannot go, and is told once, without saying what needs it, or how many [L79 L31]", async () => {
    const { world, as } = await begin()
    const wanted = { path: "/data/ops/0/retract", code: "required", message: "is needed by what points at it" }
    const faultsOf = async (who: string, ...ops: JsonObject[]) =>
      (await refusalOf(world.transact(ops, { as: who }))).faults
    expect(await faultsOf("dave", { retract: "d4" })).toEqual([wanted])
    await world.transact([share("s3", { to: "org2", document: "d4", active: false })], { as: "system" })
    expect(await faultsOf("dave", { retract: "d4" })).toEqual([wanted])
    // Who sees what needs it is told of each.
    expect(await faultsOf("system", { retract: "d4" })).toHaveLength(2)
    // What is wrong besides stands alone: so nobody learns by their own faults whether there is more.
    const wrong = await faultsOf("dave", { retract: "d4" }, change("User", "dave", { email: "nowhere" }))
    expect(wrong.map(({ path }) => path)).toEqual(["/data/ops/1/set/email"])
    expect(await as("system", { retract: "s2" }, { retract: "s3" })).toBe("done")
    expect(await as("dave", { retract: "d4" })).toBe("done")
  })

  test("a rule of an attribute overrides its entity's, for writing as well [L64 L79]", async () => {
    const { world, as } = await begin()
    expect(await as("bob", { cas: "d1", attr: "notes", old: "for us", new: "for all" })).toBe("done")
    await world.transact([change("Org", "org2", { members: ["carol", "bob"] })], { as: "system" })
    // He owns it, and is its guest too: he writes the notes and may not read them, so he may not try what they are.
    for (const old of ["for all", "anything"]) {
      expect(await as("bob", { cas: "d1", attr: "notes", old, new: "x" })).toBe("forbidden /data/ops/0/attr")
    }
    expect(await as("bob", change("Folder", "d1", { notes: "blind" }))).toBe("done")
  })

  test("one refusal, and nothing is written [L79]", async () => {
    const { world, as } = await begin()
    const before = await world.daybook.basis()
    expect(await as("bob", touch("d1"), touch("d2"), touch("d4"))).toBe("forbidden /data/ops/2/set/title")
    expect(await as("bob", touch("d1"), file("~x", { owner: "alice" }))).toBe("forbidden /data/ops/1/id")
    expect(await world.daybook.basis()).toBe(before)
    const refusal = await refusalOf(world.transact([touch("d4"), touch("d5")], { as: "bob" }))
    expect(refusal.faults.map(({ path, code }) => `${path} ${code}`)).toEqual([
      "/data/ops/0/set/title forbidden",
      "/data/ops/1/set/title forbidden",
    ])
  })

  test("within one batch, each decision has the rights that those before it leave, and no others", async () => {
    const { world, as } = await begin()
    const title = (who: string, id: string) => as(who, change("File", id, { title: who }))
    const admins = (...ids: string[]) => as("system", change("Org", "org1", { admins: ids }))
    expect(
      await Promise.all([
        title("carol", "d2"),
        admins("carol"),
        title("carol", "d2"),
        title("alice", "d2"),
        as("carol", file("n1", { org: "org1" })),
        title("carol", "n1"),
        admins("alice"),
        title("carol", "n1"),
        title("alice", "n1"),
      ]),
    ).toEqual([
      "forbidden /data/ops/0/set/title",
      "done",
      "done",
      "not-found /data/ops/0/id",
      "done",
      "done",
      "done",
      "not-found /data/ops/0/id",
      "done",
    ])
    expect(await world.document("n1")).toMatchObject({ title: "alice" })
    expect(await world.findings()).toEqual([])
  })

  test("a decision on rights that a command of its batch gave is made again where that one drops out", async () => {
    const { world, as } = await begin()
    const grant = (admins: string[]) =>
      world.transact([change("Org", "org1", { admins })], { as: "system", id: "grant" })
    await grant(["alice", "carol"])
    await world.transact([change("Org", "org1", { admins: ["alice"] })], { as: "system" })
    // The same command again is answered with its first outcome, and gives nothing a second time.
    const [granted, used] = await Promise.all([
      grant(["alice", "carol"]),
      as("carol", change("File", "d2", { title: "c" })),
    ])
    expect(granted.t).toBe(2)
    expect(used).toBe("forbidden /data/ops/0/set/title")
  })

  test("who may be told apart: the one who is nobody, and the one whose entity is gone", async () => {
    const { world, as } = await begin()
    await world.transact([change("File", "d4", { owner: "carol" }), { retract: "dave" }], { as: "system" })
    expect(await as("dave", touch("d4"))).toBe("not-found /data/ops/0/id")
    expect(people).toContain("dave")
    expect(await as("dave", folder("~f", {}))).toBe("forbidden /data/ops/0/id")
  })
})
