import { describe, expect, test } from "vitest"
import type { JsonObject } from "../../src/kernel/json.ts"
import { bookWith, faultsOf, library, placesOf } from "./making.ts"

type Case = readonly [what: string, schema: unknown, places: readonly string[]]

const a = "/entities/Book/attributes/a"
const attribute = (what: string, definition: unknown, ...places: string[]): Case => {
  return [what, bookWith({ a: definition } as JsonObject), places.map(place => a + place)]
}
const entities = (what: string, table: unknown, ...places: string[]): Case => {
  return [what, { ...library({ attributes: {} }), entities: table }, places.map(place => `/entities${place}`)]
}

describe("a malformed schema is refused, with the path of each fault [L27]:", () => {
  const top: readonly Case[] = [
    ["no grammar version", { name: "n", version: 1, entities: {} }, ["/daybook daybook"]],
    ["another grammar version", { daybook: 2, name: "n", version: 1, entities: {} }, ["/daybook daybook"]],
    ["no name", { daybook: 1, version: 1, entities: {} }, ["/name name"]],
    ["an empty name", { daybook: 1, name: " ", version: 1, entities: {} }, ["/name name"]],
    ["no version", { daybook: 1, name: "n", entities: {} }, ["/version version"]],
    ["a broken version", { daybook: 1, name: "n", version: 1.5, entities: {} }, ["/version version"]],
    ["no entities", { daybook: 1, name: "n", version: 1 }, ["/entities required"]],
    ["a list of entities", { daybook: 1, name: "n", version: 1, entities: [] }, ["/entities type"]],
    ["a list of groups", bookWith({}, { groups: ["a"] }), ["/groups type"]],
    ["a group that is true", bookWith({}, { groups: { all: true } }), ["/groups/all type"]],
    ["a label that is no text", bookWith({}, { groups: { all: { label: 1 } } }), ["/groups/all/label type"]],
    ["a list of types", bookWith({}, { types: [] }), ["/types type"]],
  ]
  const names: readonly Case[] = [
    entities("an entity with a slash in its name", { "a/b": { attributes: {} } }, "/a~1b name"),
    entities("an entity without a name", { "": { attributes: {} } }, "/ name"),
    entities(
      "an entity called as read models' streams are",
      { Projection: { attributes: {} } },
      "/Projection reserved",
    ),
    entities("an endless name", { [`E${"e".repeat(200)}`]: { attributes: {} } }, `/E${"e".repeat(200)} name`),
    ["an attribute like a backwards step", bookWith({ _a: { type: "string" } }), ["/entities/Book/attributes/_a name"]],
    [
      "an attribute like a built-in one",
      bookWith({ "@id": { type: "string" } }),
      ["/entities/Book/attributes/@id name"],
    ],
    [
      "an attribute that every object has",
      bookWith({ constructor: { type: "string" } }),
      ["/entities/Book/attributes/constructor name"],
    ],
    ["a group with a space", bookWith({}, { groups: { "a b": {} } }), ["/groups/a b name"]],
    ["a command with a dot", bookWith({}, { commands: { "a.b": { target: "Book" } } }), ["/commands/a.b name"]],
  ]
  const attributes: readonly Case[] = [
    attribute("an attribute that is text", "string", " type"),
    attribute("an attribute without a type", {}, "/type required"),
    attribute("an attribute of an unknown type", { type: "strng" }, "/type unknown-type"),
    attribute("an attribute whose type is what every object has", { type: "toString" }, "/type unknown-type"),
    attribute("a flag that is text", { type: "string", many: "yes" }, "/many type"),
    attribute("a label that is a number", { type: "string", label: 1, doc: 2 }, "/label type", "/doc type"),
    attribute("an unknown kind of unique", { type: "string", unique: true }, "/unique unique"),
    attribute("an identity of many values", { type: "string", unique: "identity", many: true }, "/unique unique"),
    attribute("an index of JSON", { type: "json", index: true }, "/index not-looked-up"),
    attribute("a unique text", { type: "text", unique: "value" }, "/unique not-looked-up"),
    attribute("a fulltext number", { type: "number", fulltext: true }, "/fulltext fulltext"),
    attribute("a component that is no ref", { type: "string", component: true }, "/component component"),
    attribute("targets of what is no ref", { type: "string", to: ["Book"] }, "/to to"),
    attribute("no target at all", { type: "ref", to: [] }, "/to empty"),
    attribute("a target that is text", { type: "ref", to: "Book" }, "/to type"),
    attribute("an unknown target", { type: "ref", to: ["Book", "Bok"] }, "/to/1 unknown-entity"),
  ]
  const constraints: readonly Case[] = [
    attribute("a length of a number", { type: "integer", minLength: 1 }, "/minLength constraint"),
    attribute("a minimum of a string", { type: "string", minimum: 1 }, "/minimum constraint"),
    attribute("a length below zero", { type: "string", maxLength: -1 }, "/maxLength maxLength"),
    attribute("a broken minimum of whole numbers", { type: "integer", minimum: 0.5 }, "/minimum minimum"),
    attribute("a maximum that is text", { type: "decimal", maximum: "9" }, "/maximum maximum"),
    attribute("lengths the wrong way round", { type: "string", minLength: 3, maxLength: 2 }, "/maxLength range"),
    attribute("bounds the wrong way round", { type: "number", minimum: 3, maximum: 2 }, "/maximum range"),
    attribute("a pattern that cannot be read", { type: "string", pattern: "(" }, "/pattern pattern"),
    attribute("a pattern that takes for ever", { type: "string", pattern: "^(a+)+$" }, "/pattern pattern"),
    attribute("a pattern without end", { type: "string", pattern: "a".repeat(501) }, "/pattern pattern"),
    attribute("an unknown format", { type: "string", format: "phone" }, "/format format"),
    attribute("an enum without values", { type: "enum" }, "/values required"),
    attribute("an enum with no values", { type: "enum", values: {} }, "/values empty"),
    attribute("an enum with a list of values", { type: "enum", values: ["a"] }, "/values type"),
    attribute(
      "an enum with labels that are none",
      { type: "enum", values: { a: 1, "": "x" } },
      "/values/a type",
      "/values/ name",
    ),
    attribute("values of what is no enum", { type: "string", values: { a: "A" } }, "/values values"),
    attribute(
      "an enum that shares an unknown one",
      { type: "enum", values: { $ref: "Book/b" } },
      "/values/$ref unknown-attribute",
    ),
    attribute("an enum that shares itself", { type: "enum", values: { $ref: "Book/a" } }, "/values/$ref enum-cycle"),
    attribute("a default of another type", { type: "integer", default: "5" }, "/default default"),
    attribute("a default out of bounds", { type: "integer", minimum: 6, default: 5 }, "/default default"),
    attribute("a default that is no key", { type: "enum", values: { x: "X" }, default: "y" }, "/default default"),
    attribute("a default that is one of many", { type: "string", many: true, default: "x" }, "/default default"),
    attribute("a default among many", { type: "string", many: true, default: ["x", 1] }, "/default/1 default"),
  ]
  test.each([...top, ...names, ...attributes, ...constraints])("%s", (_what, schema, places) => {
    expect(placesOf(schema)).toEqual(places)
  })
})

