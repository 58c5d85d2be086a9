import type { Case } from "./cases.ts"

const follow = [
  ["follow", "?x", "?y"],
  ["?x", "Node/follow", "?y"],
]
const twice = [
  ["follow", "?x", "?y"],
  ["?x", "Node/follow", "?t"],
  ["?t", "Node/follow", "?y"],
]
const far = [
  ["far", "?x", "?y"],
  ["?x", "Node/follow", "?y"],
]
const farther = [
  ["far", "?x", "?y"],
  ["?x", "Node/follow", "?t"],
  ["far", "?t", "?y"],
]
const pairs = ["n1 n2", "n2 n3", "n2 n4", "n3 n4", "n4 n6", "n5 n3"].map(pair => pair.split(" "))
const reached = [
  ...pairs,
  ...["n1 n3", "n1 n4", "n1 n6", "n2 n6", "n3 n6", "n5 n4", "n5 n6"].map(pair => pair.split(" ")),
].toSorted((a, b) => (a.join(" ") < b.join(" ") ? -1 : 1))

/** Rules. */
export const rules: readonly Case[] = [
  { title: "a rule", query: { find: ["?x", "?y"], rules: [follow], where: [["follow", "?x", "?y"]] }, answer: pairs },
  {
    title: "a rule beside a pattern",
    query: {
      find: ["?y"],
      rules: [follow],
      where: [
        ["?x", "Node/even", true],
        ["follow", "?x", "?y"],
      ],
    },
    answer: [["n3"], ["n4"], ["n6"]],
  },
  {
    title: "a rule before a pattern",
    query: {
      find: ["?y"],
      rules: [follow],
      where: [
        ["follow", "?x", "?y"],
        ["?x", "Node/even", true],
      ],
    },
    answer: [["n3"], ["n4"], ["n6"]],
  },
  {
    title: "a rule with an entity in its call",
    query: { find: ["?y"], rules: [follow], where: [["follow", "n2", "?y"]] },
    answer: [["n3"], ["n4"]],
  },
  {
    title: "a rule with both ends given",
    query: { find: ["?x"], in: ["?x"], args: [1], rules: [follow], where: [["follow", "n1", "n2"]] },
    answer: [[1]],
  },
  {
    title: "a rule that fails with both ends given",
    query: { find: ["?x"], in: ["?x"], args: [1], rules: [follow], where: [["follow", "n2", "n1"]] },
    answer: [],
  },
  {
    title: "a rule with anything in its call",
    query: { find: ["?x"], rules: [follow], where: [["follow", "?x", "_"]] },
    answer: [["n1"], ["n2"], ["n3"], ["n4"], ["n5"]],
  },
  {
    title: "a rule with one variable twice in its call",
    query: { find: ["?x"], rules: [far, farther], where: [["far", "?x", "?x"]] },
    answer: [],
  },
  {
    title: "two branches",
    query: { find: ["?y"], rules: [follow, twice], where: [["follow", "n1", "?y"]] },
    answer: [["n2"], ["n3"], ["n4"]],
  },
  {
    title: "a rule that calls itself",
    query: { find: ["?x", "?y"], rules: [far, farther], where: [["far", "?x", "?y"]] },
    answer: reached,
  },
  {
    title: "a rule that calls itself from one end",
    query: { find: [["?y", "..."]], rules: [far, farther], where: [["far", "n1", "?y"]] },
    answer: ["n2", "n3", "n4", "n6"],
  },
  {
    title: "a rule that calls itself from the other end",
    query: { find: [["?x", "..."]], rules: [far, farther], where: [["far", "?x", "n4"]] },
    answer: ["n1", "n2", "n3", "n5"],
  },
  {
    title: "a rule that calls itself first",
    query: {
      find: [["?y", "..."]],
      rules: [
        far,
        [
          ["far", "?x", "?y"],
          ["far", "?x", "?t"],
          ["?t", "Node/follow", "?y"],
        ],
      ],
      where: [["far", "n1", "?y"]],
    },
    answer: ["n2", "n3", "n4", "n6"],
  },
  {
    title: "a rule that calls itself twice",
    query: {
      find: [["?y", "..."]],
      rules: [
        far,
        [
          ["far", "?x", "?y"],
          ["far", "?x", "?t"],
          ["far", "?t", "?y"],
        ],
      ],
      where: [["far", "n1", "?y"]],
    },
    answer: ["n2", "n3", "n4", "n6"],
  },
  {
    title: "a rule that nothing begins",
    query: {
      find: ["?x"],
      rules: [
        [
          ["never", "?x"],
          ["never", "?x"],
        ],
      ],
      where: [["never", "?x"]],
    },
    answer: [],
  },
  {
    title: "two rules that call each other",
    query: {
      find: ["?x", "?y"],
      rules: [
        [
          ["one", "?x", "?y"],
          ["?x", "Node/follow", "?y"],
          ["?x", "Node/even", false],
        ],
        [
          ["one", "?x", "?y"],
          ["two", "?x", "?t"],
          ["?t", "Node/follow", "?y"],
        ],
        [
          ["two", "?x", "?y"],
          ["one", "?x", "?t"],
          ["?t", "Node/follow", "?y"],
        ],
      ],
      where: [["two", "?x", "?y"]],
    },
    answer: [
      ["n1", "n3"],
      ["n1", "n4"],
      ["n1", "n6"],
      ["n3", "n6"],
      ["n5", "n4"],
    ],
  },
  {
    title: "a rule called twice",
    query: {
      find: ["?x", "?z"],
      rules: [follow],
      where: [
        ["follow", "?x", "?y"],
        ["follow", "?y", "?z"],
      ],
    },
    answer: [
      ["n1", "n3"],
      ["n1", "n4"],
      ["n2", "n4"],
      ["n2", "n6"],
      ["n3", "n6"],
      ["n5", "n4"],
    ],
  },
  {
    title: "a rule's variables are its own",
    query: {
      find: [["?x", "..."]],
      rules: [
        [
          ["has", "?e"],
          ["?e", "Six/name", "?x"],
        ],
      ],
      where: [
        ["?x", "Six/age", 20],
        ["has", "?x"],
      ],
    },
    answer: ["s2", "s4", "s6"],
  },
  {
    title: "a rule with false in its call",
    query: {
      find: [["?e", "..."]],
      rules: [
        [
          ["is", "?e", "?v"],
          ["?e", "Person/active", "?v"],
        ],
      ],
      where: [["is", "?e", false]],
    },
    answer: ["4"],
  },
  {
    title: "a rule with false that comes in",
    query: {
      find: [["?e", "..."]],
      in: ["?v"],
      args: [false],
      rules: [
        [
          ["is", "?e", "?v"],
          ["?e", "Person/active", "?v"],
        ],
      ],
      where: [["is", "?e", "?v"]],
    },
    answer: ["4"],
  },
  {
    title: "a rule with a value in its call",
    query: {
      find: [["?e", "..."]],
      rules: [
        [
          ["called", "?e", "?n"],
          ["?e", "Six/name", "?n"],
        ],
      ],
      where: [["called", "?e", "Oleg"]],
    },
    answer: ["s3", "s4"],
  },
  {
    title: "a rule with a constant in a clause",
    query: {
      find: [["?e", "..."]],
      rules: [
        [
          ["oleg", "?e"],
          ["?e", "Six/name", "Oleg"],
        ],
      ],
      where: [["oleg", "?e"]],
    },
    answer: ["s3", "s4"],
  },
  {
    title: "a rule with a predicate",
    query: {
      find: [["?e", "..."]],
      rules: [[["old", "?e"], ["?e", "Six/age", "?a"], [[">", "?a", 15]]]],
      where: [["old", "?e"]],
    },
    answer: ["s2", "s4", "s6"],
  },
  {
    title: "a rule with only a predicate",
    query: {
      find: [["?e", "..."]],
      rules: [[["less", "?a", "?b"], [["<", "?a", "?b"]]]],
      where: [
        ["?e", "Six/age", "?a"],
        ["less", "?a", 15],
      ],
    },
    answer: ["s1", "s3", "s5"],
  },
  {
    title: "a rule with a predicate of what is not bound",
    query: { find: ["?a"], rules: [[["less", "?a", "?b"], [["<", "?a", "?b"]]]], where: [["less", "?a", 15]] },
    refused: "malformed",
  },
  {
    title: "a rule with a function",
    query: {
      find: ["?y"],
      rules: [
        [
          ["next", "?x", "?y"],
          [["+", "?x", 1], "?y"],
        ],
      ],
      where: [["next", 4, "?y"]],
    },
    answer: [[5]],
  },
  {
    title: "a rule that counts",
    query: {
      find: [["?y", "..."]],
      rules: [
        [
          ["upto", "?n", "?y"],
          [["identity", "?n"], "?y"],
        ],
        [["upto", "?n", "?y"], [[">", "?n", 0]], [["-", "?n", 1], "?m"], ["upto", "?m", "?y"]],
      ],
      where: [["upto", 4, "?y"]],
    },
    answer: [0, 1, 2, 3, 4],
  },
  {
    title: "a rule with not",
    query: {
      find: [["?e", "..."]],
      rules: [
        [
          ["other", "?e"],
          ["?e", "Six/name", "?n"],
          ["not", ["?e", "Six/name", "Ivan"]],
        ],
      ],
      where: [["other", "?e"]],
    },
    answer: ["s3", "s4"],
  },
  {
    title: "a rule with or",
    query: {
      find: [["?e", "..."]],
      rules: [
        [
          ["some", "?e"],
          ["or", ["?e", "Six/name", "Oleg"], ["?e", "Six/age", 10]],
        ],
      ],
      where: [["some", "?e"]],
    },
    answer: ["s1", "s3", "s4", "s5"],
  },
  {
    title: "a rule with or that calls itself",
    query: {
      find: [["?y", "..."]],
      rules: [
        [
          ["far", "?x", "?y"],
          [
            "orJoin",
            ["?x", "?y"],
            ["?x", "Node/follow", "?y"],
            ["and", ["?x", "Node/follow", "?t"], ["far", "?t", "?y"]],
          ],
        ],
      ],
      where: [["far", "n1", "?y"]],
    },
    answer: ["n2", "n3", "n4", "n6"],
  },
  {
    title: "a rule within not",
    query: {
      find: [["?x", "..."]],
      rules: [far, farther],
      where: [
        ["?x", "Node/even"],
        ["not", ["far", "?x", "n6"]],
      ],
    },
    answer: ["n6"],
  },
  {
    title: "a rule within or",
    query: { find: [["?x", "..."]], rules: [follow], where: [["or", ["follow", "?x", "n6"], ["follow", "n1", "?x"]]] },
    answer: ["n2", "n4"],
  },
  {
    title: "a rule within notJoin",
    query: {
      find: [["?x", "..."]],
      rules: [far, farther],
      where: [
        ["?x", "Node/even"],
        ["notJoin", ["?x"], ["far", "?x", "?y"], ["?y", "Node/even", true]],
      ],
    },
    answer: ["n6"],
  },
  {
    title: "a rule with what must be bound",
    query: {
      find: [["?y", "..."]],
      rules: [
        [
          ["from", ["?x"], "?y"],
          ["?x", "Node/follow", "?y"],
        ],
      ],
      where: [
        ["?x", "Node/even", true],
        ["from", "?x", "?y"],
      ],
    },
    answer: ["n3", "n4", "n6"],
  },
  {
    title: "a rule without what must be bound",
    query: {
      find: ["?y"],
      rules: [
        [
          ["from", ["?x"], "?y"],
          ["?x", "Node/follow", "?y"],
        ],
      ],
      where: [["from", "?x", "?y"]],
    },
    refused: "malformed",
  },
  {
    title: "a rule of a rule",
    query: {
      find: [["?y", "..."]],
      rules: [
        follow,
        [
          ["two", "?x", "?y"],
          ["follow", "?x", "?t"],
          ["follow", "?t", "?y"],
        ],
      ],
      where: [["two", "n1", "?y"]],
    },
    answer: ["n3", "n4"],
  },
  {
    title: "a rule of three terms",
    query: {
      find: ["?b", "?c"],
      rules: [
        [
          ["path", "?a", "?b", "?c"],
          ["?a", "Node/follow", "?b"],
          ["?b", "Node/follow", "?c"],
        ],
      ],
      where: [["path", "n1", "?b", "?c"]],
    },
    answer: [
      ["n2", "n3"],
      ["n2", "n4"],
    ],
  },
  {
    title: "a rule that nobody calls",
    query: { find: ["?n"], rules: [follow], where: [["2", "Person/name", "?n"]] },
    answer: [["Petr"]],
  },
  {
    title: "what no rule is called is an entity's id",
    query: { find: ["?x"], rules: [follow], where: [["fellow", "?x", "?y"]] },
    answer: [],
  },
  {
    title: "a rule that is not there",
    query: {
      find: ["?x"],
      rules: [follow],
      where: [
        ["fellow", "?x", "?y"],
        ["?x", "Node/even"],
      ],
    },
    refused: "malformed",
  },
  {
    title: "too few terms",
    query: { find: ["?x"], rules: [follow], where: [["follow", "?x"]] },
    refused: "malformed",
    path: "/where/0",
  },
  {
    title: "too many terms",
    query: { find: ["?x"], rules: [follow], where: [["follow", "?x", "?y", "?z"]] },
    refused: "malformed",
    path: "/where/0",
  },
  {
    title: "branches of other lengths",
    query: {
      find: ["?x"],
      rules: [
        follow,
        [
          ["follow", "?x"],
          ["?x", "Node/even"],
        ],
      ],
      where: [["follow", "?x", "?y"]],
    },
    refused: "malformed",
    path: "/rules/1",
  },
  {
    title: "a rule without clauses",
    query: { find: ["?x"], rules: [[["r", "?x"]]], where: [["r", "?x"]] },
    refused: "malformed",
    path: "/rules/0",
  },
  {
    title: "a rule without parameters",
    query: { find: ["?x"], rules: [[["r"], ["?x", "Node/even"]]], where: [["?x", "Node/even"]] },
    refused: "malformed",
  },
  {
    title: "a parameter that is not used",
    query: {
      find: ["?x"],
      rules: [
        [
          ["r", "?x", "?y"],
          ["?x", "Node/even"],
        ],
      ],
      where: [["r", "?x", "?y"]],
    },
    refused: "malformed",
  },
  {
    title: "a rule called or",
    query: {
      find: ["?x"],
      rules: [
        [
          ["or", "?x"],
          ["?x", "Node/even"],
        ],
      ],
      where: [["or", "?x"]],
    },
    refused: "malformed",
  },
  {
    title: "a rule that denies itself",
    query: {
      find: ["?x"],
      rules: [
        [
          ["odd", "?x"],
          ["?x", "Node/even"],
          ["not", ["odd", "?x"]],
        ],
      ],
      where: [["odd", "?x"]],
    },
    refused: "malformed",
  },
  {
    title: "rules that are no list",
    query: { find: ["?x"], rules: "r", where: [["?x", "Node/even"]] },
    refused: "malformed",
    path: "/rules",
  },
]
