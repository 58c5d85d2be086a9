import { expect } from "vitest"

/** One step of a story. */
export type Step =
  /** What is transacted, and what it answers: what is listed here is there. */
  | { readonly ops: unknown; readonly told?: object }
  /** What is transacted and refused. */
  | { readonly ops: unknown; readonly refused: string; readonly path?: string }
  | { readonly query: object; readonly answer: unknown }

/** What is transacted and asked, one step after the other. */
export type Story = { readonly title: string; readonly steps: readonly Step[] }

const item = (id: unknown, set: object = {}) => ({ entity: "Item", id, set })
const pulled = (of: unknown, answer: unknown, pull: unknown = ["*"]): Step => ({ query: { pull, of }, answer })
const refused = (title: string, op: unknown, code: string, path?: string): Story => ({
  title,
  steps: [{ ops: Array.isArray(op) ? op : [op], refused: code, ...(path === undefined ? {} : { path }) }],
})

/** A schema for what is transacted. */
export const itemSchema = {
  daybook: 1,
  name: "items",
  version: 1,
  entities: {
    Item: {
      attributes: {
        name: { type: "string", maxLength: 20 },
        code: { type: "string", unique: "identity" },
        mail: { type: "string", unique: "identity" },
        slug: { type: "string", unique: "value" },
        tags: { type: "string", many: true },
        count: { type: "integer", minimum: 0 },
        pay: { type: "decimal" },
        any: { type: "json" },
        done: { type: "boolean" },
        friend: { type: "ref", to: ["Item"] },
        friends: { type: "ref", to: ["Item"], many: true },
        paper: { type: "ref", to: ["Paper"], unique: "identity" },
        part: { type: "ref", to: ["Item"], component: true },
        parts: { type: "ref", to: ["Item"], component: true, many: true },
      },
    },
    Paper: { attributes: { number: { type: "string", unique: "identity" } } },
    Task: {
      attributes: {
        title: { type: "string", required: true },
        state: { type: "enum", values: { open: "Open", closed: "Closed" }, default: "open" },
        weight: { type: "integer", default: 1 },
      },
    },
  },
}

