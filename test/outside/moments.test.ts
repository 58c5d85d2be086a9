import { beforeAll, describe, expect, test } from "vitest"
import { expectedOf, outcomeOf, served } from "./cases.ts"

const schema = {
  daybook: 1,
  name: "moments",
  version: 1,
  entities: {
    Note: {
      attributes: {
        title: { type: "string" },
        code: { type: "string", unique: "identity" },
        tags: { type: "string", many: true },
        next: { type: "ref", to: ["Note"] },
        size: { type: "integer" },
      },
    },
  },
}
const outside = served(schema, [])

// Seven transactions: 1 makes a and b, 2 changes a, 3 makes c, 4 retracts b, 5 hands on the code, 6 makes b anew.
const steps = [
  [
    { entity: "Note", id: "a", set: { title: "A1", code: "x", tags: ["p", "q"], next: "b" } },
    { entity: "Note", id: "b", set: { title: "B1", size: 1 } },
  ],
  [{ entity: "Note", id: "a", set: { title: "A2", size: 5 }, add: { tags: ["r"] }, remove: { tags: ["p"] } }],
  [{ entity: "Note", id: "c", set: { title: "C1", next: "a" } }],
  [{ retract: "b" }],
  [
    { entity: "Note", id: "a", set: { code: null } },
    { entity: "Note", id: "c", set: { code: "x" } },
  ],
  [{ entity: "Note", id: "b", set: { title: "B2" } }],
]

const resultOf = async (query: object) => {
  const { status, body } = await outside.query(query)
  expect({ status, body }).toMatchObject({ status: 200 })
  return (body as { result: unknown }).result
}
const titles = (moment: object) => resultOf({ find: ["?e", "?t"], where: [["?e", "Note/title", "?t"]], ...moment })
const at: string[] = []

beforeAll(async () => {
  for (const ops of steps) {
    const { body } = (await outside.transact(ops)) as { body: { events: { at: string }[] } }
    at.push(body.events[0]!.at)
  }
})

describe("a query of a moment", () => {
  test.each([
    [0, []],
    [
      1,
      [
        ["a", "A1"],
        ["b", "B1"],
      ],
    ],
    [
      2,
      [
        ["a", "A2"],
        ["b", "B1"],
      ],
    ],
    [
      3,
      [
        ["a", "A2"],
        ["b", "B1"],
        ["c", "C1"],
      ],
    ],
    [
      4,
      [
        ["a", "A2"],
        ["c", "C1"],
      ],
    ],
    [
      6,
      [
        ["a", "A2"],
        ["b", "B2"],
        ["c", "C1"],
      ],
    ],
  ])("sees what was so at t %d [L84]", async (asOf, found) => {
    expect(await titles({ asOf })).toEqual(found)
  })

  test("sees as of a t to come what is so now [L84]", async () => {
    expect(await outside.query({ pull: ["title"], of: "b", asOf: 99 })).toMatchObject({
      body: { basisT: 6, result: { title: "B2" } },
    })
  })

  test("says the t that it is of [L84]", async () => {
    expect(await outside.query({ pull: ["title"], of: "b", asOf: 2 })).toMatchObject({
      body: { basisT: 2, result: { title: "B1" } },
    })
  })

  test("takes an instant for the last t at or before it [L84]", async () => {
    expect(await titles({ asOf: at[5] })).toEqual(await titles({ asOf: 6 }))
    expect(await titles({ asOf: "2001-01-01T00:00:00Z" })).toEqual([])
    expect(await titles({ asOf: "2999-01-01T00:00:00+02:00" })).toEqual(await titles({}))
  })

  test("pulls what was so, with references as they were [L84]", async () => {
    const pull = ["title", "tags", { next: ["title"] }, "Note/_next"]
    expect(await resultOf({ pull, of: "a", asOf: 1 })).toEqual({ title: "A1", tags: ["p", "q"], next: { title: "B1" } })
    expect(await resultOf({ pull, of: "a", asOf: 3 })).toEqual({
      title: "A2",
      tags: ["q", "r"],
      next: { title: "B1" },
      "Note/_next": ["c"],
    })
    expect(await resultOf({ pull, of: "a" })).toEqual({ title: "A2", tags: ["q", "r"], "Note/_next": ["c"] })
    expect(await resultOf({ pull, of: "b", asOf: 4 })).toBeNull()
    expect(await resultOf({ pull, of: ["b", "c"], asOf: 1 })).toEqual([{ title: "B1", "Note/_next": ["a"] }, null])
  })

  test("finds by a lookup who had the value then [L84]", async () => {
    expect(await resultOf({ pull: ["@id"], of: ["Note/code", "x"], asOf: 4 })).toEqual({ "@id": "a" })
    expect(await resultOf({ pull: ["@id"], of: ["Note/code", "x"] })).toEqual({ "@id": "c" })
    const where = [[["Note/code", "x"], "Note/title", "?t"]]
    expect(await resultOf({ find: ["?t", "."], where, asOf: 4 })).toBe("A2")
    expect(await resultOf({ find: ["?t", "."], where })).toBe("C1")
  })

  test("tells when it was made and changed as of then [L84]", async () => {
    expect(await resultOf({ pull: ["@t", "@createdT"], of: "a", asOf: 3 })).toEqual({ "@t": 2, "@createdT": 1 })
    expect(await resultOf({ pull: ["@t", "@createdT"], of: "b" })).toEqual({ "@t": 6, "@createdT": 1 })
  })
})

