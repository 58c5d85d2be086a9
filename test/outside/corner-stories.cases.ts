import type { Step, Story } from "./transact.cases.ts"

const item = (id: unknown, set: object = {}, more: object = {}) => ({ entity: "Item", id, set, ...more })
const pulled = (of: unknown, answer: unknown, pull: unknown = ["*"]): Step => ({ query: { pull, of }, answer })
const found = (where: unknown[], answer: unknown): Step => ({
  query: { find: [["?x", "..."]], where, order: [["?x", "asc"]] },
  answer,
})

/** Stories of transactions in which two things meet that others tell one by one. */
export const cornerStories: readonly Story[] = [
  {
    title: "a name in a circle of references",
    steps: [
      {
        ops: [item("~a", { code: "ca1", friend: "~b" }), item("~b", { code: "ca2", friend: "~a" })],
        told: { state: "succeeded" },
      },
      pulled(["Item/code", "ca1"], { code: "ca1", friend: { code: "ca2", friend: { code: "ca1" } } }, [
        "code",
        { friend: ["code", { friend: ["code"] }] },
      ]),
    ],
  },
  {
    title: "a name among others that are there",
    steps: [
      { ops: [item("cb1"), item("cb2")] },
      { ops: [item("~n", { code: "cb3" }), item("cb1", {}, { add: { friends: ["cb2", "~n"] } })] },
      pulled("cb1", { friends: [{}, { code: "cb3" }] }, [{ friends: ["code"] }]),
    ],
  },
  {
    title: "a lookup of what the same transaction has given an identity",
    steps: [
      { ops: [item("cc1", { name: "C" })] },
      {
        ops: [
          item("cc1", { code: "cc" }),
          item("cc2", { friend: "cc1" }),
          { entity: "Item", id: "cc2", set: { name: "D" } },
        ],
      },
      pulled(["Item/code", "cc"], { name: "C", "Item/_friend": [{ name: "D" }] }, [
        "name",
        { "Item/_friend": ["name"] },
      ]),
    ],
  },
  {
    title: "an identity that goes from one to another at once",
    steps: [
      { ops: [item("cd1", { code: "cd" }), item("cd2", { name: "two" })] },
      { ops: [item("cd1", { code: null }), item("cd2", { code: "cd" })], told: { state: "succeeded" } },
      pulled(["Item/code", "cd"], { "@id": "cd2" }, ["@id"]),
    ],
  },
  {
    title: "an identity of what goes is another's at once",
    steps: [
      { ops: [item("ce1", { code: "ce" })] },
      { ops: [{ retract: "ce1" }, item("ce2", { code: "ce" })], told: { state: "succeeded" } },
      pulled(["Item/code", "ce"], { "@id": "ce2" }, ["@id"]),
    ],
  },
  {
    title: "two identities of two others are a conflict",
    steps: [
      { ops: [item("cf1", { code: "cf" }), item("cf2", { mail: "cf@x" })] },
      { ops: [item("~n", { code: "cf", mail: "cf@x" })], refused: "conflict" },
      { ops: [item("cf1", { mail: "cf@x" })], refused: "conflict", path: "/data/ops/0/set/mail" },
    ],
  },
  {
    title: "components of components go, and what points at them from elsewhere loses that",
    steps: [
      {
        ops: [
          item("cg3"),
          item("cg2", { parts: ["cg3"] }),
          item("cg1", { part: "cg2" }),
          item("cg4", { friend: "cg3", name: "left" }),
        ],
      },
      { ops: [{ retract: "cg1" }] },
      pulled(["cg1", "cg2", "cg3"], [null, null, null]),
      pulled("cg4", { "@id": "cg4", name: "left" }),
    ],
  },
  {
    title: "a component that is taken away is not gone",
    steps: [
      { ops: [item("ch2", { name: "part" }), item("ch1", { part: "ch2" })] },
      { ops: [item("ch1", { part: null })] },
      pulled("ch2", { "@id": "ch2", name: "part" }),
    ],
  },
  {
    title: "a reference to what goes in the same transaction",
    steps: [
      { ops: [item("ci1"), item("ci2")] },
      { ops: [{ retract: "ci1" }, item("ci2", { friend: "ci1" })], refused: "invalid" },
      pulled(["ci1", "ci2"], [{ "@id": "ci1" }, { "@id": "ci2" }]),
    ],
  },
  {
    title: "what goes comes back without what it was",
    steps: [
      { ops: [item("cj", { name: "one", tags: ["a"] })] },
      { ops: [{ retract: "cj" }] },
      { ops: [item("cj", { count: 2 })] },
      pulled("cj", { "@id": "cj", count: 2 }),
      found([["?x", "Item/name", "one"]], []),
    ],
  },
  {
    title: "a comparison behind a change in the same transaction sees the change",
    steps: [
      { ops: [item("ck", { count: 1 })] },
      { ops: [item("ck", { count: 2 }), { cas: "ck", attr: "count", old: 2, new: 3 }], told: { state: "succeeded" } },
      pulled("ck", { "@id": "ck", count: 3 }),
      { ops: [item("ck", { count: 4 }), { cas: "ck", attr: "count", old: 3, new: 5 }], refused: "conflict" },
      pulled("ck", { "@id": "ck", count: 3 }),
    ],
  },
  {
    title: "a comparison by a lookup, in an attribute's full name",
    steps: [
      { ops: [item("cl", { code: "cl", name: "A" })] },
      { ops: [{ cas: ["Item/code", "cl"], attr: "Item/name", old: "A", new: "B" }] },
      pulled("cl", { "@id": "cl", code: "cl", name: "B" }),
    ],
  },
  {
    title: "a value is added and removed at once: removed",
    steps: [
      { ops: [item("cm", { tags: ["a"] })] },
      { ops: [item("cm", {}, { add: { tags: ["b", "c"] }, remove: { tags: ["a", "b"] } })] },
      pulled("cm", { "@id": "cm", tags: ["c"] }),
    ],
  },
  {
    title: "a fault in the last op undoes the first",
    steps: [
      {
        ops: [item("cn1", { name: "A" }), item("cn2", { count: -1 })],
        refused: "invalid",
        path: "/data/ops/1/set/count",
      },
      pulled(["cn1", "cn2"], [null, null]),
    ],
  },
  {
    title: "a lookup of who was made in an op before",
    steps: [
      {
        ops: [
          item("cp1", { code: "cp" }),
          item("cp2", { friend: ["Item/code", "cp"], friends: [["Item/code", "cp"]] }),
        ],
      },
      pulled("cp2", { "@id": "cp2", friend: "cp1", friends: ["cp1"] }),
      { ops: [{ cas: "cp2", attr: "friend", old: ["Item/code", "cp"], new: "cp2" }] },
      { ops: [item("cp2", {}, { remove: { friends: [["Item/code", "cp"]] } })] },
      pulled("cp2", { "@id": "cp2", friend: "cp2" }),
    ],
  },
  {
    title: "a name that stands in a unique reference",
    steps: [
      { ops: [{ entity: "Paper", id: "~p", set: { number: "cq" } }, item("cq", { paper: "~p" })] },
      pulled(["Item/paper", ["Paper/number", "cq"]], { "@id": "cq" }, ["@id"]),
    ],
  },
  {
    title: "false is removed where it is, and not where true is",
    steps: [
      { ops: [item("cr1", { done: false }), item("cr2", { done: true })] },
      { ops: ["cr1", "cr2"].map(id => item(id, {}, { remove: { done: [false] } })) },
      pulled(["cr1", "cr2"], [{ "@id": "cr1" }, { "@id": "cr2", done: true }]),
    ],
  },
  {
    title: "pieces of JSON are values like others",
    steps: [
      { ops: [item("cs", { any: { map: 1 } })] },
      { ops: [item("cs", { any: { map: 2 } })] },
      pulled("cs", { "@id": "cs", any: { map: 2 } }),
      found([["?x", "Item/any", { value: { map: 2 } }]], ["cs"]),
      { ops: [{ cas: "cs", attr: "any", old: { map: 2 }, new: [1, 2, 3] }] },
      found([["?x", "Item/any", { value: [1, 2, 3] }]], ["cs"]),
      found([["?x", "Item/any", { value: [1, 2] }]], []),
    ],
  },
  {
    title: "an id that is no id",
    steps: [
      { ops: [item("")], refused: "invalid" },
      { ops: [item("x".repeat(201))], refused: "invalid" },
      { ops: [item("a\u0000b")], refused: "invalid" },
      { ops: [item(5)], refused: "invalid" },
    ],
  },
  {
    title: "a text of one letter in many bytes counts as its letters",
    steps: [
      { ops: [item("co", { name: "é".repeat(20) })], told: { state: "succeeded" } },
      { ops: [item("co", { name: "é".repeat(21) })], refused: "invalid" },
    ],
  },
]
