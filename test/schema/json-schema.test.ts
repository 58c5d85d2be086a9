import { describe, expect, test } from "vitest"
import * as fc from "fast-check"
import { Ajv2020 } from "ajv/dist/2020.js"
import type { Json, JsonObject } from "../../src/kernel/json.ts"
import { lazyValidator } from "../../src/schema/ajv.ts"
import { jsonSchemaOf } from "../../src/schema/json-schema.ts"
import type { EntityType } from "../../src/schema/types.ts"
import { book, bookWith, compiled, library } from "./making.ts"
import { portal } from "./portal.ts"

describe("each thing has a JSON Schema 2020-12 [N20] [X20]:", () => {
  const schema = compiled(portal)

  test("an entity's says what its attributes say", () => {
    const file = jsonSchemaOf(schema, "entities", "File")
    expect(file).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: "/schema/entities/File",
      title: "File",
      type: "object",
      required: ["uuid"],
      additionalProperties: false,
      properties: {
        title: { type: "string", minLength: 1, maxLength: 120 },
        status: { type: "string", enum: ["draft", "published"], "x-labels": { draft: "Draft" }, default: "draft" },
        related: { type: "array", items: { type: "string", "x-to": ["Folder", "File"] } },
        size: { type: "integer", minimum: 0 },
      },
      allOf: [
        { anyOf: [{ required: ["title"] }, { required: ["body"] }] },
        { anyOf: [{ allOf: [{ required: ["blob"] }, { required: ["size"] }] }, { not: {} }] },
      ],
    })
    expect(jsonSchemaOf(schema, "entities", "User")["properties"]).toMatchObject({
      name: { title: "Full Name" },
      "password-digest": { writeOnly: true },
      email: { type: "string", maxLength: 254, pattern: "^[^@\\s]+@[^@\\s]+$" },
    })
  })

  test("a message's is that of its data, under its own address", () => {
    expect(jsonSchemaOf(schema, "commands", "SendTemplate")).toMatchObject({
      $id: "/schema/commands/SendTemplate",
      type: "object",
      required: ["channel"],
    })
    expect(jsonSchemaOf(schema, "events", "TitleTaken")).toMatchObject({
      $id: "/schema/events/TitleTaken",
      type: "object",
    })
    expect(jsonSchemaOf(schema, "commands", "Transact")).toMatchObject({ properties: { ops: { type: "array" } } })
    const loose = compiled(
      library({ attributes: {} }, { commands: { No: { target: "Book", data: false, doc: "Never" } } }),
    )
    expect(jsonSchemaOf(loose, "commands", "No")).toMatchObject({ description: "Never", not: {} })
    expect(loose.commands.get("No")!.validate({})).toHaveLength(1)
  })

  test("all of them are JSON Schema, and JSON", () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    const kinds = [
      ["entities", schema.entities],
      ["commands", schema.commands],
      ["events", schema.events],
    ] as const
    for (const [kind, things] of kinds) {
      for (const name of things.keys()) {
        const published = jsonSchemaOf(schema, kind, name)
        expect(JSON.parse(JSON.stringify(published))).toEqual(published)
        expect([name, ajv.validateSchema(published)]).toEqual([name, true])
      }
    }
  })

  test("what is not there is refused by its name", () => {
    expect(() => jsonSchemaOf(schema, "entities", "Document")).toThrow(
      'There is no entity "Document"; known are User, Org, Folder',
    )
    expect(() => jsonSchemaOf(schema, "commands", "Nothing")).toThrow(
      expect.objectContaining({ code: "unknown-command" }),
    )
    expect(() => jsonSchemaOf(schema, "events", "toString")).toThrow(expect.objectContaining({ code: "unknown-type" }))
  })
})

// One attribute of each kind, each restricted in each way it can be.
const everything: JsonObject = {
  string: { type: "string", minLength: 1, maxLength: 3, pattern: "^[a-z\u{1f600}]*$" },
  email: { type: "string", format: "email" },
  text: { type: "text", maxLength: 5 },
  boolean: { type: "boolean", required: true },
  integer: { type: "integer", minimum: -2, maximum: 2 },
  whole: { type: "integer" },
  number: { type: "number", minimum: 0 },
  decimal: { type: "decimal", minimum: -1.5, maximum: 10 },
  uuid: { type: "uuid" },
  uri: { type: "uri", format: "uri-reference", maxLength: 20 },
  bytes: { type: "bytes" },
  json: { type: "json" },
  enum: { type: "enum", values: { a: "A", b: "B" } },
  ref: { type: "ref", to: ["Book"] },
  date: { type: "date" },
  instant: { type: "instant" },
  file: { type: "file" },
  tags: { type: "string", many: true, required: true },
  notes: { type: "json", many: true },
}
const lists = [["string", "tags"], ["text", "notes"], { allOrNone: ["integer", "number", "notes"] }]

