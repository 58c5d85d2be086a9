import fc from "fast-check"
import { describe, expect, test, vi } from "vitest"
import type { JsonObject } from "../../src/kernel/json.ts"
import { securityOf } from "../../src/security/security.ts"
import { portal } from "../schema/portal.ts"
import { done, World, type Put } from "./world.ts"

const ref = (to: string, more: JsonObject = {}): JsonObject => ({ type: "ref", to: [to], ...more })

const schema: JsonObject = {
  entities: {
    Person: { attributes: { nick: { type: "string" }, rank: { type: "integer" } } },
    Team: {
      attributes: {
        members: ref("Person", { many: true }),
        parts: ref("Team", { many: true }),
        name: { type: "string" },
      },
    },
    Folder: {
      attributes: {
        in: ref("Folder", {
          propagate: [
            { direction: "reverse", when: { not: { eq: [{ path: ["$child", "Folder/isPrivate"] }, true] } } },
          ],
        }),
        isPrivate: { type: "boolean" },
        owner: ref("Person"),
        team: ref("Team"),
        name: { type: "string" },
      },
      assign: [
        { group: "owner", when: { reaches: ["$self", ["owner"], "$security"] } },
        {
          group: "member",
          when: { reaches: ["$self", ["team", { star: "Team/parts" }, "Team/members"], "$security"] },
        },
        { group: "noted", when: { exists: ["$self", ["Note/_on"]] } },
      ],
      permissions: { read: ["owner", "member", "guest"], list: { not: "noted" } },
    },
    Page: {
      attributes: {
        in: ref("Folder", {
          propagate: [{ direction: "reverse", when: true, groups: { owner: "guest", member: "member" } }],
        }),
        text: { type: "string" },
        extra: { type: "json" },
      },
      assign: [{ group: "ranked", when: { gt: [{ path: ["$security", "Person/rank"] }, 3] } }],
      permissions: { read: ["guest", "member", "ranked"] },
    },
    Share: {
      attributes: {
        on: ref("Folder", {
          propagate: [{ direction: "forward", when: { eq: [{ path: ["$parent", "Share/isOn"] }, true] } }],
        }),
        isOn: { type: "boolean" },
        with: ref("Person"),
      },
      assign: [{ group: "guest", when: { reaches: ["$self", ["with"], "$security"] } }],
      permissions: { read: "guest" },
    },
    Note: { attributes: { on: ref("Folder"), text: { type: "string" } } },
  },
}

const ids = {
  Person: ["ann", "ben"],
  Team: ["t1", "t2"],
  Folder: ["f1", "f2", "f3"],
  Page: ["p1", "p2", "p3"],
  Share: ["s1", "s2"],
  Note: ["n1"],
}
type Type = keyof typeof ids
const oneOf = (type: Type) => fc.constantFrom(...ids[type])
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { freq: 3 })
const listOf = (type: Type) => maybe(fc.uniqueArray(oneOf(type), { maxLength: 2 }))
const word = maybe(fc.constantFrom("a", "b"))

const sets: { readonly [T in Type]: fc.Arbitrary<JsonObject> } = {
  Person: fc.record({ nick: word, rank: maybe(fc.integer({ min: 1, max: 5 })) }, { requiredKeys: [] }),
  Team: fc.record({ members: listOf("Person"), parts: listOf("Team"), name: word }, { requiredKeys: [] }),
  Folder: fc.record(
    {
      in: maybe(oneOf("Folder")),
      isPrivate: maybe(fc.boolean()),
      owner: maybe(oneOf("Person")),
      team: maybe(oneOf("Team")),
      name: word,
    },
    { requiredKeys: [] },
  ),
  Page: fc.record({ in: maybe(oneOf("Folder")), text: word }, { requiredKeys: [] }),
  Share: fc.record(
    { on: maybe(oneOf("Folder")), isOn: maybe(fc.boolean()), with: maybe(oneOf("Person")) },
    { requiredKeys: [] },
  ),
  Note: fc.record({ on: maybe(oneOf("Folder")), text: word }, { requiredKeys: [] }),
}
const types = Object.keys(ids) as Type[]
const put = fc
  .constantFrom(...types, "Page" as const, "Page" as const)
  .chain(type =>
    fc.record({ id: oneOf(type), type: fc.constant(type as string), set: fc.option(sets[type], { freq: 6 }) }),
  )
const transaction = fc.uniqueArray(put, { minLength: 1, maxLength: 3, selector: one => one.id })
const question = fc.record({
  who: fc.constantFrom("ann", "ben", "anonymous"),
  whom: fc.subarray([...ids.Folder, ...ids.Page, ...ids.Share]),
  all: fc.boolean(),
  back: fc.constantFrom(0, 0, 0, 1, 3),
})

