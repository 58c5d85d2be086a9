import type { Case } from "./worlds.ts"

const age = ["?e", "Person/age", "?a"]
const six = (title: string, where: readonly unknown[], answer: unknown, find: unknown = [["?e", "..."]]): Case =>
  ({ world: "six", title, query: { find, where }, answer }) as unknown as Case
const values = (title: string, where: readonly unknown[], answer: unknown, find: unknown = [["?x", "..."]]): Case =>
  ({ world: "values", title, query: { find, where }, answer }) as unknown as Case

/** Predicates and functions. */
export const expressions: readonly Case[] = [
  six("less", [age, [["<", "?a", 20]]], ["1", "3", "5"]),
  six("at most", [age, [["<=", "?a", 10]]], ["1", "3", "5"]),
  six("more", [age, [[">", "?a", 10]]], ["2", "4", "6"]),
  six("at least", [age, [[">=", "?a", 20]]], ["2", "4", "6"]),
  six("in between", [age, [["<", 5, "?a", 15]]], ["1", "3", "5"]),
  six("equal", [age, [["=", "?a", 10]]], ["1", "3", "5"]),
  six("not equal", [age, [["!=", "?a", 10]]], ["2", "4", "6"]),
  six("a predicate before what it is of", [[["<", "?a", 20]], age], ["1", "3", "5"]),
  six("equal variables", [age, ["3", "Person/age", "?b"], [["=", "?a", "?b"]]], ["1", "3", "5"]),
  six(
    "different entities",
    [["?e", "Person/name", "Oleg"], ["?f", "Person/name", "Oleg"], [["!=", "?e", "?f"]]],
    [
      ["3", "4"],
      ["4", "3"],
    ],
    ["?e", "?f"],
  ),
  six("an entity that is not another", [["?e", "Person/name", "Oleg"], [["!=", "?e", "3"]]], ["4"]),
  six("an entity that is one", [["?e", "Person/name", "Oleg"], [["=", "?e", "3"]]], ["3"]),
  six(
    "entities in order of their ids",
    [["?e", "Person/name", "Oleg"], ["?f", "Person/name", "Oleg"], [["<", "?e", "?f"]]],
    [["3", "4"]],
    ["?e", "?f"],
  ),
  six("a number is no text", [age, [["<", "?a", "99"]]], []),
  six("a number is different from a text", [["?e", "Person/name", "Oleg"], age, [["!=", "?a", "10"]]], ["3", "4"]),
  six("texts in order", [["?e", "Person/name", "?n"], [[">", "?n", "Ivan"]]], ["3", "4"]),
  six("begins with", [["?e", "Person/name", "?n"], [["startsWith", "?n", "Ol"]]], ["3", "4"]),
  six("ends with", [["?e", "Person/name", "?n"], [["endsWith", "?n", "eg"]]], ["3", "4"]),
  six("has in it", [["?e", "Person/name", "?n"], [["includes", "?n", "va"]]], ["1", "2", "5", "6"]),
  six("has a pattern in it", [["?e", "Person/name", "?n"], [["matches", "?n", "^O.*g$"]]], ["3", "4"]),
  six(
    "has a pattern anywhere in it",
    [["?e", "Person/name", "?n"], [["matches", "?n", "[v-w]"]]],
    ["1", "2", "5", "6"],
  ),
  six(
    "what is searched for is text and no pattern",
    [["?e", "Person/name", "?n"], [["startsWith", "?n", { value: "_" }]]],
    [],
  ),
  six("a percent sign is text", [["?e", "Person/name", "?n"], [["includes", "?n", "%"]]], []),
  six(
    "plus",
    [
      ["3", "Person/age", "?a"],
      [["+", "?a", 1], "?e"],
    ],
    [11],
  ),
  six(
    "plus of many",
    [
      ["3", "Person/age", "?a"],
      [["+", "?a", 1, 2], "?e"],
    ],
    [13],
  ),
  six(
    "minus",
    [
      ["3", "Person/age", "?a"],
      [["-", "?a", 1], "?e"],
    ],
    [9],
  ),
  six(
    "minus of one",
    [
      ["3", "Person/age", "?a"],
      [["-", "?a"], "?e"],
    ],
    [-10],
  ),
  six(
    "times",
    [
      ["3", "Person/age", "?a"],
      [["*", "?a", 3], "?e"],
    ],
    [30],
  ),
  six(
    "divided",
    [
      ["3", "Person/age", "?a"],
      [["/", "?a", 4], "?e"],
    ],
    [2.5],
  ),
  six(
    "divided by nothing is nothing",
    [
      ["3", "Person/age", "?a"],
      [["/", "?a", 0], "?e"],
    ],
    [],
  ),
  six(
    "the remainder",
    [
      ["3", "Person/age", "?a"],
      [["mod", "?a", 4], "?e"],
    ],
    [2],
  ),
  six(
    "the remainder goes with the divisor",
    [
      ["3", "Person/age", "?a"],
      [["-", "?a"], "?b"],
      [["mod", "?b", 4], "?e"],
    ],
    [2],
  ),
  six(
    "plus of a text is nothing",
    [
      ["3", "Person/name", "?a"],
      [["+", "?a", 1], "?e"],
    ],
    [],
  ),
  six(
    "one text of many",
    [
      ["3", "Person/name", "?n"],
      ["3", "Person/age", "?a"],
      [["str", "?n", " is ", "?a"], "?e"],
    ],
    ["Oleg is 10"],
  ),
  six(
    "a function of a function, in any order",
    [
      [["*", "?b", 2], "?e"],
      [["+", "?a", 1], "?b"],
      ["3", "Person/age", "?a"],
    ],
    [22],
  ),
  six(
    "a function that gives what is there",
    [
      ["?e", "Person/age", "?a"],
      [["+", 5, 5], "?a"],
    ],
    ["1", "3", "5"],
  ),
  six(
    "a function that gives what is not there",
    [
      ["3", "Person/age", "?e"],
      [["+", "?e", 1], "?e"],
    ],
    [],
  ),
  six("a value by itself", [[["ground", 10], "?a"], age], ["1", "3", "5"]),
  six(
    "several values",
    [
      [
        ["ground", ["Oleg", "Petr"]],
        ["?n", "..."],
      ],
      ["?e", "Person/name", "?n"],
    ],
    ["3", "4"],
  ),
  six(
    "a row of values",
    [
      [
        ["ground", ["Oleg", 10]],
        ["?n", "?a"],
      ],
      ["?e", "Person/name", "?n"],
      age,
    ],
    ["3"],
  ),
  six(
    "several rows of values",
    [
      [
        [
          "ground",
          [
            ["Oleg", 10],
            ["Ivan", 20],
          ],
        ],
        [["?n", "?a"]],
      ],
      ["?e", "Person/name", "?n"],
      age,
    ],
    ["2", "3", "6"],
  ),
  six(
    "several values in a not",
    [
      ["?e", "Person/name", "?n"],
      [
        "not",
        [
          ["ground", ["Ivan", "Petr"]],
          ["?n", "..."],
        ],
      ],
    ],
    ["3", "4"],
  ),
  six(
    "a name that is an entity",
    [
      [["ground", "3"], "?e"],
      ["?e", "Person/name", "_"],
    ],
    ["3"],
  ),
  six(
    "the same by another name",
    [
      ["3", "Person/age", "?a"],
      [["identity", "?a"], "?b"],
      ["?e", "Person/age", "?b"],
    ],
    ["1", "3", "5"],
  ),
  six(
    "the same entity by another name",
    [
      ["?f", "Person/name", "Oleg"],
      [["identity", "?f"], "?e"],
    ],
    ["3", "4"],
  ),
  {
    world: "four",
    title: "missing",
    query: { find: ["?e"], where: [["?e", "Person/age"], [["missing", "?e", "Person/name"]]] },
    answer: [["4"]],
  },
  {
    world: "four",
    title: "missing, of a reference",
    query: { find: ["?e"], where: [["?e", "Person/age"], [["missing", "?e", "Person/boss"]]] },
    answer: [["1"]],
  },
  {
    world: "four",
    title: "missing in a not",
    query: {
      find: [["?e", "..."]],
      where: [
        ["?e", "Person/age"],
        ["not", [["missing", "?e", "Person/name"]]],
      ],
    },
    answer: ["1", "2", "3"],
  },
  {
    world: "four",
    title: "getElse",
    query: {
      find: ["?e", "?n"],
      where: [
        ["?e", "Person/age", 15],
        [["getElse", "?e", "Person/name", "nobody"], "?n"],
      ],
    },
    answer: [
      ["1", "Ivan"],
      ["4", "nobody"],
    ],
  },
  {
    world: "four",
    title: "getElse of a number",
    query: {
      find: ["?e", "?a"],
      where: [
        ["?e", "Person/name", "Petr"],
        [["getElse", "?e", "Person/height", 0], "?a"],
      ],
    },
    answer: [["2", 0]],
  },
  {
    world: "four",
    title: "getElse of a reference",
    query: {
      find: ["?e", "?b"],
      where: [
        ["?e", "Person/age", 15],
        [["getElse", "?e", "Person/boss", "3"], "?b"],
      ],
    },
    answer: [
      ["1", "3"],
      ["4", "2"],
    ],
  },
  {
    world: "four",
    title: "getElse that is joined on",
    query: {
      find: ["?e", "?f"],
      where: [
        ["?e", "Person/age", 15],
        [["getElse", "?e", "Person/name", "Petr"], "?n"],
        ["?f", "Person/name", "?n"],
      ],
    },
    answer: [
      ["1", "1"],
      ["1", "3"],
      ["4", "2"],
    ],
  },
  {
    world: "four",
    title: "getSome",
    query: {
      find: ["?e", "?a", "?v"],
      where: [
        ["?e", "Person/age", 15],
        [
          ["getSome", "?e", "Person/height", "Person/name", "Person/age"],
          ["?a", "?v"],
        ],
      ],
    },
    answer: [
      ["1", "Person/name", "Ivan"],
      ["4", "Person/age", 15],
    ],
  },
  {
    world: "four",
    title: "getSome of nothing",
    query: {
      find: ["?e", "?v"],
      where: [
        ["?e", "Person/age", 15],
        [
          ["getSome", "?e", "Person/height", "Person/nick"],
          ["_", "?v"],
        ],
      ],
    },
    answer: [],
  },
  {
    world: "four",
    title: "an id as text",
    query: {
      find: ["?s"],
      where: [
        ["?e", "Person/name", "Petr"],
        [["str", "id:", "?e"], "?s"],
      ],
    },
    answer: [["id:2"]],
  },
  values("decimals in order", [["?x", "Person/pay", "?p"], [["<", "?p", "10.6"]]], ["1", "2"]),
  values("decimals against a number", [["?x", "Person/pay", "?p"], [[">", "?p", 10]]], ["1", "3"]),
  values("decimals that are equal", [["?x", "Person/pay", "?p"], [["=", "?p", "10.500"]]], ["1"]),
  values(
    "a sum of decimals is exact",
    [
      ["1", "Person/pay", "?p"],
      [["+", "?p", "0.20"], "?x"],
    ],
    ["10.7"],
  ),
  values(
    "a product of decimals",
    [
      ["1", "Person/pay", "?p"],
      [["*", "?p", 2], "?x"],
    ],
    ["21"],
  ),
  values("instants in order", [["?x", "Person/born", "?b"], [["<", "?b", "2000-06-01T00:00:00+00:00"]]], ["1"]),
  values("numbers below zero", [["?x", "Person/age", "?a"], [["<", "?a", 0]]], ["2"]),
  values("whole numbers and fractions", [["?x", "Person/height", "?h"], [["<", "?h", 2]]], ["1", "3"]),
  values("true or false", [["?x", "Person/active", "?a"], [["=", "?a", true]]], ["1"]),
  values("a literal in a predicate", [["?x", "Person/nick", "?n"], [["=", "?n", { value: "?x" }]]], ["2"]),
  values("text beyond ASCII", [["?x", "Person/name", "?n"], [[">", "?n", "Z"]]], ["1", "3"]),
]
