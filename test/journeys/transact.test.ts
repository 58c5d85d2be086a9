import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { library, serve, type Answer, type Event, type Served } from "./world.ts"

let server: Served
beforeAll(async () => {
  server = await serve([library, "--data", ":memory:"])
})
afterAll(() => server.stop())

const transact = (...ops: object[]) => server.transact(...ops)
const basis = async () => (await server.ask("/ready")).body.basisT
const stream = async (type: string, id: string) => (await server.ask(`/streams/${type}/${id}`)).body
const kinds = (events: readonly Event[]) => events.map(e => `${e.type} ${e.stream.type} ${e.stream.id}`)

let count = 0
const isbn = () => `978${String(++count).padStart(10, "0")}`
const book = (id: string, set: object = {}) => ({ entity: "Book", id, set: { isbn: isbn(), title: id, ...set } })

/** A refusal: its status and code, where it stands, and that nothing at all was done. */
async function expectRefused(answer: Promise<Answer>, status: number, code: string, ...paths: string[]) {
  const t = await basis()
  const { body, ...rest } = await answer
  expect([rest.status, body.code, body.errors?.map(e => e.path)]).toEqual([status, code, paths])
  expect(await basis()).toBe(t)
  return body
}

describe("an entity", () => {
  test("is created, changed and retracted: each once, with old and new of every attribute [L9 L10 L11]", async () => {
    const made = await transact({ entity: "Slip", id: "s1", set: { text: "one" } })
    expect(made.body.events).toMatchObject([
      {
        type: "EntityCreated",
        stream: { type: "Slip", id: "s1", version: 1 },
        data: { attributes: { text: { new: "one" } } },
      },
    ])
    const changed = await transact({ entity: "Slip", id: "s1", set: { text: "two" } })
    expect(changed.body.events[0]).toMatchObject({ type: "EntityChanged" })
    expect(changed.body.events[0]!.data.attributes).toEqual({ text: { old: "one", new: "two" } })
    const gone = await transact({ retract: "s1" })
    expect(gone.body.events[0]).toMatchObject({ type: "EntityRetracted", stream: { version: 3 } })
    expect(gone.body.events[0]!.data.attributes).toEqual({ text: { old: "two" } })
    expect((await stream("Slip", "s1")).events).toHaveLength(3)
  })

  test("that is as it was is not told of, and a transaction that comes to nothing says so [L10]", async () => {
    await transact({ entity: "Slip", id: "s2", set: { text: "same" } })
    const same = await transact({ entity: "Slip", id: "s2", set: { text: "same" } })
    expect([same.status, same.body.state, same.body.events]).toEqual([200, "succeeded", []])
    const back = await transact(
      { entity: "Slip", id: "s2", set: { text: "other" } },
      { entity: "Slip", id: "s2", set: { text: "same" } },
    )
    expect(back.body.events).toEqual([])
    const never = await transact({ entity: "Slip", id: "~x", set: { text: "x" } }, { retract: "~x" })
    expect(never.body.events).toEqual([])
    expect((await transact()).body.events).toEqual([])
    expect((await stream("Slip", "s2")).version).toBe(1)
  })

  test("may come back under its id, in the same stream [N12]", async () => {
    await transact({ entity: "Slip", id: "s3", set: { text: "a" } })
    await transact({ retract: "s3" })
    const { body } = await transact({ entity: "Slip", id: "s3", set: { text: "b" } })
    expect(body.events[0]).toMatchObject({ type: "EntityCreated", stream: { version: 3 } })
  })

  test("has one type for good [L44]", async () => {
    await transact({ entity: "Slip", id: "s4", set: { text: "a" } })
    const { body } = await transact({ entity: "Copy", id: "s4", set: { number: 1 } })
    expect([body.code, body.errors.map(e => e.path)]).toEqual(["conflict", ["/data/ops/0/id"]])
  })

  test("without an id is given one, as is each ~name, the same throughout [L77]", async () => {
    const { body } = await transact(
      { entity: "Person", id: "~ann", set: { name: "Ann" } },
      { entity: "Book", id: "~b", set: { isbn: isbn(), title: "B", authors: ["~ann", "~joe"], publisher: "~c" } },
      { entity: "Person", id: "~joe", set: { name: "Joe" } },
      { entity: "Company", id: "~c", set: { name: "C" } },
      { entity: "Slip", set: { text: "nameless" } },
    )
    const { ids } = body.result
    expect(Object.keys(ids).sort()).toEqual(["~ann", "~b", "~c", "~joe"])
    expect(new Set(Object.values(ids)).size).toBe(4)
    const created = body.events.find(e => e.stream.type === "Book")!
    expect(created.stream.id).toBe(ids["~b"])
    expect(created.data.attributes["authors"]).toEqual({ new: [ids["~ann"], ids["~joe"]] })
    expect(body.events.find(e => e.stream.type === "Slip")!.stream.id).toMatch(/^[0-9a-f-]{36}$/)
    const later = await transact({ entity: "Person", id: "~ann", set: { name: "Another" } })
    expect(later.body.result.ids["~ann"]).not.toBe(ids["~ann"])
  })
})

