import type { Case } from "./cases.ts"

const six = ["?e", "Six/name", "?n"]
const age = ["?e", "Six/age", "?a"]
const named = ["?e", "Person/name", "?n"]
const ids = (...names: string[]) => names.map(name => [name])
const sixes = (clauses: readonly unknown[], ...found: string[]) => ({
  query: { find: [["?e", "..."]], where: clauses },
  answer: found,
})

/** Patterns, joins, lookups, attributes that are variables. */
export const patterns: readonly Case[] = [
  {
    title: "an entity that has an attribute",
    query: { find: ["?e"], where: [["?e", "Person/aka"]] },
    answer: ids("1", "2"),
  },
  {
    title: "anything in each place",
    query: {
      find: [["?e", "..."]],
      where: [
        ["?e", "Person/email", "_"],
        ["_", "Person/boss", "?e"],
      ],
    },
    answer: ["2"],
  },
  {
    title: "many values are many rows",
    query: { find: ["?x"], where: [["1", "Person/aka", "?x"]] },
    answer: ids("Ivanushka", "Vanya"),
  },
  {
    title: "a join by value",
    query: {
      find: ["?x", "?y"],
      where: [["?x", "Person/age", "?a"], ["?y", "Person/age", "?a"], [["!=", "?x", "?y"]]],
    },
    answer: [
      ["1", "4"],
      ["2", "3"],
      ["3", "2"],
      ["4", "1"],
    ],
  },
  {
    title: "a join over a reference",
    query: { find: ["?n", "?b"], where: [named, ["?e", "Person/boss", "?x"], ["?x", "Person/name", "?b"]] },
    answer: [["Ivan", "Petr"]],
  },
  {
    title: "a reference backwards",
    query: { find: ["?e"], where: [["2", "Person/_boss", "?e"]] },
    answer: ids("1", "3"),
  },
  {
    title: "a reference backwards and forwards",
    query: {
      find: ["?x", "?y"],
      where: [
        ["?x", "Person/_boss", "?y"],
        ["?y", "Person/boss", "?x"],
      ],
    },
    answer: [
      ["2", "1"],
      ["2", "3"],
    ],
  },
  {
    title: "backwards over a value",
    query: { find: ["?x"], where: [["?x", "Person/_name", "?y"]] },
    refused: "malformed",
    path: "/where/0/1",
  },
  { title: "an id that nobody has", query: { find: ["?n"], where: [["nobody", "Person/name", "?n"]] }, answer: [] },
  {
    title: "a reference to whom nobody is",
    query: { find: ["?e"], where: [["?e", "Person/boss", "nobody"]] },
    answer: [],
  },
  {
    title: "the same variable on both sides",
    query: { find: ["?e"], where: [["?e", "Person/friend", "?e"]] },
    answer: [],
  },
  { title: "a number is no text", query: { find: ["?e"], where: [["?e", "Person/age", "15"]] }, answer: [] },
  { title: "a text is no number", query: { find: ["?e"], where: [["?e", "Person/name", 15]] }, answer: [] },
  {
    title: "a whole number in either spelling",
    query: { find: ["?e"], where: [["?e", "Person/age", 15.0]] },
    answer: ids("1", "4"),
  },
  { title: "a boolean", query: { find: ["?e"], where: [["?e", "Person/active", false]] }, answer: ids("4") },
  {
    title: "a key of a list of values",
    query: { find: ["?e"], where: [["?e", "Person/level", "low"]] },
    answer: ids("4"),
  },
  {
    title: "a piece of JSON",
    query: { find: ["?x", "."], where: [["4", "Person/extra", "?x"]] },
    answer: { a: [1, "x"] },
  },
  {
    title: "a piece of JSON as a constant",
    query: { find: ["?e"], where: [["?e", "Person/extra", { value: { a: [1, "x"] } }]] },
    answer: ids("4"),
  },
  {
    title: "an instant in another spelling",
    query: { find: ["?e"], where: [["?e", "Person/born", "1999-12-31T23:00:00-01:00"]] },
    answer: ids("4"),
  },
  {
    title: "a decimal in another spelling",
    query: { find: ["?e"], where: [["?e", "Person/pay", "10.500"]] },
    answer: ids("2"),
  },
  {
    title: "a value that looks like a variable",
    query: { find: ["?e"], where: [["?e", "Person/name", { value: "?n" }]] },
    answer: [],
  },
  {
    title: "a value said to be one",
    query: { find: ["?e"], where: [["?e", "Person/name", { value: "Petr" }]] },
    answer: ids("2"),
  },
  {
    title: "an id said to be a value",
    query: { find: ["?n"], where: [[{ value: "2" }, "Person/name", "?n"]] },
    answer: ids("Petr"),
  },
  {
    title: "a reference's id said to be a value",
    query: { find: ["?e"], where: [["?e", "Person/boss", { value: "2" }]] },
    answer: ids("1", "3"),
  },
  {
    title: "an underscore that is a value",
    query: { find: ["?e"], where: [["?e", "Person/name", { value: "_" }]] },
    answer: [],
  },
  // Lookups.
  {
    title: "a lookup for an entity",
    query: { find: ["?n"], where: [[["Person/email", "petr@x"], "Person/name", "?n"]] },
    answer: ids("Petr"),
  },
  {
    title: "a lookup for a reference",
    query: { find: ["?e"], where: [["?e", "Person/boss", ["Person/email", "petr@x"]]] },
    answer: ids("1", "3"),
  },
  {
    title: "a lookup of nobody",
    query: { find: ["?n"], where: [[["Person/email", "no@x"], "Person/name", "?n"]] },
    answer: [],
  },
  {
    title: "a lookup by a reference",
    query: { find: ["?n"], where: [[["Person/passport", "pp"], "Person/name", "?n"]] },
    answer: ids("Ivan"),
  },
  {
    title: "a lookup by a reference that is a lookup",
    query: { find: ["?n"], where: [[["Person/passport", ["Paper/number", "P-1"]], "Person/name", "?n"]] },
    answer: [["Ivan"]],
  },
  {
    title: "a lookup by a lookup that comes in",
    query: {
      find: ["?n"],
      in: ["?e"],
      args: [["Person/passport", ["Paper/number", "P-1"]]],
      where: [["?e", "Person/name", "?n"]],
    },
    answer: [["Ivan"]],
  },
  {
    title: "a lookup by a lookup of nobody",
    query: { find: ["?n"], where: [[["Person/passport", ["Paper/number", "P-9"]], "Person/name", "?n"]] },
    answer: [],
  },
  {
    title: "a lookup by a lookup by what is not unique",
    query: { find: ["?n"], where: [[["Person/passport", ["Person/name", "Ivan"]], "Person/name", "?n"]] },
    refused: "malformed",
  },
  {
    title: "a lookup backwards",
    query: { find: ["?e"], where: [[["Person/email", "petr@x"], "Person/_boss", "?e"]] },
    answer: ids("1", "3"),
  },
  {
    title: "a lookup by what is unique and no identity",
    query: { find: ["?n"], where: [[["Person/nick", "O"], "Person/name", "?n"]] },
    answer: ids("Ivan"),
  },
  {
    title: "a lookup by what is not unique",
    query: { find: ["?n"], where: [[["Person/name", "Petr"], "Person/age", "?n"]] },
    refused: "malformed",
  },
  {
    title: "a lookup by what is not there",
    query: { find: ["?n"], where: [[["Person/zip", "O"], "Person/name", "?n"]] },
    refused: "unknown-type",
  },
  {
    title: "a lookup compared to an entity",
    query: { find: ["?e"], where: [named, [["=", "?e", ["Person/email", "petr@x"]]]] },
    answer: ids("2"),
  },
  {
    title: "a lookup that is not an entity",
    query: { find: ["?e"], where: [named, [["!=", "?e", ["Person/email", "petr@x"]]]] },
    answer: ids("1", "3"),
  },
  {
    title: "a lookup handed to a rule",
    query: {
      find: ["?x"],
      rules: [
        [
          ["boss", "?e", "?x"],
          ["?e", "Person/boss", "?x"],
        ],
      ],
      where: [["boss", "?x", ["Person/email", "petr@x"]]],
    },
    answer: ids("1", "3"),
  },
  {
    title: "a lookup in what is denied",
    query: { find: ["?e"], where: [named, ["not", ["?e", "Person/boss", ["Person/email", "petr@x"]]]] },
    answer: ids("2"),
  },
  // Attributes that are variables.
  {
    title: "all attributes of an entity",
    query: { find: ["?a"], where: [["2", "?a"]] },
    answer: ids(
      "Person/age",
      "Person/aka",
      "Person/email",
      "Person/friend",
      "Person/height",
      "Person/name",
      "Person/pay",
    ),
  },
  {
    title: "all attributes with their values",
    query: { find: ["?a", "?v"], where: [["s1", "?a", "?v"]] },
    answer: [
      ["Six/age", 10],
      ["Six/name", "Ivan"],
    ],
  },
  {
    title: "which attribute has a value",
    query: { find: ["?e", "?a"], where: [["?e", "?a", "Petr"]] },
    answer: [
      ["2", "Person/name"],
      ["k1", "Kin/name"],
    ],
  },
  {
    title: "an attribute that comes in",
    query: { find: ["?e"], in: ["?a"], args: ["Person/name"], where: [["?e", "?a", "Petr"]] },
    answer: ids("2"),
  },
  {
    title: "attributes that come in",
    query: {
      find: ["?a", "?v"],
      in: [["?a", "..."]],
      args: [["Person/name", "Person/age"]],
      where: [["2", "?a", "?v"]],
    },
    answer: [
      ["Person/age", 37],
      ["Person/name", "Petr"],
    ],
  },
  { title: "any attribute", query: { find: ["?e"], where: [["?e", "_", "Cerberus"]] }, answer: ids("m1") },
  {
    title: "a reference by any attribute",
    query: { find: ["?a", "?v"], where: [["sh", "?a", "?v"], [["=", "?v", { value: "b1" }]]] },
    answer: [["Shelf/holds", "b1"]],
  },
  {
    title: "who points here by any attribute",
    query: {
      find: ["?e", "?a"],
      where: [
        ["?x", "Medium/title", "Emma"],
        ["?x", "Book/pages"],
        ["?e", "?a", "?x"],
      ],
    },
    answer: [["sh", "Shelf/holds"]],
  },
  {
    title: "an attribute sifted by its name",
    query: { find: ["?a"], where: [["2", "?a"], [["startsWith", "?a", "Person/a"]]] },
    answer: ids("Person/age", "Person/aka"),
  },
  // Variants and what every entity has.
  {
    title: "an attribute of all variants",
    query: { find: ["?e"], where: [["?e", "Medium/title", "Emma"]] },
    answer: ids("b1", "d2"),
  },
  {
    title: "the same attribute of one variant",
    query: { find: ["?e"], where: [["?e", "Disc/title", "Emma"]] },
    answer: ids("d2"),
  },
  {
    title: "an attribute that one variant has",
    query: {
      find: ["?e"],
      where: [
        ["?e", "Medium/title"],
        ["?e", "Book/pages"],
      ],
    },
    answer: ids("b1"),
  },
  {
    title: "its own id",
    query: {
      find: ["?e", "?i"],
      where: [
        ["?e", "@id", "?i"],
        ["?e", "Person/name", "Petr"],
      ],
    },
    answer: [["2", "2"]],
  },
  { title: "by its id", query: { find: ["?e"], where: [["?e", "@id", "s3"]] }, answer: ids("s3") },
  { title: "by its type", query: { find: ["?e"], where: [["?e", "@type", "Disc"]] }, answer: ids("d1", "d2") },
  {
    title: "the types there are",
    query: { find: [["?t", "..."]], where: [["_", "@type", "?t"]] },
    answer: ["Book", "Disc", "Kin", "Monster", "Node", "Paper", "Part", "Person", "Ring", "Shelf", "Six"],
  },
  {
    title: "how many of each type",
    query: { find: [["count", "?e"], "."], where: [["?e", "@type", "Kin"]] },
    answer: 9,
  },
  {
    title: "since when it is so",
    query: {
      find: ["?t", "?c"],
      where: [
        ["2", "@t", "?t"],
        ["2", "@createdT", "?c"],
      ],
    },
    answer: [[1, 1]],
  },
  // What is no pattern.
  {
    title: "a pattern of one element",
    query: { find: ["?e"], where: [["?e"]] },
    refused: "malformed",
    path: "/where/0",
  },
  {
    title: "a pattern of four elements",
    query: { find: ["?e"], where: [["?e", "Person/name", "?n", "?t"]] },
    refused: "query-unsupported",
    path: "/where/0",
  },
  {
    title: "a source in a pattern",
    query: { find: ["?e"], where: [["$", "?e", "Person/name", "?n"]] },
    refused: "query-unsupported",
    path: "/where/0",
  },
  {
    title: "a clause that is not there",
    query: {
      find: ["?e"],
      where: [
        ["?e", "Person/name"],
        ["not-join", ["?e"], ["?e", "Person/age", 15]],
      ],
    },
    refused: "query-unsupported",
    path: "/where/1",
  },
  {
    title: "an attribute nobody has",
    query: { find: ["?e"], where: [["?e", "Person/zip", "?n"]] },
    refused: "unknown-type",
    path: "/where/0/1",
  },
  {
    title: "an attribute without its entity",
    query: { find: ["?e"], where: [["?e", "name", "?n"]] },
    refused: "unknown-type",
    path: "/where/0/1",
  },
  {
    title: "a number for an entity",
    query: { find: ["?n"], where: [[1, "Person/name", "?n"]] },
    refused: "malformed",
    path: "/where/0/0",
  },
  {
    title: "a number for a reference",
    query: { find: ["?e"], where: [["?e", "Person/boss", 2]] },
    refused: "malformed",
    path: "/where/0/2",
  },
]

