import { expect, test } from "vitest"
import { Refusal } from "../../src/kernel/refusal.ts"
import { parseSchema } from "../../src/schema/parse.ts"
import { rewriteAttributes } from "../../src/schema/transform.ts"
import { bookWith, faultsOf, library, placesOf } from "./making.ts"
import { portal } from "./portal.ts"

test("the worked schema of the security model parses, and says the same afterwards [L26]", () => {
  expect(parseSchema(portal)).toEqual(portal)
})

test("a schema is data: it parses from its own text, rules included [L27]", () => {
  const text = JSON.stringify(portal)
  const schema = parseSchema(JSON.parse(text))
  expect(JSON.stringify(schema)).toBe(text)
})

test("what was parsed, serialized and parsed again is deep-equal [L28]", () => {
  const once = parseSchema(portal)
  expect(parseSchema(JSON.parse(JSON.stringify(once)))).toEqual(once)
})

test("unknown keys survive parsing on the schema, on entities, attributes, rules and messages [L34]", () => {
  const schema = library(
    {
      "x-icon": "book",
      attributes: { title: { type: "string", "x-width": 30, hint: { en: "As on the cover" } } },
      assign: [{ group: "all", when: { eq: [{ path: ["$self", "title"] }, "a"], "x-why": "a test" } }],
    },
    {
      "x-theme": ["dark"],
      groups: { all: { colour: "red" } },
      commands: { Buy: { target: "Book", "x-button": "Buy now" } },
      events: { BookBought: { stream: "Book", sample: {} } },
    },
  )
  expect(parseSchema(schema)).toEqual(schema)
})

test("a parsed schema cannot be changed any more, and the input is left alone", () => {
  const input = { ...bookWith({ title: { type: "string" } }) }
  const schema = parseSchema(input)
  expect(Object.isFrozen(schema)).toBe(true)
  expect(Object.isFrozen(schema.entities["Book"])).toBe(true)
  expect(Object.isFrozen(input)).toBe(false)
})

test("code may rewrite attributes before a schema is parsed, and sees unknown keys [L34] [L46]", () => {
  const written = bookWith({ isbn: { type: "string", "x-kind": "isbn" }, title: { type: "string" } })
  const rewritten = rewriteAttributes(
    written,
    (attribute, { entity, name }) => ({ ...attribute, label: `${entity} ${name}` }),
    attribute => (attribute["x-kind"] === "isbn" ? { ...attribute, pattern: "^\\d{13}$" } : attribute),
  )
  expect(parseSchema(rewritten).entities).toEqual({
    Book: {
      attributes: {
        isbn: { type: "string", "x-kind": "isbn", label: "Book isbn", pattern: "^\\d{13}$" },
        title: { type: "string", label: "Book title" },
      },
    },
  })
})

test("rewriting reaches abstracts and variants, and leaves what is malformed to the parser [L46]", () => {
  const family = {
    abstract: { attributes: { a: { type: "string" } } },
    variants: { V: { attributes: { b: { type: "string" } } } },
  }
  const places: string[] = []
  rewriteAttributes(
    library({ attributes: 3 }, { entities: { F: family, G: { attributes: 3 }, H: 4 } }),
    (attribute, place) => {
      places.push(`${place.entity}/${place.name}`)
      return attribute
    },
  )
  expect(places).toEqual(["F/a", "V/b"])
})

test("a refusal lists every fault at once, and its sentence says the first", () => {
  const schema = bookWith({ title: { type: "strng" }, pages: { type: "integer", minimum: "1" } }, { version: 0 })
  const thrown = (() => {
    try {
      return parseSchema(schema)
    } catch (error) {
      return error
    }
  })()
  expect(thrown).toBeInstanceOf(Refusal)
  expect(thrown).toMatchObject({ code: "invalid", facts: { faults: 3 } })
  expect((thrown as Refusal).message).toBe(
    "The schema has 3 faults, at /version: The version of a schema is a whole number from 1 on",
  )
  expect(placesOf(schema)).toEqual([
    "/version version",
    "/entities/Book/attributes/title/type unknown-type",
    "/entities/Book/attributes/pages/minimum minimum",
  ])
})

test("a fault about a name says which there are", () => {
  const [fault] = faultsOf(bookWith({ title: { type: "strng" } }, { types: { isbn: { type: "string" } } }))
  expect(fault?.message).toBe(
    'There is no type "strng"; known are string, text, boolean, integer, number, decimal, uuid, uri, bytes, json, enum, ref, ' +
      "date, instant, file, isbn",
  )
})

test("a fault about a name among hundreds says some of them and how many more", () => {
  const entities = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`E${i}`, { attributes: {} }]))
  const schema = { daybook: 1, name: "n", version: 1, entities, commands: { Do: { target: "Nothing" } } }
  expect(faultsOf(schema)[0]?.message).toMatch(/known are E0, E1, .* and 20 more$/)
})

test("nothing but JSON is a schema", () => {
  expect(placesOf("schema")).toEqual([" type"])
  expect(placesOf([])).toEqual([" type"])
  expect(placesOf(null)).toEqual([" type"])
  expect(placesOf({ ...bookWith({}), "x-code": () => 1 })).toEqual(["/x-code json"])
  expect(placesOf({ ...bookWith({}), "x-date": new Date(0) })).toEqual(["/x-date json"])
  expect(placesOf({ ...bookWith({}), "x-n": Number.NaN })).toEqual(["/x-n json"])
  expect(placesOf(JSON.parse('{"daybook":1,"__proto__":{"name":"n"}}'))).toEqual(["/__proto__ name"])
})

test("a schema that goes round in itself, or is nested without end, is refused and not followed", () => {
  const round: Record<string, unknown> = { daybook: 1 }
  round["self"] = round
  expect(faultsOf(round)[0]?.code).toBe("depth")
  const deep = JSON.parse(`${'{"not":'.repeat(3_000)}true${"}".repeat(3_000)}`)
  expect(faultsOf(library({ attributes: {}, assign: [{ group: "g", when: deep }] }))[0]?.code).toBe("depth")
})
