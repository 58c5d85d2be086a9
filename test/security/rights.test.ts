import { describe, expect, test } from "vitest"
import type { JsonObject } from "../../src/kernel/json.ts"
import { Refusal } from "../../src/kernel/refusal.ts"
import { finish } from "../../src/kernel/steps.ts"
import { Unready } from "../../src/ports/datalog.ts"
import { scopeOf } from "../../src/security/scope.ts"
import { securityOf } from "../../src/security/security.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { done, entities, World } from "./world.ts"

const ref = (to: string, more: JsonObject = {}): JsonObject => ({ type: "ref", to: [to], ...more })
const is = (group: string) => ({ group, when: { reaches: ["$self", [group], "$security"] } })
const groups = ["viewer", "editor", "owner", "banned"]

/** Documents, folders and teams, as relationship stores have them in their examples. */
function docs(permissions: JsonObject, more: JsonObject = {}): World {
  const people = Object.fromEntries(groups.map(group => [group, ref("Person", { many: true })]))
  return new World({
    entities: {
      Person: { attributes: {} },
      Team: { attributes: { members: ref("Person", { many: true }), teams: ref("Team", { many: true }) } },
      Folder: {
        attributes: {
          ...people,
          parent: ref("Folder", { many: true, propagate: [{ direction: "reverse", when: true }] }),
        },
        assign: groups.map(is),
      },
      Doc: {
        attributes: {
          ...people,
          team: ref("Team", { many: true }),
          parent: ref("Folder", {
            many: true,
            propagate: [{ direction: "reverse", when: true, groups: ["viewer", "owner"] }],
          }),
          isPublic: { type: "boolean" },
          secret: { type: "string", permissions: { read: "owner", write: ["owner", "editor"] } },
          text: { type: "string" },
        },
        assign: [
          ...groups.map(is),
          { group: "everyone", when: true },
          { group: "viewer", when: { eq: [{ path: ["$self", "isPublic"] }, true] } },
          {
            group: "viewer",
            when: { reaches: ["$self", ["team", { star: "Team/teams" }, "Team/members"], "$security"] },
          },
        ],
        implies: { owner: ["editor"], editor: ["viewer"] },
        permissions,
      },
      ...more,
    },
  })
}

const people = entities("Person", { ann: {}, ben: {}, cid: {} })

function may(world: World, permission: string): string {
  return ["ann", "ben", "cid", "anonymous"].filter(who => world.may(who, permission, "doc")).join(" ")
}

