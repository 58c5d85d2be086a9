import type { Case } from "./cases.ts"

// What those who know DataScript try first: what is bound outside of a choice, values that come in whole, heads of rules.

const named = ["?e", "Six/name", "?n"]
const aged = ["?e", "Six/age", "?a"]
const oleg = ["?e", "Six/name", "Oleg"]
const found = (where: readonly unknown[], more: object = {}) => ({ find: [["?e", "..."]], ...more, where })
const ten = { in: ["?a"], args: [10] }
const sought = ["s1", "s3", "s4", "s5"]
const rule = (...head: unknown[]) => ({ find: ["?e"], rules: [[head, ["?x", "Node/follow", "?y"]]], where: [named] })

/** Queries over the worlds of `world.ts`. */
export const habits: readonly Case[] = [
  // What a branch takes as it is.
  {
    title: "or of what comes in, and of what does not use it",
    query: found([["or", aged, oleg]], ten),
    answer: sought,
  },
  {
    title: "orJoin on what one branch alone uses",
    query: found([["orJoin", ["?e", "?a"], aged, oleg]], ten),
    answer: sought,
  },
  {
    title: "orJoin on what must be bound, and one branch alone uses",
    query: found([["orJoin", [["?a"], "?e"], aged, oleg]], ten),
    answer: sought,
  },
  {
    title: "or in whose branches a value of somebody stands",
    query: found([
      aged,
      ["or", ["and", ["?e", "Six/name", "Ivan"], ["s1", "Six/age", "?a"]], ["and", oleg, ["s2", "Six/age", "?a"]]],
    ]),
    answer: ["s1", "s4", "s5"],
  },
  {
    title: "the same written first, in another order",
    query: found([
      ["or", ["and", ["?e", "Six/name", "Ivan"], ["s1", "Six/age", "?a"]], ["and", ["s2", "Six/age", "?a"], oleg]],
      aged,
    ]),
    answer: ["s1", "s4", "s5"],
  },
  {
    title: "or of which one branch finds nobody",
    query: found([
      ["or", ["and", ["?e", "Six/age", 30], named], ["and", ["?e", "Six/age", 20], named]],
      [["ground", "Ivan"], "?n"],
    ]),
    answer: ["s2", "s6"],
  },
  {
    title: "or of a pattern and of a predicate of what is bound outside",
    query: found([aged, named, ["or", oleg, [[">", "?a", 15]]]]),
    answer: ["s2", "s3", "s4", "s6"],
  },
  {
    title: "or within not, of what is bound outside",
    query: found([aged, ["not", ["or", oleg, [[">", "?a", 15]]]]]),
    answer: ["s1", "s5"],
  },
  {
    title: "or in a rule, of a parameter that one branch uses",
    query: found([["old", "?e", 15]], {
      rules: [[["old", "?e", "?k"], named, ["or", oleg, ["and", aged, [[">", "?a", "?k"]]]]]],
    }),
    refused: "malformed",
  },
  {
    title: "orJoin in a rule, of a parameter that one branch uses",
    query: found([["old", 15, "?e"]], {
      rules: [
        [
          ["old", ["?k"], "?e"],
          ["orJoin", ["?e", "?k"], oleg, ["and", aged, [[">", "?a", "?k"]]]],
        ],
      ],
    }),
    answer: ["s2", "s3", "s4", "s6"],
  },
  {
    title: "or of what nothing binds outside",
    query: found([["or", ["?e", "Six/name", "_"], aged]]),
    refused: "malformed",
    path: "/where/0",
  },
  {
    title: "orJoin on what no branch uses",
    query: found([aged, ["orJoin", ["?e", "?a"], oleg, ["?e", "Six/age", 10]]]),
    refused: "malformed",
    path: "/where/1",
  },
  {
    title: "notJoin on a value, for whom nobody is",
    query: { find: ["?e", "?a"], where: [aged, oleg, ["notJoin", ["?a"], ["?e", "Six/name", "Petr"], aged]] },
    answer: [
      ["s3", 10],
      ["s4", 20],
    ],
  },
  {
    title: "not of two whom nothing but the denial joins",
    query: {
      find: ["?e", "?f"],
      where: [oleg, ["?f", "Six/name", "Oleg"], ["not", ["?e", "Six/age", 10], ["?f", "Six/age", 20]]],
    },
    answer: [
      ["s3", "s3"],
      ["s4", "s3"],
      ["s4", "s4"],
    ],
  },
  // Backwards.
  {
    title: "missing backwards: to whom nobody points",
    query: found([["?e", "Node/even", "_"], [["missing", "?e", "Node/_follow"]]]),
    answer: ["n1", "n5"],
  },
  {
    title: "missing backwards of somebody",
    query: found([oleg, [["missing", "n1", "Node/_follow"]]]),
    answer: ["s3", "s4"],
  },
  {
    title: "missing backwards of who is pointed at",
    query: found([oleg, [["missing", "n2", "Node/_follow"]]]),
    answer: [],
  },
  {
    title: "missing backwards over a value",
    query: found([named, [["missing", "?e", "Six/_name"]]]),
    refused: "malformed",
    path: "/where/1/0/2",
  },
  // Values that come in whole.
  {
    title: "a row that comes in, taken apart",
    query: {
      find: ["?x", "?z"],
      in: ["?r"],
      args: [["a", "b", "c"]],
      where: [
        [
          ["ground", "?r"],
          ["?x", "_", "?z"],
        ],
      ],
    },
    answer: [["a", "c"]],
  },
  {
    title: "rows that come in, taken apart",
    query: {
      find: ["?x", "?z"],
      in: ["?r"],
      args: [
        [
          ["a", "b", "c"],
          ["d", "e", "f"],
        ],
      ],
      where: [[["identity", "?r"], [["?x", "_", "?z"]]]],
    },
    answer: [
      ["a", "c"],
      ["d", "f"],
    ],
  },
  {
    title: "what comes in, taken for anything",
    query: { find: ["?r"], in: ["?r"], args: ["a"], where: [[["ground", "?r"], "_"]] },
    answer: [["a"]],
  },
  {
    title: "none that come in, taken for anything",
    query: { find: ["?r"], in: [["?r", "..."]], args: [[]], where: [[["ground", "?r"], "_"]] },
    answer: [],
  },
  {
    title: "two rows of constants that cannot both be",
    query: {
      find: ["?x", "?y"],
      where: [
        [
          ["identity", [3, 4]],
          ["?x", "?y"],
        ],
        [
          ["identity", [1, 2]],
          ["?x", "?y"],
        ],
      ],
    },
    answer: [],
  },
  {
    title: "a value of the data, taken apart",
    query: {
      find: ["?x"],
      where: [
        aged,
        [
          ["identity", "?a"],
          ["?x", "_"],
        ],
      ],
    },
    refused: "query-unsupported",
    path: "/where/1/0",
  },
  {
    title: "what is joined no more is another variable, and nothing that comes in",
    query: {
      find: ["?e"],
      in: ["?r"],
      args: [[1, 2]],
      where: [
        oleg,
        [
          "notJoin",
          ["?e"],
          aged,
          [
            ["ground", "?r"],
            ["?a", "_"],
          ],
        ],
      ],
    },
    refused: "query-unsupported",
  },
  // What comes in.
  {
    title: "an input twice",
    query: found([aged], { in: ["?a", "?a"], args: [10, 10] }),
    refused: "malformed",
    path: "/in/1",
  },
  {
    title: "an input twice, once in a row",
    query: found([aged], { in: ["?a", ["?e", "?a"]], args: [10, ["s1", 10]] }),
    refused: "malformed",
    path: "/in/1",
  },
  {
    title: "a row in a row that comes in",
    query: { find: ["?x"], in: [[["?k", ["?x", "?y"]]]], args: [[["a", [1, 7]]]] },
    refused: "query-unsupported",
  },
  {
    title: "a list of rows as a list of values",
    query: { find: ["?x"], in: [[["?x", "?y"], "..."]], args: [[["a", 1]]] },
    refused: "query-unsupported",
  },
  { title: "a constant for an input", query: { find: ["?x"], in: ["?x", "key"], args: [1, 2] }, refused: "malformed" },
  { title: "what nobody names", query: { find: ["?x"], in: ["_", "?x"], args: [1, 2] }, answer: [[2]] },
  // Lookups by what is unique and no identity.
  {
    title: "a lookup by a unique value comes in",
    query: { find: ["?n"], in: ["?e"], args: [["Person/nick", "O"]], where: [["?e", "Person/email", "?n"]] },
    answer: [["oleg@x"]],
  },
  {
    title: "the value or another, of a lookup that comes in",
    query: {
      find: ["?h", "."],
      in: ["?e"],
      args: [["Person/email", "ivan@x"]],
      where: [[["getElse", "?e", "Person/height", "Unknown"], "?h"]],
    },
    answer: "Unknown",
  },
  {
    title: "the first there is, of a lookup that comes in",
    query: {
      find: ["?e", "?a", "?v"],
      in: ["?e"],
      args: [["Person/email", "petr@x"]],
      where: [
        [
          ["getSome", "?e", "Person/nick", "Person/age", "Person/height"],
          ["?a", "?v"],
        ],
      ],
    },
    answer: [["2", "Person/age", 37]],
  },
  {
    title: "both ends of an edge as lookups that come in",
    query: {
      find: ["?e", "?f"],
      in: [
        ["?e", "..."],
        ["?f", "..."],
      ],
      args: [
        [
          ["Person/email", "ivan@x"],
          ["Person/email", "oleg@x"],
          ["Person/email", "no@x"],
        ],
        [
          ["Person/email", "petr@x"],
          ["Person/email", "ivan@x"],
        ],
      ],
      where: [["?e", "Person/boss", "?f"]],
    },
    answer: [
      ["1", "2"],
      ["3", "2"],
    ],
  },
  {
    title: "ids of whom some are nobody come in",
    query: found([["?e", "Person/boss", "2"]], { in: [["?e", "..."]], args: [["1", "2", "A"]] }),
    answer: ["1"],
  },
  // Heads of rules.
  { title: "a parameter twice", query: rule("r", "?x", "?y", "?x"), refused: "malformed", path: "/rules/0/0" },
  {
    title: "a parameter twice, once bound",
    query: rule("r", ["?x", "?y"], "?x"),
    refused: "malformed",
    path: "/rules/0/0",
  },
  { title: "no parameter that is bound", query: rule("r", []), refused: "malformed", path: "/rules/0/0" },
  { title: "a source for a parameter", query: rule("r", "$x", "?y"), refused: "malformed", path: "/rules/0/0" },
  { title: "anything for a parameter", query: rule("r", "_", "?y"), refused: "malformed", path: "/rules/0/0" },
  {
    title: "branches of which one alone must be bound",
    query: {
      find: ["?e"],
      rules: [
        [
          ["r", "?x"],
          ["?x", "Node/follow", "_"],
        ],
        [
          ["r", ["?x"]],
          ["?x", "Node/even", true],
        ],
      ],
      where: [named],
    },
    refused: "malformed",
    path: "/rules/1",
  },
  {
    title: "a rule that says the same the other way round",
    query: {
      find: ["?x", "?y"],
      rules: [
        [
          ["by", "?x", "?y"],
          ["?x", "Ring/part", "?y"],
        ],
        [
          ["by", "?x", "?y"],
          ["by", "?y", "?x"],
        ],
      ],
      where: [["by", "?x", "?y"]],
    },
    answer: [
      ["r1", "r2"],
      ["r1", "r3"],
      ["r2", "r1"],
      ["r2", "r3"],
      ["r3", "r1"],
      ["r3", "r2"],
    ],
  },
  {
    title: "what a rule calls an entity is an attribute's name",
    query: {
      find: [["?x", "..."]],
      rules: [
        [
          ["says", "?a"],
          ["pp", "?a", "_"],
        ],
      ],
      where: [
        ["?e", "Node/even", true],
        ["says", "?x"],
      ],
    },
    answer: ["Paper/number"],
  },
  {
    title: "a rule called twice that cannot both be",
    query: found(
      [
        ["is", "?e", 1, 10],
        ["is", "?e", 1, 20],
      ],
      { rules: [[["is", "?e", "?k", "?a"], aged, [["<=", "?k", "?a"]]]] },
    ),
    answer: [],
  },
  // Pulls.
  {
    title: "components up, twice and no more",
    query: { pull: ["name", { "Part/_part": 2 }], of: "aaaa" },
    answer: { name: "Part A.A.A.A", "Part/_part": { name: "Part A.A.A", "Part/_part": { name: "Part A.A" } } },
  },
  {
    title: "a component's holder at the end of a chain of components",
    query: { pull: [{ part: ["name", { part: ["name", { "Part/_part": ["name"] }] }] }], of: "ab" },
    answer: { part: [{ name: "Part A.B.A" }] },
  },
  {
    title: "back from where a chain of components leads",
    query: { pull: ["name", { part: ["name", { "Part/_part": ["name"] }] }], of: "ab" },
    answer: { name: "Part A.B", part: [{ name: "Part A.B.A", "Part/_part": { name: "Part A.B" } }] },
  },
  {
    title: "another name, and something for what is absent",
    query: { pull: [["count", { as: "how many", default: false }]], of: "k1" },
    answer: { "how many": false },
  },
  {
    title: "two names changed over",
    query: {
      pull: [
        ["name", { as: "father" }],
        ["father", { as: "name" }],
      ],
      of: "k2",
    },
    answer: { father: "David", name: "k1" },
  },
  {
    title: "what is said last of one attribute counts",
    query: { pull: ["aka", ["aka", { default: "x" }], ["aka", { limit: 1 }]], of: "k1" },
    answer: { aka: ["Devil"] },
  },
  {
    title: "all behind what is under other names",
    query: { pull: [["aka", { as: "alias" }], ["name", { as: "first" }], "*"], of: "k1" },
    answer: { "@id": "k1", first: "Petr", alias: ["Devil", "Tupen"], child: ["k2", "k3"] },
  },
  {
    title: "all, and its children with all of theirs",
    query: { pull: ["*", { child: "..." }], of: "k1" },
    answer: {
      "@id": "k1",
      name: "Petr",
      aka: ["Devil", "Tupen"],
      child: [
        { "@id": "k2", name: "David", father: "k1" },
        { "@id": "k3", name: "Thomas", father: "k1" },
      ],
    },
  },
  {
    title: "something for what is absent, again and again",
    query: { pull: ["name", ["aka", { default: "[aka]" }], [{ child: "..." }, { default: "[child]" }]], of: "k1" },
    answer: {
      name: "Petr",
      aka: ["Devil", "Tupen"],
      child: [
        { name: "David", aka: "[aka]", child: "[child]" },
        { name: "Thomas", aka: "[aka]", child: "[child]" },
      ],
    },
  },
  {
    title: "something for what is absent, where a reference is and where one leads here",
    query: { pull: ["@id", ["child", { default: 1 }], ["Kin/_child", { default: 2 }]], of: "k9" },
    answer: { "@id": "k9", child: 1, "Kin/_child": 2 },
  },
  {
    title: "two recursions that go different ways, each once",
    query: { pull: ["@id", { friend: 1, enemy: 1 }], of: "k4" },
    answer: {
      "@id": "k4",
      friend: [{ "@id": "k5", enemy: [{ "@id": "k7" }] }],
      enemy: [{ "@id": "k6", friend: [{ "@id": "k7" }] }],
    },
  },
  {
    title: "a recursion backwards, twice",
    query: { pull: ["@id", { "Kin/_friend": 2 }], of: "k8" },
    answer: { "@id": "k8", "Kin/_friend": [{ "@id": "k7", "Kin/_friend": [{ "@id": "k6" }] }] },
  },
  {
    title: "a limit of none",
    query: { pull: [["aka", { limit: 0 }]], of: "k1" },
    refused: "malformed",
    path: "/pull/0/1/limit",
  },
  {
    title: "a name that is a number",
    query: { pull: [["name", { as: 1 }]], of: "k1" },
    refused: "malformed",
    path: "/pull/0/1/as",
  },
  { title: "a function of a value", query: { pull: [["name", { xform: "str" }]], of: "k1" }, refused: "malformed" },
  { title: "a recursion over a value", query: { pull: [{ name: "..." }], of: "k1" }, refused: "invalid" },
  {
    title: "a join of a text",
    query: { pull: [{ father: "name" }], of: "k2" },
    refused: "malformed",
    path: "/pull/0/father",
  },
]
