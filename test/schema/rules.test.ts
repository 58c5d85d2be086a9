import { describe, expect, test } from "vitest"
import type { Json, JsonObject } from "../../src/kernel/json.ts"
import { faultsOf, placesOf } from "./making.ts"

/** A schema of folders and files, with one more thing to judge. */
function shelf(file: JsonObject, propagate?: Json): JsonObject {
  const parent = { type: "ref", to: ["Folder"], ...(propagate === undefined ? {} : { propagate }) }
  const status = { type: "enum", values: { draft: "Draft", done: "Done" } }
  const attributes = {
    parent,
    owner: { type: "ref", to: ["User"] },
    status,
    size: { type: "integer" },
    due: { type: "instant" },
    meta: { type: "json" },
    title: { type: "string" },
  }
  return {
    daybook: 1,
    name: "shelf",
    version: 1,
    groups: { owner: {}, guest: {} },
    entities: {
      User: { attributes: { name: { type: "string" } } },
      Node: { abstract: { attributes }, variants: { Folder: {}, File: file } },
    },
  }
}

const file = "/entities/Node/variants/File"

const whenFaults = (when: Json) => placesOf(shelf({ assign: [{ group: "owner", when }] }))
const where = `${file}/assign/0/when`

describe("a predicate that is well formed is accepted [L55] [L57]:", () => {
  const good: readonly Json[] = [
    true,
    { and: [] },
    { or: [false, { not: true }] },
    { is: ["$self", "$security"] },
    { reaches: ["$self", ["owner"], "$security"] },
    { reaches: ["$self", ["Node/parent", "Folder/owner"], "$security"] },
    { reaches: ["$self", [{ star: "Node/parent" }, "Node/owner"], "$security"] },
    { reaches: ["$security", ["Node/_owner"], "$self"] },
    { exists: ["$self", ["meta"]] },
    { exists: ["$self", ["Node/parent", "Node/_parent", "Node/title"]] },
    { eq: [{ path: ["$self", "status"] }, "draft"] },
    { eq: [{ path: ["$self", "owner"] }, { path: ["$self", "parent", "Node/owner"] }] },
    { gte: [{ path: ["$self", "size"] }, 10] },
    { lt: [{ path: ["$self", "due"] }, "2026-11-20T15:00:00.000Z"] },
    { in: [{ path: ["$self", "status"] }, ["draft", "done"]] },
    { type: ["$self", "Node"] },
  ]
  test.each(good.map(when => [JSON.stringify(when), when] as const))("%s", (_text, when) => {
    expect(whenFaults(when)).toEqual([])
  })
})

