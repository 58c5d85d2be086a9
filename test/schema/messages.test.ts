import { describe, expect, test } from "vitest"
import type { Json, JsonObject } from "../../src/kernel/json.ts"
import { bookWith, compiled, placesOf } from "./making.ts"
import { portal } from "./portal.ts"

const withCommand = (definition: Json) => bookWith({}, { commands: { Buy: definition } })
const withData = (data: Json) => withCommand({ target: "Book", data })

describe("commands and events that are malformed are refused, with the path of each fault [N20]:", () => {
  const faulty: readonly (readonly [string, JsonObject, ...string[]])[] = [
    ["a command that is text", withCommand("Book"), " type"],
    ["no target", withCommand({}), "/target required"],
    ["an unknown target", withCommand({ target: "Bok" }), "/target unknown-entity"],
    ["a permission that is none", withCommand({ target: "Book", requires: ["write"] }), "/requires type"],
    ["a permission with a space", withCommand({ target: "Book", requires: "may write" }), "/requires name"],
    [
      "sensitive places that are no pointers",
      withCommand({ target: "Book", sensitive: ["/a", "b", "/c~2"] }),
      "/sensitive/1 pointer",
      "/sensitive/2 pointer",
    ],
    ["a doc that is no text", withCommand({ target: "Book", doc: {} }), "/doc type"],
    ["data that is text", withData("object"), "/data type"],
    ["data of no known type", withData({ type: "objekt" }), "/data/type json-schema"],
    ["properties in a list", withData({ properties: [] }), "/data/properties json-schema"],
    ["another dialect", withData({ $schema: "http://json-schema.org/draft-07/schema#" }), "/data/$schema dialect"],
    [
      "a reference to elsewhere",
      withData({ properties: { a: { $ref: "https://example.org/a.json" } } }),
      "/data/properties/a/$ref remote-ref",
    ],
    ["a reference to nothing", withData({ items: { $ref: "#/$defs/a" } }), "/data/items/$ref unknown-ref"],
    ["a reference to no anchor", withData({ allOf: [{ $ref: "#a" }] }), "/data/allOf/0/$ref unknown-ref"],
    ["a part with an address", withData({ not: { $id: "https://example.org/a.json" } }), "/data/not/$id nested-id"],
    ["validation that waits", withData({ $async: true }), "/data/$async async"],
    [
      "a pattern that takes for ever",
      withData({ properties: { a: { pattern: "(\\w+)*$" } } }),
      "/data/properties/a/pattern pattern",
    ],
    ["a pattern of names", withData({ patternProperties: { "(": true } }), "/data/patternProperties/( pattern"],
  ]
  const cases = faulty.map(([what, schema, ...places]) => [what, schema, places] as const)
  test.each(cases)("%s", (_what, schema, places) => {
    expect(placesOf(schema)).toEqual(places.map(place => `/commands/Buy${place}`))
  })

  test("a JSON Schema that comes back to itself for the same value is endless, one that goes deeper is not", () => {
    const endless = (data: Json) => placesOf(withData(data)).map(place => place.replace("/commands/Buy/data", ""))
    expect(endless({ $ref: "#" })).toEqual(["/$ref endless"])
    expect(
      endless({ properties: { a: { $ref: "#/$defs/b" } }, $defs: { b: { allOf: [{ $ref: "#/$defs/b" }] } } }),
    ).toEqual(["/properties/a/$ref/allOf/0/$ref endless"])
    expect(endless({ $ref: "#/$defs/n", $defs: { n: { properties: { next: { $ref: "#/$defs/n" } } } } })).toEqual([])
    expect(endless({ $defs: { a: { $anchor: "x" }, b: { $anchor: "x" } } })).toEqual([
      "/$defs/b/$anchor duplicate-anchor",
    ])
  })

  test("an event without a stream, with a version of zero, a rejection that is text", () => {
    const events = {
      A: {},
      B: { stream: "Book", version: 0 },
      C: { stream: "Book", rejection: "no" },
      D: { stream: "x" },
    }
    expect(placesOf(bookWith({}, { events }))).toEqual([
      "/events/A/stream required",
      "/events/B/version version",
      "/events/C/rejection type",
      "/events/D/stream unknown-entity",
    ])
  })

  test("messages under the names of those that are built in", () => {
    const more = { commands: { Transact: { target: "Book" } }, events: { EntityChanged: { stream: "Book" } } }
    expect(placesOf(bookWith({}, more))).toEqual(["/commands/Transact reserved", "/events/EntityChanged reserved"])
  })

  test("references within the data are fine, and so is what only looks like one", () => {
    const data = {
      $defs: { isbn: { $anchor: "isbn", type: "string" }, "a/b": true },
      properties: { a: { $ref: "#/$defs/isbn" }, b: { $ref: "#isbn" }, c: { $ref: "#" }, d: { $ref: "#/$defs/a~1b" } },
      const: { $ref: "https://example.org" },
    }
    expect(placesOf(withData(data))).toEqual([])
  })
})

