import { describe, expect, test } from "vitest"
import type { JsonObject } from "../../src/kernel/json.ts"
import { expandSchema } from "../../src/schema/expand.ts"
import { parseSchema } from "../../src/schema/parse.ts"
import { bookWith, compiled, library } from "./making.ts"
import { portal } from "./portal.ts"

const expanded = (schema: JsonObject) => expandSchema(parseSchema(schema))
const string = { type: "string" }

describe("a schema expands:", () => {
  const family = {
    abstract: {
      attributes: { title: { ...string, maxLength: 10 }, pages: { type: "integer" } },
      required: [["title", "pages"]],
      assign: [{ group: "a", when: { eq: [{ path: ["$self", "title"] }, "x"] } }],
      implies: { a: ["b"] },
      permissions: { read: "a", write: "a" },
      "x-icon": "book",
      "x-size": 1,
    },
    variants: {
      Novel: {
        attributes: { title: { ...string, maxLength: 99 }, genre: string },
        required: [{ allOrNone: ["Novel/genre", "Book/title"] }],
        assign: [{ group: "b", when: { exists: ["$self", ["genre"]] } }],
        permissions: { write: "b" },
        "x-size": 2,
      },
      Atlas: {},
    },
  }
  const more = { groups: { a: {}, b: {} }, entities: { Book: family, Shop: { attributes: { name: string } } } }
  const { entities, abstracts, attributes } = expanded(bookWith({}, more))

  test("entity types are the lone entities and the variants; abstracts disappear [L37] [L38]", () => {
    expect(Object.keys(entities)).toEqual(["Novel", "Atlas", "Shop"])
    expect(abstracts).toEqual({ Book: ["Novel", "Atlas"] })
  })

  test("a variant has the attributes of its abstract and its own, and its own win [L38]", () => {
    expect(Object.keys(entities["Novel"]!.attributes)).toEqual(["title", "pages", "genre"])
    expect(entities["Novel"]!.attributes["title"]).toMatchObject({ maxLength: 99, entity: "Novel" })
    expect(entities["Atlas"]!.attributes["title"]).toMatchObject({ maxLength: 10, entity: "Atlas" })
  })

  test("required lists and assign rules of both are concatenated, in short and in full names [L39]", () => {
    expect(entities["Novel"]!.required).toEqual([["title", "pages"], { allOrNone: ["genre", "title"] }])
    expect(entities["Atlas"]!.required).toEqual([["title", "pages"]])
    expect(entities["Novel"]!.assign).toEqual([
      { group: "a", when: { eq: [{ path: ["$self", "Book/title"] }, "x"] } },
      { group: "b", when: { exists: ["$self", ["Novel/genre"]] } },
    ])
  })

  test("permissions, implied groups and unknown keys are merged, the variant's win [L34] [L38]", () => {
    expect(entities["Novel"]).toMatchObject({ permissions: { read: "a", write: "b" }, implies: { a: ["b"] } })
    expect(entities["Novel"]).toMatchObject({ "x-icon": "book", "x-size": 2 })
    expect(entities["Shop"]).toMatchObject({ permissions: {}, implies: {}, assign: [], required: [] })
  })

  test("an attribute is known by Entity/attr, and by Abstract/attr in all variants [L37]", () => {
    const names =
      "Novel/title Book/title Novel/pages Book/pages Novel/genre Book/genre Atlas/title Atlas/pages Shop/name"
    expect(Object.keys(attributes)).toEqual(names.split(" "))
    expect(attributes["Book/pages"]?.map(a => a.entity)).toEqual(["Novel", "Atlas"])
    expect(attributes["Shop/name"]?.[0]).toMatchObject({ fullName: "Shop/name", entity: "Shop" })
    expect(attributes["Novel/genre"]?.[0]).toMatchObject({ fullName: "Book/genre", entity: "Novel" })
  })

  test("an attribute has one value unless it says many, and need not be there unless it says so [L40]", () => {
    const { Book } = expanded(bookWith({ a: string, b: { ...string, many: true, required: true } })).entities
    expect(Book!.attributes["a"]).toMatchObject({ many: false, required: false, propagate: [] })
    expect(Book!.attributes["b"]).toMatchObject({ many: true, required: true })
  })

  test("the same schema expands to the same, in the same order, whatever was expanded before", () => {
    const once = JSON.stringify(expanded(portal))
    expanded(bookWith({}, more))
    expect(JSON.stringify(expanded(portal))).toBe(once)
  })
})