describe("an attribute", () => {
  test("is set, emptied with null, added to and taken from; defaults are filled in [L48 L49]", async () => {
    const { body } = await transact(book("b1", { tags: ["x", "y"], pages: 10 }))
    expect(body.events[0]!.data.attributes["lent"]).toEqual({ new: false })
    const changed = await transact({
      entity: "Book",
      id: "b1",
      set: { pages: null, "Book/weight": 0.5 },
      add: { tags: ["z", "x"] },
      remove: { tags: ["y", "never"] },
    })
    expect(changed.body.events[0]!.data.attributes).toEqual({
      pages: { old: 10 },
      weight: { new: 0.5 },
      tags: { old: ["x", "y"], new: ["x", "z"] },
    })
    const emptied = await transact({ entity: "Book", id: "b1", set: { tags: null } })
    expect(emptied.body.events[0]!.data.attributes).toEqual({ tags: { old: ["x", "z"] } })
  })

  test.each([
    ["pages", 0],
    ["pages", 10_001],
    ["pages", 1.5],
    ["pages", "many"],
    ["pages", true],
    ["title", ""],
    ["title", "x".repeat(81)],
    ["title", 5],
    ["condition", "burnt"],
    ["lent", "perhaps"],
    ["published", "2023-02-29"],
    ["published", "20230101"],
    ["acquired", "yesterday"],
    ["key", "123"],
    ["link", "no uri"],
    ["cover", "***"],
    ["price", "-1"],
    ["price", "1,5"],
    ["isbn", "123"],
    ["weight", "heavy"],
    ["branch", 5],
  ])("%s of %j is against the schema, at its place [L44]", async (name, value) => {
    const set = { currency: "EUR", price: "1", [name]: value }
    await expectRefused(transact(book("ok"), book("bad", set)), 422, "invalid", `/data/ops/1/set/${name}`)
    expect((await server.ask("/streams/Book/ok")).status).toBe(404)
  })

  test.each([
    ["pages", "12", 12],
    ["pages", 1e3, 1000],
    ["price", 12.5, "12.5"],
    ["price", "012.50", "12.5"],
    ["lent", "true", true],
    ["key", "5526BA99-047D-49A1-8A14-3247CA1E8727", "5526ba99-047d-49a1-8a14-3247ca1e8727"],
    ["acquired", "2011-10-01T00:38:44.546+02:00", "2011-09-30T22:38:44.546Z"],
    ["notes", { deep: [1, { a: null }] }, { deep: [1, { a: null }] }],
  ])("%s of %j is read as %j [L48]", async (name, value, kept) => {
    const { body } = await transact(
      book(`read-${name}-${JSON.stringify(value)}`.slice(0, 40), { currency: "EUR", price: "1", [name]: value }),
    )
    expect(body.events[0]!.data.attributes[name]).toEqual({ new: kept })
  })

  test("that nobody knows is named with those that are known [L44 L48]", async () => {
    await expectRefused(
      transact({ entity: "Slip", id: "x", set: { txet: "a" } }),
      422,
      "invalid",
      "/data/ops/0/set/txet",
    )
    await expectRefused(
      transact({ entity: "Slip", id: "x", set: { text: "a" }, add: { tags: ["a"] } }),
      422,
      "invalid",
      "/data/ops/0/add/tags",
    )
    await expectRefused(
      transact({ entity: "Slip", id: "x", set: { text: "a" }, add: { text: ["b", "c"] } }),
      422,
      "invalid",
      "/data/ops/0/add/text",
    )
    await expectRefused(
      transact({ entity: "Slip", id: "x", set: { constructor: "a" } }),
      422,
      "invalid",
      "/data/ops/0/set/constructor",
    )
  })

  test("of another abstract's variant, or through the abstract's name, is the same attribute [L37 L38]", async () => {
    const { body } = await transact({
      entity: "Person",
      id: "p1",
      set: { "Party/name": "Ann", "Person/born": "2000-01-01" },
    })
    expect(body.events[0]!.data.attributes).toEqual({ name: { new: "Ann" }, born: { new: "2000-01-01" } })
    await expectRefused(
      transact({ entity: "Person", id: "p2", set: { name: "A", register: "1" } }),
      422,
      "invalid",
      "/data/ops/0/set/register",
    )
    await expectRefused(
      transact({ entity: "Person", id: "p2", set: { name: "A", mail: "nobody" } }),
      422,
      "invalid",
      "/data/ops/0/set/mail",
    )
    const abstract = await transact({ entity: "Party", id: "p3", set: { name: "A" } })
    expect([abstract.status, abstract.body.errors[0]?.path]).toEqual([422, "/data/ops/0/entity"])
  })
})

