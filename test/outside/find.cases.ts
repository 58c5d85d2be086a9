import type { Case } from "./cases.ts"

const nodes = [["?x", "Node/follow", "?y"]]
const named = ["?e", "Person/name", "?n"]
const heads = ["?m", "Monster/heads", "?h"]

/** What is found, what comes in, and what is made of it. */
export const finds: readonly Case[] = [
  // Find specs.
  { title: "a relation of one column", query: { find: ["?n"], where: [named] }, answer: [["Ivan"], ["Petr"]] },
  {
    title: "a relation of an entity and a value",
    query: { find: ["?e", "?n"], where: [named] },
    answer: [
      ["1", "Ivan"],
      ["2", "Petr"],
      ["3", "Ivan"],
    ],
  },
  { title: "a collection", query: { find: [["?n", "..."]], where: [named] }, answer: ["Ivan", "Petr"] },
  {
    title: "a tuple",
    query: {
      find: [["?n", "?a"]],
      where: [
        ["2", "Person/name", "?n"],
        ["2", "Person/age", "?a"],
      ],
    },
    answer: ["Petr", 37],
  },
  { title: "a scalar", query: { find: ["?n", "."], where: [["2", "Person/name", "?n"]] }, answer: "Petr" },
  { title: "an empty relation", query: { find: ["?e"], where: [["?e", "Person/name", "Nobody"]] }, answer: [] },
  {
    title: "an empty collection",
    query: { find: [["?e", "..."]], where: [["?e", "Person/name", "Nobody"]] },
    answer: [],
  },
  {
    title: "a tuple of nothing",
    query: { find: [["?e", "?n"]], where: [["?e", "Person/name", "Nobody"], named] },
    answer: null,
  },
  {
    title: "a scalar of nothing",
    query: { find: ["?e", "."], where: [["?e", "Person/name", "Nobody"]] },
    answer: null,
  },
  { title: "a collection of one aggregate", query: { find: [[["count", "?n"], "..."]], where: [named] }, answer: [2] },
  { title: "a scalar aggregate", query: { find: [["count", "?e"], "."], where: [named] }, answer: 3 },
  {
    title: "a tuple of aggregates",
    query: {
      find: [
        [
          ["count", "?e"],
          ["max", "?n"],
        ],
      ],
      where: [named],
    },
    answer: [3, "Petr"],
  },
  {
    title: "the same variable twice",
    query: { find: ["?n", "?n"], where: [named] },
    answer: [
      ["Ivan", "Ivan"],
      ["Petr", "Petr"],
    ],
  },
  {
    title: "a boolean false as a scalar",
    query: { find: ["?x", "."], where: [["4", "Person/active", "?x"]] },
    answer: false,
  },
  { title: "zero as a scalar", query: { find: ["?x", "."], where: [["k8", "Kin/count", "?x"]] }, answer: 0 },
  {
    title: "keys of rows",
    query: { find: ["?n", "?a"], keys: ["name", "age"], where: [named, ["?e", "Person/age", "?a"], [[">", "?a", 30]]] },
    answer: [
      { name: "Ivan", age: 37 },
      { name: "Petr", age: 37 },
    ],
  },
  {
    title: "keys of a tuple",
    query: { find: [["?n"]], keys: ["name"], where: [["2", "Person/name", "?n"]] },
    answer: { name: "Petr" },
  },
  {
    title: "keys of a tuple of nothing",
    query: { find: [["?n"]], keys: ["name"], where: [["4", "Person/name", "?n"]] },
    answer: null,
  },
  {
    title: "keys of an aggregate",
    query: { find: [["count", "?e"]], keys: ["n"], where: [named] },
    answer: [{ n: 3 }],
  },
  // Inputs.
  {
    title: "a scalar input",
    query: { find: ["?e"], in: ["?n"], args: ["Ivan"], where: [named] },
    answer: [["1"], ["3"]],
  },
  {
    title: "a scalar input that is an entity",
    query: { find: ["?n"], in: ["?e"], args: ["2"], where: [named] },
    answer: [["Petr"]],
  },
  {
    title: "a collection input",
    query: { find: ["?e"], in: [["?n", "..."]], args: [["Ivan", "Petr"]], where: [named] },
    answer: [["1"], ["2"], ["3"]],
  },
  {
    title: "an empty collection input",
    query: { find: ["?e"], in: [["?n", "..."]], args: [[]], where: [named] },
    answer: [],
  },
  {
    title: "a tuple input",
    query: { find: ["?e"], in: [["?n", "?a"]], args: [["Ivan", 37]], where: [named, ["?e", "Person/age", "?a"]] },
    answer: [["3"]],
  },
  {
    title: "a relation input",
    query: {
      find: ["?e", "?mail"],
      in: [[["?n", "?mail"]]],
      args: [
        [
          ["Ivan", "i@"],
          ["Petr", "p@"],
        ],
      ],
      where: [named],
    },
    answer: [
      ["1", "i@"],
      ["2", "p@"],
      ["3", "i@"],
    ],
  },
  {
    title: "an empty relation input",
    query: { find: ["?e"], in: [[["?n", "?mail"]]], args: [[]], where: [named] },
    answer: [],
  },
  {
    title: "an input nobody asks of",
    query: { find: ["?e"], in: ["?n", "?other"], args: ["Petr", 1], where: [named] },
    answer: [["2"]],
  },
  { title: "anything in an input", query: { find: ["?x"], in: [["?x", "_"]], args: [[1, 2]] }, answer: [[1]] },
  {
    title: "anything in rows of an input",
    query: {
      find: ["?x", "?z"],
      in: [[["?x", "_", "?z"]]],
      args: [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
      ],
    },
    answer: [
      [1, 3],
      [4, 6],
    ],
  },
  {
    title: "two collections cross",
    query: {
      find: ["?x", "?y"],
      in: [
        ["?x", "..."],
        ["?y", "..."],
      ],
      args: [
        [1, 2],
        ["a", "b"],
      ],
    },
    answer: [
      [1, "a"],
      [1, "b"],
      [2, "a"],
      [2, "b"],
    ],
  },
  { title: "an input without clauses", query: { find: ["?x"], in: ["?x"], args: [5] }, answer: [[5]] },
  {
    title: "values of an input are a set",
    query: { find: ["?x"], in: [["?x", "..."]], args: [[1, 1, 2]] },
    answer: [[1], [2]],
  },
  {
    title: "an input is of its type",
    query: { find: ["?e"], in: ["?a"], args: ["15"], where: [["?e", "Person/age", "?a"]] },
    answer: [],
  },
  {
    title: "a variable in an input that looks like one stays a text",
    query: { find: ["?x"], in: ["?x"], args: ["?y"] },
    answer: [["?y"]],
  },
  { title: "null comes in", query: { find: ["?x"], in: ["?x"], args: [null] }, answer: [[null]] },
  {
    title: "an instant comes in another spelling",
    query: { find: ["?e"], in: ["?t"], args: ["2000-01-01T01:00:00+01:00"], where: [["?e", "Person/born", "?t"]] },
    answer: [["4"]],
  },
  {
    title: "a decimal comes in another spelling",
    query: { find: ["?e"], in: ["?p"], args: ["10.5"], where: [["?e", "Person/pay", "?p"]] },
    answer: [["2"]],
  },
  {
    title: "a lookup comes in",
    query: { find: ["?n"], in: ["?e"], args: [["Person/email", "petr@x"]], where: [named] },
    answer: [["Petr"]],
  },
  {
    title: "lookups come in",
    query: { find: ["?e"], in: [["?e", "..."]], args: [[["Person/email", "petr@x"], "1"]], where: [named] },
    answer: [["1"], ["2"]],
  },
  {
    title: "a lookup of nobody comes in",
    query: { find: ["?n"], in: ["?e"], args: [["Person/email", "no@x"]], where: [named] },
    answer: [],
  },
  {
    title: "a lookup by a reference comes in",
    query: { find: ["?n"], in: ["?e"], args: [["Person/passport", "pp"]], where: [named] },
    answer: [["Ivan"]],
  },
  {
    title: "rows with lookups come in",
    query: {
      find: ["?n", "?x"],
      in: [[["?e", "?x"]]],
      args: [
        [
          [["Person/email", "petr@x"], 7],
          [["Person/email", "no@x"], 8],
        ],
      ],
      where: [named],
    },
    answer: [["Petr", 7]],
  },
  {
    title: "fewer args than inputs",
    query: { find: ["?e"], in: ["?n"], args: [], where: [named] },
    refused: "malformed",
    path: "/args",
  },
  {
    title: "more args than inputs",
    query: { find: ["?e"], args: [1], where: [named] },
    refused: "malformed",
    path: "/args",
  },
  { title: "a row that is too short", query: { find: ["?x"], in: [["?x", "?y"]], args: [[1]] }, refused: "malformed" },
  { title: "a scalar for a collection", query: { find: ["?x"], in: [["?x", "..."]], args: [1] }, refused: "malformed" },
  { title: "a scalar for rows", query: { find: ["?x"], in: [[["?x"]]], args: [1] }, refused: "malformed" },
  {
    title: "a database as an input",
    query: { find: ["?x"], in: ["$", "?x"], args: [1, 2] },
    refused: "query-unsupported",
  },
  { title: "rules as an input", query: { find: ["?x"], in: ["%", "?x"], args: [[], 2] }, refused: "query-unsupported" },
  // Aggregates.
  { title: "a sum of a set drops what is equal", query: { find: [["sum", "?h"]], where: [heads] }, answer: [[4]] },
  {
    title: "with keeps apart what is equal",
    query: { find: [["sum", "?h"]], with: ["?m"], where: [heads] },
    answer: [[6]],
  },
  {
    title: "several aggregates of one variable",
    query: {
      find: [
        ["sum", "?h"],
        ["min", "?h"],
        ["max", "?h"],
        ["count", "?h"],
        ["countDistinct", "?h"],
      ],
      with: ["?m"],
      where: [heads],
    },
    answer: [[6, 1, 3, 4, 2]],
  },
  { title: "an average", query: { find: [["avg", "?h"], "."], with: ["?m"], where: [heads] }, answer: 1.5 },
  {
    title: "a median of an even number of values",
    query: { find: [["median", "?h"], "."], with: ["?m"], where: [heads] },
    answer: 1,
  },
  {
    title: "a median between two values",
    query: { find: [["median", "?x"], "."], in: [["?x", "..."]], args: [[1, 2, 3, 4]] },
    answer: 2.5,
  },
  {
    title: "distinct is a list",
    query: { find: [["distinct", "?h"], "."], with: ["?m"], where: [heads] },
    answer: [1, 3],
  },
  {
    title: "distinct entities are their ids",
    query: { find: [["distinct", "?e"]], where: [named] },
    answer: [[["1", "2", "3"]]],
  },
  {
    title: "the least two",
    query: { find: [["min", 2, "?x"], "."], in: [["?x", "..."]], args: [[3, 1, 2]] },
    answer: [1, 2],
  },
  {
    title: "the greatest two",
    query: { find: [["max", 2, "?x"], "."], in: [["?x", "..."]], args: [[3, 1, 2]] },
    answer: [2, 3],
  },
  {
    title: "more than there are",
    query: { find: [["max", 9, "?x"], "."], in: [["?x", "..."]], args: [[3, 1, 2]] },
    answer: [1, 2, 3],
  },
  {
    title: "how many the least are comes in",
    query: { find: [["min", "?k", "?x"], "."], in: ["?k", ["?x", "..."]], args: [2, [3, 1, 2]] },
    answer: [1, 2],
  },
  {
    title: "groups by the other column",
    query: {
      find: ["?c", ["max", 3, "?x"], ["min", 3, "?x"]],
      in: [[["?c", "?x"]]],
      args: [
        [
          ["red", 10],
          ["red", 20],
          ["red", 30],
          ["red", 40],
          ["red", 50],
          ["blue", 7],
          ["blue", 8],
        ],
      ],
    },
    answer: [
      ["blue", [7, 8], [7, 8]],
      ["red", [30, 40, 50], [10, 20, 30]],
    ],
  },
  {
    title: "groups by two columns",
    query: {
      find: ["?n", "?a", ["count", "?e"]],
      where: [
        ["?e", "Six/name", "?n"],
        ["?e", "Six/age", "?a"],
      ],
    },
    answer: [
      ["Ivan", 10, 2],
      ["Ivan", 20, 2],
      ["Oleg", 10, 1],
      ["Oleg", 20, 1],
    ],
  },
  {
    title: "an aggregate before what it is grouped by",
    query: { find: [["count", "?e"], "?n"], where: [["?e", "Six/name", "?n"]] },
    answer: [
      [2, "Oleg"],
      [4, "Ivan"],
    ],
  },
  {
    title: "a count of nothing is no row",
    query: { find: [["count", "?e"]], where: [["?e", "Person/name", "Nobody"]] },
    answer: [],
  },
  {
    title: "a scalar count of nothing",
    query: { find: [["count", "?e"], "."], where: [["?e", "Person/name", "Nobody"]] },
    answer: null,
  },
  { title: "a sum of nothing", query: { find: [["sum", "?x"], "."], in: [["?x", "..."]], args: [[]] }, answer: null },
  {
    title: "the least of texts",
    query: {
      find: [
        ["min", "?n"],
        ["max", "?n"],
      ],
      where: [named],
    },
    answer: [["Ivan", "Petr"]],
  },
  {
    title: "the last of instants",
    query: { find: [["max", "?t"], "."], where: [["_", "Person/born", "?t"]] },
    answer: "2000-01-01T00:00:00.000Z",
  },
  {
    title: "the least of mixed values",
    query: {
      find: [
        ["min", "?x"],
        ["max", "?x"],
      ],
      in: [["?x", "..."]],
      args: [["b", 2, true, "a"]],
    },
    answer: [[true, "b"]],
  },
  { title: "a sum of texts", query: { find: [["sum", "?n"]], where: [named] }, refused: "invalid", path: "/find/0" },
  {
    title: "a median of texts in a row",
    query: { find: [["?e", ["median", "?n"]]], where: [named] },
    refused: "invalid",
    path: "/find/0/1",
  },
  { title: "an average of texts", query: { find: [["avg", "?n"]], where: [named] }, refused: "invalid" },
  {
    title: "a sum of decimals is exact",
    query: { find: [["sum", "?w"], "."], where: [["_", "Monster/weight", "?w"]] },
    answer: "0.3",
  },
  {
    title: "the greatest decimal is the greatest number",
    query: { find: [["max", "?p"], "."], where: [["_", "Person/pay", "?p"]] },
    answer: "10.5",
  },
  {
    title: "with a variable that is found too",
    query: { find: ["?m", ["sum", "?h"]], with: ["?m"], where: [heads] },
    refused: "malformed",
    path: "/with/0",
  },
  {
    title: "with what nothing binds",
    query: { find: [["sum", "?h"]], with: ["?z"], where: [heads] },
    refused: "malformed",
    path: "/with/0",
  },
  {
    title: "an aggregate that is not there",
    query: { find: [["mode", "?h"]], where: [heads] },
    refused: "query-unsupported",
    path: "/find/0",
  },
  {
    title: "an aggregate of nothing",
    query: { find: [["sum"]], where: [heads] },
    refused: "malformed",
    path: "/find/0",
  },
  { title: "the least none", query: { find: [["min", 0, "?h"]], where: [heads] }, refused: "malformed" },
  {
    title: "with without an aggregate keeps rows apart",
    query: { find: ["?h"], with: ["?m"], where: [heads] },
    answer: [[1], [1], [1], [3]],
  },
  // What cannot be found.
  { title: "what nothing binds", query: { find: ["?zz"], where: [named] }, refused: "malformed", path: "/find/0" },
  { title: "nothing to find", query: { find: [], where: [named] }, refused: "malformed", path: "/find" },
  { title: "a constant is not found", query: { find: ["n"], where: [named] }, refused: "malformed", path: "/find/0" },
  {
    title: "keys of a scalar",
    query: { find: ["?n", "."], keys: ["n"], where: [named] },
    refused: "malformed",
    path: "/keys",
  },
  {
    title: "too few keys",
    query: { find: ["?e", "?n"], keys: ["n"], where: [named] },
    refused: "malformed",
    path: "/keys",
  },
  // Order and pages.
  {
    title: "an order down",
    query: {
      find: ["?n", "?a"],
      where: [
        ["?e", "Six/name", "?n"],
        ["?e", "Six/age", "?a"],
      ],
      order: [
        ["?a", "desc"],
        ["?n", "asc"],
      ],
    },
    answer: [
      ["Ivan", 20],
      ["Oleg", 20],
      ["Ivan", 10],
      ["Oleg", 10],
    ],
  },
  {
    title: "an order by a key",
    query: { find: ["?n"], keys: ["name"], where: [named], order: [["name", "desc"]] },
    answer: [{ name: "Petr" }, { name: "Ivan" }],
  },
  {
    title: "an order by an aggregate",
    query: { find: ["?n", ["count", "?e"]], where: [["?e", "Six/name", "?n"]], order: [[["count", "?e"], "desc"]] },
    answer: [
      ["Ivan", 4],
      ["Oleg", 2],
    ],
  },
  {
    title: "an order of decimals is of numbers",
    query: { find: [["?p", "..."]], where: [["_", "Person/pay", "?p"]], order: [["?p", "asc"]] },
    answer: ["9.5", "10.5"],
  },
  { title: "a limit", query: { find: [["?y", "..."]], where: nodes, limit: 2 }, answer: ["n2", "n3"] },
  { title: "a limit of none", query: { find: ["?y"], where: nodes, limit: 0 }, answer: [] },
  {
    title: "an order by what is not found",
    query: { find: ["?n"], where: [named], order: [["?e", "asc"]] },
    refused: "malformed",
    path: "/order/0",
  },
  {
    title: "an order in no direction",
    query: { find: ["?n"], where: [named], order: [["?n", "up"]] },
    refused: "malformed",
    path: "/order/0",
  },
  {
    title: "a negative limit",
    query: { find: ["?n"], where: [named], limit: -1 },
    refused: "malformed",
    path: "/limit",
  },
  {
    title: "a cursor that is none",
    query: { find: ["?n"], where: [named], limit: 1, after: "zzz" },
    refused: "malformed",
    path: "/after",
  },
]