const sha256 = "ab".repeat(32)
const numbers: readonly Json[] = [0, -0, 1, 2, 3, -1.5, 0.5, 1e300, 2 ** 53, 2 ** 53 - 1]
const words = [
  "",
  "a",
  "abc",
  "abcd",
  "\u{1f600}\u{1f600}\u{1f600}",
  "\u{1f600}".repeat(4),
  "A",
  "b",
  "a\u0000",
  "a@b.c",
  "x y",
]
const decimals = ["0", "-0", "-1.5", "-1.51", "10", "10.01", "9.50", "1e1", "00", "123456789012345678901234567890"]
const uuids = ["0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", "0190A1B2-C3D4-7E5F-8A9B-0C1D2E3F4A5B"]
const uris = [
  "urn:a:b",
  "urn:uuid:0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
  "https://example.org/",
  `https://example.org/${"a".repeat(20)}`,
]
const days = ["2026-11-20", "2024-02-29", "2023-02-29", "2026-13-01", "0000-01-01"]
const times = ["15:00:00.000Z", "15:00:00Z", "24:00:00.000Z", "15:00:00.000+01:00", "23:59:60.000Z", "15:00:00.000z"]
const instants = [...times.map(time => `2026-11-20T${time}`), "2026-02-30T15:00:00.000Z", "2026-11-20t15:00:00.000Z"]
const file = { file: "f", size: 1, sha256, mediaType: "a/b" }
const files: readonly Json[] = [
  file,
  { ...file, file: "" },
  { ...file, size: 0.5 },
  { ...file, name: "n" },
  { ...file, sha256: sha256.toUpperCase() },
  { file: "f" },
]
const structures: readonly Json[] = [[], {}, ["a"], ["a", 1], [null], [[]], [{}], { a: [null] }]
const telling: readonly Json[] = [
  null,
  true,
  false,
  ...numbers,
  ...words,
  ...decimals,
  ...uuids,
  ...uris,
  ...days,
  ...instants,
  "AA==",
  "AAA=",
  "AA=",
  "AAAA\n",
  ...files,
  ...structures,
]

describe("a generated JSON Schema and the native validator agree [L30] [X20]:", () => {
  const schema = compiled(library({ attributes: everything, required: lists }))
  const type = schema.entities.get("Book")!
  const byJsonSchema = lazyValidator(jsonSchemaOf(schema, "entities", "Book"))

  const agree = (native: EntityType["validate"], generated: typeof byJsonSchema, document: JsonObject) => {
    const verdicts = { native: native(document).length === 0, generated: generated(document).length === 0 }
    expect({ document, ...verdicts }).toEqual({ document, native: verdicts.generated, generated: verdicts.generated })
    return verdicts.native
  }

  test("on every telling value of every type", () => {
    for (const [name, attribute] of Object.entries(everything)) {
      const one = compiled(bookWith({ [name]: { ...(attribute as JsonObject), required: false } }))
      const generated = lazyValidator(jsonSchemaOf(one, "entities", "Book"))
      const good = telling.filter(value => agree(one.entities.get("Book")!.validate, generated, { [name]: value }))
      expect([name, good.length > 0, good.length < telling.length]).toEqual([name, true, true])
    }
  })

  const likely = fc.constantFrom<Json>(...telling, "a", "b", 0, 1, true, ["a"], "12.5")
  const anyValue = fc.oneof(
    { weight: 4, arbitrary: likely },
    { weight: 1, arbitrary: fc.jsonValue() as fc.Arbitrary<Json> },
  )
  const documents = fc.dictionary(fc.constantFrom(...Object.keys(everything), "unknown"), anyValue)

  test("on documents made by chance", () => {
    let good = 0
    const base = { boolean: true, tags: ["a"], text: "a" }
    fc.assert(
      fc.property(documents, fc.boolean(), (made, built) => {
        if (agree(type.validate, byJsonSchema, built ? { ...base, ...made } : made)) good++
      }),
      { numRuns: 2_000 },
    )
    expect(good).toBeGreaterThan(50)
  })

  test("on good documents with one thing changed", () => {
    const texts = { string: "ab", email: "a@b.c", text: "x", uri: "urn:a:b", bytes: "AA==", enum: "a", ref: "r" }
    const figures = {
      boolean: false,
      integer: 1,
      whole: 7,
      number: 0.5,
      decimal: "1.5",
      uuid: uuids[0],
      date: days[0],
      instant: instants[0],
    }
    const good: JsonObject = { ...texts, ...figures, json: [1], tags: ["x"], notes: [{}], file }
    expect(agree(type.validate, byJsonSchema, good)).toBe(true)
    for (const name of [...Object.keys(good), "unknown"]) {
      const { [name]: _left, ...without } = good
      agree(type.validate, byJsonSchema, without)
      for (const value of telling) agree(type.validate, byJsonSchema, { ...good, [name]: value })
    }
  })

  test("both leave what they judge as it is", () => {
    const document = Object.freeze({ boolean: true, tags: Object.freeze(["a"]), text: "a" })
    expect([book(everything).validate(document), byJsonSchema(document)]).toEqual([[], []])
    expect(document).toEqual({ boolean: true, tags: ["a"], text: "a" })
  })
})