describe("what must be there", () => {
  test("a required attribute, on creation and ever after [L44]", async () => {
    await expectRefused(
      transact({ entity: "Branch", id: "br1", set: { city: "Ulm" } }),
      422,
      "invalid",
      "/data/ops/0/set/code",
    )
    await transact({ entity: "Branch", id: "br1", set: { code: "U1" } })
    await expectRefused(
      transact({ entity: "Branch", id: "br1", set: { code: null } }),
      422,
      "invalid",
      "/data/ops/0/set/code",
    )
  })

  test("one of a list, and all or none of another [L45]", async () => {
    await expectRefused(transact({ entity: "Book", id: "l1", set: { title: "T" } }), 422, "invalid", "/data/ops/0/set")
    await expectRefused(
      transact({ entity: "Book", id: "l1", set: { title: "T", shelf: "A1", price: "1" } }),
      422,
      "invalid",
      "/data/ops/0/set/currency",
    )
    expect((await transact({ entity: "Book", id: "l1", set: { title: "T", shelf: "A1" } })).status).toBe(200)
    await expectRefused(transact({ entity: "Book", id: "l1", set: { shelf: null } }), 422, "invalid", "/data/ops/0/set")
    expect((await transact({ entity: "Book", id: "l1", set: { shelf: null, isbn: isbn() } })).status).toBe(200)
  })

  test("all faults of all ops are told at once, each with its place [L44 L79]", async () => {
    await expectRefused(
      transact(book("many1", { pages: 0, title: "" }), { entity: "Copy", id: "many2", set: {} }),
      422,
      "invalid",
      "/data/ops/0/set/title",
      "/data/ops/0/set/pages",
      "/data/ops/1/set/number",
    )
    await expectRefused(
      transact(book("many1", { pages: "x", condition: 5 }), {
        entity: "Slip",
        id: ["Slip/text", "x"],
        set: { text: "y" },
      }),
      422,
      "invalid",
      "/data/ops/0/set/pages",
      "/data/ops/0/set/condition",
      "/data/ops/1/id",
    )
  })
})

