import type { Case } from "./cases.ts"

const pulled = (pull: unknown, of: unknown) => ({ pull, of })
const kin = (name: string) => ({ name })

/** What is pulled. */
export const pulls: readonly Case[] = [
  { title: "an attribute", query: pulled(["name"], "k1"), answer: { name: "Petr" } },
  { title: "an attribute by its full name", query: pulled(["Kin/name"], "k1"), answer: { "Kin/name": "Petr" } },
  { title: "many values", query: pulled(["name", "aka"], "k1"), answer: { name: "Petr", aka: ["Devil", "Tupen"] } },
  { title: "many entities", query: pulled(["name"], ["k1", "k2"]), answer: [kin("Petr"), kin("David")] },
  {
    title: "many entities, one of them twice",
    query: pulled(["name"], ["k1", "k2", "k1"]),
    answer: [kin("Petr"), kin("David"), kin("Petr")],
  },
  {
    title: "many entities, one of them nobody",
    query: pulled(["name"], ["k1", "nobody"]),
    answer: [kin("Petr"), null],
  },
  { title: "no entity", query: pulled(["name"], []), answer: [] },
  { title: "an array of one", query: pulled(["name"], ["k1"]), answer: [kin("Petr")] },
  { title: "nobody", query: pulled(["name"], "nobody"), answer: null },
  { title: "what is not there is absent", query: pulled(["name", "count"], "k1"), answer: { name: "Petr" } },
  { title: "nothing of what is asked", query: pulled(["count"], "k1"), answer: {} },
  { title: "zero is a value", query: pulled(["count"], "k8"), answer: { count: 0 } },
  { title: "an empty piece of JSON is a value", query: pulled(["tags"], "k6"), answer: { tags: [] } },
  { title: "false is a value", query: pulled(["active"], "4"), answer: { active: false } },
  {
    title: "its own id and type",
    query: pulled(["@id", "@type", "name"], "k1"),
    answer: { "@id": "k1", "@type": "Kin", name: "Petr" },
  },
  {
    title: "when it was made and changed",
    query: pulled(["@t", "@createdT"], "k1"),
    answer: { "@t": 1, "@createdT": 1 },
  },
  // References.
  { title: "a reference is an id", query: pulled(["father"], "k2"), answer: { father: "k1" } },
  { title: "many references are ids", query: pulled(["child"], "k1"), answer: { child: ["k2", "k3"] } },
  {
    title: "a join",
    query: pulled(["name", { father: ["name"] }], "k6"),
    answer: { name: "Matthew", father: kin("Thomas") },
  },
  {
    title: "a join of many",
    query: pulled([{ child: ["name"] }], "k1"),
    answer: { child: [kin("David"), kin("Thomas")] },
  },
  {
    title: "a join of what is not there",
    query: pulled(["name", { child: ["name"] }], "k2"),
    answer: { name: "David" },
  },
  {
    title: "a join of a join",
    query: pulled([{ father: [{ father: ["name"] }] }], "k6"),
    answer: { father: { father: kin("Petr") } },
  },
  {
    title: "a join that finds nothing in whom it leads to",
    query: pulled([{ child: ["count"] }], "k1"),
    answer: { child: [{}, {}] },
  },
  {
    title: "two joins in one object",
    query: pulled([{ child: ["name"], father: ["name"] }], "k3"),
    answer: { father: kin("Petr") },
  },
  {
    title: "a reference backwards",
    query: pulled(["name", "Kin/_child"], "k2"),
    answer: { name: "David", "Kin/_child": ["k1"] },
  },
  {
    title: "a reference of one backwards is of many",
    query: pulled(["Kin/_father"], "k1"),
    answer: { "Kin/_father": ["k2", "k3"] },
  },
  {
    title: "a join backwards",
    query: pulled(["name", { "Kin/_child": ["name"] }], "k3"),
    answer: { name: "Thomas", "Kin/_child": [kin("Petr")] },
  },
  { title: "nobody backwards is absent", query: pulled(["name", "Kin/_child"], "k1"), answer: { name: "Petr" } },
  {
    title: "backwards and forwards again",
    query: pulled([{ "Kin/_child": [{ child: ["name"] }] }], "k2"),
    answer: { "Kin/_child": [{ child: [kin("David"), kin("Thomas")] }] },
  },
  // Components.
  {
    title: "a component is told whole",
    query: pulled(["name", "spec"], "a"),
    answer: { name: "Part A", spec: { "@id": "as", name: "Spec of A" } },
  },
  {
    title: "components are told whole, and theirs",
    query: pulled(["part"], "aa"),
    answer: {
      part: [
        {
          "@id": "aaa",
          name: "Part A.A.A",
          part: [
            { "@id": "aaaa", name: "Part A.A.A.A" },
            { "@id": "aaab", name: "Part A.A.A.B" },
          ],
        },
        { "@id": "aab", name: "Part A.A.B" },
      ],
    },
  },
  {
    title: "a component backwards is one",
    query: pulled(["name", "Part/_part"], "aba"),
    answer: { name: "Part A.B.A", "Part/_part": "ab" },
  },
  {
    title: "a join of a component backwards is one",
    query: pulled([{ "Part/_part": ["name"] }], "aba"),
    answer: { "Part/_part": { name: "Part A.B" } },
  },
  {
    title: "components up and up",
    query: pulled(["name", { "Part/_part": "..." }], "aaaa"),
    answer: {
      name: "Part A.A.A.A",
      "Part/_part": { name: "Part A.A.A", "Part/_part": { name: "Part A.A", "Part/_part": { name: "Part A" } } },
    },
  },
  {
    title: "a component by a pattern",
    query: pulled([{ part: ["name"] }], "ab"),
    answer: { part: [{ name: "Part A.B.A" }] },
  },
  // All there is.
  {
    title: "all",
    query: pulled(["*"], "k1"),
    answer: { "@id": "k1", name: "Petr", aka: ["Devil", "Tupen"], child: ["k2", "k3"] },
  },
  {
    title: "all with components",
    query: pulled(["*"], "ab"),
    answer: { "@id": "ab", name: "Part A.B", part: [{ "@id": "aba", name: "Part A.B.A" }] },
  },
  {
    title: "all, one of them joined",
    query: pulled(["*", { child: ["name"] }], "k1"),
    answer: { "@id": "k1", name: "Petr", aka: ["Devil", "Tupen"], child: [kin("David"), kin("Thomas")] },
  },
  {
    title: "all behind what is joined",
    query: pulled([{ child: ["name"] }, "*"], "k1"),
    answer: { "@id": "k1", name: "Petr", aka: ["Devil", "Tupen"], child: [kin("David"), kin("Thomas")] },
  },
  {
    title: "all, one of them under another name",
    query: pulled(["*", ["aka", { as: "alias" }]], "k1"),
    answer: { "@id": "k1", name: "Petr", alias: ["Devil", "Tupen"], child: ["k2", "k3"] },
  },
  {
    title: "all, its id under another name",
    query: pulled(["*", ["@id", { as: "id" }]], "k2"),
    answer: { id: "k2", name: "David", father: "k1" },
  },
  {
    title: "all, one of them limited",
    query: pulled(["*", ["aka", { limit: 1 }]], "k1"),
    answer: { "@id": "k1", name: "Petr", aka: ["Devil"], child: ["k2", "k3"] },
  },
  {
    title: "all, and one backwards",
    query: pulled(["*", "Kin/_child"], "k2"),
    answer: { "@id": "k2", name: "David", father: "k1", "Kin/_child": ["k1"] },
  },
  {
    title: "all, and something for what is absent",
    query: pulled(["*", ["count", { default: 0 }]], "k2"),
    answer: { "@id": "k2", name: "David", father: "k1", count: 0 },
  },
  {
    title: "all of whom a reference leads to",
    query: pulled([{ father: ["*"] }], "k2"),
    answer: { father: { "@id": "k1", name: "Petr", aka: ["Devil", "Tupen"], child: ["k2", "k3"] } },
  },
  { title: "all of nobody", query: pulled(["*"], "nobody"), answer: null },
  // Parameters.
  { title: "a limit", query: pulled([["aka", { limit: 1 }]], "k1"), answer: { aka: ["Devil"] } },
  { title: "a limit of all", query: pulled([["aka", { limit: null }]], "k1"), answer: { aka: ["Devil", "Tupen"] } },
  { title: "an offset", query: pulled([["aka", { offset: 1 }]], "k1"), answer: { aka: ["Tupen"] } },
  { title: "an offset beyond", query: pulled([["aka", { offset: 5 }]], "k1"), answer: { aka: [] } },
  {
    title: "a limit of a join",
    query: pulled([[{ child: ["name"] }, { limit: 1 }]], "k1"),
    answer: { child: [kin("David")] },
  },
  {
    title: "an offset of a join",
    query: pulled([[{ child: ["name"] }, { limit: 1, offset: 1 }]], "k1"),
    answer: { child: [kin("Thomas")] },
  },
  {
    title: "a limit backwards",
    query: pulled([["Kin/_father", { limit: 1 }]], "k1"),
    answer: { "Kin/_father": ["k2"] },
  },
  { title: "another name", query: pulled([["name", { as: "called" }]], "k1"), answer: { called: "Petr" } },
  {
    title: "another name of a join",
    query: pulled([[{ father: ["name"] }, { as: "dad" }]], "k2"),
    answer: { dad: kin("Petr") },
  },
  {
    title: "another name backwards",
    query: pulled([["Kin/_child", { as: "parents" }]], "k2"),
    answer: { parents: ["k1"] },
  },
  {
    title: "another name of what every entity has",
    query: pulled([["@id", { as: "id" }]], "k2"),
    answer: { id: "k2" },
  },
  {
    title: "the same attribute under two names",
    query: pulled(["name", ["name", { as: "also" }]], "k2"),
    answer: { name: "David", also: "David" },
  },
  {
    title: "something for what is absent",
    query: pulled(["name", ["count", { default: "[none]" }]], "k1"),
    answer: { name: "Petr", count: "[none]" },
  },
  { title: "false for what is absent", query: pulled([["count", { default: false }]], "k1"), answer: { count: false } },
  { title: "null for what is absent", query: pulled([["count", { default: null }]], "k1"), answer: { count: null } },
  {
    title: "something for many values that are absent",
    query: pulled([["aka", { default: [] }]], "k2"),
    answer: { aka: [] },
  },
  {
    title: "something for a join that leads nowhere",
    query: pulled([[{ child: ["name"] }, { default: [] }]], "k2"),
    answer: { child: [] },
  },
  {
    title: "something for nobody backwards",
    query: pulled([["Kin/_child", { default: [] }]], "k1"),
    answer: { "Kin/_child": [] },
  },
  {
    title: "something beside a value that is there",
    query: pulled([["count", { default: 7 }]], "k8"),
    answer: { count: 0 },
  },
  // Recursion.
  {
    title: "once more",
    query: pulled(["name", { friend: 1 }], "k4"),
    answer: { name: "Lucy", friend: [kin("Elizabeth")] },
  },
  {
    title: "twice more",
    query: pulled(["name", { friend: 2 }], "k4"),
    answer: { name: "Lucy", friend: [{ name: "Elizabeth", friend: [kin("Matthew")] }] },
  },
  {
    title: "as far as it goes",
    query: pulled(["name", { child: "..." }], "k1"),
    answer: { name: "Petr", child: [kin("David"), kin("Thomas")] },
  },
  {
    title: "as far as it goes in a circle",
    query: pulled(["@id", { friend: "..." }], "k4"),
    answer: {
      "@id": "k4",
      friend: [
        {
          "@id": "k5",
          friend: [
            {
              "@id": "k6",
              friend: [
                { "@id": "k7", friend: [{ "@id": "k8", friend: [{ "@id": "k4", friend: [{ "@id": "k5" }] }] }] },
              ],
            },
          ],
        },
      ],
    },
  },
  {
    title: "up as far as it goes",
    query: pulled(["name", { father: "..." }], "k6"),
    answer: { name: "Matthew", father: { name: "Thomas", father: { name: "Petr" } } },
  },
  {
    title: "components as far as they go",
    query: pulled(["name", { part: "..." }], "ab"),
    answer: { name: "Part A.B", part: [{ name: "Part A.B.A" }] },
  },
  {
    title: "two recursions at once",
    query: pulled(["name", { friend: 2, enemy: 2 }], "k4"),
    answer: {
      name: "Lucy",
      friend: [
        {
          name: "Elizabeth",
          friend: [{ name: "Matthew", enemy: [kin("Kerri")] }],
          enemy: [{ name: "Eunan", friend: [kin("Kerri")], enemy: [{ name: "Lucy", friend: [{ "@id": "k5" }] }] }],
        },
      ],
      enemy: [
        {
          name: "Matthew",
          friend: [{ name: "Eunan", friend: [kin("Kerri")], enemy: [{ name: "Lucy", friend: [kin("Elizabeth")] }] }],
          enemy: [{ name: "Kerri", friend: [{ name: "Lucy", friend: [kin("Elizabeth")] }] }],
        },
      ],
    },
  },
  {
    title: "two recursions in one circle",
    query: pulled(["@id", { part: "..." }, { spec: "..." }], "r1"),
    answer: {
      "@id": "r1",
      spec: {
        "@id": "r2",
        spec: { "@id": "r1", spec: { "@id": "r2" }, part: { "@id": "r2" } },
        part: { "@id": "r3", part: { "@id": "r1", spec: { "@id": "r2" }, part: { "@id": "r2" } } },
      },
      part: {
        "@id": "r2",
        spec: { "@id": "r1", spec: { "@id": "r2" }, part: { "@id": "r2" } },
        part: { "@id": "r3", part: { "@id": "r1", spec: { "@id": "r2" }, part: { "@id": "r2" } } },
      },
    },
  },
  {
    title: "a recursion in a join",
    query: pulled([{ father: ["name", { father: "..." }] }], "k6"),
    answer: { father: { name: "Thomas", father: kin("Petr") } },
  },
  {
    title: "a recursion backwards",
    query: pulled(["name", { "Kin/_father": "..." }], "k1"),
    answer: { name: "Petr", "Kin/_father": [kin("David"), { name: "Thomas", "Kin/_father": [kin("Matthew")] }] },
  },
  {
    title: "a recursion with a limit",
    query: pulled(["name", [{ child: "..." }, { limit: 1 }]], "k1"),
    answer: { name: "Petr", child: [kin("David")] },
  },
  // Unions.
  {
    title: "a union",
    query: pulled([{ holds: { Book: ["title", "pages"], Disc: ["minutes"] } }], "sh"),
    answer: { holds: [{ title: "Emma", pages: 400 }, { minutes: 45 }, { minutes: 90 }] },
  },
  {
    title: "a union without one variant",
    query: pulled([{ holds: { Disc: ["minutes"] } }], "sh"),
    answer: { holds: [{ minutes: 45 }, { minutes: 90 }] },
  },
  {
    title: "a union with the abstract",
    query: pulled([{ holds: { Medium: ["title"], Book: ["pages"] } }], "sh"),
    answer: { holds: [{ pages: 400 }, { title: "Kind of Blue" }, { title: "Emma" }] },
  },
  {
    title: "an attribute that some have",
    query: pulled([{ holds: ["title", "minutes"] }], "sh"),
    answer: { holds: [{ title: "Emma" }, { title: "Kind of Blue", minutes: 45 }, { title: "Emma", minutes: 90 }] },
  },
  {
    title: "a union at the top",
    query: pulled({ Book: ["pages"], Disc: ["minutes"] }, ["b1", "d1"]),
    answer: [{ pages: 400 }, { minutes: 45 }],
  },
  {
    title: "backwards by the abstract",
    query: pulled(["Medium/_owner"], "1"),
    answer: { "Medium/_owner": ["b1", "d1"] },
  },
  { title: "backwards by one variant", query: pulled(["Disc/_owner"], "1"), answer: { "Disc/_owner": ["d1"] } },
  {
    title: "a union backwards",
    query: pulled([{ "Medium/_owner": { Book: ["pages"] } }], "1"),
    answer: { "Medium/_owner": [{ pages: 400 }] },
  },
  // Lookups.
  { title: "a lookup", query: pulled(["name"], ["Person/email", "petr@x"]), answer: { name: "Petr" } },
  {
    title: "a lookup by a value that is unique",
    query: pulled(["name"], ["Person/nick", "O"]),
    answer: { name: "Ivan" },
  },
  { title: "a lookup of nobody", query: pulled(["name"], ["Person/email", "no@x"]), answer: null },
  {
    title: "lookups",
    query: pulled(["name"], [["Person/email", "petr@x"], ["Person/email", "no@x"], "1"]),
    answer: [{ name: "Petr" }, null, { name: "Ivan" }],
  },
  { title: "a lookup by a reference", query: pulled(["name"], ["Person/passport", "pp"]), answer: { name: "Ivan" } },
  { title: "a lookup by a reference of nobody", query: pulled(["name"], ["Person/passport", "1"]), answer: null },
  {
    title: "a lookup by a reference that is a lookup",
    query: pulled(["name"], ["Person/passport", ["Paper/number", "P-1"]]),
    answer: { name: "Ivan" },
  },
  {
    title: "a unique reference backwards is one",
    query: pulled([{ "Person/_passport": ["name"] }], "pp"),
    answer: { "Person/_passport": { name: "Ivan" } },
  },
  // Pulls in find.
  {
    title: "a pull in find",
    query: { find: [["pull", "?e", ["name"]]], where: [["?e", "Six/name", "Oleg"]] },
    answer: [[kin("Oleg")], [kin("Oleg")]],
  },
  {
    title: "a pull beside a value",
    query: {
      find: ["?a", ["pull", "?e", ["name"]]],
      where: [
        ["?e", "Six/age", "?a"],
        ["?e", "Six/name", "Oleg"],
      ],
    },
    answer: [
      [10, kin("Oleg")],
      [20, kin("Oleg")],
    ],
  },
  {
    title: "a pull in a collection",
    query: { find: [[["pull", "?e", ["@id"]], "..."]], where: [["?e", "Six/name", "Oleg"]] },
    answer: [{ "@id": "s3" }, { "@id": "s4" }],
  },
  {
    title: "a pull as a scalar",
    query: { find: [["pull", "?e", ["name"]], "."], where: [["?e", "Person/email", "petr@x"]] },
    answer: kin("Petr"),
  },
  {
    title: "a pull in a tuple",
    query: { find: [["?e", ["pull", "?e", ["name"]]]], where: [["?e", "Person/email", "petr@x"]] },
    answer: ["2", kin("Petr")],
  },
  {
    title: "a pull as a scalar of nothing",
    query: { find: [["pull", "?e", ["name"]], "."], where: [["?e", "Person/email", "no@x"]] },
    answer: null,
  },
  {
    title: "a pull whose pattern comes in",
    query: {
      find: [["pull", "?e", "?p"], "."],
      in: ["?p"],
      args: [["name"]],
      where: [["?e", "Person/email", "petr@x"]],
    },
    answer: kin("Petr"),
  },
  {
    title: "a pull whose entity comes in",
    query: { find: [["pull", "?e", ["name"]], "."], in: ["?e"], args: [["Person/email", "petr@x"]] },
    answer: kin("Petr"),
  },
  {
    title: "two pulls of one entity",
    query: {
      find: [
        ["pull", "?e", ["name"]],
        ["pull", "?e", ["age"]],
      ],
      where: [["?e", "Person/email", "petr@x"]],
    },
    answer: [[kin("Petr"), { age: 37 }]],
  },
  {
    title: "a pull beside an aggregate",
    query: {
      find: [
        ["pull", "?e", ["name"]],
        ["count", "?x"],
      ],
      where: [["?e", "Person/aka", "?x"]],
    },
    answer: [
      [kin("Ivan"), 2],
      [kin("Petr"), 1],
    ],
  },
  {
    title: "a pull under a key",
    query: { find: [["pull", "?e", ["name"]]], keys: ["who"], where: [["?e", "Person/email", "petr@x"]] },
    answer: [{ who: kin("Petr") }],
  },
  {
    title: "a pull of all",
    query: {
      find: [["pull", "?e", ["*"]], "."],
      where: [
        ["?e", "Six/name", "Oleg"],
        ["?e", "Six/age", 10],
      ],
    },
    answer: { "@id": "s3", name: "Oleg", age: 10 },
  },
  {
    title: "a pull of a value",
    query: { find: [["pull", "?n", ["name"]]], where: [["?e", "Person/name", "?n"]] },
    answer: [[null], [null]],
  },
  // What is no pull.
  { title: "an attribute nobody has", query: pulled(["zip"], "k1"), refused: "unknown-type", path: "/pull/0" },
  { title: "an attribute of others in a join", query: pulled([{ father: ["pages"] }], "k2"), refused: "unknown-type" },
  { title: "a join of a value", query: pulled([{ name: ["x"] }], "k1"), refused: "invalid" },
  { title: "backwards over a value", query: pulled(["Kin/_name"], "k1"), refused: "invalid" },
  { title: "an empty pattern", query: pulled([], "k1"), refused: "malformed", path: "/pull" },
  { title: "a pattern that is a text", query: pulled("name", "k1"), refused: "malformed", path: "/pull" },
  {
    title: "a negative limit",
    query: pulled([["aka", { limit: -1 }]], "k1"),
    refused: "malformed",
    path: "/pull/0/1/limit",
  },
  { title: "a recursion of none", query: pulled([{ friend: 0 }], "k1"), refused: "malformed" },
  {
    title: "a parameter that is not there",
    query: pulled([["aka", { max: 1 }]], "k1"),
    refused: "malformed",
    path: "/pull/0/1/max",
  },
  {
    title: "a union of what is not there",
    query: pulled([{ holds: { Tape: ["title"] } }], "sh"),
    refused: "unknown-type",
  },
  { title: "a lookup by what is not unique", query: pulled(["name"], ["Person/name", "Petr"]), refused: "invalid" },
  { title: "a lookup by what is not there", query: pulled(["name"], ["Person/zip", 5]), refused: "unknown-type" },
  { title: "of nothing", query: { pull: ["name"] }, refused: "malformed", path: "/of" },
  { title: "of a number", query: pulled(["name"], 5), refused: "malformed", path: "/of" },
]
