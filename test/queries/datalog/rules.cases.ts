import type { Json } from "../../../src/kernel/json.ts"
import type { Case } from "./worlds.ts"

const follow: Json = [
  ["follow", "?a", "?b"],
  ["?a", "Node/follow", "?b"],
]
const reach: Json = [
  follow,
  [
    ["follow", "?a", "?b"],
    ["?a", "Node/follow", "?m"],
    ["follow", "?m", "?b"],
  ],
]
const left: Json = [
  follow,
  [
    ["follow", "?a", "?b"],
    ["follow", "?a", "?m"],
    ["?m", "Node/follow", "?b"],
  ],
]
const twice: Json = [
  follow,
  [
    ["follow", "?a", "?b"],
    ["follow", "?a", "?m"],
    ["follow", "?m", "?b"],
  ],
]
const from2 = [["3"], ["4"], ["6"]]

/** Rules, also those that call themselves and each other. */
export const rules: readonly Case[] = [
  {
    world: "graph",
    title: "a rule",
    query: { find: ["?x", "?y"], where: [["follow", "?x", "?y"]], rules: [follow] },
    answer: [
      ["1", "2"],
      ["2", "3"],
      ["2", "4"],
      ["3", "4"],
      ["4", "6"],
      ["5", "3"],
    ],
  },
  {
    world: "graph",
    title: "a rule from a constant",
    query: { find: ["?y"], where: [["follow", "2", "?y"]], rules: [follow] },
    answer: [["3"], ["4"]],
  },
  {
    world: "graph",
    title: "a rule to a constant",
    query: { find: ["?x"], where: [["follow", "?x", "4"]], rules: [follow] },
    answer: [["2"], ["3"]],
  },
  {
    world: "graph",
    title: "a rule that is a question",
    query: {
      find: ["?x"],
      where: [
        ["?x", "Node/label", "label 1"],
        ["follow", "2", "3"],
      ],
      rules: [follow],
    },
    answer: [["1"]],
  },
  {
    world: "graph",
    title: "a rule of anything",
    query: { find: ["?x"], where: [["follow", "?x", "_"]], rules: [follow] },
    answer: [["1"], ["2"], ["3"], ["4"], ["5"]],
  },
  {
    world: "graph",
    title: "a rule of twice the same",
    query: { find: ["?x"], where: [["follow", "?x", "?x"]], rules: reach },
    answer: [],
  },
  {
    world: "graph",
    title: "a rule of a lookup is a question of an identity",
    query: {
      find: ["?y"],
      where: [
        ["?x", "Node/label", "label 2"],
        ["follow", "?x", "?y"],
      ],
      rules: reach,
    },
    answer: from2,
  },
  {
    world: "graph",
    title: "two branches",
    query: {
      find: ["?y"],
      where: [["near", "4", "?y"]],
      rules: [
        [
          ["near", "?a", "?b"],
          ["?a", "Node/follow", "?b"],
        ],
        [
          ["near", "?a", "?b"],
          ["?b", "Node/follow", "?a"],
        ],
      ],
    },
    answer: [["2"], ["3"], ["6"]],
  },
  {
    world: "graph",
    title: "a rule that calls another",
    query: {
      find: ["?y"],
      where: [["two", "2", "?y"]],
      rules: [
        follow,
        [
          ["two", "?a", "?b"],
          ["follow", "?a", "?m"],
          ["follow", "?m", "?b"],
        ],
      ],
    },
    answer: [["4"], ["6"]],
  },
  {
    world: "graph",
    title: "right recursion from one end",
    query: { find: ["?y"], where: [["follow", "2", "?y"]], rules: reach },
    answer: from2,
  },
  {
    world: "graph",
    title: "right recursion from the other end",
    query: { find: ["?x"], where: [["follow", "?x", "4"]], rules: reach },
    answer: [["1"], ["2"], ["3"], ["5"]],
  },
  {
    world: "graph",
    title: "right recursion from no end",
    query: { find: [["count", "?y"]], with: ["?x"], where: [["follow", "?x", "?y"]], rules: reach },
    answer: [[13]],
  },
  {
    world: "graph",
    title: "left recursion",
    query: { find: ["?y"], where: [["follow", "2", "?y"]], rules: left },
    answer: from2,
  },
  {
    world: "graph",
    title: "left recursion from the other end",
    query: { find: ["?x"], where: [["follow", "?x", "4"]], rules: left },
    answer: [["1"], ["2"], ["3"], ["5"]],
  },
  {
    world: "graph",
    title: "a rule that calls itself twice",
    query: { find: ["?y"], where: [["follow", "2", "?y"]], rules: twice },
    answer: from2,
  },
  {
    world: "graph",
    title: "a rule that calls itself twice, whether",
    query: {
      find: ["?l"],
      where: [
        ["follow", "1", "6"],
        ["1", "Node/label", "?l"],
      ],
      rules: twice,
    },
    answer: [["label 1"]],
  },
  {
    world: "graph",
    title: "rules that call each other",
    query: {
      find: ["?y"],
      where: [["odd", "1", "?y"]],
      rules: [
        [
          ["odd", "?a", "?b"],
          ["?a", "Node/follow", "?b"],
        ],
        [
          ["odd", "?a", "?b"],
          ["?a", "Node/follow", "?m"],
          ["even", "?m", "?b"],
        ],
        [
          ["even", "?a", "?b"],
          ["?a", "Node/follow", "?m"],
          ["odd", "?m", "?b"],
        ],
      ],
    },
    answer: [["2"], ["4"], ["6"]],
  },
  {
    world: "graph",
    title: "the rest of rules that call each other",
    query: {
      find: ["?y"],
      where: [["even", "1", "?y"]],
      rules: [
        [
          ["odd", "?a", "?b"],
          ["?a", "Node/follow", "?b"],
        ],
        [
          ["odd", "?a", "?b"],
          ["?a", "Node/follow", "?m"],
          ["even", "?m", "?b"],
        ],
        [
          ["even", "?a", "?b"],
          ["?a", "Node/follow", "?m"],
          ["odd", "?m", "?b"],
        ],
      ],
    },
    answer: [["3"], ["4"], ["6"]],
  },
  {
    world: "graph",
    title: "a rule by inputs",
    query: { find: ["?y"], in: [["?x", "..."]], args: [["4", "5"]], where: [["follow", "?x", "?y"]], rules: reach },
    answer: [["3"], ["4"], ["6"]],
  },
  {
    world: "graph",
    title: "not a rule",
    query: {
      find: ["?x"],
      where: [
        ["?x", "Node/label"],
        ["not", ["follow", "?x", "6"]],
      ],
      rules: reach,
    },
    answer: [["6"]],
  },
  {
    world: "graph",
    title: "not what a rule finds",
    query: {
      find: ["?y"],
      where: [
        ["follow", "1", "?y"],
        ["not", ["1", "Node/follow", "?y"]],
      ],
      rules: reach,
    },
    answer: from2,
  },
  {
    world: "graph",
    title: "a rule that denies another",
    query: {
      find: ["?y"],
      where: [["apart", "5", "?y"]],
      rules: [
        ...(reach as Json[]),
        [
          ["apart", "?a", "?b"],
          ["?a", "Node/label"],
          ["?b", "Node/label"],
          ["not", ["follow", "?a", "?b"]],
          [["!=", "?a", "?b"]],
        ],
      ],
    },
    answer: [["1"], ["2"]],
  },
  {
    world: "graph",
    title: "a rule with a comparison alone",
    query: {
      find: ["?x"],
      where: [
        ["?x", "Node/label", "?l"],
        ["late", "?l"],
      ],
      rules: [[["late", "?l"], [[">", "?l", "label 4"]]]],
    },
    answer: [["5"], ["6"]],
  },
  {
    world: "graph",
    title: "a rule with a comparison, called before what it needs",
    query: {
      find: ["?x"],
      where: [
        ["late", "?l"],
        ["?x", "Node/label", "?l"],
      ],
      rules: [[["late", "?l"], [[">", "?l", "label 4"]]]],
    },
    answer: [["5"], ["6"]],
  },
  {
    world: "graph",
    title: "a rule that says what must be bound",
    query: {
      find: ["?x"],
      where: [
        ["late", "?l"],
        ["?x", "Node/label", "?l"],
      ],
      rules: [[["late", ["?l"]], [[">", "?l", "label 4"]]]],
    },
    answer: [["5"], ["6"]],
  },
  {
    world: "graph",
    title: "a rule with a function",
    query: {
      find: ["?v"],
      where: [["more", 1, "?v"]],
      rules: [
        [
          ["more", "?a", "?b"],
          [["+", "?a", 1], "?b"],
        ],
      ],
    },
    answer: [[2]],
  },
  {
    world: "graph",
    title: "a rule that counts up to an end",
    query: {
      find: ["?v"],
      where: [["upto", 0, "?v"]],
      rules: [
        [
          ["upto", "?a", "?b"],
          [["+", "?a", 1], "?b"],
        ],
        [["upto", "?a", "?b"], [["<", "?a", 3]], [["+", "?a", 1], "?m"], ["upto", "?m", "?b"]],
      ],
    },
    answer: [[1], [2], [3], [4]],
  },
  {
    world: "graph",
    title: "a rule with an or that calls it",
    query: {
      find: ["?y"],
      where: [["follow", "2", "?y"]],
      rules: [
        [
          ["follow", "?a", "?b"],
          [
            "orJoin",
            ["?a", "?b"],
            ["?a", "Node/follow", "?b"],
            ["and", ["?a", "Node/follow", "?m"], ["follow", "?m", "?b"]],
          ],
        ],
      ],
    },
    answer: from2,
  },
  {
    world: "graph",
    title: "a rule in an or",
    query: { find: ["?y"], where: [["or", ["follow", "4", "?y"], ["follow", "5", "?y"]]], rules: reach },
    answer: [["3"], ["4"], ["6"]],
  },
  {
    world: "graph",
    title: "a rule whose parameters go round",
    query: {
      find: ["?x", "?y"],
      where: [["back", "?x", "?y"]],
      rules: [
        [
          ["back", "?a", "?b"],
          ["?b", "Node/follow", "?a"],
          ["?a", "Node/label", "label 6"],
        ],
        [
          ["back", "?a", "?b"],
          ["?a", "Node/label", "label 6"],
          ["back", "?a", "?m"],
          ["?b", "Node/follow", "?m"],
        ],
      ],
    },
    answer: [
      ["6", "1"],
      ["6", "2"],
      ["6", "3"],
      ["6", "4"],
      ["6", "5"],
    ],
  },
  {
    world: "graph",
    title: "a rule with swapped parameters",
    query: {
      find: ["?y"],
      where: [["same", "2", "?y"]],
      rules: [
        [
          ["same", "?a", "?b"],
          ["?a", "Node/follow", "?b"],
        ],
        [
          ["same", "?a", "?b"],
          ["same", "?b", "?a"],
        ],
      ],
    },
    answer: [["1"], ["3"], ["4"]],
  },
  {
    world: "six",
    title: "a rule with a constant in it",
    query: {
      find: [["?e", "..."]],
      where: [["called", "?e", "Oleg"]],
      rules: [
        [
          ["called", "?e", "?n"],
          ["?e", "Person/name", "?n"],
        ],
      ],
    },
    answer: ["3", "4"],
  },
  {
    world: "six",
    title: "names in a rule are its own",
    query: {
      find: ["?n"],
      where: [
        ["3", "Person/name", "?n"],
        ["young", "1"],
      ],
      rules: [[["young", "?e"], ["?e", "Person/age", "?n"], [["<", "?n", 15]]]],
    },
    answer: [["Oleg"]],
  },
]
