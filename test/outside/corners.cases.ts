import type { Case } from "./cases.ts"

// Where two of the things meet that the other cases try one by one: of the kind that the suites of DataScript end with.

const all = (...where: unknown[]) => ({ find: [["?e", "..."]], where, order: [["?e", "asc"]] })
const one = (find: string, ...where: unknown[]) => ({ find: [find, "."], where })
const named = ["?e", "Person/name", "?n"]
const aged = ["?e", "Person/age", "?a"]
const ivan = ["?e", "Person/name", "Ivan"]
const byMail = (mail: string) => ["Person/email", mail]
const follow = ["?x", "Node/follow", "?y"]
const reach = [
  [["reach", "?x", "?y"], follow],
  [
    ["reach", "?x", "?y"],
    ["?x", "Node/follow", "?z"],
    ["reach", "?z", "?y"],
  ],
]

/** Queries over the worlds of `world.ts`. */
export const corners: readonly Case[] = [
  // What is denied.
  { title: "a denial of a denial", query: all(aged, ["not", ["not", ivan]]), answer: ["1", "3"] },
  { title: "a denial of a denial of a denial", query: all(aged, ["not", ["not", ["not", ivan]]]), answer: ["2", "4"] },
  { title: "a denial of what is said beside it", query: all(ivan, ["not", ivan]), answer: [] },
  { title: "two denials", query: all(aged, ["not", ivan], ["not", ["?e", "Person/age", 37]]), answer: ["4"] },
  { title: "a denial of both", query: all(aged, ["not", ivan, ["?e", "Person/age", 37]]), answer: ["1", "2", "4"] },
  { title: "a denial of either", query: all(aged, ["not", ["or", ivan, ["?e", "Person/age", 37]]]), answer: ["4"] },
  {
    title: "a denial with a variable of its own",
    query: all(aged, ["not", ["?e", "Person/friend", "?f"]]),
    answer: ["3", "4"],
  },
  {
    title: "a denial of a chain",
    query: all(aged, ["not", ["?e", "Person/friend", "?f"], ["?f", "Person/boss", "2"]]),
    answer: ["3", "4"],
  },
  {
    title: "a denial that is written first",
    query: all(["not", ["?e", "Person/boss", "?b"]], aged),
    answer: ["2", "4"],
  },
  { title: "a denial of a fact about somebody", query: all(ivan, ["not", ["2", "Person/name", "Petr"]]), answer: [] },
  {
    title: "a denial of what is not so of somebody",
    query: all(ivan, ["not", ["2", "Person/name", "Ivan"]]),
    answer: ["1", "3"],
  },
  {
    title: "a denial with a predicate",
    query: all(aged, ["not", named, [["startsWith", "?n", "I"]]]),
    answer: ["2", "4"],
  },
  {
    title: "a denial with a predicate of what is bound outside",
    query: all(aged, ["not", [[">", "?a", 20]]]),
    answer: ["1", "4"],
  },
  {
    title: "a denial with a function",
    query: all(aged, ["not", [["+", "?a", 22], "?b"], ["_", "Person/age", "?b"]]),
    answer: ["2", "3"],
  },
  {
    title: "notJoin hides what is called the same outside",
    query: all(aged, ["notJoin", ["?e"], ["?e", "Person/boss", "?n"], ["?n", "Person/age", "?a"]]),
    answer: ["2", "4"],
  },
  {
    title: "not shares what is called the same outside",
    query: all(aged, ["not", ["?e", "Person/boss", "?b"], ["?b", "Person/age", "?a"]]),
    answer: ["1", "2", "4"],
  },
  {
    title: "notJoin in notJoin",
    query: all(aged, [
      "notJoin",
      ["?e"],
      ["?e", "Person/friend", "?f"],
      ["notJoin", ["?f"], ["?f", "Person/boss", "_"]],
    ]),
    answer: ["2", "3", "4"],
  },
  {
    title: "notJoin of nothing shared",
    query: all(aged, ["notJoin", [], ["_", "Person/nick", "O"]]),
    refused: "malformed",
  },
  {
    title: "a denial of an entity by its mail",
    query: all(aged, ["not", ["?e", "Person/boss", byMail("petr@x")]]),
    answer: ["2", "4"],
  },
  {
    title: "what nothing but a denial names",
    query: { find: ["?z"], where: [aged, ["not", ["?z", "Person/name", "Ivan"]]] },
    refused: "malformed",
  },
  // Either, or.
  {
    title: "either of three",
    query: all(["or", ["?e", "Person/nick", "O"], ["?e", "Person/level", "low"], ["?e", "Person/height", 1.8]]),
    answer: ["2", "3", "4"],
  },
  {
    title: "either in either",
    query: all(["or", ["?e", "Person/nick", "O"], ["or", ["?e", "Person/level", "low"], ["?e", "Person/height", 1.8]]]),
    answer: ["2", "3", "4"],
  },
  {
    title: "either of two that both hold is one row",
    query: { find: ["?e"], where: [["or", ivan, ["?e", "Person/nick", "O"]]], order: [["?e", "asc"]] },
    answer: [["1"], ["3"]],
  },
  {
    title: "either with a denial in it",
    query: all(aged, ["or", ["?e", "Person/nick", "O"], ["and", ["?e", "Person/age", 15], ["not", ivan]]]),
    answer: ["3", "4"],
  },
  {
    title: "either, where one branch names what is bound outside",
    query: all(aged, ["or", ivan, [["<", "?a", 20]]]),
    answer: ["1", "3", "4"],
  },
  {
    title: "orJoin with a variable of its own in each",
    query: all([
      "orJoin",
      ["?e"],
      ["and", ["?e", "Person/boss", "?b"], ["?b", "Person/height", "?h"]],
      ["and", ["?e", "Person/extra", "?h"]],
    ]),
    answer: ["1", "3", "4"],
  },
  {
    title: "orJoin of two variables",
    query: {
      find: ["?e", "?f"],
      where: [["orJoin", ["?e", "?f"], ["?e", "Person/boss", "?f"], ["?f", "Person/friend", "?e"]]],
      order: [
        ["?e", "asc"],
        ["?f", "asc"],
      ],
    },
    answer: [
      ["1", "2"],
      ["2", "1"],
      ["3", "1"],
      ["3", "2"],
    ],
  },
  {
    title: "either that gives a value from one of two attributes",
    query: {
      find: [["?v", "..."]],
      where: [["or", ["1", "Person/name", "?v"], ["1", "Person/aka", "?v"]]],
      order: [["?v", "asc"]],
    },
    answer: ["Ivan", "Ivanushka", "Vanya"],
  },
  {
    title: "either whose branches name others",
    query: all(["or", ivan, ["?x", "Person/nick", "O"]]),
    refused: "malformed",
  },
  // Rules.
  {
    title: "a rule backwards from where it leads",
    query: { find: [["?x", "..."]], rules: reach, where: [["reach", "?x", "n6"]], order: [["?x", "asc"]] },
    answer: ["n1", "n2", "n3", "n4", "n5"],
  },
  {
    title: "a rule over a rule's answer",
    query: {
      find: [["count", "?y"], "."],
      rules: reach,
      where: [
        ["reach", "n1", "?y"],
        ["not", ["n1", "Node/follow", "?y"]],
      ],
    },
    answer: 3,
  },
  {
    title: "a rule in a denial, both ends bound",
    query: {
      find: [["?x", "..."]],
      rules: reach,
      where: [
        ["?x", "Node/even", "_"],
        ["not", ["reach", "?x", "n6"]],
      ],
      order: [["?x", "asc"]],
    },
    answer: ["n6"],
  },
  {
    title: "a rule with a lookup in its call",
    query: {
      find: [["?n", "..."]],
      rules: [
        [
          ["under", "?e", "?b"],
          ["?e", "Person/boss", "?b"],
        ],
      ],
      where: [
        ["under", "?e", byMail("petr@x")],
        ["?e", "Person/email", "?n"],
      ],
      order: [["?n", "asc"]],
    },
    answer: ["ivan@x", "oleg@x"],
  },
  {
    title: "a rule called with what comes in",
    query: {
      find: [["?y", "..."]],
      in: [["?x", "..."]],
      args: [["n5", "n6"]],
      rules: reach,
      where: [["reach", "?x", "?y"]],
      order: [["?y", "asc"]],
    },
    answer: ["n3", "n4", "n6"],
  },
  {
    title: "a rule with an aggregate beside it",
    query: {
      find: ["?x", ["count", "?y"]],
      rules: reach,
      where: [["reach", "?x", "?y"]],
      order: [["?x", "asc"]],
    },
    answer: [
      ["n1", 4],
      ["n2", 3],
      ["n3", 2],
      ["n4", 1],
      ["n5", 3],
    ],
  },
  {
    title: "a rule with a variable attribute",
    query: {
      find: [["?a", "..."]],
      rules: [
        [
          ["says", "?e", "?a"],
          ["?e", "?a", "_"],
        ],
      ],
      where: [["says", "pp", "?a"]],
    },
    answer: ["Paper/number"],
  },
  {
    title: "a rule over a circle ends",
    query: {
      find: [["?y", "..."]],
      rules: [
        [
          ["on", "?x", "?y"],
          ["?x", "Ring/part", "?y"],
        ],
        [
          ["on", "?x", "?y"],
          ["on", "?x", "?z"],
          ["?z", "Ring/part", "?y"],
        ],
      ],
      where: [["on", "r1", "?y"]],
      order: [["?y", "asc"]],
    },
    answer: ["r1", "r2", "r3"],
  },
  // Patterns.
  { title: "one variable in both places", query: all(["?e", "Person/boss", "?e"]), answer: [] },
  {
    title: "one variable in both places of a graph",
    query: { find: ["?x"], where: [["?x", "Node/follow", "?x"]] },
    answer: [],
  },
  {
    title: "an attribute that comes in",
    query: { find: ["?v", "."], in: ["?a"], args: ["Person/nick"], where: [["3", "?a", "?v"]] },
    answer: "O",
  },
  {
    title: "attributes that come in",
    query: {
      find: ["?a", "?v"],
      in: [["?a", "..."]],
      args: [["Person/nick", "Person/age", "Person/height"]],
      where: [["3", "?a", "?v"]],
      order: [["?a", "asc"]],
    },
    answer: [
      ["Person/age", 37],
      ["Person/nick", "O"],
    ],
  },
  {
    title: "one attribute of two entities",
    query: {
      find: [["?a", "..."]],
      where: [
        ["1", "?a", "?v"],
        ["4", "?a", "?v"],
      ],
    },
    answer: ["Person/age"],
  },
  {
    title: "an attribute of a variant and of its abstract are one",
    query: { find: [["?x", "..."]], where: [["?x", "Medium/title", "Emma"]], order: [["?x", "asc"]] },
    answer: ["b1", "d2"],
  },
  {
    title: "an attribute of one variant",
    query: { find: [["?x", "..."]], where: [["?x", "Disc/minutes", "_"]], order: [["?x", "asc"]] },
    answer: ["d1", "d2"],
  },
  {
    title: "a variable attribute tells the name in the family, whose ever it is",
    query: { find: [["?a", "..."]], where: [["b1", "?a", "_"]], order: [["?a", "asc"]] },
    answer: ["Medium/owner", "Medium/pages", "Medium/title"],
  },
  {
    title: "an edge backwards in a pattern",
    query: { find: [["?x", "..."]], where: [["k1", "Kin/_father", "?x"]], order: [["?x", "asc"]] },
    answer: ["k2", "k3"],
  },
  {
    title: "a value that looks like a variable",
    query: { find: ["?e"], where: [["?e", "Person/name", { value: "?n" }]] },
    answer: [],
  },
  { title: "a value that looks like anything", query: all(["?e", "Person/name", { value: "_" }]), answer: [] },
  {
    title: "a number in a text's place finds nobody",
    query: all(["?e", "Person/name", 5]),
    answer: [],
  },
  { title: "a true of a boolean", query: all(["?e", "Person/active", true]), answer: ["3"] },
  { title: "an enum by its key", query: all(["?e", "Person/level", "low"]), answer: ["4"] },
  { title: "a decimal by another spelling", query: all(["?e", "Person/pay", "10.5"]), answer: ["2"] },
  {
    title: "an instant in another zone",
    query: all(["?e", "Person/born", "2000-01-01T01:00:00+01:00"]),
    answer: ["4"],
  },
  { title: "a piece of JSON", query: all(["?e", "Person/extra", { value: { a: [1, "x"] } }]), answer: ["4"] },
  {
    title: "two that share a value, each pair twice",
    query: {
      find: ["?x", "?y"],
      where: [["?x", "Person/age", "?a"], ["?y", "Person/age", "?a"], [["!=", "?x", "?y"]]],
      order: [["?x", "asc"]],
    },
    answer: [
      ["1", "4"],
      ["2", "3"],
      ["3", "2"],
      ["4", "1"],
    ],
  },
  {
    title: "two that share a value, in order once",
    query: {
      find: ["?x", "?y"],
      where: [["?x", "Person/age", "?a"], ["?y", "Person/age", "?a"], [["<", "?x", "?y"]]],
      order: [["?x", "asc"]],
    },
    answer: [
      ["1", "4"],
      ["2", "3"],
    ],
  },
  {
    title: "patterns that share nothing cross",
    query: one("?c", ["?e", "Person/nick", "_"], [["ground", 7], "?c"]),
    answer: 7,
  },
  {
    title: "how many cross",
    query: {
      find: [["count", "?p"], "."],
      where: [
        ["?e", "Six/age", 10],
        ["?f", "Six/age", 20],
        [["str", "?e", "?f"], "?p"],
      ],
    },
    answer: 9,
  },
  // Functions.
  {
    title: "getElse behind a denial",
    query: all(aged, ["not", [["getElse", "?e", "Person/nick", "-"], "?k"], [["=", "?k", "O"]]]),
    answer: ["1", "2", "4"],
  },
  {
    title: "getElse over a reference's end",
    query: {
      find: ["?e", "?h"],
      where: [
        ["?e", "Person/boss", "?b"],
        [["getElse", "?b", "Person/height", 0], "?h"],
      ],
      order: [["?e", "asc"]],
    },
    answer: [
      ["1", 1.8],
      ["3", 1.8],
    ],
  },
  {
    title: "getSome takes the first there is",
    query: one("?v", [
      ["getSome", "3", "Person/height", "Person/nick", "Person/age"],
      ["_", "?v"],
    ]),
    answer: "O",
  },
  {
    title: "missing behind a chain",
    query: all(["?e", "Person/boss", "?b"], [["missing", "?b", "Person/nick"]]),
    answer: ["1", "3"],
  },
  { title: "missing backwards", query: all(named, [["missing", "?e", "Person/boss"]]), answer: ["2"] },
  {
    title: "sums in a chain",
    query: one("?s", ["1", "Person/age", "?a"], ["2", "Person/age", "?b"], [["+", "?a", "?b", 1], "?s"]),
    answer: 53,
  },
  {
    title: "a function's answer as a value to be found",
    query: all([["str", "Iv", "an"], "?n"], named),
    answer: ["1", "3"],
  },
  {
    title: "a function's answer as an entity",
    query: one("?n", [["str", "", "2"], "?e"], ["?e", "Person/name", "?n"]),
    answer: "Petr",
  },
  {
    title: "three in order, as instants",
    query: all(["?e", "Person/born", "?b"], [["<", "1999-12-31T00:00:00Z", "?b", "2001-01-01T00:00:00Z"]]),
    answer: ["4"],
  },
  {
    title: "a tuple is not made here",
    query: one("?t", [["tuple", 1, 2], "?t"]),
    refused: "query-unsupported",
    path: "/where/0",
  },
  {
    title: "nor taken apart",
    query: one("?t", [
      ["untuple", [1, 2]],
      ["?t", "_"],
    ]),
    refused: "query-unsupported",
  },
  { title: "a function counts nothing", query: one("?c", [["count", "abc"], "?c"]), refused: "query-unsupported" },
  {
    title: "nothing is drawn by lot",
    query: { find: [["rand", "?a"]], where: [aged] },
    refused: "query-unsupported",
    path: "/find/0",
  },
  { title: "a sample is none", query: { find: [["sample", 2, "?a"]], where: [aged] }, refused: "query-unsupported" },
  { title: "a variance is none", query: { find: [["variance", "?a"]], where: [aged] }, refused: "query-unsupported" },
  // Aggregates.
  {
    title: "a sum by groups, with what keeps apart",
    query: {
      find: ["?n", ["sum", "?a"]],
      with: ["?e"],
      where: [
        ["?e", "Six/name", "?n"],
        ["?e", "Six/age", "?a"],
      ],
      order: [["?n", "asc"]],
    },
    answer: [
      ["Ivan", 60],
      ["Oleg", 30],
    ],
  },
  {
    title: "a sum by groups, of a set",
    query: {
      find: ["?n", ["sum", "?a"]],
      where: [
        ["?e", "Six/name", "?n"],
        ["?e", "Six/age", "?a"],
      ],
      order: [["?n", "asc"]],
    },
    answer: [
      ["Ivan", 30],
      ["Oleg", 30],
    ],
  },
  {
    title: "an aggregate over a denial",
    query: { find: [["count", "?e"], "."], where: [aged, ["not", ivan]] },
    answer: 2,
  },
  {
    title: "an aggregate over either",
    query: { find: [["max", "?a"], "."], where: [aged, ["or", ivan, ["?e", "Person/level", "low"]]] },
    answer: 37,
  },
  {
    title: "an aggregate in order",
    query: { find: ["?n", ["count", "?e"]], where: [["?e", "Six/name", "?n"]], order: [[["count", "?e"], "desc"]] },
    answer: [
      ["Ivan", 4],
      ["Oleg", 2],
    ],
  },
  {
    title: "the first group by its aggregate",
    query: {
      find: ["?n", ["count", "?e"]],
      where: [["?e", "Six/name", "?n"]],
      order: [[["count", "?e"], "asc"]],
      limit: 1,
    },
    answer: [["Oleg", 2]],
  },
  {
    title: "a count of what differs",
    query: { find: [["countDistinct", "?a"], "."], with: ["?e"], where: [["?e", "Six/age", "?a"]] },
    answer: 2,
  },
  {
    title: "a median of one",
    query: { find: [["median", "?w"], "."], where: [["m1", "Monster/heads", "?w"]] },
    answer: 3,
  },
  {
    title: "the least of booleans",
    query: { find: [["min", "?b"], "."], where: [["?x", "Node/even", "?b"]] },
    answer: false,
  },
  // Pulls.
  {
    title: "a lookup that leads through a join",
    query: { pull: [{ boss: ["name", { "Person/_boss": ["email"] }] }], of: byMail("ivan@x") },
    answer: { boss: { name: "Petr", "Person/_boss": [{ email: "ivan@x" }, { email: "oleg@x" }] } },
  },
  {
    title: "an attribute under another name within a join",
    query: { pull: [{ boss: [["name", { as: "n" }]] }], of: "1" },
    answer: { boss: { n: "Petr" } },
  },
  {
    title: "something for what is absent within a join of many",
    query: { pull: [{ friend: [["nick", { default: "-" }]] }], of: "1" },
    answer: { friend: [{ nick: "-" }, { nick: "O" }] },
  },
  {
    title: "a recursion that begins within a join",
    query: { pull: [{ child: ["name", { "Kin/_father": "..." }] }], of: "k1" },
    answer: { child: [{ name: "David" }, { name: "Thomas", "Kin/_father": [{ name: "Matthew" }] }] },
  },
  {
    title: "a recursion of one beside all",
    query: { pull: ["*", { father: 1 }], of: "k6" },
    answer: {
      "@id": "k6",
      name: "Matthew",
      tags: [],
      friend: ["k7"],
      enemy: ["k8"],
      father: { "@id": "k3", name: "Thomas" },
    },
  },
  {
    title: "a limit and another name of a join",
    query: { pull: [{ friend: ["name"] }, ["friend", { limit: 1, as: "first" }]], of: "1" },
    answer: { friend: [{ name: "Petr" }, { name: "Ivan" }], first: ["2"] },
  },
  {
    title: "a union in a recursion's place",
    query: { pull: ["label", { holds: { Book: ["title", { "Shelf/_holds": ["label"] }], Disc: ["@id"] } }], of: "sh" },
    answer: {
      label: "top",
      holds: [{ title: "Emma", "Shelf/_holds": [{ label: "top" }] }, { "@id": "d1" }, { "@id": "d2" }],
    },
  },
  {
    title: "a pull of what is found, with something for what is absent",
    query: {
      find: ["?e", ["pull", "?e", ["name", ["nick", { default: null }]]]],
      where: [ivan],
      order: [["?e", "asc"]],
    },
    answer: [
      ["1", { name: "Ivan", nick: null }],
      ["3", { name: "Ivan", nick: "O" }],
    ],
  },
  {
    title: "a pull backwards of what is found",
    query: { find: [["pull", "?b", [{ "Person/_boss": ["@id"] }]], "."], where: [["1", "Person/boss", "?b"]] },
    answer: { "Person/_boss": [{ "@id": "1" }, { "@id": "3" }] },
  },
]