describe("malformed types, entities and variants are refused, with the path of each fault [L27] [L38] [L47]:", () => {
  const types = (what: string, table: JsonObject, ...places: string[]): Case => [
    what,
    bookWith({}, { types: table }),
    places,
  ]
  const family = (abstract: unknown, variants: unknown) => ({ Book: { abstract, variants } })
  const one = (definition: JsonObject) => ({ attributes: { x: definition } })
  const cases: readonly Case[] = [
    types("a type that is built in", { string: { type: "text" } }, "/types/string built-in-type"),
    types("a type that builds on an unknown one", { a: { type: "b" } }, "/types/a/type unknown-type"),
    types("a type that builds on itself", { a: { type: "a" } }, "/types/a/type type-cycle"),
    types(
      "types in a circle",
      { a: { type: "b" }, b: { type: "a" } },
      "/types/a/type type-cycle",
      "/types/b/type type-cycle",
    ),
    types("a type with a bad pattern", { a: { type: "string", pattern: "[" } }, "/types/a/pattern pattern"),
    entities("an entity that is null", { Book: null }, "/Book type"),
    entities("an entity without attributes", { Book: {} }, "/Book/attributes required"),
    entities("an entity with a list of attributes", { Book: { attributes: [] } }, "/Book/attributes type"),
    entities("a required list that is text", { Book: { attributes: {}, required: ["a"] } }, "/Book/required/0 type"),
    entities("an empty required list", { Book: { attributes: {}, required: [[]] } }, "/Book/required/0 empty"),
    entities(
      "an unknown required attribute",
      { Book: { attributes: {}, required: [["a"]] } },
      "/Book/required/0/0 unknown-attribute",
    ),
    entities(
      "an unknown one in all or none",
      { Book: { attributes: { a: { type: "string" } }, required: [{ allOrNone: ["Book/a", "Book/b"] }] } },
      "/Book/required/0/allOrNone/1 unknown-attribute",
    ),
    entities("an abstract without variants", { Book: { abstract: { attributes: {} } } }, "/Book/variants required"),
    entities("an abstract with no variants", family({ attributes: {} }, {}), "/Book/variants required"),
    entities("variants without an abstract", { Book: { variants: { A: {} } } }, "/Book/abstract required"),
    entities(
      "two variants of one name",
      { ...family({ attributes: {} }, { A: {} }), A: { attributes: {} } },
      "/A duplicate",
    ),
    entities(
      "a variant called as its abstract",
      family({ attributes: {} }, { Book: {} }),
      "/Book/variants/Book duplicate",
    ),
    entities(
      "variants that disagree on a type",
      family({ attributes: {} }, { A: one({ type: "string" }), B: one({ type: "text" }) }),
      "/Book/variants/B/attributes/x clash",
    ),
    entities(
      "variants that disagree on index, many and unique",
      family(
        { attributes: {} },
        { A: one({ type: "string" }), B: one({ type: "string", index: true, many: true, unique: "value" }) },
      ),
      ...["clash", "clash", "clash"].map(code => `/Book/variants/B/attributes/x ${code}`),
    ),
    entities("a variant called as an attribute", family(one({ type: "string" }), { x: {} }), "/Book/variants/x clash"),
    entities(
      "a variant called as an enum's value",
      family(one({ type: "enum", values: { New: "New" } }), { New: {} }),
      "/Book/variants/New clash",
    ),
    entities(
      "an abstract that requires what only a variant has",
      family({ attributes: {}, required: [["x"]] }, { A: one({ type: "string" }) }),
      "/Book/abstract/required/0/0 unknown-attribute",
    ),
  ]
  test.each(cases)("%s", (_what, schema, places) => {
    expect(placesOf(schema)).toEqual(places)
  })

  test("what an attribute asks for beyond its custom type is judged together with it", () => {
    const id = { type: "string", unique: "identity", default: "x" }
    const schema = bookWith(
      { a: { type: "id", many: true }, b: { type: "id", minLength: 2 }, c: { type: "id" } },
      { types: { id } },
    )
    expect(placesOf(schema)).toEqual([
      "/entities/Book/attributes/a/many unique",
      "/entities/Book/attributes/a/many default",
      "/entities/Book/attributes/b/minLength default",
    ])
  })

  test("variants may agree by different ways to the same base type", () => {
    const variants = { A: one({ type: "word" }), B: one({ type: "string", label: "X", index: false }) }
    const schema = bookWith(
      {},
      { types: { word: { type: "string" } }, entities: { Book: { abstract: { attributes: {} }, variants } } },
    )
    expect(faultsOf(schema)).toEqual([])
  })
})
