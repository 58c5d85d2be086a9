import { describe, expect, test } from "vitest"
import type { JsonObject } from "../../src/kernel/json.ts"
import { person, registryApp } from "./registry.ts"
import { refusalOf, World } from "./world.ts"

const begun = World.on("memory", registryApp).then(async world => {
  await world.transact([
    person("ann", { email: "ann@x.org", age: 7, boss: "ann" }),
    person("bob"),
    { entity: "Team", id: "team", set: { title: "T", lead: "bob" } },
    { entity: "Pet", id: "rex" },
  ])
  return world
})

const op = "/data/ops/0"
const on = (parts: JsonObject): JsonObject => ({ entity: "Person", id: "ann", ...parts })
const set = (values: JsonObject) => on({ set: values })
const deep = (levels: number): JsonObject =>
  levels === 0 ? { id: "z", set: { name: "z" } } : { set: { name: "z", boss: deep(levels - 1) } }

const wrong: readonly [string, unknown, string, readonly string[]][] = [
  ["no list of ops", "none", "invalid", ["/data/ops type"]],
  ["an op that is no object", [7], "invalid", [`${op} type`]],
  ["an op of no kind", [{}], "invalid", [`${op}/entity required`]],
  ["an op with a strange key", [{ retract: "ann", why: 1 }], "invalid", [`${op}/why additionalProperties`]],
  ["a put with a strange key", [on({ sets: {} })], "invalid", [`${op}/sets additionalProperties`]],
  ["set that is no object", [on({ set: [] })], "invalid", [`${op}/set type`]],
  ["add that is no list", [on({ add: { tags: "a" } })], "invalid", [`${op}/add/tags type`]],
  ["remove that is no list", [on({ remove: { tags: "a" } })], "invalid", [`${op}/remove/tags type`]],
  ["an entity type that is none", [{ entity: "Nobody", id: "x" }], "unknown-type", [`${op}/entity unknown-type`]],
  ["an abstract", [{ entity: "Document", id: "x" }], "unknown-type", [`${op}/entity unknown-type`]],
  ["an id that cannot be one", [{ entity: "Pet", id: "" }], "invalid", [`${op}/id id`]],
  ["an id that is another's", [{ entity: "Pet", id: "ann" }], "conflict", [`${op}/id type`]],
  ["an id that is null", [{ entity: "Pet", id: null }], "invalid", [`${op}/id type`]],
  [
    "a lookup of an attribute that is no identity",
    [{ retract: ["Person/nick", "a"] }],
    "invalid",
    [`${op}/retract lookup`],
  ],
  ["a lookup with a value of another type", [{ retract: ["Person/email", 7] }], "invalid", [`${op}/retract lookup`]],
  ["a lookup of three", [{ retract: ["Person/email", "a", "b"] }], "invalid", [`${op}/retract id`]],
  [
    "a lookup that finds nothing",
    [{ retract: ["Person/email", "no@x.org"] }],
    "not-found",
    [`${op}/retract not-found`],
  ],
  ["a retracted entity that is not there", [{ retract: "none" }], "not-found", [`${op}/retract not-found`]],
  ["a cas on what is not there", [{ cas: "none", attr: "age", old: 1, new: 2 }], "not-found", [`${op}/cas not-found`]],
  [
    "a cas on no attribute",
    [{ cas: "ann", attr: "size", old: 1, new: 2 }],
    "invalid",
    [`${op}/attr unknown-attribute`],
  ],
  ["a cas without its old value", [{ cas: "ann", attr: "age", new: 2 }], "invalid", [`${op}/old required`]],
  [
    "a cas with an old value that cannot be",
    [{ cas: "ann", attr: "age", old: "x", new: 2 }],
    "invalid",
    [`${op}/old type`],
  ],
  [
    "a cas with a new value that cannot be",
    [{ cas: "ann", attr: "age", old: 7, new: "x" }],
    "invalid",
    [`${op}/new type`],
  ],
  [
    "a cas with a new value that may not be",
    [{ cas: "ann", attr: "age", old: 7, new: -1 }],
    "invalid",
    [`${op}/new minimum`],
  ],
  ["an attribute that there is none of", [set({ size: 1 })], "invalid", [`${op}/set/size unknown-attribute`]],
  ["an attribute of another entity", [set({ "Pet/name": 1 })], "invalid", [`${op}/set/Pet~1name unknown-attribute`]],
  ["a value of another type", [set({ age: "old" })], "invalid", [`${op}/set/age type`]],
  ["a value by its full name", [set({ "Person/age": -1 })], "invalid", [`${op}/set/Person~1age minimum`]],
  ["a value that is too long", [set({ name: "x".repeat(21) })], "invalid", [`${op}/set/name maxLength`]],
  ["a value of no such kind", [set({ status: "asleep" })], "invalid", [`${op}/set/status enum`]],
  ["one of many values", [on({ add: { tags: ["a", 7] } })], "invalid", [`${op}/add/tags/1 type`]],
  ["null as one of many", [set({ tags: [null] })], "invalid", [`${op}/set/tags/0 null`]],
  ["many where there is one", [on({ add: { age: [1, 2] } })], "invalid", [`${op}/add/age one`]],
  ["a list where there is one", [set({ age: [1] })], "invalid", [`${op}/set/age type`]],
  ["a required value that is missing", [{ entity: "Person", id: "new" }], "invalid", [`${op}/set/name required`]],
  ["a required value that is taken away", [set({ name: null })], "invalid", [`${op}/set/name required`]],
  [
    "a required list that is not kept",
    [{ entity: "Team", id: "t", set: { lead: "ann", from: "2020-01-01" } }],
    "invalid",
    [`${op}/set requiredOneOf`, `${op}/set/to allOrNone`],
  ],
  ["a reference to nothing", [set({ boss: "none" })], "invalid", [`${op}/set/boss ref`]],
  ["a reference to another type", [set({ boss: "rex" })], "invalid", [`${op}/set/boss ref`]],
  [
    "a reference to what is retracted",
    [{ retract: "bob" }, set({ boss: "bob" })],
    "invalid",
    [`${op}/retract required`, "/data/ops/1/set/boss ref"],
  ],
  ["a reference that is no id", [set({ boss: 7 })], "invalid", [`${op}/set/boss id`]],
  [
    "a reference with an op of no type",
    [{ entity: "Team", id: "team", set: { any: { set: {} } } }],
    "invalid",
    [`${op}/set/any/entity shape`],
  ],
  [
    "a reference with an op of strange keys",
    [set({ boss: { name: "x" } })],
    "invalid",
    [`${op}/set/boss/name unknown-key`],
  ],
  [
    "a nested op's value",
    [set({ boss: { id: "new", set: { name: 7 } } })],
    "invalid",
    [`${op}/set/boss/set/name type`],
  ],
  [
    "a nested op's list",
    [set({ boss: { add: { tags: 1 }, set: { name: "x" } } })],
    "invalid",
    [`${op}/set/boss/add/tags shape`],
  ],
  [
    "a nested op where something is removed",
    [on({ remove: { friends: [{ set: {} }] } })],
    "invalid",
    [`${op}/remove/friends ref`],
  ],
  [
    "no reference walked backwards",
    [set({ "Person/_age": "bob" })],
    "invalid",
    [`${op}/set/Person~1_age unknown-attribute`],
  ],
  ["a reference backwards from nothing", [set({ "Person/_boss": "none" })], "invalid", [`${op}/set/Person~1_boss ref`]],
  [
    "a reference backwards from another type",
    [set({ "Person/_boss": ["rex"] })],
    "invalid",
    [`${op}/set/Person~1_boss ref`],
  ],
  [
    "a reference backwards to another type",
    [{ entity: "Pet", id: "rex", set: { "Person/_boss": "bob" } }],
    "invalid",
    [`${op}/set/Person~1_boss ref`],
  ],
  ["ops that nest too deep", [set({ boss: deep(20) })], "too-large", []],
  ["a reference to what goes away that is required", [{ retract: "bob" }], "invalid", [`${op}/retract required`]],
]

describe("a Transact is refused as a whole, with every fault's place [L77 L79]:", () => {
  test.each(wrong)("%s", async (_what, ops, code, faults) => {
    const world = await begun
    const before = await world.daybook.basis()
    const refusal = await refusalOf(world.ask("Transact", null, { ops } as JsonObject))
    expect([refusal.code, refusal.faults.map(f => `${f.path} ${f.code}`)]).toEqual([code, faults])
    expect(await world.daybook.basis()).toBe(before)
  })

  test("all faults of all ops at once", async () => {
    const world = await begun
    const refusal = await refusalOf(world.transact([set({ age: "x", size: 1 }), on({ add: { age: [1, 2] } })]))
    expect(refusal.faults.map(f => f.path)).toEqual([`${op}/set/age`, `${op}/set/size`, "/data/ops/1/add/age"])
  })
})
