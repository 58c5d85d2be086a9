import { describe, expect, test } from "vitest"
import type { Json, JsonObject } from "../../src/kernel/json.ts"
import { done, entities, World } from "./world.ts"

const ref = (to: string, more: JsonObject = {}) => ({ type: "ref", to: [to], ...more })

/** Papers, of which one rule says who is in. */
function papersWith(when: Json): JsonObject {
  return {
    entities: {
      Person: {
        attributes: {
          level: { type: "integer", index: true },
          team: ref("Team", { many: true }),
          nick: { type: "string" },
          limit: { type: "decimal" },
        },
      },
      Team: {
        attributes: { members: ref("Person", { many: true }), parts: ref("Team", { many: true }), parent: ref("Team") },
      },
      Medium: {
        abstract: { attributes: { author: ref("Person"), tags: { type: "string", many: true } } },
        variants: { Film: { attributes: { length: { type: "integer" } } }, Song: { attributes: {} } },
      },
      Paper: {
        attributes: {
          author: ref("Person"),
          readers: ref("Person", { many: true }),
          team: ref("Team"),
          about: { type: "ref", to: ["Medium"] },
          level: { type: "integer" },
          levels: { type: "integer", many: true },
          price: { type: "decimal" },
          day: { type: "date" },
          at: { type: "instant" },
          title: { type: "string" },
          isPublic: { type: "boolean" },
          score: { type: "number" },
          stage: { type: "enum", values: { draft: "Draft", done: "Done" } },
          extra: { type: "json" },
          upload: { type: "file" },
        },
        assign: [{ group: "in", when }],
        permissions: { read: "in" },
      },
      Note: { attributes: { on: ref("Paper"), by: ref("Person") } },
    },
  }
}

function papers(schema: JsonObject): World {
  const world = new World(schema)
  world.put(
    ...entities("Person", {
      ann: { level: 5, team: ["t2"], nick: "a", limit: "10.5" },
      ben: { level: 1, nick: "b", limit: "9.25" },
      cid: {},
    }),
    ...entities("Team", {
      t1: { parts: ["t2"] },
      t2: { parts: ["t3"], parent: "t1" },
      t3: { members: ["ann"], parent: "t2" },
    }),
    { id: "film", type: "Film", set: { author: "ben", tags: ["short"], length: 9 } },
    { id: "song", type: "Song", set: { author: "ann", tags: ["long", "loud"] } },
    ...entities("Paper", {
      p1: {
        author: "ann",
        readers: ["ben"],
        team: "t1",
        level: 5,
        levels: [1, 9],
        price: "10.5",
        day: "2030-01-01",
        about: "film",
      },
      p2: {
        author: "ben",
        level: 1,
        price: "9.75",
        title: "b",
        isPublic: true,
        stage: "done",
        about: "song",
        score: 0.5,
      },
      p3: {
        team: "t3",
        title: "\u{1F600}",
        at: "2030-01-01T00:00:00.000Z",
        extra: { a: 1 },
        isPublic: false,
        stage: "draft",
      },
      p4: {
        upload: { file: "f", size: 1, sha256: "0".repeat(64), mediaType: "text/plain" },
        title: "\uffee",
        price: "-2",
      },
    }),
    { id: "n1", type: "Note", set: { on: "p3", by: "ben" } },
  )
  return world
}

/** Which papers the rule lets somebody in, however it is asked. */
function admitted(when: Json, person = "ann"): string {
  const schema = papersWith(when)
  const world = papers(schema)
  const all = ["p1", "p2", "p3", "p4"]
  const single = all.filter(id => papers(schema).groups(person, id).includes("in"))
  const together = done(world.rights(person).groups(all.map(id => world.key(id))))
  expect(all.filter((_, i) => together[i]!.includes("in"))).toEqual(single)
  expect(papers(schema).members(person)).toEqual(single)
  return single.join(" ")
}

const self = (...steps: Json[]): JsonObject => ({ path: ["$self", ...steps] })
const asker = (...steps: Json[]): JsonObject => ({ path: ["$security", ...steps] })

