import { readFileSync } from "node:fs"
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js"
import addFormats from "ajv-formats"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { allEvents, library, serve, workshop, type Served } from "./world.ts"

type Json = Readonly<Record<string, unknown>>
let shop: Served
let books: Served
beforeAll(async () => {
  const memory = ["--data", ":memory:"]
  ;[shop, books] = await Promise.all([serve([workshop, ...memory]), serve([library, ...memory])])
})
afterAll(() => Promise.all([shop.stop(), books.stop()]))

const get = (server: Served, path: string, headers: Record<string, string> = {}) => server.ask(path, { headers })
const json = async (server: Served, path: string) => (await get(server, path)).body as unknown as Json

function validatorOf(schema: Json): ValidateFunction {
  // A client that is not ours: strict about what a schema may say, but for our own notes.
  const ajv = new Ajv2020({ allErrors: true, strict: "log", logger: false, formats: {} })
  addFormats.default(ajv)
  return ajv.compile(schema)
}

test("/schema is the schema as it was written, with all that nobody here knows [L26 L28 L34 HA5]", async () => {
  const answer = await get(books, "/schema")
  expect(answer.body).toEqual(JSON.parse(readFileSync(library, "utf8")))
  expect(answer.headers.get("content-type")).toContain("application/json")
})

test("every document has a tag, and who has it is told no more than that [HA5]", async () => {
  const paths = [
    "/schema",
    "/schema/entities/Piece",
    "/schema/commands/PlacePiece",
    "/schema/events/PieceGlazed",
    "/catalogue",
  ]
  for (const path of [...paths, "/openapi.json", "/asyncapi.json"]) {
    const first = await get(shop, path)
    const etag = first.headers.get("etag")!
    expect([path, first.status]).toEqual([path, 200])
    expect(etag).toMatch(/^(?:W\/)?"[^"]+"$/)
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const again = await get(shop, path, { "if-none-match": known })
      expect([path, again.status, again.text, again.headers.get("etag")]).toEqual([path, 304, "", etag])
    }
    expect((await get(shop, path, { "if-none-match": '"other"' })).text).toBe(first.text)
  }
  for (const path of [
    "/schema/entities/Nothing",
    "/schema/commands/Nothing",
    "/schema/events/Nothing",
    "/schema/nothing",
  ]) {
    expect((await get(shop, path)).status).toBe(404)
  }
  expect((await get(shop, "/schema/entities/constructor")).status).toBe(404)
  expect((await get(shop, "/schema/entities/__proto__")).status).toBe(404)
})

describe("JSON Schema says of a message what the server says [N20 L30 X20]", () => {
  const place = { glaze: "blue", grams: 10 }
  const corpus: [string, unknown][] = [
    ["PlacePiece", place],
    ["PlacePiece", { ...place, grams: 1.0 }],
    ["PlacePiece", { ...place, grams: 0 }],
    ["PlacePiece", { ...place, grams: 1.5 }],
    ["PlacePiece", { ...place, grams: "10" }],
    ["PlacePiece", { ...place, grams: null }],
    ["PlacePiece", { ...place, glaze: "" }],
    ["PlacePiece", { ...place, more: 1 }],
    ["PlacePiece", { glaze: "blue" }],
    ["PlacePiece", {}],
    ["Lock", {}],
    ["Lock", { name: "a", pin: "1", more: true }],
    ["Lock", { name: 5 }],
    ["Faint", {}],
    ["Faint", { a: 1 }],
    ["Fire", { ms: 1, more: 2 }],
    ["Fire", { ms: "1" }],
  ]
  test.each(corpus)("%s %j", async (type, data) => {
    const schema = await json(shop, `/schema/commands/${type}`)
    expect(schema["$schema"]).toBe("https://json-schema.org/draft/2020-12/schema")
    const of = type === "Fire" ? "Kiln" : "Piece"
    const target = { type: of, id: `corpus-${of}` }
    const { status, body } = await shop.command({ type, target, data })
    const isValid = validatorOf(schema)(data)
    expect([status, body.code]).toEqual(isValid ? [200, undefined] : [422, "invalid"])
  })

  test("of every event that was recorded", async () => {
    const events = await allEvents(shop.ask)
    expect(events.length).toBeGreaterThan(3)
    for (const { type, data } of events)
      expect(validatorOf(await json(shop, `/schema/events/${type}`))(data)).toBe(true)
  })

  const base = { isbn: "9781234567890", title: "T" }
  test.each([
    base,
    { ...base, shelf: "A" },
    { title: "T" },
    { isbn: "9781234567890" },
    { ...base, isbn: "1" },
    { ...base, title: "" },
    { ...base, title: "ä".repeat(80) },
    { ...base, title: "x".repeat(81) },
    { ...base, title: "👩".repeat(80) },
    { ...base, title: "👩".repeat(81) },
    { ...base, price: "1", currency: "EUR" },
    { ...base, price: "1" },
    { ...base, pages: 0 },
    { ...base, pages: 10_000 },
    { ...base, pages: 1.5 },
    { ...base, condition: "new" },
    { ...base, condition: "burnt" },
    { ...base, published: "2024-02-29" },
    { ...base, published: "2023-02-29" },
    { ...base, acquired: "2024-02-29T00:00:00.000Z" },
    { ...base, key: "5526ba99-047d-49a1-8a14-3247ca1e8727" },
    { ...base, key: "5526" },
    { ...base, link: "https://example.com/a?b#c" },
    { ...base, link: "no uri" },
    { ...base, tags: ["a", "b"] },
    { ...base, tags: ["a", 5] },
    { ...base, lent: true },
    { ...base, weight: 1e-9 },
    { ...base, notes: { a: [] } },
    { ...base, more: 1 },
  ])("of an entity: %j", async set => {
    const isValid = validatorOf(await json(books, "/schema/entities/Book"))(set)
    const id = `corpus-${JSON.stringify(set).length}-${Math.trunc(performance.now() * 1e3)}`
    const { status, body } = await books.transact({ entity: "Book", id, set })
    expect([status, body.code, body.errors !== undefined]).toEqual(
      isValid ? [200, undefined, false] : [422, "invalid", true],
    )
    await books.transact(...(isValid ? [{ retract: id }] : []))
  })

  test("of a variant, which has all of its abstract", async () => {
    const schema = await json(books, "/schema/entities/Company")
    expect(Object.keys(schema["properties"] as object).toSorted()).toEqual(["mail", "name", "register"])
    expect(validatorOf(schema)({ name: "C", mail: "a@example.com" })).toBe(true)
    expect(validatorOf(schema)({ name: "C", mail: "nobody" })).toBe(false)
    expect((await get(books, "/schema/entities/Party")).status).toBe(404)
  })
})

