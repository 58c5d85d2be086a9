import { describe, expect, test } from "vitest"
import { explain } from "../../src/security/explain.ts"
import { portal } from "../schema/portal.ts"
import { graphWorld } from "./graphs.ts"
import { done, World } from "./world.ts"

const world = new World(portal)
world.put(
  ...["alice", "bob", "carol"].map(id => ({ id, type: "User", set: {} })),
  { id: "acme", type: "Org", set: { admins: ["alice"], members: ["bob"] } },
  { id: "zenith", type: "Org", set: { members: ["carol"] } },
  { id: "plans", type: "Folder", set: { org: "acme" } },
  { id: "budget", type: "File", set: { folder: "plans" } },
  { id: "diary", type: "File", set: { folder: "plans", private: true } },
  { id: "share", type: "Share", set: { to: "zenith", document: "plans", active: true } },
  { id: "over", type: "Share", set: { to: "acme", document: "plans", active: false } },
)

function why(subject: string, id: string, permission?: string, to = subject) {
  const asked = { ...(permission !== undefined && { permission }), to: world.rights(to) }
  return done(explain(world.rights(subject), world.key(id), asked))
}

describe("an explanation", () => {
  test("tells along which references a group came, from which rule [L54 L64]", () => {
    expect(why("carol", "budget")).toMatchObject({
      allowed: true,
      groups: ["guest"],
      permissions: ["read"],
      paths: [
        {
          group: "guest",
          from: "share",
          rule: { group: "guest" },
          steps: [
            { attribute: "Share/document", direction: "forward", from: "share", to: "plans", group: "guest" },
            { attribute: "Document/folder", direction: "reverse", from: "plans", to: "budget", group: "guest" },
          ],
        },
      ],
      missing: [],
    })
    expect(why("alice", "acme").paths).toMatchObject([{ group: "org-admin", from: "acme", steps: [] }])
  })

  test("tells what it would take, and which condition stood in the way [L57]", () => {
    expect(why("alice", "diary", "read", "system")).toEqual({
      allowed: false,
      groups: [],
      permissions: [],
      paths: [],
      missing: [
        "To read a File takes owner or org-admin or org-member or guest; there is none",
        "org-admin does not flow from plans to diary along Document/folder: its condition does not hold",
        "guest does not flow from over to plans along Share/document: its condition does not hold",
      ],
    })
    expect(why("bob", "plans", "write").missing).toEqual([
      "To write a Folder takes owner or org-admin; there is org-member",
    ])
    expect(why("bob", "plans", "fly").missing).toEqual(["No rule of Folder lets anybody fly it"])
    expect(done(explain(world.rights("bob"), 999)).missing).toEqual(["There is no such entity"])
  })

  test("tells nobody of anything that they may not read [L70]", () => {
    expect(JSON.stringify(why("alice", "diary"))).not.toContain("diary")
    const seenByBob = why("carol", "budget", "read", "bob")
    expect(seenByBob.paths[0]).toMatchObject({
      from: null,
      steps: [
        { from: null, to: "plans" },
        { from: "plans", to: "budget" },
      ],
    })
  })

  test("takes a shortest path, through circles and new names, and tells which groups others imply [L60 L62]", () => {
    const graph = graphWorld("A>B B>A A[x:y]C C>A B>D D>C", { A: "x", D: "m" })
    const told = done(explain(graph.rights("me"), graph.key("C"), { to: graph.rights("system") }))
    expect(told.groups).toEqual(["m", "n7", "n8", "x", "y"])
    const steps = Object.fromEntries(
      told.paths.map(({ group, from, steps }) => [
        group,
        [from, ...steps.map(step => `${step.to!}:${step.group}`)].join(" "),
      ]),
    )
    expect(steps).toEqual({
      m: "D C:m",
      n7: "D D:n7 C:n7",
      n8: "D D:n8 C:n8",
      x: "A B:x D:x C:x",
      y: "A C:y",
    })
  })

  test("tells which groups a list stopped, and which stand in the way", () => {
    const listed = graphWorld("A[x]B", { A: "z" })
    const told = done(explain(listed.rights("me"), listed.key("B"), { to: listed.rights("system") }))
    expect(told.missing.at(-1)).toBe("z does not flow from A to B along Node/onlyX: it is not let through")
    const banned = new World({
      entities: {
        Person: { attributes: {} },
        Room: {
          attributes: { banned: { type: "ref", to: ["Person"] } },
          assign: [
            { group: "banned", when: { reaches: ["$self", ["banned"], "$security"] } },
            { group: "guest", when: true },
          ],
          permissions: { enter: { all: ["guest", { not: ["banned"] }] } },
        },
      },
    })
    banned.put({ id: "me", type: "Person", set: {} }, { id: "room", type: "Room", set: { banned: "me" } })
    expect(done(explain(banned.rights("me"), banned.key("room"), { permission: "enter" })).missing).toEqual([
      "To enter a Room takes guest and (not (banned)); there is banned, guest",
      "banned stands in the way",
    ])
  })
})