describe("a predicate that is malformed is refused, with the path of the fault [L55] [L57]:", () => {
  const bad: readonly (readonly [Json, ...string[]])[] = [
    ["true", " type"],
    [{}, " type"],
    [{ xor: [] }, "/xor unknown-operator"],
    [{ eq: [1, 1], is: ["$self", "$self"] }, " operators"],
    [{ and: true }, "/and type"],
    [{ and: [true, 1] }, "/and/1 type"],
    [{ not: "x" }, "/not type"],
    [{ is: ["$self"] }, "/is type"],
    [{ is: ["$self", "$parent"] }, "/is/1 unknown-variable"],
    [{ is: ["$me", "$security"] }, "/is/0 unknown-variable"],
    [{ reaches: ["$self", "owner", "$security"] }, "/reaches/1 type"],
    [{ reaches: ["$self", [], "$security"] }, "/reaches/1 empty"],
    [{ reaches: ["$self", ["title"], "$security"] }, "/reaches/1/0 not-a-ref"],
    [
      { reaches: ["$self", ["Node/title", "User/name"], "$security"] },
      "/reaches/1/0 not-a-ref",
      "/reaches/1/1 not-a-ref",
    ],
    [{ reaches: ["$self", ["parent", "owner"], "$security"] }, "/reaches/1/1 unknown-attribute"],
    [{ reaches: ["$security", ["owner"], "$self"] }, "/reaches/1/0 unknown-attribute"],
    [{ reaches: ["$self", ["Noode/owner"], "$security"] }, "/reaches/1/0 unknown-entity"],
    [{ reaches: ["$self", [{ star: "Node/ownr" }], "$security"] }, "/reaches/1/0/star unknown-attribute"],
    [{ reaches: ["$self", [7], "$security"] }, "/reaches/1/0 type"],
    [{ exists: ["$self", ["Node/_title"]] }, "/exists/1/0 not-a-ref"],
    [{ eq: [{ path: ["$self", "statsu"] }, "draft"] }, "/eq/0/path/1 unknown-attribute"],
    [{ eq: [{ path: ["$self"] }, "draft"] }, "/eq/0/path empty"],
    [{ eq: [{ path: "title" }, "draft"] }, "/eq/0/path type", "/eq/0/path/0 unknown-variable", "/eq/0/path empty"],
    [{ eq: [{ steps: [] }, "draft"] }, "/eq/0 term"],
    [{ eq: [{ path: ["$self", "status"] }, "drfat"] }, "/eq/1 value"],
    [{ eq: [{ path: ["$self", "size"] }, "10"] }, "/eq/1 value"],
    [{ eq: [{ path: ["$self", "size"] }, { path: ["$self", "title"] }] }, "/eq types"],
    [{ eq: [{ path: ["$self", "title"] }, null] }, "/eq/1 type"],
    [{ lt: [{ path: ["$self", "due"] }, "2026-11-20"] }, "/lt/1 value"],
    [{ eq: [{ path: ["$self", "meta"] }, "x"] }, "/eq/0/path not-compared"],
    [{ in: [{ path: ["$self", "status"] }, "draft"] }, "/in/1 type"],
    [{ in: [{ path: ["$self", "status"] }, ["draft", "x"]] }, "/in/1/1 value"],
    [{ type: ["$self", "Fil"] }, "/type/1 unknown-entity"],
    [{ eq: [{ path: ["$self", "title"] }, "x"], nto: true }, "/nto unknown-operator"],
    [{ group: "owner" }, "/group stratified"],
    [{ permission: ["$self", "read"] }, "/permission stratified"],
    [{ eq: [{ path: ["$self", "@groups"] }, "owner"] }, "/eq/0/path/1 stratified"],
  ]
  test.each(bad.map(([when, ...places]) => [JSON.stringify(when), when, places] as const))(
    "%s",
    (_text, when, places) => {
      expect(whenFaults(when)).toEqual(places.map(place => where + place))
    },
  )

  test.each(["sql", "cypher", "datalog", "constructor"])(
    "one in another language (%s) is refused with the operators that there are [L58]",
    language => {
      const schema = shelf({ assign: [{ group: "owner", when: JSON.parse(`{"${language}": "owner = me"}`) as Json }] })
      const [fault, ...more] = faultsOf(schema)
      expect(more).toEqual([])
      expect(fault).toMatchObject({ path: expect.stringContaining(where) as string, code: "unknown-operator" })
      for (const known of ["and", "reaches", "exists", "eq", "in", "type"]) expect(fault!.message).toContain(known)
    },
  )

  test("a rule without a predicate, and one that is none", () => {
    expect(placesOf(shelf({ assign: [{ group: "owner" }, "owner"] }))).toEqual([
      `${where} required`,
      `${file}/assign/1 type`,
    ])
  })
})