describe("a permission is an expression over the groups", () => {
  const given = { viewer: ["ann", "ben"], editor: ["ben"], banned: ["ann", "cid"] }

  test.each<[JsonObject[string], string]>([
    ["viewer", "ann ben"],
    [["banned", "editor"], "ann ben cid"],
    [{ all: ["viewer", "banned"] }, "ann"],
    [{ all: ["viewer", { not: "banned" }] }, "ben"],
    [{ not: "banned" }, "ben anonymous"],
    [{ not: ["banned", "editor"] }, "anonymous"],
    [{ not: { all: ["viewer", "editor"] } }, "ann cid anonymous"],
    [[{ all: ["viewer", "banned"] }, ["editor", { all: ["owner"] }]], "ann ben"],
    [{ all: [] }, "ann ben cid anonymous"],
    [[], ""],
    ["everyone", "ann ben cid anonymous"],
    [{ not: { not: "editor" } }, "ben"],
  ])("%j [L64 L65]", (expression, who) => {
    const world = docs({ look: expression })
    world.put(...people, { id: "doc", type: "Doc", set: given })
    expect(may(world, "look")).toBe(who)
    const listed = ["ann", "ben", "cid", "anonymous"].filter(one => world.members(one, "look").includes("doc"))
    expect(listed.join(" ")).toBe(who)
  })

  test("no rule lets nobody do it, and nobody does what they are not asked about [L70]", () => {
    const world = docs({})
    world.put(...people, { id: "doc", type: "Doc", set: { owner: ["ann"] } })
    expect([may(world, "read"), may(world, "write"), may(world, "create")]).toEqual(["", "", ""])
    expect(world.permissions("ann", "doc")).toEqual([])
  })

  test("groups imply others, and those others [L64]", () => {
    const world = docs({ read: "viewer" })
    world.put(...people, { id: "doc", type: "Doc", set: { owner: ["ann"], editor: ["ben"] } })
    expect([world.groups("ann", "doc"), world.groups("ben", "doc")]).toEqual([
      ["editor", "everyone", "owner", "viewer"],
      ["editor", "everyone", "viewer"],
    ])
  })

  test("groups come from several parents and theirs, and only those on the list [L56 L60]", () => {
    const world = docs({ read: "viewer", own: "owner", ban: "banned" })
    world.put(
      ...people,
      { id: "root", type: "Folder", set: { owner: ["ann"], banned: ["ben"] } },
      { id: "left", type: "Folder", set: { viewer: ["ben"], parent: ["root"] } },
      { id: "right", type: "Folder", set: { viewer: ["cid"], parent: ["root"] } },
      { id: "doc", type: "Doc", set: { parent: ["left", "right"] } },
    )
    expect([may(world, "read"), may(world, "own"), may(world, "ban")]).toEqual(["ann ben cid", "ann", ""])
  })

  test("members of teams in teams, of which some are each other's, are members [L60 L62]", () => {
    const world = docs({ read: "viewer" })
    world.put(
      ...people,
      ...entities("Team", {
        t1: { teams: ["t2"] },
        t2: { teams: ["t3", "t1"], members: ["ben"] },
        t3: { members: ["ann"], teams: ["t1"] },
      }),
      { id: "doc", type: "Doc", set: { team: ["t1"] } },
    )
    expect(may(world, "read")).toBe("ann ben")
  })

  test("what is public is everybody's, nobody's included [L55]", () => {
    const world = docs({ read: "viewer" })
    world.put(...people, { id: "doc", type: "Doc", set: { isPublic: true } })
    expect(may(world, "read")).toBe("ann ben cid anonymous")
  })
})

describe("an attribute's own rules", () => {
  const world = docs({ read: "viewer", write: "owner" })
  world.put(...people, { id: "doc", type: "Doc", set: { owner: ["ann"], editor: ["ben"], viewer: ["cid"] } })

  test("override those of its entity, whether they give more or less [L64]", () => {
    const cells = ["ann", "ben", "cid"].map(who => ["read", "write"].map(p => world.may(who, p, "doc", "Doc/secret")))
    expect(cells).toEqual([
      [true, true],
      [false, true],
      [false, false],
    ])
    expect(world.may("ben", "write", "doc", "Doc/text")).toBe(false)
    expect([...done(world.rights("ben").attributes([world.key("doc")], "write"))[0]!]).toEqual(["secret"])
  })

  test("are not asked about an attribute that is not there", () => {
    expect(world.may("ann", "read", "doc", "Doc/none")).toBe(false)
    expect(world.may("ann", "read", "doc", "Folder/parent")).toBe(false)
  })
})