describe("names are resolved:", () => {
  test("custom types build on each other down to a base type; what is nearer wins [L46]", () => {
    const types = {
      email: { type: "short", pattern: "@", "x-kind": "email", label: "E-mail" },
      short: { type: "string", maxLength: 9, label: "Short", index: true },
    }
    const { Book } = expanded(bookWith({ mail: { type: "email", label: "Mail" } }, { types })).entities
    expect(Book!.attributes["mail"]).toMatchObject({
      type: "string",
      maxLength: 9,
      pattern: "@",
      label: "Mail",
      index: true,
      "x-kind": "email",
      definition: { type: "email", label: "Mail" },
    })
  })

  test("a ref to an abstract is a ref to each of its variants, each once [L43]", () => {
    const { entities } = expanded(portal)
    expect(entities["Share"]!.attributes["document"]!.to).toEqual(["Folder", "File"])
    expect(entities["File"]!.attributes["folder"]!.to).toEqual(["Folder"])
    const more = {
      entities: {
        Book: {
          abstract: { attributes: {} },
          variants: { N: { attributes: { r: { type: "ref", to: ["N", "Book"] } } } },
        },
      },
    }
    expect(expanded(bookWith({}, more)).entities["N"]!.attributes["r"]!.to).toEqual(["N"])
  })

  test("an enum may share the values of another, also over several steps [L42]", () => {
    const attributes = {
      a: { type: "enum", values: { $ref: "Book/b" } },
      b: { type: "enum", values: { $ref: "Book/c" }, default: "x" },
      c: { type: "enum", values: { x: "The X", y: "The Y" } },
    }
    const { Book } = expanded(bookWith(attributes)).entities
    expect(Book!.attributes["a"]!.values).toEqual({ x: "The X", y: "The Y" })
    expect(compiled(bookWith(attributes)).attribute("Book/a")!.keys).toEqual(["x", "y"])
  })

  test("short names in the guards of edges become those of the holder", () => {
    const up = { eq: [{ path: ["$child", "title"] }, { path: ["$parent", "Book/title"] }] }
    const next = { type: "ref", propagate: [{ direction: "reverse", when: { not: up } }] }
    const { Book } = expanded(bookWith({ title: string, next })).entities
    expect(Book!.attributes["next"]!.propagate[0]!.when).toEqual({
      not: { eq: [{ path: ["$child", "Book/title"] }, { path: ["$parent", "Book/title"] }] },
    })
  })

  test("every kind of predicate is written in full", () => {
    const path = ["$self", "title"]
    const preds = [
      { and: [{ or: [{ lt: [{ path }, "a"] }] }] },
      ...["eq", "lte", "gt", "gte"].map(op => ({ [op]: ["a", { path }] })),
      { in: [{ path }, ["a"]] },
      { reaches: ["$self", [{ star: "next" }, "Book/next"], "$security"] },
      { is: ["$self", "$security"] },
      { type: ["$self", "Book"] },
      true,
    ]
    const attributes = { title: string, next: { type: "ref" } }
    const schema = library({ attributes, assign: preds.map(when => ({ group: "g", when })) })
    const text = JSON.stringify(expanded(schema).entities["Book"]!.assign)
    expect(text.match(/"(Book\/)?(title|next)"/g)).toEqual([
      ...Array<string>(6).fill('"Book/title"'),
      '"Book/next"',
      '"Book/next"',
    ])
  })
})