describe("what is unique", () => {
  test("is held by one: a second is a conflict that names the attribute and the op, in the store and within one transaction [L49]", async () => {
    const same = isbn()
    await transact(book("u1", { isbn: same }))
    const body = await expectRefused(
      transact(book("u0"), book("u2", { isbn: same })),
      409,
      "conflict",
      "/data/ops/1/set/isbn",
    )
    expect(body).toMatchObject({ attribute: "Book/isbn" })
    await expectRefused(
      transact(book("u3", { shelf: "S1" }), book("u4", { shelf: "S1" })),
      409,
      "conflict",
      "/data/ops/1/set/shelf",
    )
  })

  test("may be handed on within one transaction, and taken again once it is free", async () => {
    await transact(book("h1", { shelf: "H1" }), book("h2", { shelf: "H2" }))
    const swapped = await transact(
      { entity: "Book", id: "h1", set: { shelf: "H2" } },
      { entity: "Book", id: "h2", set: { shelf: "H1" } },
    )
    expect(swapped.status).toBe(200)
    await transact({ retract: "h1" })
    expect((await transact(book("h3", { shelf: "H2" }))).status).toBe(200)
  })

  test("holds against many at once: of 20 with one value 1 is done [L49 N42]", async () => {
    const same = isbn()
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => transact(book(`race-${i}`, { isbn: same }))))
    expect(answers.filter(a => a.status === 200)).toHaveLength(1)
    expect(answers.filter(a => a.body.code === "conflict")).toHaveLength(19)
  })

  test("is an address wherever an entity is named [L77]", async () => {
    const [one, two] = [isbn(), isbn()]
    await transact(
      book("k1", { isbn: one }),
      { entity: "Branch", id: "k2", set: { code: "K" } },
      { entity: "Company", id: "k3", set: { name: "K", register: "HRB 1" } },
    )
    const set = await transact({
      entity: "Book",
      id: ["Book/isbn", one],
      set: {
        branch: ["Branch/code", "K"],
        publisher: ["Company/register", "HRB 1"],
        authors: [["Company/register", "HRB 1"]],
      },
    })
    expect(set.body.events).toMatchObject([
      {
        stream: { id: "k1" },
        data: { attributes: { branch: { new: "k2" }, publisher: { new: "k3" }, authors: { new: ["k3"] } } },
      },
    ])
    const short = await transact({ entity: "Book", id: ["isbn", one], set: { pages: 3 } })
    expect(short.body.events[0]!.stream.id).toBe("k1")
    const cas = await transact({ cas: ["Book/isbn", one], attr: "pages", old: 3, new: 4 })
    expect(cas.body.events[0]!.data.attributes).toEqual({ pages: { old: 3, new: 4 } })
    const taken = await transact({ entity: "Book", id: ["Book/isbn", one], set: { isbn: two } })
    expect(taken.status).toBe(200)
    const gone = await transact({ retract: ["Book/isbn", two] })
    expect(kinds(gone.body.events)).toEqual(["EntityRetracted Book k1"])
    await expectRefused(transact({ retract: ["Book/isbn", two] }), 404, "not-found", "/data/ops/0/retract")
  })

  test("by value alone is no address, nor is what is not unique", async () => {
    await transact(book("v1", { shelf: "V1" }))
    for (const lookup of [
      ["Book/shelf", "V1"],
      ["Book/title", "v1"],
      ["Book/nothing", 1],
      ["Nothing/at", 1],
      ["isbn"],
      ["Book/isbn", {}],
      [],
    ]) {
      const { status, body } = await transact({ entity: "Book", id: lookup, set: { pages: 1 } })
      expect([lookup, status, body.errors?.[0]?.path]).toEqual([lookup, 422, "/data/ops/0/id"])
    }
  })

  test("finds what the same transaction has made [L77]", async () => {
    const mine = isbn()
    const { body } = await transact(book("~w", { isbn: mine }), {
      entity: "Book",
      id: ["Book/isbn", mine],
      set: { pages: 7 },
    })
    expect(body.events).toMatchObject([{ type: "EntityCreated", data: { attributes: { pages: { new: 7 } } } }])
  })
})

describe("a reference", () => {
  test("leads to something that is there, of a type that it may lead to [L43 L44]", async () => {
    await transact(
      { entity: "Person", id: "r-ann", set: { name: "Ann" } },
      { entity: "Slip", id: "r-slip", set: { text: "x" } },
    )
    await expectRefused(transact(book("r1", { publisher: "r-ann" })), 422, "invalid", "/data/ops/0/set/publisher")
    await expectRefused(
      transact(book("r1", { authors: ["r-ann", "r-slip"] })),
      422,
      "invalid",
      "/data/ops/0/set/authors",
    )
    const nobody = await transact(book("r1", { branch: "nobody" }))
    expect([nobody.status, nobody.body.errors?.[0]?.path]).toEqual([422, "/data/ops/0/set/branch"])
    const temp = await transact(book("r1", { branch: "~never" }))
    expect([temp.status, temp.body.errors?.[0]?.path]).toEqual([422, "/data/ops/0/set/branch"])
  })

  test("to a component goes with its holder: retracting takes all that is below [L49 L77]", async () => {
    await transact(
      book("c1", { copies: ["~a", "~b"] }),
      { entity: "Copy", id: "~a", set: { number: 1, slips: ["~s"] } },
      { entity: "Copy", id: "~b", set: { number: 2 } },
      { entity: "Slip", id: "~s", set: { text: "s" } },
    )
    const { body } = await transact({ retract: "c1" })
    expect(body.events.map(e => `${e.type} ${e.stream.type}`).sort()).toEqual([
      "EntityRetracted Book",
      "EntityRetracted Copy",
      "EntityRetracted Copy",
      "EntityRetracted Slip",
    ])
    expect(new Set(body.events.map(e => e.t)).size).toBe(1)
    expect(body.events.map(e => e.n)).toEqual([0, 1, 2, 3])
  })

  test("to what is retracted does not stay behind", async () => {
    await transact({ entity: "Branch", id: "gone", set: { code: "G" } }, book("left", { branch: "gone" }))
    const { status, body } = await transact({ retract: "gone" })
    expect(status).toBe(200)
    expect(kinds(body.events).sort()).toEqual(["EntityChanged Book left", "EntityRetracted Branch gone"])
  })
})