describe("the past", () => {
  function gone(): World {
    const world = docs({ read: "viewer", audit: "owner" })
    world.put(...people, { id: "doc", type: "Doc", set: { viewer: ["ben"], owner: ["ann"] } })
    world.put({ id: "doc", type: "Doc", set: { viewer: ["cid"] } })
    return world
  }

  test("is judged by the rights of today [L61]", () => {
    const world = gone()
    expect(may(world, "read")).toBe("ann cid")
  })

  test("of what is no more, is judged by the rights of its last moment; what never was is nobody's [L61]", () => {
    const world = gone()
    expect(world.groups("cid", "later")).toEqual([])
    world.security.committed([world.put({ id: "doc", type: "Doc", set: null })])
    expect(may(world, "read")).toBe("ann cid")
    expect(world.members("cid")).toEqual([])
    world.security.committed([world.put({ id: "later", type: "Doc", set: { viewer: ["cid"] } })])
    world.security.committed([world.put({ id: "later", type: "Doc", set: null })])
    expect(world.groups("cid", "later")).toEqual(["everyone", "viewer"])
  })

  test("is judged by the rights of then, where who asks may audit [L61]", () => {
    const world = gone()
    world.put({ id: "other", type: "Doc", set: { owner: ["ben"], viewer: ["ann"] } })
    world.put({ id: "doc", type: "Doc", set: { owner: ["ann"] } }, { id: "other", type: "Doc", set: { viewer: null } })
    const keys = ["doc", "other"].map(id => world.key(id))
    const groupsOf = (who: string, asOf: number) => done(world.security.as(who, world.t, { asOf }).groups(keys))
    // Ben audits the other one only; of this one he is told by the rights of today.
    expect(groupsOf("ben", 1)).toEqual([["everyone"], []])
    expect(groupsOf("ann", 3)).toEqual([["editor", "everyone", "owner", "viewer"], ["everyone"]])
    const then = world.security.as("ben", world.t, { asOf: 3 })
    expect(done(then.members("read"))).toEqual([world.key("other")])
  })

  test("of a document that rules look into is told anew when the document changes", () => {
    const world = new World({
      entities: {
        Person: { attributes: {} },
        Doc: {
          attributes: { extra: { type: "json" } },
          assign: [{ group: "in", when: { exists: ["$self", ["extra"]] } }],
          permissions: { read: "in" },
        },
      },
    })
    world.put({ id: "ann", type: "Person", set: {} }, { id: "doc", type: "Doc", set: {} })
    expect(world.groups("ann", "doc")).toEqual([])
    world.security.committed([world.put({ id: "doc", type: "Doc", set: { extra: { a: 1 } } })])
    expect(world.groups("ann", "doc")).toEqual(["in"])
  })
})

describe("what a store is told of who sees what", () => {
  function many(): World {
    const world = docs({ read: "viewer" })
    const ids = Array.from({ length: 200 }, (_, i) => [`doc${i}`, { viewer: [i % 2 === 0 ? "ann" : "ben"] }] as const)
    world.put(...people, ...entities("Doc", Object.fromEntries(ids)))
    return world
  }

  test("is the same row by row and as a list, and cheap once many rows were asked about [L66 L75]", () => {
    const world = many()
    const scope = scopeOf(world.rights("ann"))!
    const keys = world.ofType("Doc", world.t, { limit: 1000 })
    const seen = keys.filter(key => scope.sees(key))
    expect(seen).toHaveLength(100)
    expect(scope.members()).toEqual(seen)
    const asked = world.asked
    for (const key of keys) scope.sees(key, "Doc/secret")
    expect(world.asked).toBe(asked)
    expect([...scope.guarded]).toEqual(["Doc/secret"])
  })

  test("is nothing where who asks sees everything", () => {
    expect(scopeOf(many().rights("system"))).toBeNull()
  })

  test("is found out with turns for others in between, while a store waits [L66 L75]", async () => {
    const world = many()
    let [ticks, turns] = [0, 0]
    const soon = (work: () => void) => (turns++, queueMicrotask(work), () => undefined)
    const clock = { ...simulatedClock(), ticks: () => (ticks += 30), soon }
    const scope = scopeOf(securityOf(world.schema, world, clock).as("ann", world.t))!
    const keys = world.ofType("Doc", world.t, { limit: 1000 })
    const seen = () => keys.filter(key => scope.sees(key))
    expect(caught(seen)).toBeInstanceOf(Unready)
    let found: unknown
    while ((found = caught(seen)) instanceof Unready) await found.ready
    expect([(found as readonly number[]).length, turns > 0]).toEqual([100, true])
    expect(await scope.members()).toEqual(seen())
  })

  test("is found out along a long chain with turns for others in between [L66]", async () => {
    const world = new World({
      entities: {
        Person: { attributes: {} },
        Node: {
          attributes: {
            next: ref("Node", { propagate: [{ direction: "forward", when: true }] }),
            owner: ref("Person"),
          },
          assign: [{ group: "owner", when: { reaches: ["$self", ["owner"], "$security"] } }],
          permissions: { read: "owner" },
        },
      },
    })
    const length = 300
    const nodes = Array.from({ length }, (_, i) => [`n${i}`, i === length - 1 ? {} : { next: `n${i + 1}` }] as const)
    world.put(...people, ...entities("Node", { ...Object.fromEntries(nodes), n0: { next: "n1", owner: "ann" } }))
    let [ticks, turns] = [0, 0]
    const soon = (work: () => void) => (turns++, queueMicrotask(work), () => undefined)
    const clock = { ...simulatedClock(), ticks: () => (ticks += 30), soon }
    const security = securityOf(world.schema, world, clock)
    const last = world.key(`n${length - 1}`)
    for (const one of [security, security.on(world)]) {
      turns = 0
      expect(await finish(one.as("ann", world.t).allows([last], "read"))).toEqual([true])
      expect(turns).toBeGreaterThan(length / 32 - 1)
    }
    turns = 0
    expect(finish(security.as("ann", world.t).allows([world.key("n7")], "read"))).toEqual([true])
    expect(turns).toBe(0)
    const scope = scopeOf(security.as("ben", world.t))!
    const unready = caught(() => scope.sees(last))
    expect(unready).toBeInstanceOf(Unready)
    await (unready as Unready).ready
    expect(scope.sees(last)).toBe(false)
  })

  test("has a store come back that did not answer at once", async () => {
    const world = many()
    const later = securityOf(
      world.schema,
      new Proxy(world, {
        get: (target, name) => {
          const value: unknown = Reflect.get(target, name, target)
          if (typeof value !== "function") return value
          return (...args: unknown[]) => Promise.resolve(Reflect.apply(value, target, args) as unknown)
        },
      }),
    )
    const scope = scopeOf(later.as("ann", world.t))!
    const unready = caught(() => scope.sees(world.key("doc0")))
    expect(unready).toBeInstanceOf(Unready)
    await (unready as Unready).ready
    expect(scope.sees(world.key("doc0"))).toBe(true)
  })
})

