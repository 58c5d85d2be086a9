import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { portal } from "../schema/portal.ts"
import { done, entities, World, type Put } from "./world.ts"

const people = ["alice", "bob", "carol", "dave"]
const things = ["org1", "org2", "d1", "d2", "d3", "d4", "d5", "d6", "s1", "s2"]
const everybody = [...people, "anonymous"]

const data: readonly Put[] = [
  ...entities("User", Object.fromEntries(people.map(name => [name, { name }]))),
  ...entities("Org", { org1: { admins: ["alice"], members: ["bob"] }, org2: { members: ["carol"] } }),
  { id: "d1", type: "Folder", set: { org: "org1", owner: "bob" } },
  ...entities("File", {
    d2: { folder: "d1", private: false },
    d3: { folder: "d1", private: true, owner: "bob" },
    d4: { org: "org1", owner: "dave", related: ["d5"] },
    d5: { org: "org1", owner: "carol", related: ["d4"] },
    d6: { org: "org2", related: ["d4"] },
  }),
  ...entities("Share", {
    s1: { to: "org2", document: "d1", active: true },
    s2: { to: "org2", document: "d4", active: false },
  }),
]

const expected: { readonly [thing: string]: readonly string[] } = {
  alice: ["self", "", "", "", ""],
  bob: ["", "self", "", "", ""],
  carol: ["", "", "self", "", ""],
  dave: ["", "", "", "self", ""],
  org1: ["org-admin", "org-member", "", "", ""],
  org2: ["", "", "org-member", "", ""],
  d1: ["org-admin", "org-member owner", "guest", "", ""],
  d2: ["org-admin", "org-member owner", "guest", "", ""],
  d3: ["", "owner", "", "", ""],
  d4: ["org-admin", "org-member", "owner", "owner", ""],
  d5: ["org-admin", "org-member", "owner", "owner", ""],
  d6: ["", "", "org-member", "", ""],
  s1: ["", "", "guest", "", ""],
  s2: ["", "", "guest", "", ""],
}

const readable: { readonly [person: string]: string } = {
  alice: "alice d1 d2 d4 d5 org1",
  bob: "bob d1 d2 d3 d4 d5 org1",
  carol: "carol d1 d2 d4 d5 d6 org2 s1 s2",
  dave: "d4 d5 dave",
  anonymous: "",
}

const writable: { readonly [person: string]: string } = {
  alice: "alice d1 d2 d4 d5 org1",
  bob: "bob d1 d2 d3",
  carol: "carol d4 d5",
  dave: "d4 d5 dave",
  anonymous: "",
}

function portalWorld(): World {
  const world = new World(portal)
  world.put(...data)
  return world
}

describe("in a portal where organisations share documents", () => {
  test("everybody has the groups of the table, whoever asks for what first, with whatever is remembered [L53 L54 L55 L60 L61]", () => {
    const cells = Object.entries(expected).flatMap(([thing, row]) =>
      row.map((groups, i) => [thing, i, groups] as const),
    )
    const shuffled = fc.shuffledSubarray(cells, { minLength: cells.length, maxLength: cells.length })
    fc.assert(
      fc.property(shuffled, fc.boolean(), (order, isPrepared) => {
        const world = portalWorld()
        if (isPrepared) done(world.rights("carol").prepare())
        for (const [thing, i, groups] of order) {
          expect(world.groups(everybody[i]!, thing), `${everybody[i]!} on ${thing}`).toEqual(
            groups.split(" ").filter(Boolean),
          )
        }
      }),
      { numRuns: 20 },
    )
  })

  test.each(everybody)("%s reads and writes what the table says, found at once or one by one [L64 L70]", person => {
    const world = portalWorld()
    const all = [...people, ...things]
    for (const [permission, ids] of [
      ["read", readable[person]!],
      ["write", writable[person]!],
    ] as const) {
      expect(
        all
          .filter(id => portalWorld().may(person, permission, id))
          .sort()
          .join(" "),
      ).toBe(ids)
      expect(world.members(person, permission).join(" ")).toBe(ids)
    }
  })

  test("an attribute's own rule overrides its entity's: a guest reads the document without its notes [L64 L70]", () => {
    const world = portalWorld()
    expect(world.may("carol", "read", "d1")).toBe(true)
    expect(world.may("carol", "read", "d1", "Document/notes")).toBe(false)
    expect(world.may("carol", "read", "d1", "Document/title")).toBe(true)
    expect(world.may("bob", "read", "d1", "Document/notes")).toBe(true)
    expect(world.may("bob", "read", "d1", "Folder/notes")).toBe(true)
    expect(world.members("carol", "read", { attribute: "Document/notes" })).toEqual(["d4", "d5", "d6"])
    const [seen] = done(world.rights("carol").attributes([world.key("d1")]))
    expect([...seen!]).toContain("title")
    expect([...seen!]).not.toContain("notes")
    expect([...world.rights("carol").guarded("read")]).toEqual(["Document/notes"])
  })

  test("permissions with a meaning of their own fall back to write [L64]", () => {
    const world = portalWorld()
    expect(world.may("alice", "share", "org1")).toBe(true)
    expect(world.may("bob", "share", "org1")).toBe(false)
    expect(world.may("alice", "create", "org1")).toBe(true)
    expect([world.may("alice", "retract", "d1"), world.may("bob", "retract", "d1")]).toEqual([false, true])
    expect(world.may("alice", "share", "d1")).toBe(true)
    expect(world.may("carol", "share", "d1")).toBe(false)
    expect(world.permissions("bob", "d1")).toEqual(["read", "retract", "write"])
    expect(world.may("alice", "operate", "org1")).toBe(false)
  })

  test("a share that is no longer active takes away what it gave, today and for the past, unless rights of then are asked for [L61 L84]", () => {
    const world = portalWorld()
    expect(world.members("carol").join(" ")).toBe(readable["carol"])
    world.security.committed([world.put({ id: "s1", type: "Share", set: { active: false } })])
    expect(world.members("carol")).toEqual(["carol", "d4", "d5", "d6", "org2", "s1", "s2"])
    expect(world.groups("carol", "d2", 1)).toEqual(["guest"])
  })

  test("who may do everything has no scope and every permission that is named", () => {
    const world = portalWorld()
    expect(world.may("system", "read", "d3", "Document/notes")).toBe(true)
    expect(world.permissions("system", "d3")).toEqual(["read", "retract", "write"])
    expect(world.members("system")).toHaveLength(14)
    expect(done(world.rights("system").holds("operate"))).toBe(true)
  })

  test("an id that is nobody's is like anonymous, until somebody has it", () => {
    const world = portalWorld()
    expect(world.groups("erin", "org1")).toEqual([])
    expect(world.may("erin", "read", "erin")).toBe(false)
    world.security.committed([world.put({ id: "erin", type: "User", set: { name: "Erin" } })])
    expect(world.groups("erin", "erin")).toEqual(["self"])
  })
})