describe("cas", () => {
  test("changes a value that is as expected, else it is a conflict with both [L77]", async () => {
    await transact(book("cas1", { pages: 5 }))
    const done = await transact({ cas: "cas1", attr: "pages", old: 5, new: 6 })
    expect(done.body.events[0]!.data.attributes).toEqual({ pages: { old: 5, new: 6 } })
    const { status, body } = await transact({ cas: "cas1", attr: "Book/pages", old: 5, new: 7 })
    expect([status, body.code, body.errors.map(e => e.path)]).toEqual([409, "conflict", ["/data/ops/0/old"]])
    expect((await transact({ cas: "cas1", attr: "weight", old: null, new: 2 })).status).toBe(200)
    expect(
      (await transact({ cas: "cas1", attr: "weight", old: 2, new: null })).body.events[0]!.data.attributes,
    ).toEqual({ weight: { old: 2 } })
    expect((await transact({ cas: "cas1", attr: "pages", old: 6, new: 6 })).body.events).toEqual([])
  })

  test("of an entity or an attribute that is not there is refused at its place", async () => {
    await expectRefused(
      transact({ cas: "cas1", attr: "nothing", old: null, new: 1 }),
      422,
      "invalid",
      "/data/ops/0/attr",
    )
    await expectRefused(transact({ cas: "cas1", attr: "pages", old: 6, new: 0 }), 422, "invalid", "/data/ops/0/new")
    const op = { cas: "nobody", attr: "pages", old: null, new: 1 }
    await expectRefused(transact(op), 404, "not-found", "/data/ops/0/cas")
  })

  test("decides between many at once: one wins, and none is lost [N42]", async () => {
    await transact(book("counter", { pages: 1 }))
    const bump = async (): Promise<void> => {
      const { events } = await stream("Book", "counter")
      const old = events.at(-1)!.data.attributes["pages"]!.new as number
      if ((await transact({ cas: "counter", attr: "pages", old, new: old + 1 })).status !== 200) await bump()
    }
    await Promise.all(Array.from({ length: 10 }, bump))
    expect((await stream("Book", "counter")).events.at(-1)!.data.attributes["pages"]).toEqual({ old: 10, new: 11 })
  })
})

describe("what is expected", () => {
  const ask = (op: object, rest: object) => server.command({ type: "Transact", ...rest, data: { ops: [op] } })

  test("is meant of everything that is touched, or of the target alone where there is one [N42 X2 X9]", async () => {
    await transact({ entity: "Slip", id: "e1", set: { text: "a" } })
    const t = await basis()
    const op = (id: string, text: string) => ({ entity: "Slip", id, set: { text } })
    const target = { type: "Slip", id: "e1" }
    expect((await ask(op("e1", "b"), { expectedVersion: 0 })).body.code).toBe("conflict")
    expect((await ask(op("e1", "b"), { expectedVersion: 1 })).status).toBe(200)
    expect((await ask(op("e1", "c"), { basisT: t })).body.code).toBe("conflict")
    expect((await ask(op("e2", "a"), { expectedVersion: 2, target })).status).toBe(200)
    expect((await ask(op("e2", "b"), { expectedVersion: 1, target })).body.code).toBe("conflict")
    expect((await ask(op("e2", "b"), { basisT: t, target })).body.code).toBe("conflict")
  })

  test("a target is of a type that is known, and of its own [L44]", async () => {
    const { status, body } = await ask({ entity: "Slip", set: { text: "a" } }, { target: { type: "Slipp", id: "x" } })
    expect([status, body.errors?.[0]?.path]).toEqual([422, "/target/type"])
    const other = await ask({ entity: "Slip", set: { text: "a" } }, { target: { type: "Copy", id: "e1" } })
    expect([other.status, other.body.code]).toEqual([409, "conflict"])
  })
})

