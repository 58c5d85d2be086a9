import type { Case } from "./cases.ts"

const named = ["?e", "Person/name", "?n"]
const aged = ["?e", "Person/age", "?a"]
const one = (find: string, ...where: unknown[]) => ({ find: [find, "."], where })
const all = (...where: unknown[]) => ({ find: [["?e", "..."]], where })
const sifted = (values: unknown, ...where: unknown[]) => ({
  find: [["?x", "..."]],
  in: [["?x", "..."]],
  args: [values],
  where,
})

/** Predicates and functions. */
export const functions: readonly Case[] = [
  // Predicates.
  { title: "more", query: all(aged, [[">", "?a", 20]]), answer: ["2", "3"] },
  { title: "less or equal", query: all(aged, [["<=", "?a", 15]]), answer: ["1", "4"] },
  { title: "three in order", query: all(aged, [["<", 10, "?a", 20]]), answer: ["1", "4"] },
  { title: "a predicate before what binds", query: all([[">", "?a", 20]], aged), answer: ["2", "3"] },
  {
    title: "two that compare each other",
    query: {
      find: ["?x", "?y"],
      where: [["?x", "Person/age", "?a"], ["?y", "Person/age", "?b"], [["<", "?a", "?b"]], ["?x", "Person/name"]],
    },
    answer: [
      ["1", "2"],
      ["1", "3"],
    ],
  },
  { title: "equal to a constant", query: all(named, [["=", "?n", "Petr"]]), answer: ["2"] },
  { title: "not equal to a constant", query: all(named, [["!=", "?n", "Ivan"]]), answer: ["2"] },
  { title: "constants alone that hold", query: all(named, [["<", 1, 2]]), answer: ["1", "2", "3"] },
  { title: "constants alone that do not hold", query: all(named, [["<", 2, 1]]), answer: [] },
  { title: "an entity is itself", query: all(named, [["=", "?e", "2"]]), answer: ["2"] },
  { title: "an entity is no other", query: all(named, [["!=", "?e", "2"]]), answer: ["1", "3"] },
  { title: "texts are compared as texts", query: sifted(["10", "9", "a"], [["<", "?x", "9"]]), answer: ["10"] },
  {
    title: "a number is neither less nor more than a text",
    query: sifted([1, "b", null, true], [["<", "?x", "a"]]),
    answer: [],
  },
  { title: "mixed values are sifted", query: sifted([1, "b", 3, true], [[">", "?x", 0]]), answer: [1, 3] },
  { title: "values of other types are not equal", query: sifted([1, "1", true], [["=", "?x", 1]]), answer: [1] },
  { title: "values of other types are unequal", query: sifted([1, "1"], [["!=", "?x", 1]]), answer: ["1"] },
  {
    title: "instants in order",
    query: all(["?e", "Person/born", "?t"], [["<", "?t", "2001-01-01T00:00:00Z"]]),
    answer: ["4"],
  },
  {
    title: "an instant of another spelling is equal",
    query: all(["?e", "Person/born", "?t"], [["=", "?t", "2000-01-01T01:00:00+01:00"]]),
    answer: ["4"],
  },
  {
    title: "decimals are compared as numbers",
    query: all(["?e", "Person/pay", "?p"], [["<", "?p", "10"]]),
    answer: ["3"],
  },
  { title: "a decimal and a number", query: all(["?e", "Person/pay", "?p"], [[">", "?p", 10]]), answer: ["2"] },
  { title: "begins with", query: all(named, [["startsWith", "?n", "Iv"]]), answer: ["1", "3"] },
  { title: "ends with", query: all(named, [["endsWith", "?n", "tr"]]), answer: ["2"] },
  { title: "has in it", query: all(named, [["includes", "?n", "et"]]), answer: ["2"] },
  { title: "has nothing in it", query: all(named, [["includes", "?n", ""]]), answer: ["1", "2", "3"] },
  { title: "small and capital letters differ", query: all(named, [["startsWith", "?n", "iv"]]), answer: [] },
  { title: "matches", query: all(named, [["matches", "?n", "^I.*n$"]]), answer: ["1", "3"] },
  { title: "matches anywhere", query: all(named, [["matches", "?n", "et"]]), answer: ["2"] },
  { title: "a pattern that is none", query: all(named, [["matches", "?n", "("]]), refused: "query-unsupported" },
  { title: "a text test of a number", query: sifted([1, "1a"], [["startsWith", "?x", "1"]]), answer: ["1a"] },
  { title: "missing", query: all(named, [["missing", "?e", "Person/height"]]), answer: ["1", "3"] },
  { title: "missing of many values", query: all(aged, [["missing", "?e", "Person/aka"]]), answer: ["3", "4"] },
  { title: "missing of a constant", query: all(named, [["missing", "4", "Person/name"]]), answer: ["1", "2", "3"] },
  {
    title: "missing of what is not there",
    query: all(named, [["missing", "?e", "Person/zip"]]),
    refused: "unknown-type",
  },
  { title: "a false value is not missing", query: all(aged, [["missing", "?e", "Person/active"]]), answer: ["1", "2"] },
  {
    title: "missing with a source",
    query: all(named, [["missing", "$", "?e", "Person/height"]]),
    refused: "malformed",
  },
  {
    title: "a predicate that is not there",
    query: all(named, [["odd?", "?e"]]),
    refused: "query-unsupported",
    path: "/where/1",
  },
  {
    title: "a predicate of what nothing binds",
    query: all(named, [[">", "?zz", 1]]),
    refused: "malformed",
    path: "/where/1/0",
  },
  { title: "a predicate that binds", query: all(named, [[">", 1, 2], "?z"]), refused: "malformed", path: "/where/1" },
  { title: "a predicate of nothing", query: all(named, [["<"]]), refused: "malformed" },
  { title: "a predicate of anything", query: all(named, [["<", "_", 1]]), refused: "malformed" },
  // Functions.
  { title: "adds", query: one("?x", ["1", "Person/age", "?a"], [["+", "?a", 1], "?x"]), answer: 16 },
  { title: "adds many", query: one("?x", [["+", 1, 2, 3], "?x"]), answer: 6 },
  { title: "takes away", query: one("?x", [["-", 10, 3, 2], "?x"]), answer: 5 },
  { title: "takes away from nothing", query: one("?x", [["-", 10], "?x"]), answer: -10 },
  { title: "multiplies", query: one("?x", [["*", 2, 3], "?x"]), answer: 6 },
  { title: "divides", query: one("?x", [["/", 7, 2], "?x"]), answer: 3.5 },
  { title: "divides by nothing", query: one("?x", [["/", 7, 0], "?x"]), answer: null },
  { title: "the rest of a division", query: one("?x", [["mod", 7, 3], "?x"]), answer: 1 },
  { title: "the rest has the sign of the divisor", query: one("?x", [["mod", -7, 3], "?x"]), answer: 2 },
  { title: "adds a text", query: one("?x", [["+", 1, "a"], "?x"]), answer: null },
  {
    title: "adds a text of the data",
    query: { find: ["?e", "?x"], where: [named, [["+", "?n", 1], "?x"]] },
    answer: [],
  },
  {
    title: "adds decimals exactly",
    query: {
      find: [["?x", "..."]],
      where: [
        ["m1", "Monster/weight", "?w"],
        ["m2", "Monster/weight", "?v"],
        [["+", "?w", "?v"], "?x"],
      ],
    },
    answer: ["0.3"],
  },
  { title: "puts texts together", query: one("?x", [["str", "a", 1, true], "?x"]), answer: "a1true" },
  {
    title: "puts texts of the data together",
    query: {
      find: ["?x"],
      where: [
        ["2", "Person/name", "?n"],
        ["2", "Person/age", "?a"],
        [["str", "?n", "-", "?a"], "?x"],
      ],
    },
    answer: [["Petr-37"]],
  },
  {
    title: "what is made sifts what is bound",
    query: all(aged, ["?e", "Person/name", "?n"], [["+", "?a", 0], "?b"], [["=", "?b", 37]]),
    answer: ["2", "3"],
  },
  {
    title: "what is made must be what is bound",
    query: { find: [["?x", "..."]], in: [["?x", "..."], "?y"], args: [[1, 2, 3], 3], where: [[["+", "?x", 1], "?y"]] },
    answer: [2],
  },
  { title: "a function into nothing", query: all(named, [["+", 1, 2], "_"]), answer: ["1", "2", "3"] },
  { title: "a function of a function", query: one("?y", [["+", 1, 2], "?x"], [["*", "?x", 2], "?y"]), answer: 6 },
  { title: "functions in the wrong order", query: one("?y", [["*", "?x", 2], "?y"], [["+", 1, 2], "?x"]), answer: 6 },
  { title: "identity", query: one("?x", ["1", "Person/age", "?a"], [["identity", "?a"], "?x"]), answer: 15 },
  {
    title: "identity of an entity",
    query: {
      find: ["?x", "?n"],
      where: [
        ["?e", "Person/email", "petr@x"],
        [["identity", "?e"], "?x"],
        ["?x", "Person/name", "?n"],
      ],
    },
    answer: [["2", "Petr"]],
  },
  { title: "ground", query: one("?x", [["ground", 5], "?x"]), answer: 5 },
  {
    title: "ground of several",
    query: {
      find: [["?x", "..."]],
      where: [
        [
          ["ground", [1, 2]],
          ["?x", "..."],
        ],
      ],
    },
    answer: [1, 2],
  },
  {
    title: "ground of a row",
    query: {
      find: ["?x", "?y"],
      where: [
        [
          ["ground", [1, 2]],
          ["?x", "?y"],
        ],
      ],
    },
    answer: [[1, 2]],
  },
  {
    title: "ground of rows",
    query: {
      find: ["?x", "?y"],
      where: [
        [
          [
            "ground",
            [
              [1, 2],
              [3, 4],
            ],
          ],
          [["?x", "?y"]],
        ],
      ],
    },
    answer: [
      [1, 2],
      [3, 4],
    ],
  },
  {
    title: "ground that sifts",
    query: all(named, [
      ["ground", ["Petr", "Nobody"]],
      ["?n", "..."],
    ]),
    answer: ["2"],
  },
  {
    title: "ground of entities",
    query: {
      find: ["?n"],
      where: [
        [
          ["ground", ["1", "2"]],
          ["?e", "..."],
        ],
        named,
      ],
    },
    answer: [["Ivan"], ["Petr"]],
  },
  {
    title: "ground of a variable",
    query: one("?x", ["1", "Person/age", "?a"], [["ground", "?a"], "?x"]),
    answer: 15,
  },
  {
    title: "the value or another",
    query: { find: ["?e", "?h"], where: [named, [["getElse", "?e", "Person/height", 0], "?h"]] },
    answer: [
      ["1", 0],
      ["2", 1.8],
      ["3", 0],
    ],
  },
  {
    title: "the value or another type of value",
    query: { find: ["?e", "?h"], where: [named, [["getElse", "?e", "Person/height", "none"], "?h"]] },
    answer: [
      ["1", "none"],
      ["2", 1.8],
      ["3", "none"],
    ],
  },
  {
    title: "the value false and not another",
    query: { find: ["?x", "."], where: [[["getElse", "4", "Person/active", true], "?x"]] },
    answer: false,
  },
  {
    title: "a reference or another",
    query: { find: ["?e", "?b"], where: [named, [["getElse", "?e", "Person/boss", "4"], "?b"]] },
    answer: [
      ["1", "2"],
      ["2", "4"],
      ["3", "2"],
    ],
  },
  {
    title: "the value or null",
    query: { find: ["?e"], where: [named, [["getElse", "?e", "Person/height", null], "?h"]] },
    refused: "malformed",
  },
  {
    title: "the value or another of many",
    query: { find: ["?e"], where: [named, [["getElse", "?e", "Person/aka", "x"], "?h"]] },
    refused: "malformed",
  },
  {
    title: "the first that is there",
    query: {
      find: ["?e", "?a", "?v"],
      where: [
        ["?e", "Person/age", "?x"],
        [
          ["getSome", "?e", "Person/height", "Person/name", "Person/level"],
          ["?a", "?v"],
        ],
      ],
    },
    answer: [
      ["1", "Person/name", "Ivan"],
      ["2", "Person/height", 1.8],
      ["3", "Person/name", "Ivan"],
      ["4", "Person/level", "low"],
    ],
  },
  {
    title: "the first of those that nobody has",
    query: {
      find: ["?e", "?v"],
      where: [
        named,
        [
          ["getSome", "?e", "Person/born", "Person/level"],
          ["_", "?v"],
        ],
      ],
    },
    answer: [],
  },
  {
    title: "a function that is not there",
    query: one("?x", [["inc", 1], "?x"]),
    refused: "query-unsupported",
    path: "/where/0",
  },
  { title: "a function that binds nothing", query: all(named, [["+", 1, 2]]), refused: "malformed", path: "/where/1" },
  {
    title: "a function of what nothing binds",
    query: one("?x", [["+", "?zz", 1], "?x"]),
    refused: "malformed",
    path: "/where/0/0",
  },
  { title: "a function of itself", query: one("?x", [["+", "?x", 1], "?x"]), refused: "malformed" },
  { title: "a rest of three", query: one("?x", [["mod", 1, 2, 3], "?x"]), refused: "malformed" },
  { title: "a function bound to a constant", query: all(named, [["+", 1, 2], 3]), refused: "malformed" },
]