test("/catalogue says of every message who produces and who consumes it [N17 A3 HA5]", async () => {
  const { commands, events } = (await json(shop, "/catalogue")) as Record<string, Json[]>
  expect(commands!.map(c => c["type"])).toEqual(
    expect.arrayContaining(["Transact", "PlacePiece", "Reglaze", "Fire", "Lock", "Stumble", "Faint"]),
  )
  const glazed = events!.find(e => e["type"] === "PieceGlazed")!
  expect(glazed).toMatchObject({ stream: "Piece", version: 2, rejection: false })
  expect(glazed["consumedBy"]).toEqual(expect.arrayContaining(["projection by-glaze"]))
  expect(events!.find(e => e["type"] === "KilnFired")!["consumedBy"]).toContain("processor tell")
})

describe("/openapi.json", () => {
  test("describes every call, each with what it takes and answers, and every reference leads somewhere [N11 HA3]", async () => {
    const doc = await json(shop, "/openapi.json")
    expect(doc["openapi"]).toMatch(/^3\.1\./)
    expect(doc["info"]).toMatchObject({ title: "workshop", version: "4" })
    const paths = doc["paths"] as Record<string, Record<string, Json>>
    const calls = Object.entries(paths).flatMap(([path, item]) => Object.keys(item).map(verb => `${verb} ${path}`))
    for (const call of [
      "post /commands",
      "get /commands",
      "get /commands/{id}",
      "post /commands/{id}/abort",
      "get /events",
      "get /streams/{type}/{id}",
      "get /schema",
      "get /schema/commands/{type}",
      "get /schema/events/{type}",
      "get /schema/entities/{type}",
      "get /catalogue",
      "get /openapi.json",
      "get /asyncapi.json",
      "get /health",
      "get /ready",
      "get /metrics",
      "get /dead-letters",
      "post /dead-letters/{id}/redrive",
      "post /dead-letters/{id}/drop",
      "get /projections",
      "post /projections/{name}/rebuild",
    ])
      expect(calls).toContain(call)
    const ids = Object.values(paths).flatMap(item => Object.values(item).map(o => o["operationId"]))
    expect(new Set(ids).size).toBe(ids.length)
    for (const [path, item] of Object.entries(paths)) {
      for (const operation of Object.values(item)) {
        const named = (operation["parameters"] as Json[] | undefined) ?? []
        const inPath = named.filter(p => p["in"] === "path").map(p => p["name"])
        expect([path, inPath]).toEqual([path, [...path.matchAll(/\{(\w+)\}/g)].map(m => m[1])])
        expect(Object.keys(operation["responses"] as object).length).toBeGreaterThan(0)
      }
    }
    expect(refsOf(doc).filter(ref => resolved(doc, ref) === undefined)).toEqual([])
  })

  test("its schemas hold what is really answered", async () => {
    const doc = await json(shop, "/openapi.json")
    const outcome = (
      await shop.command({ type: "PlacePiece", target: { type: "Piece", id: "doc" }, data: { glaze: "a", grams: 1 } })
    ).body
    const refused = (await shop.command({ type: "PlacePiece", target: { type: "Piece", id: "doc" }, data: {} })).body
    const instance = (await get(shop, `/commands/${outcome.id}`)).body
    const checks: [string, unknown][] = [
      ["Outcome", outcome],
      ["Event", outcome.events[0]],
      ["Problem", refused],
      ["Instance", instance],
    ]
    for (const [name, said] of checks) {
      const schema = { $ref: `#/components/schemas/${name}`, components: doc["components"] }
      const validate = validatorOf(schema)
      expect([name, validate(said), validate.errors]).toEqual([name, true, null])
      expect(validate({})).toBe(false)
    }
  })

  test("and so does AsyncAPI, of the messages [N11 N20]", async () => {
    const doc = await json(shop, "/asyncapi.json")
    expect(doc["asyncapi"]).toMatch(/^3\./)
    expect(refsOf(doc).filter(ref => resolved(doc, ref) === undefined)).toEqual([])
  })
})

function refsOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return []
  return Object.entries(value).flatMap(([key, member]) =>
    key === "$ref" && typeof member === "string" ? [member] : refsOf(member),
  )
}

function resolved(doc: Json, ref: string): unknown {
  if (!ref.startsWith("#/")) return undefined
  return ref
    .slice(2)
    .split("/")
    .map(step => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce<unknown>((found, step) => (found as Json | undefined)?.[step], doc)
}