/** Stories of transactions, each with entities of its own. */
export const stories: readonly Story[] = [
  // Making and changing.
  {
    title: "an id not known yet makes the entity",
    steps: [
      { ops: [item("a1", { name: "A" })], told: { state: "succeeded", events: [{ type: "EntityCreated" }] } },
      pulled("a1", { "@id": "a1", name: "A" }),
    ],
  },
  {
    title: "an id that is known changes it",
    steps: [
      { ops: [item("a2", { name: "A", count: 1 })] },
      {
        ops: [item("a2", { name: "B" })],
        told: { events: [{ type: "EntityChanged", data: { attributes: { name: { old: "A", new: "B" } } } }] },
      },
      pulled("a2", { "@id": "a2", name: "B", count: 1 }),
    ],
  },
  {
    title: "an entity of nothing but its id",
    steps: [{ ops: [{ entity: "Item", id: "a3" }] }, pulled("a3", { "@id": "a3", "@type": "Item" }, ["@id", "@type"])],
  },
  {
    title: "defaults of what is new",
    steps: [
      { ops: [{ entity: "Task", id: "t1", set: { title: "T" } }] },
      pulled("t1", { "@id": "t1", title: "T", state: "open", weight: 1 }),
    ],
  },
  {
    title: "what is said goes before a default",
    steps: [
      { ops: [{ entity: "Task", id: "t2", set: { title: "T", state: "closed", weight: null } }] },
      pulled("t2", { "@id": "t2", title: "T", state: "closed" }),
    ],
  },
  {
    title: "what is emptied gets no default again",
    steps: [
      { ops: [{ entity: "Task", id: "t3", set: { title: "T" } }] },
      { ops: [{ entity: "Task", id: "t3", set: { weight: null } }] },
      pulled("t3", { "@id": "t3", title: "T", state: "open" }),
    ],
  },
  {
    title: "null takes a value away",
    steps: [
      { ops: [item("a4", { name: "A", tags: ["x"] })] },
      { ops: [item("a4", { name: null, tags: null })] },
      pulled("a4", { "@id": "a4" }),
    ],
  },
  {
    title: "null of what is not there is nothing",
    steps: [{ ops: [item("a5")] }, { ops: [item("a5", { name: null })], told: { state: "succeeded", events: [] } }],
  },
  {
    title: "the same again is nothing",
    steps: [{ ops: [item("a6", { name: "A" })] }, { ops: [item("a6", { name: "A" })], told: { events: [] } }],
  },
  {
    title: "there and back is nothing",
    steps: [
      { ops: [item("a7", { name: "A" })] },
      { ops: [item("a7", { name: "B" }), item("a7", { name: "A" })], told: { events: [] } },
    ],
  },
  {
    title: "one entity in several ops is one event",
    steps: [
      {
        ops: [item("a8", { name: "A" }), item("a8", { count: 2 })],
        told: { events: [{ type: "EntityCreated", data: { attributes: { name: { new: "A" }, count: { new: 2 } } } }] },
      },
    ],
  },
  { title: "no ops at all", steps: [{ ops: [], told: { state: "succeeded", events: [], result: { ids: {} } } }] },
  {
    title: "an attribute by its full name",
    steps: [{ ops: [item("a9", { "Item/name": "A" })] }, pulled("a9", { name: "A" }, ["name"])],
  },
  {
    title: "an empty list that is JSON is a value",
    steps: [{ ops: [item("a10", { any: [] })] }, pulled("a10", { any: [] }, ["any"])],
  },
  {
    title: "false and zero are values",
    steps: [
      { ops: [item("a11", { done: false, count: 0, name: "" })] },
      pulled("a11", { done: false, count: 0, name: "" }, ["done", "count", "name"]),
    ],
  },
  {
    title: "a decimal as a number",
    steps: [{ ops: [item("a12", { pay: 10.5 })] }, pulled("a12", { pay: "10.5" }, ["pay"])],
  },
  {
    title: "an entity without an id is given one",
    steps: [
      { ops: [{ entity: "Item", set: { code: "given" } }], told: { result: { ids: {} } } },
      { query: { find: [["count", "?e"], "."], where: [["?e", "Item/code", "given"]] }, answer: 1 },
    ],
  },
  // Names of one transaction.
  {
    title: "a name is a new id, and is told",
    steps: [{ ops: [item("~x", { name: "N" })], told: { result: { ids: { "~x": expect.any(String) } } } }],
  },
  {
    title: "a name is the same all over",
    steps: [
      {
        ops: [
          item("~x", { code: "n1", friend: "~y" }),
          item("~y", { code: "n2", friend: "~x" }),
          item("~x", { name: "X" }),
        ],
      },
      pulled(["Item/code", "n1"], { name: "X", friend: { code: "n2", friend: { code: "n1" } } }, [
        "name",
        { friend: ["code", { friend: ["code"] }] },
      ]),
    ],
  },
  {
    title: "a name before it is made",
    steps: [
      { ops: [item("b1", { friends: ["~z"] }), item("~z", { code: "n3" })] },
      pulled("b1", { friends: [{ code: "n3" }] }, [{ friends: ["code"] }]),
    ],
  },
  {
    title: "a name with an identity that somebody has is a conflict",
    steps: [
      { ops: [item("b2", { code: "n4" })] },
      { ops: [item("~x", { code: "n4", name: "X" })], refused: "conflict" },
    ],
  },
  {
    title: "a name is another in another transaction",
    steps: [
      { ops: [item("~x", { name: "same" })] },
      { ops: [item("~x", { name: "same" })] },
      { query: { find: [["count", "?e"], "."], where: [["?e", "Item/name", "same"]] }, answer: 2 },
    ],
  },
  refused("a name that nobody makes", item("b3", { friend: "~nobody" }), "invalid", "/data/ops/0/set/friend"),
  // Lookups.
  {
    title: "a lookup finds whom to change",
    steps: [
      { ops: [item("c1", { code: "l1" })] },
      { ops: [item(["Item/code", "l1"], { name: "L" })] },
      pulled("c1", { name: "L" }, ["name"]),
    ],
  },
  {
    title: "a lookup by its short name",
    steps: [
      { ops: [item("c2", { code: "l2" })] },
      { ops: [item(["code", "l2"], { name: "L" })] },
      pulled("c2", { name: "L" }, ["name"]),
    ],
  },
  {
    title: "a lookup for a reference",
    steps: [
      { ops: [item("c3", { code: "l3" }), item("c4", { friend: ["Item/code", "l3"] })] },
      pulled("c4", { friend: "c3" }, ["friend"]),
    ],
  },
  {
    title: "a lookup among references",
    steps: [
      { ops: [item("c5", { code: "l5" }), item("c6"), item("c7", { friends: [["Item/code", "l5"], "c6"] })] },
      pulled("c7", { friends: ["c5", "c6"] }, ["friends"]),
    ],
  },
  {
    title: "a lookup for whom to retract",
    steps: [{ ops: [item("c8", { code: "l8" })] }, { ops: [{ retract: ["Item/code", "l8"] }] }, pulled("c8", null)],
  },
  {
    title: "a lookup for whose value changes",
    steps: [
      { ops: [item("c9", { code: "l9", count: 1 })] },
      { ops: [{ cas: ["Item/code", "l9"], attr: "count", old: 1, new: 2 }] },
      pulled("c9", { count: 2 }, ["count"]),
    ],
  },
  {
    title: "a lookup by an identity that changes in the same transaction",
    steps: [
      { ops: [item("c10", { code: "old10" })] },
      { ops: [item("c10", { code: "new10" }), item(["Item/code", "new10"], { name: "N" })] },
      pulled("c10", { name: "N" }, ["name"]),
    ],
  },
  {
    title: "a lookup by a reference",
    steps: [
      { ops: [{ entity: "Paper", id: "p1", set: { number: "P1" } }, item("c12", { paper: "p1" })] },
      { ops: [item(["Item/paper", "p1"], { name: "A" })] },
      pulled(["Item/paper", "p1"], { name: "A" }, ["name"]),
    ],
  },
  {
    title: "a lookup by a reference that is a lookup",
    steps: [
      { ops: [{ entity: "Paper", id: "p2", set: { number: "P2" } }, item("c13", { paper: ["Paper/number", "P2"] })] },
      { ops: [item(["Item/paper", ["Paper/number", "P2"]], { name: "A" })] },
      pulled(["Item/paper", ["Paper/number", "P2"]], { name: "A" }, ["name"]),
    ],
  },
  refused("a lookup of nobody", item(["Item/code", "nobody"], { name: "X" }), "not-found", "/data/ops/0/id"),
  refused(
    "a reference to a lookup of nobody",
    item("c14", { friend: ["Item/code", "nobody"] }),
    "not-found",
    "/data/ops/0/set/friend",
  ),
  refused("a lookup of null", item(["Item/code", null], { name: "X" }), "invalid", "/data/ops/0/id"),
  refused(
    "a reference to a lookup of null",
    item("c15", { friend: ["code", null] }),
    "invalid",
    "/data/ops/0/set/friend",
  ),
  refused("a lookup of null goes", { retract: ["Item/code", null] }, "invalid", "/data/ops/0/retract"),
  refused("a lookup by what is no identity", item(["Item/slug", "x"], { name: "X" }), "invalid", "/data/ops/0/id"),
  refused("a lookup by what is not there", item(["Item/zip", "x"], { name: "X" }), "invalid", "/data/ops/0/id"),
  // Many values.
  {
    title: "values are added, each once",
    steps: [
      { ops: [item("d1", { tags: ["a", "b"] })] },
      { ops: [{ entity: "Item", id: "d1", add: { tags: ["b", "c"] } }] },
      pulled("d1", { tags: ["a", "b", "c"] }, ["tags"]),
    ],
  },
  {
    title: "values are removed",
    steps: [
      { ops: [item("d2", { tags: ["a", "b"] })] },
      { ops: [{ entity: "Item", id: "d2", remove: { tags: ["a", "zzz"] } }] },
      pulled("d2", { tags: ["b"] }, ["tags"]),
    ],
  },
  {
    title: "the last value is removed",
    steps: [
      { ops: [item("d3", { tags: ["a"] })] },
      { ops: [{ entity: "Item", id: "d3", remove: { tags: ["a"] } }] },
      pulled("d3", {}, ["tags"]),
    ],
  },
  {
    title: "values are set",
    steps: [
      { ops: [item("d4", { tags: ["a"] })] },
      { ops: [item("d4", { tags: ["b", "b"] })] },
      pulled("d4", { tags: ["b"] }, ["tags"]),
    ],
  },
  {
    title: "one value is set where there may be many",
    steps: [{ ops: [item("d5", { tags: "a" })] }, pulled("d5", { tags: ["a"] }, ["tags"])],
  },
  {
    title: "an empty list takes them all",
    steps: [{ ops: [item("d6", { tags: ["a"] })] }, { ops: [item("d6", { tags: [] })] }, pulled("d6", {}, ["tags"])],
  },
  {
    title: "set, add and remove in one op",
    steps: [
      { ops: [{ entity: "Item", id: "d7", set: { tags: ["a"] }, add: { tags: ["b"] }, remove: { tags: ["a"] } }] },
      pulled("d7", { tags: ["b"] }, ["tags"]),
    ],
  },
  {
    title: "what is there is added: nothing",
    steps: [
      { ops: [item("d8", { tags: ["a"] })] },
      { ops: [{ entity: "Item", id: "d8", add: { tags: ["a"] } }], told: { events: [] } },
    ],
  },
  {
    title: "references are added and removed",
    steps: [
      { ops: [item("d9"), item("d10"), item("d11", { friends: ["d9"] })] },
      { ops: [{ entity: "Item", id: "d11", add: { friends: ["d10"] }, remove: { friends: ["d9"] } }] },
      pulled("d11", { friends: ["d10"] }, ["friends"]),
    ],
  },
  {
    title: "a value is added where there is one",
    steps: [
      { ops: [item("d12", { name: "A" })] },
      { ops: [{ entity: "Item", id: "d12", add: { name: ["B"] } }] },
      pulled("d12", { name: "B" }, ["name"]),
    ],
  },
  {
    title: "a value is removed where there is one",
    steps: [
      { ops: [item("d13", { name: "A", count: 1 })] },
      { ops: [{ entity: "Item", id: "d13", remove: { name: ["A"] } }] },
      pulled("d13", { count: 1 }, ["name", "count"]),
    ],
  },
  {
    title: "another value is removed where there is one: nothing",
    steps: [
      { ops: [item("d14", { name: "A" })] },
      { ops: [{ entity: "Item", id: "d14", remove: { name: ["B"] } }], told: { events: [] } },
    ],
  },
  refused(
    "two values are added where there is one",
    { entity: "Item", id: "d15", add: { name: ["A", "B"] } },
    "invalid",
    "/data/ops/0/add/name",
  ),
  refused(
    "what is added is no list",
    { entity: "Item", id: "d16", add: { tags: "a" } },
    "invalid",
    "/data/ops/0/add/tags",
  ),
  // Nested maps and references backwards.
  {
    title: "a map in a reference's place",
    steps: [
      { ops: [item("e1", { friend: { set: { code: "e2" } } })] },
      pulled("e1", { friend: { code: "e2" } }, [{ friend: ["code"] }]),
    ],
  },
  {
    title: "maps in references' places",
    steps: [
      { ops: [item("e3", { parts: [{ set: { name: "P" } }, { id: "e4", set: { name: "Q" } }] })] },
      pulled("e3", { parts: [{ name: "P" }, { name: "Q" }] }, [{ parts: ["name"] }]),
    ],
  },
  {
    title: "a map in a map",
    steps: [
      { ops: [item("e5", { part: { set: { part: { set: { name: "deep" } } } } })] },
      pulled("e5", { part: { part: { name: "deep" } } }, [{ part: [{ part: ["name"] }] }]),
    ],
  },
  {
    title: "a map for whom there is",
    steps: [
      { ops: [item("e6", { code: "e6" })] },
      { ops: [item("e7", { friend: { id: ["Item/code", "e6"], set: { name: "E" } } })] },
      pulled("e7", { friend: { "@id": "e6", name: "E" } }, [{ friend: ["@id", "name"] }]),
    ],
  },
  {
    title: "a reference from its other side",
    steps: [{ ops: [item("e8"), item("e9", { "Item/_friend": "e8" })] }, pulled("e8", { friend: "e9" }, ["friend"])],
  },
  {
    title: "references from their other side",
    steps: [
      { ops: [item("e10"), item("e11"), item("e12", { "Item/_friends": ["e10", "e11"] })] },
      pulled("e12", { "Item/_friends": ["e10", "e11"] }, ["Item/_friends"]),
    ],
  },
  // Retracting.
  {
    title: "an entity goes",
    steps: [
      { ops: [item("f1", { name: "A" })] },
      {
        ops: [{ retract: "f1" }],
        told: { events: [{ type: "EntityRetracted", data: { attributes: { name: { old: "A" } } } }] },
      },
      pulled("f1", null),
    ],
  },
  {
    title: "its components go with it",
    steps: [
      { ops: [item("f2", { part: "f3", parts: ["f4"] }), item("f3", { part: "f5" }), item("f4"), item("f5")] },
      { ops: [{ retract: "f2" }] },
      pulled(["f2", "f3", "f4", "f5"], [null, null, null, null]),
    ],
  },
  {
    title: "references to it go",
    steps: [
      { ops: [item("f6"), item("f7", { friend: "f6", friends: ["f6"], name: "A" })] },
      { ops: [{ retract: "f6" }] },
      pulled("f7", { "@id": "f7", name: "A" }),
    ],
  },
  {
    title: "what it points at stays",
    steps: [
      { ops: [item("f8"), item("f9", { friend: "f8" })] },
      { ops: [{ retract: "f9" }] },
      pulled("f8", { "@id": "f8" }),
    ],
  },
  {
    title: "it comes back as it is made anew",
    steps: [
      { ops: [item("f10", { name: "A", count: 1 })] },
      { ops: [{ retract: "f10" }] },
      { ops: [item("f10", { name: "B" })], told: { events: [{ type: "EntityCreated" }] } },
      pulled("f10", { "@id": "f10", name: "B" }),
    ],
  },
  {
    title: "it goes and comes back at once",
    steps: [
      { ops: [item("f11", { name: "A", count: 1 })] },
      { ops: [{ retract: "f11" }, item("f11", { name: "B" })] },
      pulled("f11", { "@id": "f11", name: "B" }),
    ],
  },
  {
    title: "it is made and goes at once: nothing",
    steps: [
      { ops: [item("f12", { name: "A" }), { retract: "f12" }], told: { state: "succeeded", events: [] } },
      pulled("f12", null),
    ],
  },
  {
    title: "it goes twice at once",
    steps: [
      { ops: [item("f13", { part: "f14" }), item("f14")] },
      { ops: [{ retract: "f13" }, { retract: "f14" }, { retract: "f13" }] },
      pulled(["f13", "f14"], [null, null]),
    ],
  },
  {
    title: "its identity is free again",
    steps: [
      { ops: [item("f15", { code: "free" })] },
      { ops: [{ retract: "f15" }] },
      { ops: [item("f16", { code: "free" })] },
      pulled(["Item/code", "free"], { "@id": "f16" }, ["@id"]),
    ],
  },
  refused("nobody goes", { retract: "nobody" }, "not-found", "/data/ops/0/retract"),
  // Compare and set.
  {
    title: "a value that is as expected",
    steps: [
      { ops: [item("g1", { count: 1 })] },
      { ops: [{ cas: "g1", attr: "count", old: 1, new: 2 }] },
      pulled("g1", { count: 2 }, ["count"]),
    ],
  },
  {
    title: "a value that is not as expected",
    steps: [
      { ops: [item("g2", { count: 1 })] },
      { ops: [{ cas: "g2", attr: "count", old: 3, new: 2 }], refused: "conflict", path: "/data/ops/0/old" },
      pulled("g2", { count: 1 }, ["count"]),
    ],
  },
  {
    title: "no value as expected",
    steps: [
      { ops: [item("g3")] },
      { ops: [{ cas: "g3", attr: "count", old: null, new: 2 }] },
      pulled("g3", { count: 2 }, ["count"]),
    ],
  },
  {
    title: "a value where none is expected",
    steps: [
      { ops: [item("g4", { count: 1 })] },
      { ops: [{ cas: "g4", attr: "count", old: null, new: 2 }], refused: "conflict" },
    ],
  },
  {
    title: "a value goes if it is as expected",
    steps: [
      { ops: [item("g5", { count: 1 })] },
      { ops: [{ cas: "g5", attr: "count", old: 1, new: null }] },
      pulled("g5", {}, ["count"]),
    ],
  },
  {
    title: "a value changes twice at once",
    steps: [
      { ops: [item("g6", { count: 1 })] },
      {
        ops: [
          { cas: "g6", attr: "count", old: 1, new: 2 },
          { cas: "g6", attr: "count", old: 2, new: 3 },
        ],
      },
      pulled("g6", { count: 3 }, ["count"]),
    ],
  },
  {
    title: "a reference that is as expected",
    steps: [
      { ops: [item("g7"), item("g8"), item("g9", { friend: "g7" })] },
      { ops: [{ cas: "g9", attr: "friend", old: "g7", new: "g8" }] },
      pulled("g9", { friend: "g8" }, ["friend"]),
    ],
  },
  {
    title: "false as expected",
    steps: [
      { ops: [item("g10", { done: false })] },
      { ops: [{ cas: "g10", attr: "done", old: false, new: true }] },
      pulled("g10", { done: true }, ["done"]),
    ],
  },
  refused("a value of nobody", { cas: "nobody", attr: "count", old: null, new: 2 }, "not-found", "/data/ops/0/cas"),
  // Uniqueness.
  {
    title: "a value that is unique is held once",
    steps: [{ ops: [item("h1", { slug: "u1" })] }, { ops: [item("h2", { slug: "u1" })], refused: "conflict" }],
  },
  {
    title: "a value that is unique is held once within a transaction",
    steps: [{ ops: [item("h3", { code: "u3" }), item("h4", { code: "u3" })], refused: "conflict" }, pulled("h3", null)],
  },
  {
    title: "two swap what is unique",
    steps: [
      { ops: [item("h5", { code: "u5" }), item("h6", { code: "u6" })] },
      { ops: [item("h5", { code: "u6" }), item("h6", { code: "u5" })] },
      pulled(["Item/code", "u5"], { "@id": "h6" }, ["@id"]),
    ],
  },
  {
    title: "a unique reference is held once",
    steps: [
      { ops: [{ entity: "Paper", id: "p9" }, item("h7", { paper: "p9" })] },
      { ops: [item("h8", { paper: "p9" })], refused: "conflict" },
    ],
  },
  // All or nothing.
  {
    title: "one fault, and nothing is written",
    steps: [
      {
        ops: [item("i1", { name: "A" }), item("i2", { count: "many" })],
        refused: "invalid",
        path: "/data/ops/1/set/count",
      },
      pulled(["i1", "i2"], [null, null]),
    ],
  },
  refused("a value of another type", item("i3", { count: "x" }), "invalid", "/data/ops/0/set/count"),
  refused("a value beyond its bounds", item("i4", { count: -1 }), "invalid", "/data/ops/0/set/count"),
  refused("a text that is too long", item("i5", { name: "x".repeat(21) }), "invalid", "/data/ops/0/set/name"),
  refused(
    "a key that an enum has not",
    { entity: "Task", id: "i6", set: { title: "T", state: "gone" } },
    "invalid",
    "/data/ops/0/set/state",
  ),
  refused("what is required and missing", { entity: "Task", id: "i7" }, "invalid"),
  refused("a list where there is one value", item("i8", { name: ["A"] }), "invalid", "/data/ops/0/set/name"),
  refused("a reference to nobody", item("i9", { friend: "nobody" }), "invalid", "/data/ops/0/set/friend"),
  refused(
    "a reference to another type",
    [{ entity: "Task", id: "i10", set: { title: "T" } }, item("i11", { friend: "i10" })],
    "invalid",
    "/data/ops/1/set/friend",
  ),
  refused("an attribute that is not there", item("i12", { zip: 1 }), "invalid", "/data/ops/0/set/zip"),
  refused("an entity type that is not there", { entity: "Thing", id: "i13" }, "unknown-type", "/data/ops/0/entity"),
  refused("an id that is no id", item(5), "invalid", "/data/ops/0/id"),
  refused("an id that is too long", item("x".repeat(201)), "invalid", "/data/ops/0/id"),
  refused("an empty id", item(""), "invalid", "/data/ops/0/id"),
  refused("an op that is none", 5, "invalid", "/data/ops/0"),
  refused("an op of nothing", {}, "invalid", "/data/ops/0/entity"),
  refused("an op with a strange key", { ...item("i14"), sett: {} }, "invalid", "/data/ops/0/sett"),
  { title: "ops that are no list", steps: [{ ops: 5, refused: "invalid", path: "/data/ops" }] },
  {
    title: "an id of another type",
    steps: [
      { ops: [item("i15")] },
      { ops: [{ entity: "Task", id: "i15", set: { title: "T" } }], refused: "conflict", path: "/data/ops/0/id" },
    ],
  },
]