/** What is denied, and what is chosen. */
export const choices: readonly Case[] = [
  { title: "not", ...sixes([six, ["not", ["?e", "Six/name", "Ivan"]]], "s3", "s4") },
  {
    title: "not of two clauses",
    ...sixes([six, ["not", ["?e", "Six/name", "Ivan"], ["?e", "Six/age", 10]]], "s2", "s3", "s4", "s6"),
  },
  { title: "two nots", ...sixes([six, ["not", ["?e", "Six/name", "Ivan"]], ["not", ["?e", "Six/age", 10]]], "s4") },
  { title: "not before what binds", ...sixes([["not", ["?e", "Six/name", "Ivan"]], six], "s3", "s4") },
  { title: "not of anything", ...sixes([six, ["not", ["?e", "Six/age", "_"]]]) },
  {
    title: "not within not",
    ...sixes([six, ["not", ["?e", "Six/name", "Ivan"], ["not", ["?e", "Six/age", 10]]]], "s1", "s3", "s4", "s5"),
  },
  {
    title: "not of an or",
    ...sixes([six, ["not", ["or", ["?e", "Six/age", 10], ["?e", "Six/name", "Oleg"]]]], "s2", "s6"),
  },
  { title: "not of a predicate", ...sixes([age, ["not", [[">", "?a", 15]]]], "s1", "s3", "s5") },
  {
    title: "not with a variable of its own",
    ...sixes([six, ["not", ["?e", "Six/age", "?x"], [["<", "?x", 15]]]], "s2", "s4", "s6"),
  },
  {
    title: "not of another attribute",
    query: { find: ["?e"], where: [named, ["not", ["?e", "Person/height"]]] },
    answer: ids("1", "3"),
  },
  {
    title: "not that joins two",
    query: {
      find: ["?x", "?y"],
      where: [
        ["?x", "Node/follow", "?y"],
        ["not", ["?y", "Node/follow", "?x"]],
        ["?x", "Node/even", true],
      ],
    },
    answer: [
      ["n2", "n3"],
      ["n2", "n4"],
      ["n4", "n6"],
    ],
  },
  {
    title: "notJoin",
    query: {
      find: [["?x", "..."]],
      where: [
        ["?x", "Node/even"],
        ["notJoin", ["?x"], ["?x", "Node/follow", "?y"]],
      ],
    },
    answer: ["n6"],
  },
  {
    title: "notJoin whose own variable is another outside",
    ...sixes(
      [age, ["notJoin", ["?e"], ["?e", "Six/name", "Oleg"], ["?e", "Six/age", "?a"], [["=", "?a", 10]]]],
      "s1",
      "s2",
      "s4",
      "s5",
      "s6",
    ),
  },
  {
    title: "notJoin on two",
    query: {
      find: ["?x", "?y"],
      where: [
        ["?x", "Node/follow", "?y"],
        ["notJoin", ["?x", "?y"], ["?x", "Node/follow", "?z"], ["?z", "Node/follow", "?y"]],
      ],
    },
    answer: [
      ["n1", "n2"],
      ["n2", "n3"],
      ["n3", "n4"],
      ["n4", "n6"],
      ["n5", "n3"],
    ],
  },
  {
    title: "notJoin within notJoin",
    query: {
      find: [["?x", "..."]],
      where: [
        ["?x", "Node/even", true],
        ["notJoin", ["?x"], ["?x", "Node/follow", "?y"], ["notJoin", ["?y"], ["?y", "Node/even", true]]],
      ],
    },
    answer: ["n4", "n6"],
  },
  {
    title: "not of what nothing binds",
    query: { find: ["?e"], where: [six, ["not", ["?x", "Six/age", 10]]] },
    refused: "malformed",
    path: "/where/1",
  },
  {
    title: "notJoin on what nothing binds",
    query: { find: ["?e"], where: [six, ["notJoin", ["?x"], ["?x", "Six/age", 10]]] },
    refused: "malformed",
  },
  {
    title: "notJoin on what it does not use",
    query: { find: ["?e"], where: [six, age, ["notJoin", ["?e", "?a"], ["?e", "Six/name", "Ivan"]]] },
    refused: "malformed",
  },
  { title: "an empty not", query: { find: ["?e"], where: [six, ["not"]] }, refused: "malformed", path: "/where/1" },
  {
    title: "a query of not alone",
    query: { find: ["?e"], where: [["not", ["?e", "Six/name", "Ivan"]]] },
    refused: "malformed",
  },
  { title: "or", ...sixes([["or", ["?e", "Six/name", "Oleg"], ["?e", "Six/age", 10]]], "s1", "s3", "s4", "s5") },
  {
    title: "or whose branches find the same",
    ...sixes([["or", ["?e", "Six/name", "Oleg"], ["?e", "Six/name", "Oleg"]]], "s3", "s4"),
  },
  {
    title: "or beside a pattern",
    ...sixes(
      [
        ["?e", "Six/age", 10],
        ["or", ["?e", "Six/name", "Oleg"], ["?e", "Six/age", 20]],
      ],
      "s3",
    ),
  },
  { title: "or of one branch", ...sixes([["or", ["?e", "Six/name", "Oleg"]]], "s3", "s4") },
  {
    title: "or of and",
    ...sixes(
      [
        [
          "or",
          ["and", ["?e", "Six/name", "Oleg"], ["?e", "Six/age", 10]],
          ["and", ["?e", "Six/name", "Ivan"], ["?e", "Six/age", 20]],
        ],
      ],
      "s2",
      "s3",
      "s6",
    ),
  },
  {
    title: "or of predicates",
    ...sixes([age, six, ["or", [["=", "?n", "Oleg"]], [["=", "?n", "Nobody"]]]], "s3", "s4"),
  },
  {
    title: "or of not",
    ...sixes([six, ["or", ["not", ["?e", "Six/name", "Ivan"]], ["?e", "Six/age", 20]]], "s2", "s3", "s4", "s6"),
  },
  {
    title: "or within or",
    ...sixes(
      [["or", ["?e", "Six/name", "Oleg"], ["or", ["?e", "Six/name", "Nobody"], ["?e", "Six/age", 20]]]],
      "s2",
      "s3",
      "s4",
      "s6",
    ),
  },
  {
    title: "or that binds a value",
    query: { find: ["?x"], where: [["or", ["s1", "Six/name", "?x"], ["s4", "Six/age", "?x"]]] },
    answer: [[20], ["Ivan"]],
  },
  {
    title: "or on two variables in other places",
    query: {
      find: ["?x", "?y"],
      where: [
        ["or", ["?x", "Node/follow", "?y"], ["?y", "Node/follow", "?x"]],
        ["?x", "Node/even", true],
        ["?y", "Node/even", true],
      ],
    },
    answer: [
      ["n2", "n4"],
      ["n4", "n2"],
      ["n4", "n6"],
      ["n6", "n4"],
    ],
  },
  {
    title: "orJoin",
    ...sixes(
      [["orJoin", ["?e"], ["?e", "Six/name", "Oleg"], ["and", ["?e", "Six/age", "?x"], [["=", "?x", 10]]]]],
      "s1",
      "s3",
      "s4",
      "s5",
    ),
  },
  {
    title: "orJoin with what must be bound",
    ...sixes([age, ["orJoin", [["?e"]], ["?e", "Six/name", "Oleg"], ["?e", "Six/age", 20]]], "s2", "s3", "s4", "s6"),
  },
  {
    title: "orJoin whose own variable is another outside",
    ...sixes(
      [
        ["?e", "Six/age", "?a"],
        ["orJoin", ["?e"], ["and", ["?e", "Six/name", "?a"], [["=", "?a", "Oleg"]]]],
      ],
      "s3",
      "s4",
    ),
  },
  {
    title: "orJoin that computes",
    query: {
      find: ["?x"],
      in: ["?i"],
      args: [3],
      where: [["orJoin", ["?i", "?x"], [["+", "?i", 1], "?x"], [["*", "?i", 2], "?x"]]],
    },
    answer: [[4], [6]],
  },
  {
    title: "or of branches with other variables",
    query: { find: ["?e"], where: [["or", ["?e", "Six/name", "?n"], ["?e", "Six/age", "?a"]]] },
    refused: "malformed",
    path: "/where/0",
  },
  {
    title: "orJoin on what a branch does not use",
    query: { find: ["?e"], where: [["orJoin", ["?e", "?n"], six, ["?e", "Six/age", 10]]] },
    refused: "malformed",
  },
  { title: "an empty or", query: { find: ["?e"], where: [six, ["or"]] }, refused: "malformed", path: "/where/1" },
  { title: "orJoin on nothing", query: { find: ["?e"], where: [["orJoin", [], six]] }, refused: "malformed" },
  { title: "and at the top", ...sixes([["and", ["?e", "Six/name", "Oleg"], ["?e", "Six/age", 10]]], "s3") },
]