// Only what is there can be pointed at, and what goes is pointed at no more: as transactions have it.
function tidied(puts: readonly Put[], world: World): readonly Put[] {
  const there = new Set(
    types.flatMap(type => ids[type]).filter(id => world.types([world.key(id)], world.t)[0] !== null),
  )
  for (const { id, set } of puts) if (set === null) there.delete(id)
  const kept = puts.filter(one => one.set !== null || world.types([world.key(one.id)], world.t)[0] !== null)
  for (const { id, set } of kept) if (set !== null) there.add(id)
  const clean = (set: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(set).map(([name, value]) => {
        const isRef = (one: unknown) => typeof one === "string" && Object.values(ids).flat().includes(one)
        if (Array.isArray(value)) return [name, value.filter(one => there.has(String(one)))]
        return [name, isRef(value) && !there.has(value as string) ? null : value!]
      }),
    )
  const own = new Map(kept.map(one => [one.id, one.set === null ? one : { ...one, set: clean(one.set) }]))
  for (const type of types) {
    for (const [i, entity] of world
      .entities(
        ids[type].map(id => world.key(id)),
        world.t,
      )
      .entries()) {
      const id = ids[type][i]!
      if (entity === null || own.get(id)?.set === null) continue
      own.set(id, { id, type, set: clean({ ...entity.document, ...own.get(id)?.set }) })
    }
  }
  return [...own.values()].filter(one => one.set === null || kept.some(k => k.id === one.id) || changes(one, world))
}

function changes({ id, set }: Put, world: World): boolean {
  const [entity] = world.entities([world.key(id)], world.t)
  return JSON.stringify(entity?.document) !== JSON.stringify(set)
}

test("what is remembered over random transactions is what would be found out anew [L61]", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(transaction, question, question), { minLength: 1, maxLength: 25 }), story => {
      const world = new World(schema)
      for (const type of types) for (const id of ids[type]) world.key(id)
      for (const [puts, ...questions] of story) {
        world.security.committed([world.put(...tidied(puts, world))])
        for (const { who, whom, all, back } of questions) {
          const t = Math.max(1, world.t - back)
          const keys = whom.map(id => world.key(id))
          const [kept, anew] = [world.security, securityOf(world.schema, world)].map(security => security.as(who, t))
          for (const permission of all ? ["read", "list"] : []) {
            const [here, there] = [kept!, anew!].map(rights =>
              [...done(rights.members(permission))!].sort((a, b) => a - b),
            )
            expect(here).toEqual(there)
          }
          expect(done(kept!.groups(keys))).toEqual(done(anew!.groups(keys)))
          expect(done(kept!.allows(keys, "list"))).toEqual(done(anew!.allows(keys, "list")))
        }
      }
    }),
    { numRuns: 60 },
  )
})

describe("in a portal", () => {
  function portalWorld(): World {
    const world = new World(portal)
    world.put(
      { id: "ann", type: "User", set: {} },
      { id: "org", type: "Org", set: { admins: ["ann"] } },
      { id: "folder", type: "Folder", set: { org: "org" } },
    )
    return world
  }

  function asking(world: World, ...asked: string[]): number {
    const before = world.asked
    for (const id of asked) world.groups("ann", id)
    return world.asked - before
  }

  test("what changes nothing that a rule reads, and what is new and only receives groups, costs nobody what they know [L61]", () => {
    const world = portalWorld()
    expect(asking(world, "folder")).toBeGreaterThan(0)
    expect(asking(world, "folder")).toBe(0)
    world.security.committed([world.put({ id: "folder", type: "Folder", set: { title: "Plans" } })])
    expect(asking(world, "folder")).toBe(0)
    world.security.committed([world.put({ id: "file", type: "File", set: { folder: "folder", owner: "ann" } })])
    // To take in that it is there, its key is asked for.
    expect(asking(world, "folder")).toBeLessThanOrEqual(1)
    expect(world.groups("ann", "file")).toEqual(["org-admin", "owner"])
    expect(asking(world, "folder", "file")).toBe(0)
  })

  test("what is new and gives groups to what is there, is taken in", () => {
    const world = portalWorld()
    expect(world.groups("ann", "folder")).toEqual(["org-admin"])
    const share = { to: "org", document: "folder", active: true }
    world.security.committed([world.put({ id: "share", type: "Share", set: share })])
    expect(world.groups("ann", "folder")).toEqual(["guest", "org-admin"])
  })

  test("as long as nobody has asked, what is committed is not looked at, and who asks then is told right", () => {
    const world = portalWorld()
    const { security } = world
    const committed = world.put({ id: "org", type: "Org", set: { admins: [] } })
    const untouched = vi.fn<() => never>()
    security.committed([
      {
        ...committed,
        get changes() {
          return untouched()
        },
      },
    ])
    expect([untouched.mock.calls.length, security.epoch]).toEqual([0, 0])
    expect(world.groups("ann", "org")).toEqual([])
    security.committed([world.put({ id: "org", type: "Org", set: { admins: ["ann"] } })])
    expect(world.groups("ann", "org")).toEqual(["org-admin"])
    expect(security.epoch).toBe(1)
  })

  test("a transaction that nobody told of is found out about by its t", () => {
    const world = portalWorld()
    expect(world.groups("ann", "org")).toEqual(["org-admin"])
    world.put({ id: "org", type: "Org", set: { admins: [] } })
    expect(world.groups("ann", "org")).toEqual([])
    expect(world.groups("ann", "org", 1)).toEqual(["org-admin"])
    const next = world.put({ id: "org", type: "Org", set: { admins: ["ann"] } })
    world.security.committed([next])
    expect(world.groups("ann", "org")).toEqual(["org-admin"])
  })

  test("rights that were begun before something went still tell of what was there [X9]", () => {
    const world = portalWorld()
    const before = world.rights("ann")
    expect(done(before.members("read"))).toHaveLength(3)
    world.security.committed([world.put({ id: "folder", type: "Folder", set: null })])
    expect(world.members("ann")).toEqual(["ann", "org"])
    expect(done(before.members("read"))).toHaveLength(3)
  })
})
