import { expect, test } from "vitest"
import { daybook as define } from "../../src/app/define.ts"
import { openDaybook } from "../../src/app/open.ts"
import { sqliteStore } from "../../src/adapters/sqlite/index.ts"
import type { JsonObject } from "../../src/kernel/json.ts"
import { Refusal, type Fault } from "../../src/kernel/refusal.ts"
import type { Store } from "../../src/ports/store.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"

const asker = { actor: "system" }
const clock = simulatedClock("2030-01-01T00:00:00Z")
const string = { type: "string" }

function appOf(version: number, entities: JsonObject) {
  return define({ schema: { daybook: 1, name: "books", version, entities } })
}

/** A store that outlives the daybooks that are opened on it. */
function lasting(): Store {
  return { ...sqliteStore({ path: ":memory:" }), close() {} }
}

async function opened(store: Store, version: number, entities: JsonObject, alter = false) {
  return openDaybook(appOf(version, entities), { store, clock, ids: seededIds(version), alter })
}

const first = {
  Book: { attributes: { title: string, isbn: string, pages: { type: "integer" }, by: { type: "ref" } } },
  Person: { attributes: { name: string } },
}

/** A store on which version 1 is in force, with some books in it. */
async function shelf(): Promise<Store> {
  const store = lasting()
  const daybook = await opened(store, 1, first)
  const put = async (id: string, entity: string, set: JsonObject) => {
    await daybook.request(
      { id: `put ${id}`, type: "Transact", target: null, data: { ops: [{ entity, id, set }] } },
      asker,
    )
  }
  await put("ann", "Person", { name: "Ann" })
  await put("a", "Book", { title: "Alpha", isbn: "1", pages: 10, by: "ann" })
  await put("b", "Book", { title: "Beta", isbn: "1", pages: 2_000, by: "a" })
  await put("c", "Book", { isbn: "2" })
  await daybook.close()
  return store
}

function book(attributes: JsonObject, rest: JsonObject = {}): JsonObject {
  return { ...first, Book: { attributes: { ...first.Book.attributes, ...attributes }, ...rest } }
}

async function faultsOf(opening: Promise<unknown>): Promise<readonly Fault[]> {
  const error: unknown = await opening.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error === null) return []
  if (!(error instanceof Refusal)) throw new Error("It is no refusal", { cause: error })
  expect(error).toMatchObject({ code: "invalid", facts: { schemaInForce: 1 } })
  return error.faults
}

test("a schema that adds and relaxes comes into force as it is [L51]", async () => {
  const store = await shelf()
  const entities = { ...book({ subtitle: string, title: { ...string, maxLength: 99 } }), Shelf: { attributes: {} } }
  expect(await faultsOf(opened(store, 2, entities))).toEqual([])
  expect((await store.maintenance.schemas()).map(({ version }) => version)).toEqual([1, 2])
})

test("another rule of security gives other rights to the same data, of which nothing is written [L33]", async () => {
  const store = await shelf()
  const readBy = (when: JsonObject) =>
    book({}, { assign: [{ group: "reader", when }], permissions: { read: "reader" } })
  const rules = [{ eq: [{ path: ["$self", "isbn"] }, "1"] }, { reaches: ["$self", ["by"], "$security"] }]
  const told: unknown[] = []
  const basis = await store.basis()
  const stored = [await store.entities.versions("a"), await store.entities.versions("b"), await store.log.read(0, 100)]
  for (const [i, rule] of rules.entries()) {
    const daybook = await opened(store, i + 2, readBy(rule))
    const { result } = await daybook.query(
      { find: [["?b", "..."]], where: [["?b", "@type", "Book"]] },
      { principal: "ann" },
    )
    told.push(result)
    await daybook.close()
  }
  expect(told).toEqual([["a", "b"], ["a"]])
  expect(await store.basis()).toBe(basis)
  expect([
    await store.entities.versions("a"),
    await store.entities.versions("b"),
    await store.log.read(0, 100),
  ]).toEqual(stored)
})

test("another schema of the same version, or of a lower one, is refused, and the one in force stays [L51]", async () => {
  const store = await shelf()
  expect(await faultsOf(opened(store, 1, book({ x: string }), true))).toMatchObject([{ path: "/version" }])
  expect(await store.maintenance.schemas()).toHaveLength(1)
  expect(await faultsOf(opened(store, 1, first))).toEqual([])
})

