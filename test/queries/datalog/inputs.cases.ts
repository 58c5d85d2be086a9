import type { Case } from "./worlds.ts"

const name = ["?e", "Person/name", "?n"]
const monsters = [
  ["Cerberus", 3],
  ["Medusa", 1],
  ["Cyclops", 1],
  ["Chimera", 1],
]
const shades = [
  ["red", 10],
  ["red", 20],
  ["red", 30],
  ["red", 40],
  ["red", 50],
  ["blue", 7],
  ["blue", 8],
]

/** Inputs, find specs, aggregates, order and pages. */
export const inputs: readonly Case[] = [
  {
    world: "four",
    title: "an input",
    query: { find: [["?e", "..."]], in: ["?n"], args: ["Ivan"], where: [name] },
    answer: ["1", "3"],
  },
  {
    world: "four",
    title: "two inputs",
    query: { find: [["?e", "..."]], in: ["?n", "?a"], args: ["Ivan", 37], where: [name, ["?e", "Person/age", "?a"]] },
    answer: ["3"],
  },
  {
    world: "four",
    title: "an entity as input",
    query: { find: ["?n", "."], in: ["?e"], args: ["2"], where: [name] },
    answer: "Petr",
  },
  {
    world: "four",
    title: "an entity that nobody knows as input",
    query: { find: ["?n"], in: ["?e"], args: ["nobody"], where: [name] },
    answer: [],
  },
  {
    world: "four",
    title: "a lookup as input",
    query: { find: ["?n", "."], in: ["?e"], args: [["Person/email", "petr@x"]], where: [name] },
    answer: "Petr",
  },
  {
    world: "four",
    title: "a lookup of nobody as input",
    query: { find: ["?n"], in: ["?e"], args: [["Person/email", "nobody@x"]], where: [name] },
    answer: [],
  },
  {
    world: "four",
    title: "lookups as a collection",
    query: {
      find: ["?e", "?n"],
      in: [["?e", "..."]],
      args: [
        [
          ["Person/email", "petr@x"],
          ["Person/email", "ivan@x"],
        ],
      ],
      where: [name],
    },
    answer: [
      ["1", "Ivan"],
      ["2", "Petr"],
    ],
  },
  {
    world: "four",
    title: "lookups in rows",
    query: {
      find: ["?e", "?v"],
      in: [[["?e", "?v"]]],
      args: [
        [
          [["Person/email", "petr@x"], 1],
          ["3", 2],
        ],
      ],
      where: [name],
    },
    answer: [
      ["2", 1],
      ["3", 2],
    ],
  },
  {
    world: "four",
    title: "a lookup as what is referred to, from outside",
    query: {
      find: [["?e", "..."]],
      in: ["?f"],
      args: [["Person/email", "ivan@x"]],
      where: [["?e", "Person/friend", "?f"]],
    },
    answer: ["2", "3"],
  },
  {
    world: "four",
    title: "a collection",
    query: { find: [["?e", "..."]], in: [["?n", "..."]], args: [["Ivan", "Nobody"]], where: [name] },
    answer: ["1", "3"],
  },
  {
    world: "four",
    title: "a collection of nothing",
    query: { find: ["?e"], in: [["?n", "..."]], args: [[]], where: [name] },
    answer: [],
  },
  {
    world: "four",
    title: "a tuple",
    query: {
      find: [["?e", "..."]],
      in: [["?n", "?a"]],
      args: [["Ivan", 37]],
      where: [name, ["?e", "Person/age", "?a"]],
    },
    answer: ["3"],
  },
  {
    world: "four",
    title: "a tuple of which something is left out",
    query: { find: [["?e", "..."]], in: [["_", "?a"]], args: [["Ivan", 37]], where: [["?e", "Person/age", "?a"]] },
    answer: ["2", "3"],
  },
  {
    world: "four",
    title: "a relation",
    query: {
      find: ["?e", "?m"],
      in: [[["?n", "?m"]]],
      args: [
        [
          ["Ivan", "i@m"],
          ["Petr", "p@m"],
        ],
      ],
      where: [name],
    },
    answer: [
      ["1", "i@m"],
      ["2", "p@m"],
      ["3", "i@m"],
    ],
  },
  {
    world: "four",
    title: "a relation of nothing",
    query: { find: ["?e"], in: [[["?n", "?m"]]], args: [[]], where: [name] },
    answer: [],
  },
  {
    world: "four",
    title: "inputs alone",
    query: { find: ["?a", "?b"], in: ["?a", ["?b", "..."]], args: [1, [2, 3]] },
    answer: [
      [1, 2],
      [1, 3],
    ],
  },
  {
    world: "four",
    title: "inputs and a predicate",
    query: { find: [["?a", "..."]], in: [["?a", "..."]], args: [[1, 5, 9]], where: [[["<", "?a", 6]]] },
    answer: [1, 5],
  },
  {
    world: "four",
    title: "inputs and a function",
    query: { find: [["?b", "..."]], in: [["?a", "..."]], args: [[1, 2]], where: [[["*", "?a", "?a"], "?b"]] },
    answer: [1, 4],
  },
  {
    world: "four",
    title: "an input that looks like a variable",
    query: { find: [["?a", "..."]], in: ["?a"], args: ["?x"] },
    answer: ["?x"],
  },
  {
    world: "four",
    title: "an input of one value is taken apart",
    query: {
      find: ["?a", "?c"],
      in: ["?r"],
      args: [[1, 2, 3]],
      where: [
        [
          ["ground", "?r"],
          ["?a", "_", "?c"],
        ],
      ],
    },
    answer: [[1, 3]],
  },
  {
    world: "values",
    title: "an instant as input, in its own zone",
    query: { find: ["?e", "."], in: ["?b"], args: ["2000-01-01T02:00+02:00"], where: [["?e", "Person/born", "?b"]] },
    answer: "1",
  },
  {
    world: "values",
    title: "a decimal as input",
    query: { find: ["?e", "."], in: ["?p"], args: [9], where: [["?e", "Person/pay", "?p"]] },
    answer: "2",
  },
  {
    world: "four",
    title: "a collection of one column",
    query: { find: [["?n", "..."]], where: [name] },
    answer: ["Ivan", "Petr"],
  },
  {
    world: "four",
    title: "a collection of nothing is empty",
    query: { find: [["?n", "..."]], where: [["?e", "Person/height", "?n"]] },
    answer: [],
  },
  {
    world: "four",
    title: "one row",
    query: {
      find: [["?n", "?a"]],
      where: [
        ["2", "Person/name", "?n"],
        ["2", "Person/age", "?a"],
      ],
    },
    answer: ["Petr", 37],
  },
  {
    world: "four",
    title: "one row of nothing is null",
    query: {
      find: [["?n", "?a"]],
      where: [
        ["9", "Person/name", "?n"],
        ["9", "Person/age", "?a"],
      ],
    },
    answer: null,
  },
  {
    world: "four",
    title: "one value",
    query: { find: ["?n", "."], where: [["2", "Person/name", "?n"]] },
    answer: "Petr",
  },
  {
    world: "four",
    title: "one value of nothing is null",
    query: { find: ["?n", "."], where: [["9", "Person/name", "?n"]] },
    answer: null,
  },
  {
    world: "four",
    title: "rows as objects",
    query: { find: ["?n", "?a"], keys: ["name", "age"], where: [["?e", "Person/age", "?a"], name] },
    answer: [
      { name: "Ivan", age: 15 },
      { name: "Ivan", age: 37 },
      { name: "Petr", age: 37 },
    ],
  },
  {
    world: "four",
    title: "one row as an object",
    query: {
      find: [["?n", "?a"]],
      keys: ["name", "age"],
      where: [
        ["2", "Person/name", "?n"],
        ["2", "Person/age", "?a"],
      ],
    },
    answer: { name: "Petr", age: 37 },
  },
  {
    world: "four",
    title: "a set has each row once",
    query: { find: ["?a"], where: [["?e", "Person/age", "?a"]] },
    answer: [[15], [37]],
  },
  {
    world: "four",
    title: "the same twice",
    query: { find: ["?a", "?a"], where: [["2", "Person/age", "?a"]] },
    answer: [[37, 37]],
  },
  { world: "four", title: "count", query: { find: [["count", "?e"]], where: [name] }, answer: [[3]] },
  { world: "four", title: "count of one column", query: { find: [["count", "?n"]], where: [name] }, answer: [[2]] },
  {
    world: "four",
    title: "count, kept apart by another",
    query: { find: [["count", "?n"]], with: ["?e"], where: [name] },
    answer: [[3]],
  },
  { world: "four", title: "count as one value", query: { find: [["count", "?e"], "."], where: [name] }, answer: 3 },
  {
    world: "four",
    title: "count of nothing is no row",
    query: { find: [["count", "?e"]], where: [["?e", "Person/height"]] },
    answer: [],
  },
  {
    world: "four",
    title: "count of nothing as one value is null",
    query: { find: [["count", "?e"], "."], where: [["?e", "Person/height"]] },
    answer: null,
  },
  {
    world: "four",
    title: "count by another",
    query: { find: ["?n", ["count", "?e"]], where: [name] },
    answer: [
      ["Ivan", 2],
      ["Petr", 1],
    ],
  },
  {
    world: "four",
    title: "two aggregates of one row",
    query: {
      find: [
        [
          ["min", "?a"],
          ["max", "?a"],
        ],
      ],
      where: [["?e", "Person/age", "?a"]],
    },
    answer: [15, 37],
  },
  {
    world: "four",
    title: "with alone keeps rows",
    query: { find: ["?n"], with: ["?e"], where: [name] },
    answer: [["Ivan"], ["Ivan"], ["Petr"]],
  },
  {
    world: "four",
    title: "sum",
    query: { find: [["sum", "?h"]], with: ["?m"], in: [[["?m", "?h"]]], args: [monsters] },
    answer: [[6]],
  },
  {
    world: "four",
    title: "sum of a set",
    query: { find: [["sum", "?h"]], in: [[["?m", "?h"]]], args: [monsters] },
    answer: [[4]],
  },
  {
    world: "four",
    title: "all aggregates of one column",
    query: {
      find: [
        ["sum", "?h"],
        ["min", "?h"],
        ["max", "?h"],
        ["count", "?h"],
        ["countDistinct", "?h"],
      ],
      with: ["?m"],
      in: [[["?m", "?h"]]],
      args: [monsters],
    },
    answer: [[6, 1, 3, 4, 2]],
  },
  {
    world: "four",
    title: "the mean",
    query: { find: ["?c", ["avg", "?x"]], in: [[["?c", "?x"]]], args: [shades] },
    answer: [
      ["blue", 7.5],
      ["red", 30],
    ],
  },
  {
    world: "four",
    title: "the median of odd many",
    query: { find: [["median", "?x"], "."], in: [["?x", "..."]], args: [[5, 1, 100]] },
    answer: 5,
  },
  {
    world: "four",
    title: "the median of even many",
    query: { find: [["median", "?x"], "."], in: [["?x", "..."]], args: [[5, 1, 100, 2]] },
    answer: 3.5,
  },
  {
    world: "four",
    title: "the least and greatest two",
    query: { find: ["?c", ["max", 2, "?x"], ["min", 2, "?x"]], in: [[["?c", "?x"]]], args: [shades] },
    answer: [
      ["blue", [7, 8], [7, 8]],
      ["red", [40, 50], [10, 20]],
    ],
  },
  {
    world: "four",
    title: "more of the least than there are",
    query: {
      find: ["?c", ["min", 9, "?x"]],
      in: [[["?c", "?x"]]],
      args: [
        [
          ["blue", 2],
          ["blue", 1],
        ],
      ],
    },
    answer: [["blue", [1, 2]]],
  },
  {
    world: "four",
    title: "as many of the greatest as an input says",
    query: { find: [["max", "?k", "?x"], "."], in: ["?k", ["?x", "..."]], args: [2, [1, 2, 3]] },
    answer: [2, 3],
  },
  {
    world: "four",
    title: "each once",
    query: {
      find: ["?c", ["distinct", "?x"]],
      in: [[["?c", "?x"]]],
      args: [
        [
          ["a", 2],
          ["a", 1],
          ["b", 1],
        ],
      ],
    },
    answer: [
      ["a", [1, 2]],
      ["b", [1]],
    ],
  },
  {
    world: "four",
    title: "each entity once",
    query: { find: [["distinct", "?f"], "."], where: [["?e", "Person/friend", "?f"]] },
    answer: ["1", "2", "3"],
  },
  {
    world: "four",
    title: "the least of texts",
    query: {
      find: [
        ["min", "?n"],
        ["max", "?n"],
      ],
      where: [name],
    },
    answer: [["Ivan", "Petr"]],
  },
  {
    world: "values",
    title: "a sum of decimals",
    query: { find: [["sum", "?p"], "."], where: [["_", "Person/pay", "?p"]] },
    answer: "119.5",
  },
  {
    world: "values",
    title: "the least and greatest decimal",
    query: {
      find: [
        ["min", "?p"],
        ["max", "?p"],
      ],
      where: [["_", "Person/pay", "?p"]],
    },
    answer: [["9", "100"]],
  },
  {
    world: "values",
    title: "a sum of fractions",
    query: { find: [["sum", "?h"], "."], where: [["_", "Person/height", "?h"]] },
    answer: 4,
  },
  {
    world: "four",
    title: "pulled",
    query: { find: [["pull", "?e", ["name", "age"]]], where: [["?e", "Person/age", 15]] },
    answer: [[{ name: "Ivan", age: 15 }], [{ age: 15 }]],
  },
  {
    world: "four",
    title: "pulled beside a value",
    query: {
      find: ["?a", ["pull", "?e", ["name"]]],
      where: [
        ["?e", "Person/age", "?a"],
        ["?e", "Person/name", "Petr"],
      ],
    },
    answer: [[37, { name: "Petr" }]],
  },
  {
    world: "four",
    title: "pulled as a collection",
    query: { find: [[["pull", "?e", ["name"]], "..."]], where: [["?e", "Person/name", "Petr"]] },
    answer: [{ name: "Petr" }],
  },
  {
    world: "four",
    title: "pulled as one value",
    query: { find: [["pull", "?e", ["name"]], "."], where: [["?e", "Person/name", "Petr"]] },
    answer: { name: "Petr" },
  },
  {
    world: "four",
    title: "pulled by a pattern from outside",
    query: { find: [["pull", "?e", "?p"], "."], in: ["?p"], args: [["name"]], where: [["?e", "Person/name", "Petr"]] },
    answer: { name: "Petr" },
  },
  {
    world: "four",
    title: "pulled beside an aggregate",
    query: {
      find: [
        ["pull", "?e", ["name"]],
        ["count", "?f"],
      ],
      where: [["?e", "Person/friend", "?f"], name],
    },
    answer: [
      [{ name: "Petr" }, 1],
      [{ name: "Ivan" }, 2],
    ],
  },
  {
    world: "four",
    title: "in order",
    query: {
      find: ["?e", "?a"],
      where: [["?e", "Person/age", "?a"]],
      order: [
        ["?a", "desc"],
        ["?e", "asc"],
      ],
    },
    answer: [
      ["2", 37],
      ["3", 37],
      ["1", 15],
      ["4", 15],
    ],
  },
  {
    world: "four",
    title: "in order of two columns downwards",
    query: {
      find: ["?e", "?a"],
      where: [["?e", "Person/age", "?a"]],
      order: [
        ["?a", "desc"],
        ["?e", "desc"],
      ],
    },
    answer: [
      ["3", 37],
      ["2", 37],
      ["4", 15],
      ["1", 15],
    ],
  },
  {
    world: "four",
    title: "in order of an aggregate",
    query: { find: ["?n", ["count", "?e"]], where: [name], order: [[["count", "?e"], "asc"]] },
    answer: [
      ["Petr", 1],
      ["Ivan", 2],
    ],
  },
  {
    world: "four",
    title: "in order of a key",
    query: { find: ["?e", "?n"], keys: ["id", "name"], where: [name], order: [["name", "desc"]], limit: 1 },
    answer: [{ id: "2", name: "Petr" }],
  },
  {
    world: "four",
    title: "at most so many",
    query: { find: [["?e", "..."]], where: [["?e", "Person/age"]], order: [["?e", "desc"]], limit: 2 },
    answer: ["4", "3"],
  },
  {
    world: "four",
    title: "none at most",
    query: { find: ["?e"], where: [["?e", "Person/age"]], limit: 0 },
    answer: [],
  },
  {
    world: "values",
    title: "decimals in order of what they stand for",
    query: { find: [["?p", "..."]], where: [["_", "Person/pay", "?p"]], order: [["?p", "asc"]] },
    answer: ["9", "10.5", "100"],
  },
]
