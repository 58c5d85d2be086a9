import type { Case } from "./worlds.ts"

const name = ["?e", "Person/name", "?n"]

/** Patterns, joins, negation and choice. */
export const joins: readonly Case[] = [
  {
    world: "four",
    title: "a pattern",
    query: { find: ["?e", "?n"], where: [name] },
    answer: [
      ["1", "Ivan"],
      ["2", "Petr"],
      ["3", "Ivan"],
    ],
  },
  {
    world: "four",
    title: "a pattern without a value",
    query: { find: ["?e"], where: [["?e", "Person/name"]] },
    answer: [["1"], ["2"], ["3"]],
  },
  {
    world: "four",
    title: "anything as a value",
    query: { find: ["?e"], where: [["?e", "Person/aka", "_"]] },
    answer: [["1"], ["2"]],
  },
  {
    world: "four",
    title: "anything as an entity",
    query: { find: ["?n"], where: [["_", "Person/name", "?n"]] },
    answer: [["Ivan"], ["Petr"]],
  },
  {
    world: "four",
    title: "a constant value",
    query: { find: ["?e"], where: [["?e", "Person/name", "Ivan"]] },
    answer: [["1"], ["3"]],
  },
  {
    world: "four",
    title: "two patterns of one entity",
    query: {
      find: ["?e", "?a"],
      where: [
        ["?e", "Person/name", "Ivan"],
        ["?e", "Person/age", "?a"],
      ],
    },
    answer: [
      ["1", 15],
      ["3", 37],
    ],
  },
  {
    world: "four",
    title: "a join by value",
    query: { find: ["?x", "?y"], where: [["?x", "Person/age", "?a"], ["?y", "Person/age", "?a"], [["<", "?x", "?y"]]] },
    answer: [
      ["1", "4"],
      ["2", "3"],
    ],
  },
  {
    world: "four",
    title: "a join of many values",
    query: {
      find: ["?e", "?v"],
      where: [
        ["?e", "Person/name", "Ivan"],
        ["?e", "Person/aka", "?v"],
      ],
    },
    answer: [
      ["1", "ai"],
      ["1", "robot"],
    ],
  },
  {
    world: "four",
    title: "a join along a reference",
    query: {
      find: ["?n"],
      where: [
        ["4", "Person/friend", "?f"],
        ["?f", "Person/name", "?n"],
      ],
    },
    answer: [["Ivan"]],
  },
  {
    world: "four",
    title: "two references on",
    query: {
      find: ["?n"],
      where: [
        ["4", "Person/friend", "?f"],
        ["?f", "Person/friend", "?g"],
        ["?g", "Person/name", "?n"],
      ],
    },
    answer: [["Ivan"], ["Petr"]],
  },
  {
    world: "four",
    title: "a reference to a constant",
    query: { find: ["?e"], where: [["?e", "Person/friend", "1"]] },
    answer: [["2"], ["3"]],
  },
  {
    world: "four",
    title: "a reference walked backwards",
    query: { find: ["?e"], where: [["1", "Person/_friend", "?e"]] },
    answer: [["2"], ["3"]],
  },
  {
    world: "four",
    title: "a reference walked backwards from a variable",
    query: {
      find: ["?n", "?e"],
      where: [
        ["?x", "Person/_boss", "?e"],
        ["?x", "Person/name", "?n"],
      ],
    },
    answer: [
      ["Ivan", "2"],
      ["Ivan", "3"],
      ["Petr", "4"],
    ],
  },
  {
    world: "four",
    title: "the same variable on both sides of a reference",
    query: { find: ["?e"], where: [["?e", "Person/friend", "?e"]] },
    answer: [],
  },
  {
    world: "four",
    title: "the same references twice",
    query: {
      find: ["?e", "?f"],
      where: [
        ["?e", "Person/friend", "?f"],
        ["?e", "Person/boss", "?f"],
      ],
    },
    answer: [
      ["2", "1"],
      ["3", "1"],
    ],
  },
  {
    world: "four",
    title: "a lookup as an entity",
    query: { find: ["?n"], where: [[["Person/email", "petr@x"], "Person/name", "?n"]] },
    answer: [["Petr"]],
  },
  {
    world: "four",
    title: "a lookup as an entity, without a value",
    query: {
      find: ["?n"],
      where: [
        [["Person/email", "petr@x"], "Person/age"],
        ["_", "Person/name", "?n"],
      ],
    },
    answer: [["Ivan"], ["Petr"]],
  },
  {
    world: "four",
    title: "a lookup as what is referred to",
    query: { find: ["?e"], where: [["?e", "Person/friend", ["Person/email", "ivan@x"]]] },
    answer: [["2"], ["3"]],
  },
  {
    world: "four",
    title: "a lookup of nobody",
    query: { find: ["?n"], where: [[["Person/email", "nobody@x"], "Person/name", "?n"]] },
    answer: [],
  },
  {
    world: "four",
    title: "an id of nobody",
    query: { find: ["?n"], where: [["nobody", "Person/name", "?n"]] },
    answer: [],
  },
  {
    world: "four",
    title: "no clause that nobody satisfies",
    query: { find: ["?n"], where: [name, ["1", "Person/age", 99]] },
    answer: [],
  },
  {
    world: "four",
    title: "a clause without variables that holds",
    query: { find: ["?n"], where: [name, ["1", "Person/age", 15]] },
    answer: [["Ivan"], ["Petr"]],
  },
  {
    world: "four",
    title: "nothing joined is everything with everything",
    query: {
      find: ["?e", "?b"],
      where: [
        ["?e", "Person/name", "Petr"],
        ["?x", "Person/boss", "?b"],
      ],
    },
    answer: [
      ["2", "1"],
      ["2", "2"],
    ],
  },
  {
    world: "four",
    title: "an attribute that is a variable, of one entity",
    query: { find: ["?a", "?v"], where: [["4", "?a", "?v"]] },
    answer: [
      ["Person/age", 15],
      ["Person/boss", "2"],
      ["Person/friend", "3"],
    ],
  },
  {
    world: "four",
    title: "an attribute that is a variable, of those found",
    query: {
      find: ["?a"],
      where: [
        ["?e", "Person/age", 37],
        ["?e", "?a", "_"],
      ],
    },
    answer: [["Person/age"], ["Person/aka"], ["Person/boss"], ["Person/email"], ["Person/friend"], ["Person/name"]],
  },
  {
    world: "four",
    title: "an attribute that is a variable, by its value",
    query: { find: ["?e", "?a"], where: [["?e", "?a", "Petr"]] },
    answer: [["2", "Person/name"]],
  },
  {
    world: "four",
    title: "an attribute that is a variable, by what is referred to",
    query: { find: ["?e", "?a"], where: [["?e", "?a", "2"]] },
    answer: [
      ["3", "Person/friend"],
      ["4", "Person/boss"],
    ],
  },
  {
    world: "four",
    title: "an attribute that is a variable, from outside",
    query: { find: ["?e", "?v"], in: ["?a"], args: ["Person/name"], where: [["?e", "?a", "?v"]] },
    answer: [
      ["1", "Ivan"],
      ["2", "Petr"],
      ["3", "Ivan"],
    ],
  },
  {
    world: "four",
    title: "an attribute that is compared",
    query: { find: ["?a"], where: [["1", "?a", "_"], [["endsWith", "?a", "e"]]] },
    answer: [["Person/age"], ["Person/name"]],
  },
  {
    world: "four",
    title: "anything as an attribute",
    query: { find: ["?e"], where: [["?e", "_", "robot"]] },
    answer: [["1"]],
  },
  {
    world: "four",
    title: "what an attribute that is a variable refers to, as an entity",
    query: {
      find: ["?a", "?n"],
      where: [
        ["2", "?a", "?x"],
        ["?x", "Person/name", "?n"],
      ],
    },
    answer: [
      ["Person/boss", "Ivan"],
      ["Person/friend", "Ivan"],
    ],
  },
  {
    world: "four",
    title: "the type of an entity",
    query: {
      find: ["?e"],
      where: [
        ["?e", "@type", "Person"],
        ["?e", "Person/age", 15],
      ],
    },
    answer: [["1"], ["4"]],
  },
  {
    world: "four",
    title: "an entity by the text of its id",
    query: {
      find: ["?n"],
      in: ["?id"],
      args: ["2"],
      where: [
        ["?e", "@id", "?id"],
        ["?e", "Person/name", "?n"],
      ],
    },
    answer: [["Petr"]],
  },
  {
    world: "four",
    title: "all of one type, though they have nothing in common",
    query: { find: [["count", "?e"]], where: [["?e", "@type", "Person"]] },
    answer: [[4]],
  },
  {
    world: "values",
    title: "an abstract stands for its variants",
    query: { find: ["?e"], where: [["?e", "Thing/title", "Sea"]] },
    answer: [["b"], ["d"]],
  },
  {
    world: "values",
    title: "a variant stands for itself",
    query: { find: ["?e"], where: [["?e", "Book/title", "Sea"]] },
    answer: [["b"]],
  },
  {
    world: "values",
    title: "a variant's own attribute by either name",
    query: {
      find: ["?e"],
      where: [
        ["?e", "Thing/pages", 10],
        ["?e", "Book/pages", 10],
      ],
    },
    answer: [["b"]],
  },
  {
    world: "values",
    title: "an instant in another zone",
    query: { find: ["?e"], where: [["?e", "Person/born", "2000-01-01T02:00:00+02:00"]] },
    answer: [["1"]],
  },
  {
    world: "values",
    title: "a decimal written otherwise",
    query: { find: ["?e"], where: [["?e", "Person/pay", 10.5]] },
    answer: [["1"]],
  },
  {
    world: "values",
    title: "a text is not the number it spells",
    query: { find: ["?e"], where: [["?e", "Person/age", "3"]] },
    answer: [],
  },
  {
    world: "values",
    title: "a key of an enum",
    query: { find: ["?e"], where: [["?e", "Person/level", "high"]] },
    answer: [["2"]],
  },
  {
    world: "values",
    title: "no key of an enum",
    query: { find: ["?e"], where: [["?e", "Person/level", "middle"]] },
    answer: [],
  },
  {
    world: "values",
    title: "false is a value",
    query: { find: ["?e"], where: [["?e", "Person/active", false]] },
    answer: [["2"]],
  },
  {
    world: "values",
    title: "a value that looks like a variable",
    query: { find: ["?e"], where: [["?e", "Person/nick", { value: "?x" }]] },
    answer: [["2"]],
  },
  {
    world: "values",
    title: "a value that looks like anything",
    query: { find: ["?e"], where: [["?e", "Person/name", { value: "_" }]] },
    answer: [["3"]],
  },
  {
    world: "values",
    title: "any JSON as a value",
    query: { find: ["?e"], where: [["?e", "Person/extra", { value: { a: [1] } }]] },
    answer: [["1"]],
  },
  {
    world: "values",
    title: "any JSON in the answer",
    query: { find: ["?x"], where: [["2", "Person/extra", "?x"]] },
    answer: [[["a"]]],
  },
  {
    world: "values",
    title: "what is sensitive is not there",
    query: { find: ["?e"], where: [["?e", "Person/secret", "_"]] },
    answer: [],
  },
  {
    world: "values",
    title: "what is sensitive is not among all attributes",
    query: { find: [["count", "?a"]], where: [["1", "?a", "_"], [["=", "?a", "Person/secret"]]] },
    answer: [],
  },
  {
    world: "six",
    title: "not",
    query: {
      find: [["?e", "..."]],
      where: [
        ["?e", "Person/name"],
        ["not", ["?e", "Person/name", "Ivan"]],
      ],
    },
    answer: ["3", "4"],
  },
  {
    world: "six",
    title: "not of two things",
    query: {
      find: [["?e", "..."]],
      where: [
        ["?e", "Person/name"],
        ["not", ["?e", "Person/name", "Ivan"], ["?e", "Person/age", 10]],
      ],
    },
    answer: ["2", "3", "4", "6"],
  },
  {
    world: "six",
    title: "two nots",
    query: {
      find: [["?e", "..."]],
      where: [
        ["?e", "Person/name"],
        ["not", ["?e", "Person/name", "Ivan"]],
        ["not", ["?e", "Person/age", 10]],
      ],
    },
    answer: ["4"],
  },
  {
    world: "six",
    title: "not before what binds",
    query: {
      find: [["?e", "..."]],
      where: [
        ["not", ["?e", "Person/name", "Ivan"]],
        ["?e", "Person/name"],
      ],
    },
    answer: ["3", "4"],
  },
  {
    world: "six",
    title: "a not in a not",
    query: {
      find: [["?e", "..."]],
      where: [
        ["?e", "Person/name"],
        ["not", ["?e", "Person/name", "Ivan"], ["not", ["?e", "Person/age", 10]]],
      ],
    },
    answer: ["1", "3", "4", "5"],
  },
  {
    world: "six",
    title: "not with a value that is shared",
    query: {
      find: ["?x"],
      where: [
        ["?x", "Person/age", "?a"],
        ["not", [["=", "?a", 10]]],
      ],
    },
    answer: [["2"], ["4"], ["6"]],
  },
  {
    world: "six",
    title: "not with a variable of its own",
    query: {
      find: [["?e", "..."]],
      where: [
        ["?e", "Person/name", "Oleg"],
        ["not", ["?e", "Person/age", "?a"], [["<", "?a", 15]]],
      ],
    },
    answer: ["4"],
  },
  {
    world: "six",
    title: "notJoin, in which a name means something else",
    query: {
      find: [["?e", "..."]],
      where: [
        ["?e", "Person/name"],
        ["?a", "Person/age"],
        ["notJoin", ["?e"], ["?e", "Person/name", "Oleg"], ["?e", "Person/age", "?a"]],
      ],
    },
    answer: ["1", "2", "5", "6"],
  },
  {
    world: "six",
    title: "notJoin of two",
    query: {
      find: ["?e", "?a"],
      where: [
        ["?e", "Person/name"],
        ["?e", "Person/age", "?a"],
        ["notJoin", ["?e", "?a"], ["?e", "Person/name", "Oleg"], ["?e", "Person/age", "?a"]],
      ],
    },
    answer: [
      ["1", 10],
      ["2", 20],
      ["5", 10],
      ["6", 20],
    ],
  },
  {
    world: "six",
    title: "notJoin in a notJoin",
    query: {
      find: [["?e", "..."]],
      where: [
        ["?e", "Person/name"],
        [
          "notJoin",
          ["?e"],
          ["?e", "Person/name", "?n"],
          ["notJoin", ["?n"], ["?x", "Person/name", "?n"], ["?x", "Person/age", 20]],
        ],
      ],
    },
    answer: ["1", "2", "3", "4", "5", "6"],
  },
  {
    world: "six",
    title: "not that denies everything",
    query: {
      find: ["?e"],
      where: [
        ["?e", "Person/name"],
        ["not", ["?e", "Person/age", "_"]],
      ],
    },
    answer: [],
  },
  {
    world: "six",
    title: "not that denies nothing",
    query: {
      find: [["count", "?e"]],
      where: [
        ["?e", "Person/name"],
        ["not", ["?e", "Person/boss", "_"]],
      ],
    },
    answer: [[6]],
  },
  {
    world: "six",
    title: "or",
    query: { find: [["?e", "..."]], where: [["or", ["?e", "Person/name", "Oleg"], ["?e", "Person/age", 10]]] },
    answer: ["1", "3", "4", "5"],
  },
  {
    world: "six",
    title: "or of one",
    query: { find: [["?e", "..."]], where: [["or", ["?e", "Person/name", "Oleg"]]] },
    answer: ["3", "4"],
  },
  {
    world: "six",
    title: "or after what binds",
    query: {
      find: [["?e", "..."]],
      where: [
        ["?e", "Person/age", 20],
        ["or", ["?e", "Person/name", "Oleg"], ["?e", "Person/age", 10]],
      ],
    },
    answer: ["4"],
  },
  {
    world: "six",
    title: "or before what binds",
    query: {
      find: [["?e", "..."]],
      where: [
        ["or", ["?e", "Person/name", "Oleg"], ["?e", "Person/age", 10]],
        ["?e", "Person/age", 20],
      ],
    },
    answer: ["4"],
  },
  {
    world: "six",
    title: "or with and",
    query: {
      find: [["?e", "..."]],
      where: [
        [
          "or",
          ["and", ["?e", "Person/name", "Ivan"], ["?e", "Person/age", 20]],
          ["and", ["?e", "Person/name", "Oleg"], ["?e", "Person/age", 10]],
        ],
      ],
    },
    answer: ["2", "3", "6"],
  },
  {
    world: "six",
    title: "or of comparisons",
    query: {
      find: [["?e", "..."]],
      where: [
        ["?e", "Person/age", "?a"],
        ["?e", "Person/name", "Oleg"],
        ["or", [["<", "?a", 15]], [[">", "?a", 50]]],
      ],
    },
    answer: ["3"],
  },
  {
    world: "six",
    title: "or with not",
    query: {
      find: [["?e", "..."]],
      where: [
        ["?e", "Person/name"],
        [
          "or",
          ["?e", "Person/name", "Oleg"],
          ["and", ["?e", "Person/age", 10], ["not", ["?e", "Person/name", "Oleg"]]],
        ],
      ],
    },
    answer: ["1", "3", "4", "5"],
  },
  {
    world: "six",
    title: "or in or",
    query: {
      find: [["?e", "..."]],
      where: [["or", ["or", ["?e", "Person/name", "Oleg"], ["?e", "Person/name", "Petr"]], ["?e", "Person/age", 10]]],
    },
    answer: ["1", "3", "4", "5"],
  },
  {
    world: "six",
    title: "orJoin",
    query: {
      find: [["?e", "..."]],
      where: [
        [
          "orJoin",
          ["?e"],
          ["and", ["?e", "Person/name", "Oleg"], ["?e", "Person/age", "?a"]],
          ["?e", "Person/age", 10],
        ],
      ],
    },
    answer: ["1", "3", "4", "5"],
  },
  {
    world: "six",
    title: "orJoin by a value that is bound",
    query: {
      find: [["?e", "..."]],
      where: [
        ["?e", "Person/age", "?a"],
        ["orJoin", ["?a"], ["and", ["?x", "Person/name", "Nobody"], ["?x", "Person/age", "?a"]], [["=", "?a", 20]]],
      ],
    },
    answer: ["2", "4", "6"],
  },
  {
    world: "six",
    title: "orJoin that wants a variable bound",
    query: {
      find: [["?e", "..."]],
      where: [
        ["?e", "Person/age", "?a"],
        [
          "orJoin",
          [["?a"], "?e"],
          ["and", ["?e", "Person/name", "Oleg"], [["<", "?a", 15]]],
          ["and", ["?e", "Person/name", "Ivan"], [[">", "?a", 15]]],
        ],
      ],
    },
    answer: ["2", "3", "6"],
  },
  {
    world: "six",
    title: "and",
    query: { find: [["?e", "..."]], where: [["and", ["?e", "Person/name", "Oleg"], ["?e", "Person/age", 10]]] },
    answer: ["3"],
  },
  {
    world: "four",
    title: "or of ways to be near",
    query: { find: [["?f", "..."]], where: [["or", ["4", "Person/friend", "?f"], ["4", "Person/boss", "?f"]]] },
    answer: ["2", "3"],
  },
  {
    world: "four",
    title: "not of a constant",
    query: {
      find: [["?e", "..."]],
      where: [
        ["?e", "Person/name"],
        ["not", ["?e", "Person/friend", "1"]],
      ],
    },
    answer: ["1"],
  },
  {
    world: "four",
    title: "not without variables",
    query: {
      find: [["?e", "..."]],
      where: [
        ["?e", "Person/name", "Petr"],
        ["not", ["1", "Person/name", "Petr"]],
      ],
    },
    answer: ["2"],
  },
  {
    world: "four",
    title: "a lookup in a not",
    query: {
      find: [["?e", "..."]],
      where: [
        ["?e", "Person/name"],
        ["not", ["?e", "Person/boss", ["Person/email", "ivan@x"]]],
      ],
    },
    answer: ["1"],
  },
]