describe("rules about groups are checked by name [L52] [L65]:", () => {
  const parent = "/entities/Node/abstract/attributes/parent/propagate"
  const assigned = (group: Json) => placesOf(shelf({ assign: [{ group, when: true }] }))
  const permitted = (groups: Json) => placesOf(shelf({ permissions: { read: groups } }))
  const flowing = (rule: JsonObject) => placesOf(shelf({}, [{ direction: "forward", when: true, ...rule }]))

  test("a rule gives only a group that is declared", () => {
    expect(assigned("owner")).toEqual([])
    expect(assigned("ownr")).toEqual([`${file}/assign/0/group unknown-group`])
    expect(faultsOf(shelf({ assign: [{ group: "ownr", when: true }] }))[0]?.message).toBe(
      'There is no group "ownr"; known are owner, guest',
    )
  })

  test("a permission is an expression over groups", () => {
    expect(permitted("owner")).toEqual([])
    expect(permitted(["owner", { all: ["guest", { not: ["owner", "guest"] }] }])).toEqual([])
    expect(permitted([])).toEqual([])
    expect(permitted(["owner", "gest"])).toEqual([`${file}/permissions/read/1 unknown-group`])
    expect(permitted({ all: ["owner"], not: "guest" })).toEqual([`${file}/permissions/read groups`])
    expect(permitted({ any: ["owner"] })).toEqual([`${file}/permissions/read groups`])
    expect(permitted({ all: "owner" })).toEqual([`${file}/permissions/read/all type`])
    expect(permitted({ not: "x" })).toEqual([`${file}/permissions/read/not unknown-group`])
    expect(permitted(null)).toEqual([`${file}/permissions/read groups`])
    expect(placesOf(shelf({ permissions: { "may read": "owner" } }))).toEqual([`${file}/permissions/may read name`])
  })

  test("groups and permissions are called by any one word: they are part of no path", () => {
    const words = ["can_view", "team.lead", "org:admin", "github/repo#admin", "1st", "größe"]
    for (const one of words) {
      const rules = { assign: [{ group: one, when: true }], permissions: { [one]: one } }
      expect(placesOf({ ...shelf(rules), groups: { [one]: {}, owner: {}, guest: {} } })).toEqual([])
    }
    for (const one of ["", "two words", "a\nb", " a", "constructor"]) {
      expect(placesOf(shelf({ permissions: { [one]: "owner" } }))).toEqual([`${file}/permissions/${one} name`])
    }
  })

  test("a group implies groups, also in a circle", () => {
    expect(placesOf(shelf({ implies: { owner: ["guest"], guest: ["owner"] } }))).toEqual([])
    expect(placesOf(shelf({ implies: { owner: "guest", gest: ["x"] } }))).toEqual([
      `${file}/implies/owner type`,
      `${file}/implies/gest unknown-group`,
      `${file}/implies/gest/0 unknown-group`,
    ])
  })

  test("groups flow along refs, in a direction, all or some, also under another name", () => {
    expect(flowing({})).toEqual([])
    expect(flowing({ direction: "reverse", groups: ["owner"] })).toEqual([])
    expect(flowing({ groups: { owner: "guest" } })).toEqual([])
    expect(flowing({ direction: "down" })).toEqual([`${parent}/0/direction direction`])
    expect(flowing({ groups: ["ownr"] })).toEqual([`${parent}/0/groups/0 unknown-group`])
    expect(flowing({ groups: { owner: "gest" } })).toEqual([`${parent}/0/groups/owner unknown-group`])
    expect(flowing({ groups: "owner" })).toEqual([`${parent}/0/groups type`])
  })

  test("a guard of an edge speaks of its two ends, and short names belong to the holder of the reference", () => {
    const guard = (variable: string, attribute: string) => ({ eq: [{ path: [variable, attribute] }, "a"] })
    expect(flowing({ when: guard("$parent", "title") })).toEqual([])
    expect(flowing({ direction: "reverse", when: guard("$child", "title") })).toEqual([])
    expect(flowing({ when: guard("$child", "title") })).toEqual([`${parent}/0/when/eq/0/path/1 unknown-attribute`])
    expect(flowing({ when: guard("$self", "Node/title") })).toEqual([`${parent}/0/when/eq/0/path/0 unknown-variable`])
  })

  test("groups do not flow along what is no ref", () => {
    const attributes = { size: { type: "integer", propagate: [{ direction: "forward", when: true }] } }
    expect(placesOf(shelf({ attributes }))).toEqual([`${file}/attributes/size/propagate propagate`])
  })

  test("an attribute has permissions of its own", () => {
    const attributes = { size: { type: "integer", permissions: { read: "gest" } } }
    expect(placesOf(shelf({ attributes }))).toEqual([`${file}/attributes/size/permissions/read unknown-group`])
  })

  test("where no groups are declared, those are known that some rule gives", () => {
    const { groups: _groups, ...undeclared } = shelf(
      {
        assign: [{ group: "owner", when: true }],
        implies: { owner: ["reader"] },
        permissions: { read: ["reader", "far"], write: "nobody" },
      },
      [{ direction: "forward", when: true, groups: { owner: "far" } }],
    )
    expect(placesOf(undeclared)).toEqual([`${file}/permissions/write unknown-group`])
  })
})