describe("a query since a moment", () => {
  test("finds only what has become so after it [L84]", async () => {
    expect(await titles({ since: 1 })).toEqual([
      ["a", "A2"],
      ["b", "B2"],
      ["c", "C1"],
    ])
    expect(await titles({ since: 2 })).toEqual([
      ["b", "B2"],
      ["c", "C1"],
    ])
    expect(await titles({ since: 6 })).toEqual([])
    expect(await titles({ since: 1, asOf: 2 })).toEqual([["a", "A2"]])
    expect(await titles({ since: 0 })).toEqual(await titles({}))
  })

  test("finds single values among many [L84]", async () => {
    expect(await resultOf({ find: [["?t", "..."]], where: [["a", "Note/tags", "?t"]], since: 1 })).toEqual(["r"])
    expect(await resultOf({ pull: ["title", "tags", "size"], of: "a", since: 1 })).toEqual({
      title: "A2",
      tags: ["r"],
      size: 5,
    })
  })

  test("pulls nothing of what stayed as it was [L84]", async () => {
    expect(await resultOf({ pull: ["title", "tags"], of: "a", since: 2 })).toEqual({})
  })
})

describe("a history", () => {
  test("tells each change of each attribute, oldest first [L84]", async () => {
    const found = (await resultOf({ history: "b" })) as { t: number; at: string; attr: string; event: string }[]
    expect(found.map(({ at: _, ...change }) => change)).toMatchObject([
      { t: 1, attr: "title", old: null, new: "B1" },
      { t: 1, attr: "size", old: null, new: 1 },
      { t: 4, attr: "title", old: "B1", new: null },
      { t: 4, attr: "size", old: 1, new: null },
      { t: 6, attr: "title", old: null, new: "B2" },
    ])
    for (const { at: instant, event } of found) {
      expect(Date.parse(instant)).not.toBeNaN()
      expect(event).toEqual(expect.any(String))
    }
  })

  test("takes a lookup, a moment, and goes on in pages [L84]", async () => {
    const attrs = (found: unknown) => (found as { t: number; attr: string }[]).map(({ t, attr }) => `${t} ${attr}`)
    expect(attrs(await resultOf({ history: ["Note/code", "x"] }))).toEqual(["3 title", "3 next", "5 code"])
    expect(attrs(await resultOf({ history: "a", asOf: 2 }))).toHaveLength(7)
    expect(attrs(await resultOf({ history: "a", since: 2 }))).toEqual(["4 next", "5 code"])
    const { body } = (await outside.query({ history: "b", limit: 2 })) as { body: { result: object[]; next: string } }
    expect(attrs(body.result)).toEqual(["1 title", "1 size"])
    expect(attrs(await resultOf({ history: "b", after: body.next }))).toEqual(["4 title", "4 size", "6 title"])
  })

  test("of nobody is empty [L84]", async () => {
    expect(await resultOf({ history: "nobody" })).toEqual([])
    expect(await resultOf({ history: ["Note/code", "nobody"] })).toEqual([])
  })
})

describe("a difference", () => {
  test("tells the attributes that differ, with both sides [L84]", async () => {
    const found = (await resultOf({ diff: "a", from: 1, to: 2 })) as { attr: string }[]
    expect(found.toSorted((x, y) => (x.attr < y.attr ? -1 : 1))).toMatchObject([
      { attr: "size", old: null, new: 5 },
      { attr: "tags", old: ["p", "q"], new: ["q", "r"] },
      { attr: "title", old: "A1", new: "A2" },
    ])
    expect(await resultOf({ diff: "a", from: 2, to: 3 })).toEqual([])
    expect(await resultOf({ diff: "b", from: 1, to: 4 })).toMatchObject([
      { attr: "title", old: "B1", new: null },
      { attr: "size", old: 1, new: null },
    ])
    expect(await resultOf({ diff: "a", from: 2, to: 1 })).toHaveLength(3)
    expect(await resultOf({ diff: "nobody", from: 1, to: 2 })).toEqual([])
  })

  test("takes instants and a t to come [L84]", async () => {
    expect(await resultOf({ diff: "c", from: "2001-01-01T00:00:00Z", to: at[5] })).toHaveLength(3)
    expect(await resultOf({ diff: "c", from: 4, to: 99 })).toMatchObject([{ attr: "code", old: null, new: "x" }])
  })
})

describe("a least t", () => {
  test("that is there already is not waited for [L84]", async () => {
    expect(await outside.query({ pull: ["title"], of: "a", minBasisT: 6 })).toMatchObject({
      status: 200,
      body: { basisT: 6 },
    })
  })

  test("that does not come is a timeout [L84]", async () => {
    const told = await outside.query({ pull: ["title"], of: "a", minBasisT: 99, timeoutMs: 50 })
    expect(outcomeOf(told, false)).toEqual(expectedOf({ refused: "timeout" }))
  })
})

describe("pages of a query", () => {
  test("go on where the page before ended, at the same moment [L74]", async () => {
    const query = { find: ["?e", "?t"], where: [["?e", "Note/title", "?t"]], order: [["?t", "desc"]], limit: 2 }
    const first = (await outside.query(query)) as { body: { basisT: number; result: unknown; next: string } }
    expect(first.body).toMatchObject({
      basisT: 6,
      result: [
        ["c", "C1"],
        ["b", "B2"],
      ],
    })
    await outside.transact([{ entity: "Note", id: "d", set: { title: "A0" } }])
    const second = await outside.query({ ...query, after: first.body.next })
    expect(second.body).toEqual({ basisT: 6, result: [["a", "A2"]] })
    expect(await titles({})).toHaveLength(4)
    const other = await outside.query({ ...query, order: [["?t", "asc"]], after: first.body.next })
    expect(outcomeOf(other, true)).toEqual(expectedOf({ refused: "malformed", path: "/after" }))
  })
})