test("the same is answered by a store that answers later [L61]", async () => {
  const world = docs({ read: "viewer" })
  world.put(...people, { id: "doc", type: "Doc", set: { viewer: ["ann"] } })
  const later = new Proxy(world, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== "function") return value
      return (...args: unknown[]) => Promise.resolve(Reflect.apply(value, target, args) as unknown)
    },
  })
  const security = securityOf(world.schema, later)
  const all = await Promise.all(
    ["ann", "ben", "ann"].map(who => Promise.resolve(finish(security.as(who, world.t).groups([world.key("doc")])))),
  )
  expect(all).toEqual([[["everyone", "viewer"]], [["everyone"]], [["everyone", "viewer"]]])
  expect(await finish(security.as("ann", world.t).members("read"))).toEqual([world.key("doc")])
})

function caught(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}

test("a step that would come by too much is refused, not cut short", () => {
  const world = docs({ read: "viewer" })
  world.put(...people, { id: "doc", type: "Doc", set: { viewer: ["ann"] } })
  const endless = new Proxy(world, {
    get: (target, name) => {
      if (name === "facts") return (_a: unknown, _f: unknown, _m: unknown, limit: number) => ({ length: limit })
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === "function" ? (value.bind(target) as unknown) : value
    },
  })
  const security = securityOf(world.schema, endless)
  expect(() => done(security.as("ann", 1).groups([4]))).toThrow(Refusal)
})

test("the same rules on other data tell of that data, and leave what is known of this alone [L61]", () => {
  const [world, other] = [docs({ read: "viewer" }), docs({ read: "viewer" })]
  world.put(...people, { id: "doc", type: "Doc", set: { viewer: ["ann"] } })
  other.put(...people, { id: "doc", type: "Doc", set: { viewer: ["ben"] } })
  expect(may(world, "read")).toBe("ann")
  const elsewhere = world.security.on(other)
  const reads = ["ann", "ben"].map(who => done(elsewhere.as(who, 1).allows([other.key("doc")], "read"))[0])
  expect(reads).toEqual([false, true])
  expect(may(world, "read")).toBe("ann")
})