test("a map in a reference's place makes what it points at, in the same transaction [L77]", async () => {
  const { body } = await transact(
    book("n1", { branch: { set: { code: "N1" } }, authors: [{ entity: "Person", id: "~p", set: { name: "P" } }] }),
  )
  expect(body.events.map(e => e.stream.type).sort()).toEqual(["Book", "Branch", "Person"])
  const made = body.events.find(e => e.stream.type === "Branch")!
  const attributes = body.events.find(e => e.stream.type === "Book")!.data.attributes
  expect(attributes["branch"]).toEqual({ new: made.stream.id })
  expect(attributes["authors"]).toEqual({ new: [body.result.ids["~p"]] })
  const wrong = await transact(book("n2", { branch: { set: { city: "Ulm" } } }))
  expect(wrong.body.errors.map(e => e.path)).toEqual(["/data/ops/0/set/branch/set/code"])
})

describe("ops that are none", () => {
  test.each([
    [{}, "/data/ops/0/entity"],
    [5, "/data/ops/0"],
    [null, "/data/ops/0"],
    [{ entity: "Slip", id: 5 }, "/data/ops/0/id"],
    [{ entity: 5, id: "x" }, "/data/ops/0/entity"],
    [{ entity: "Slip", id: "x", set: [] }, "/data/ops/0/set"],
    [{ entity: "Slip", id: "x", set: { text: "a" }, add: { text: "a" } }, "/data/ops/0/add/text"],
    [{ entity: "Slip", id: "x", sets: {} }, "/data/ops/0/sets"],
    [{ entity: "Slip", id: "", set: { text: "a" } }, "/data/ops/0/id"],
    [{ entity: "Slip", id: "x".repeat(201), set: { text: "a" } }, "/data/ops/0/id"],
    [{ entity: "Slip", id: "a\u0000b", set: { text: "a" } }, "/data/ops/0/id"],
    [{ retract: 5 }, "/data/ops/0/retract"],
    [{ retract: "x", also: 1 }, "/data/ops/0/also"],
    [{ cas: "x", attr: "pages" }, "/data/ops/0/old"],
    [{ cas: "x", attr: 5, old: 1, new: 2 }, "/data/ops/0/attr"],
    [{ cas: "x", retract: "x" }, "/data/ops/0/cas"],
  ])("%j is refused at %s", async (op, path) => {
    const t = await basis()
    const { status, body } = await transact(op as object)
    expect([status, body.code]).toEqual([422, "invalid"])
    expect(body.errors.map(e => e.path)).toContain(path)
    expect(await basis()).toBe(t)
  })

  test("about a type that nobody knows are refused with the types that are known", async () => {
    const body = await expectRefused(transact({ entity: "Slipp", id: "x" }), 422, "unknown-type", "/data/ops/0/entity")
    expect(body.detail).toContain("Slip")
  })

  test("are as many as 4,000, and more are too large", async () => {
    const many = (length: number) => Array.from({ length }, () => ({ entity: "Slip", set: { text: "x" } }))
    const { body } = await transact(...many(4_000))
    expect(body.events).toHaveLength(4_000)
    expect(body.events.map(e => e.n)).toEqual(body.events.map((_, i) => i))
    const over = await transact(...many(4_001))
    expect([over.status, over.body.code]).toEqual([413, "too-large"])
  })

  test("are a list, in data; and what is retracted was there", async () => {
    expect((await server.command({ type: "Transact" })).body.errors).toMatchObject([{ path: "/data/ops" }])
    expect((await server.command({ type: "Transact", data: { ops: {} } })).body.errors).toMatchObject([
      { path: "/data/ops" },
    ])
    await expectRefused(transact({ retract: "never-was" }), 404, "not-found", "/data/ops/0/retract")
  })
})