describe("data is validated by its JSON Schema [N20]:", () => {
  const data = {
    type: "object",
    properties: {
      isbn: { type: "string", pattern: "^\\d+$" },
      copies: { type: "integer", minimum: 1, default: 1 },
      kind: { enum: ["new", "used"] },
      at: { type: "string", format: "date-time" },
    },
    required: ["isbn"],
    additionalProperties: false,
  }
  const buy = compiled(withData(data)).commands.get("Buy")!

  test("good data has no faults, with all formats and keywords of 2020-12", () => {
    expect(buy.validate({ isbn: "123", copies: 2, kind: "new", at: "2026-11-20T15:00:00Z" })).toEqual([])
    const tuple = compiled(
      withData({ properties: { t: { prefixItems: [{ type: "string" }], items: false } } }),
    ).commands.get("Buy")!
    expect(tuple.validate({ t: ["a"] })).toEqual([])
    expect(tuple.validate({ t: ["a", "b"] })).toHaveLength(1)
  })

  test("bad data has every fault, each with a path, a code and a sentence", () => {
    expect(buy.validate({ isbn: "x", copies: 0, kind: "old", at: "now", "ti/tle": 1 })).toEqual([
      { path: "/ti~1tle", code: "additionalProperties", message: "is not known here" },
      { path: "/isbn", code: "pattern", message: 'must match pattern "^\\d+$"' },
      { path: "/copies", code: "minimum", message: "must be >= 1" },
      { path: "/kind", code: "enum", message: 'must be one of "new", "used"' },
      { path: "/at", code: "format", message: 'must match format "date-time"' },
    ])
    expect(buy.validate({})).toEqual([{ path: "/isbn", code: "required", message: "must be there" }])
    expect(buy.validate([])).toEqual([{ path: "", code: "type", message: "must be object" }])
  })

  test("validation neither coerces nor fills in nor removes", () => {
    const given = Object.freeze({ isbn: "1" })
    expect(buy.validate(given)).toEqual([])
    expect(given).toEqual({ isbn: "1" })
    expect(buy.validate({ isbn: "1", copies: "2" })).toHaveLength(1)
  })

  test("without a schema of its own, data is any object; and nothing but an object", () => {
    const { validate } = compiled(withCommand({ target: "Book" })).commands.get("Buy")!
    expect(validate({ anything: [1] })).toEqual([])
    expect(validate("x")).toHaveLength(1)
    const loose = compiled(withData({ properties: { a: { type: "string" } } })).commands.get("Buy")!
    expect(loose.validate(7)).toHaveLength(1)
  })

  test("two commands may share one JSON Schema, its address included", () => {
    const shared = { $id: "https://example.org/isbn.json", type: "object", required: ["isbn"] }
    const schema = compiled(
      bookWith({}, { commands: { Buy: { target: "Book", data: shared }, Sell: { target: "Book", data: shared } } }),
    )
    expect(schema.commands.get("Buy")!.validate({})).toHaveLength(1)
    expect(schema.commands.get("Sell")!.validate({})).toHaveLength(1)
  })
})

describe("messages know their place:", () => {
  const { commands, events } = compiled(portal)

  test("a command names its target, the permission it takes and what is not kept", () => {
    expect(commands.get("SendTemplate")).toMatchObject({ target: "TemplateUsage", requires: "write", sensitive: [] })
    expect(commands.get("RenameDocument")).toMatchObject({ target: "Document", sensitive: ["/reason"] })
  })

  test("a command on an abstract accepts each of its variants, and nothing else [L43]", () => {
    const accepted = ["Folder", "File", "Document", "User"].filter(name =>
      commands.get("RenameDocument")!.accepts(name),
    )
    expect(accepted).toEqual(["Folder", "File"])
    expect(["Folder", "User"].filter(name => events.get("DocumentRenamed")!.accepts(name))).toEqual(["Folder"])
  })

  test("an event type has a version, and may be a rejection [CE13]", () => {
    expect(events.get("TemplateSent")).toMatchObject({ stream: "TemplateUsage", version: 2, rejection: false })
    expect(events.get("TitleTaken")).toMatchObject({ version: 1, rejection: true })
  })

  test("Transact and its events are built in, for any entity", () => {
    expect(commands.get("Transact")).toMatchObject({ target: null })
    expect([...events.keys()].slice(-10, -5)).toEqual([
      "EntityCreated",
      "EntityChanged",
      "EntityRetracted",
      "NothingHappened",
      "Erased",
    ])
    expect(events.get("EntityCreated")!.accepts("User")).toBe(true)
    expect(events.get("EntityCreated")!.validate({ attributes: { name: { new: "Ada" } } })).toEqual([])
    expect(events.get("EntityCreated")!.validate({ attributes: { name: "Ada" } })).toHaveLength(1)
  })

  test("ops are checked by their shape", () => {
    const faults = (...ops: Json[]) =>
      commands
        .get("Transact")!
        .validate({ ops })
        .map(fault => `${fault.path} ${fault.code}`)
    expect(faults({ entity: "User", id: "~ada", set: { name: "Ada", email: null } })).toEqual([])
    expect(faults({ entity: "Org", id: ["Org/uuid", "x"], add: { members: ["~ada"] } })).toEqual([])
    expect(faults({ retract: "x" }, { cas: "x", attr: "name", old: null, new: "Ada" })).toEqual([])
    expect(faults({ id: "x" }, { retract: "x", entity: "User" }, { cas: "x", attr: "name" }, 7)).toEqual([
      "/ops/0/entity required",
      "/ops/1/entity additionalProperties",
      "/ops/2/old required",
      "/ops/2/new required",
      "/ops/3 type",
    ])
  })
})