describe("a rule asks of the data", () => {
  test.each<[Json, string]>([
    [true, "p1 p2 p3 p4"],
    [false, ""],
    [{ and: [] }, "p1 p2 p3 p4"],
    [{ or: [] }, ""],
    [{ not: true }, ""],
    [{ is: ["$self", "$security"] }, ""],
    [{ is: ["$self", "$self"] }, "p1 p2 p3 p4"],
    [{ is: ["$security", "$security"] }, "p1 p2 p3 p4"],
    [{ type: ["$self", "Paper"] }, "p1 p2 p3 p4"],
    [{ type: ["$self", "Team"] }, ""],
    [{ type: ["$security", "Person"] }, "p1 p2 p3 p4"],
    [{ type: ["$self", "Medium"] }, ""],
  ])("what is the same, and of which type: %j [L55]", (when, ids) => {
    expect(admitted(when)).toBe(ids)
  })

  test.each<[Json, string]>([
    [{ reaches: ["$self", ["author"], "$security"] }, "p1"],
    [{ reaches: ["$security", ["Paper/_author"], "$self"] }, "p1"],
    [{ reaches: ["$self", ["Note/_on", "Note/by"], "$security"] }, ""],
    [{ reaches: ["$self", ["team", "Team/members"], "$security"] }, "p3"],
    [{ reaches: ["$self", ["team", { star: "Team/parts" }, "Team/members"], "$security"] }, "p1 p3"],
    [{ reaches: ["$self", [{ star: "Paper/author" }], "$security"] }, "p1"],
    [{ reaches: ["$self", ["team", { star: "Team/parent" }, "Person/_team"], "$security"] }, "p3"],
    [{ reaches: ["$self", ["team", { star: { star: "Team/_parent" } }, "Team/members"], "$security"] }, "p1 p3"],
    [{ reaches: ["$security", ["Person/team", { star: "Team/_parent" }, "Paper/_team"], "$self"] }, "p3"],
    [{ reaches: ["$security", ["Person/team", { star: "Team/parent" }, "Paper/_team"], "$self"] }, "p1"],
    [{ reaches: ["$self", ["about", "Medium/author"], "$security"] }, "p2"],
    [{ reaches: ["$self", ["about", "Film/author"], "$security"] }, ""],
    [{ reaches: ["$self", ["about", "Song/author"], "$security"] }, "p2"],
    [{ reaches: ["$self", ["author"], "$self"] }, ""],
    [{ reaches: ["$security", ["Person/team"], "$security"] }, ""],
    [{ not: { reaches: ["$self", ["author"], "$security"] } }, "p2 p3 p4"],
  ])("what leads where: %j [L53 L54 L55]", (when, ids) => {
    expect(admitted(when)).toBe(ids)
  })

  test.each<[Json, string]>([
    [{ exists: ["$self", ["team"]] }, "p1 p3"],
    [{ exists: ["$self", ["Note/_on"]] }, "p3"],
    [{ exists: ["$self", ["extra"]] }, "p3"],
    [{ exists: ["$self", ["upload"]] }, "p4"],
    [{ exists: ["$self", ["team", { star: "Team/parts" }, "Team/members"]] }, "p1 p3"],
    [{ exists: ["$security", ["Person/team"]] }, "p1 p2 p3 p4"],
    [{ not: { exists: ["$self", ["price"]] } }, "p3"],
  ])("what is there: %j [L55]", (when, ids) => {
    expect(admitted(when)).toBe(ids)
  })

  test.each<[Json, string]>([
    [{ eq: [self("level"), 5] }, "p1"],
    [{ eq: [1, self("level")] }, "p2"],
    [{ eq: [self("level"), asker("Person/level")] }, "p1"],
    [{ lt: [self("level"), asker("Person/level")] }, "p2"],
    [{ lte: [self("level"), asker("Person/level")] }, "p1 p2"],
    [{ gt: [self("level"), 1] }, "p1"],
    [{ gte: [self("level"), 1] }, "p1 p2"],
    [{ lt: [self("levels"), 5] }, "p1"],
    [{ gt: [self("levels"), 5] }, "p1"],
    [{ eq: [self("levels"), 5] }, ""],
    [{ eq: [self("levels"), self("levels")] }, "p1"],
    [{ not: { eq: [self("level"), 5] } }, "p2 p3 p4"],
    [{ gt: [self("score"), 0.25] }, "p2"],
    [{ lt: [self("price"), asker("Person/limit")] }, "p2 p4"],
    [{ lte: [self("price"), "10.5"] }, "p1 p2 p4"],
    [{ gt: [self("price"), "-3"] }, "p1 p2 p4"],
    [{ lt: [self("day"), "2030-01-02"] }, "p1"],
    [{ gte: [self("at"), "2029-12-31T23:59:59.999Z"] }, "p3"],
    [{ eq: [self("isPublic"), true] }, "p2"],
    [{ lt: [self("isPublic"), true] }, "p3"],
    [{ gt: [self("title"), "\uffee"] }, "p3"],
    [{ lt: [self("title"), "\u{1F600}"] }, "p2 p4"],
    [{ in: [self("stage"), ["done", "draft"]] }, "p2 p3"],
    [{ in: [self("levels"), [9, 10]] }, "p1"],
    [{ in: [self("level"), []] }, ""],
    [{ in: ["a", ["a", "b"]] }, "p1 p2 p3 p4"],
    [{ in: [asker("Person/nick"), ["a"]] }, "p1 p2 p3 p4"],
    [{ eq: [self("author"), "ann"] }, "p1"],
    [{ in: [self("author"), ["ann", "ben", "nobody"]] }, "p1 p2"],
    [{ gt: [self("author"), "ann"] }, "p2"],
    [{ eq: [self("author"), self("Note/_on", "Note/by")] }, ""],
    [{ eq: [self("about", "Medium/tags"), "long"] }, "p2"],
    [{ eq: [self("about", "Film/length"), 9] }, "p1"],
    [{ eq: [2, 2] }, "p1 p2 p3 p4"],
    [{ eq: [self("team"), asker("Person/team", { star: "Team/parent" })] }, "p1"],
  ])("how values compare, any with any, what is missing with nothing: %j [L55]", (when, ids) => {
    expect(admitted(when)).toBe(ids)
  })

  test.each<[Json, string]>([
    [{ and: [{ reaches: ["$self", ["author"], "$security"] }, { eq: [self("level"), 1] }] }, ""],
    [{ and: [{ eq: [self("level"), 5] }, { reaches: ["$self", ["author"], "$security"] }] }, "p1"],
    [{ or: [{ reaches: ["$self", ["author"], "$security"] }, { eq: [self("isPublic"), true] }] }, "p1 p2"],
    [{ or: [{ is: ["$self", "$security"] }, { not: { exists: ["$self", ["title"]] } }] }, "p1"],
    [{ and: [{ not: { eq: [self("stage"), "draft"] } }, { exists: ["$self", ["title"]] }] }, "p2 p4"],
    [
      {
        and: [
          { or: [{ eq: [self("level"), 5] }, { eq: [self("level"), 1] }] },
          { not: { eq: [self("author"), "ben"] } },
        ],
      },
      "p1",
    ],
  ])("all, any and none of it: %j [L55]", (when, ids) => {
    expect(admitted(when)).toBe(ids)
  })

  test.each<[Json, string]>([
    [{ is: ["$security", "$security"] }, ""],
    [{ reaches: ["$self", ["author"], "$security"] }, ""],
    [{ reaches: ["$security", ["Person/team"], "$security"] }, ""],
    [{ lt: [self("level"), asker("Person/level")] }, ""],
    [{ exists: ["$security", ["Person/team"]] }, ""],
    [{ type: ["$security", "Person"] }, ""],
    [{ not: { reaches: ["$self", ["author"], "$security"] } }, "p1 p2 p3 p4"],
    [{ eq: [self("isPublic"), true] }, "p2"],
  ])("nobody is nobody's author, and whatever asks about nobody fails: %j [L53]", (when, ids) => {
    expect(admitted(when, "anonymous")).toBe(ids)
    expect(admitted(when, "no such person")).toBe(ids)
  })

  test("who asks has no value: nothing compares with it [L55]", () => {
    expect(admitted({ lt: [self("level"), asker("Person/level")] }, "cid")).toBe("")
    expect(admitted({ eq: [self("level"), asker("Person/level")] }, "cid")).toBe("")
  })
})