test.each<[string, JsonObject, Partial<Fault>]>([
  [
    "newly required",
    book({ title: { ...string, required: true } }),
    {
      path: "/entities/Book/attributes/title",
      code: "required",
      message: "Book/title must have a value: 1 stored entity is against it (c)",
    },
  ],
  [
    "bounded",
    book({ pages: { type: "integer", maximum: 99 } }),
    {
      path: "/entities/Book/attributes/pages",
      message: "Book/pages must be at most 99: 1 stored entity is against it (b)",
    },
  ],
  [
    "another pattern",
    book({ title: { ...string, pattern: "^A" } }),
    { message: expect.stringContaining("(b)") as string },
  ],
  [
    "a narrower target",
    book({ by: { type: "ref", to: ["Person"] } }),
    {
      path: "/entities/Book/attributes/by",
      code: "ref",
      message: "Book/by must point at Person: 1 stored entity is against it (b)",
    },
  ],
  ["one of several required", book({}, { required: [["title", "pages"]] }), { path: "/entities/Book/required" }],
  [
    "an attribute that is gone",
    { ...first, Book: { attributes: { title: string, isbn: string, by: { type: "ref" } } } },
    {
      path: "/entities/Book/attributes/pages",
      message: expect.stringMatching(
        /no attribute "pages" of Book.*2 stored entities are against it \(a, b\)/,
      ) as string,
    },
  ],
])(
  "%s: what is against it is listed with its count and examples, and passes if it is to [L49 L51]",
  async (_, entities, fault) => {
    const store = await shelf()
    expect(await faultsOf(opened(store, 2, entities))).toMatchObject([fault])
    expect(await faultsOf(opened(store, 2, entities, true))).toEqual([])
  },
)

test.each<[string, JsonObject, Partial<Fault>]>([
  [
    "a unique attribute with values that are there twice",
    book({ isbn: { ...string, unique: "value" } }),
    {
      path: "/entities/Book/attributes/isbn",
      code: "unique",
      message: 'Book/isbn must be unique: 1 stored entity is against it (b and a have "1")',
    },
  ],
  [
    "an entity type that is gone",
    { Book: first.Book },
    {
      path: "/entities/Person",
      code: "removed",
      message: "There is no entity Person any more: 1 stored entity is against it (ann)",
    },
  ],
  ["another type, where the attribute does not say so", book({ pages: string }), { code: "altered" }],
])("%s is refused whatever is said [L49 L51]", async (_, entities, fault) => {
  const store = await shelf()
  expect(await faultsOf(opened(store, 2, entities, true))).toContainEqual(expect.objectContaining(fault))
})

test("where both sides say so, an attribute alters how it is stored, and what is stored stays readable [L49]", async () => {
  const store = await shelf()
  const entities = book({ pages: { ...string, alter: true } })
  expect(await faultsOf(opened(store, 2, entities))).toMatchObject([{ code: "altered" }, { code: "type" }])
  expect(await faultsOf(opened(store, 2, entities, true))).toEqual([])
  expect((await store.entities.heads(["a"]))[0]?.document).toMatchObject({ pages: 10 })
})

test("what is newly looked up is found by all it ever was, and no more once it is not looked up [L49 L51]", async () => {
  const store = await shelf()
  const daybook = await opened(store, 2, book({ title: { ...string, index: true } }))
  const set = { title: "Gamma" }
  const ops = [{ entity: "Book", id: "a", set }]
  await daybook.request({ id: "rename", type: "Transact", target: null, data: { ops } }, asker)
  expect([
    await store.entities.holders("Book/title", "Beta"),
    await store.entities.holdersAt("Book/title", "Alpha", 3),
  ]).toEqual([["b"], ["a"]])
  expect(await store.entities.holders("Book/title", "Alpha")).toEqual([])
  await opened(store, 3, first)
  expect(await store.entities.wasHeld("Book/title", "Alpha")).toBe(false)
  await opened(store, 4, book({ title: { ...string, index: true } }))
  expect(await store.entities.holdersAt("Book/title", "Alpha", 3)).toEqual(["a"])
  const found = []
  for await (const finding of store.maintenance.verify()) found.push(finding)
  expect(found).toEqual([])
})

test("what is made ready goes on where it was interrupted, and the schema is in force only then [L51]", async () => {
  const inner = await shelf()
  const asked: number[] = []
  let isBroken = true
  const store: Store = {
    ...inner,
    maintenance: {
      ...inner.maintenance,
      rebuildValues(attributes, after) {
        asked.push(after)
        if (after > 1 && isBroken) throw new Refusal("unavailable", "The disk is full")
        return inner.maintenance.rebuildValues(attributes, after, 1)
      },
    },
  }
  const entities = book({ title: { ...string, index: true } })
  await expect(opened(store, 2, entities)).rejects.toThrow("The disk is full")
  expect(await store.maintenance.schemas()).toHaveLength(1)
  isBroken = false
  await opened(store, 2, entities)
  expect(asked.slice(0, 4)).toEqual([0, 1, 2, 2])
  expect(await store.entities.holders("Book/title", "Beta")).toEqual(["b"])
})
