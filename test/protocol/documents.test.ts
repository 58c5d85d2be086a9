import { Ajv2020 } from "ajv/dist/2020.js"
import { describe, expect, test } from "vitest"
import { asyncapi } from "../../src/protocol/asyncapi.ts"
import { openapi } from "../../src/protocol/openapi.ts"
import { compileSchema } from "../../src/schema/compile.ts"
import { parseSchema } from "../../src/schema/parse.ts"

const schema = compileSchema(
  parseSchema({
    daybook: 1,
    name: "library",
    version: 4,
    entities: {
      Loan: { attributes: { borrower: { type: "string", required: true } } },
      Übung: { abstract: { attributes: {} }, variants: { Left: { attributes: {} }, Right: { attributes: {} } } },
    },
    commands: {
      Borrow: {
        target: "Loan",
        doc: "Lends a book",
        data: {
          type: "object",
          properties: { by: { $ref: "#/$defs/person" } },
          required: ["by"],
          $defs: { person: { type: "string" } },
        },
      },
      Öffne: { target: "Übung", data: { type: "object" } },
    },
    events: {
      Borrowed: { stream: "Loan", data: { type: "object" } },
      Refused: { stream: "Loan", rejection: true, data: { type: "object" } },
    },
  }),
)
type Node = { readonly [key: string]: Node }

function refsIn(node: unknown, found: string[] = []): string[] {
  if (typeof node !== "object" || node === null) return found
  for (const [key, value] of Object.entries(node)) {
    if (key === "$ref" && typeof value === "string") found.push(value)
    // What lies in a schema with an address of its own refers to itself.
    else if (!(typeof value === "object" && value !== null && "$id" in value)) refsIn(value, found)
  }
  return found
}

function at(document: unknown, ref: string): unknown {
  return ref
    .slice(2)
    .split("/")
    .reduce<unknown>((node, step) => (node as Node | undefined)?.[step.replaceAll("~1", "/")], document)
}

describe.each([
  ["OpenAPI 3.1", openapi(schema) as unknown as Node],
  ["AsyncAPI 3", asyncapi(schema) as unknown as Node],
])("the %s document", (_name, document) => {
  test("is JSON, names the application, and refers to nothing that is not in it", () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document)
    expect(document["info"]).toEqual({ title: "library", version: "4" })
    const refs = refsIn(document)
    expect(refs.length).toBeGreaterThan(20)
    expect(refs.filter(ref => at(document, ref) === undefined)).toEqual([])
  })

  test("names its components as the standard allows, whatever the alphabet of a type", () => {
    const names = Object.keys((document["components"] as Node)["schemas"]!)
    expect(names.filter(name => !/^[a-zA-Z0-9._-]+$/.test(name))).toEqual([])
    expect(names).toContain("Command.Borrow")
    expect(names).toContain("CommandData.Transact")
    expect(names).toContain("Event.Borrowed")
    expect(names).toContain("EventData.EntityChanged")
    expect(names).toContain("Entity.Loan")
    expect(names).toContain("Command..C3.96ffne")
  })

  test("has schemas that compile, and that tell a good command from a bad one [N11, N20, N29]", () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    ajv.addSchema({ $id: "document", components: document["components"] })
    const isGood = (name: string, value: unknown) =>
      ajv.validate({ $ref: `document#/components/schemas/${name}` }, value)
    const borrow = { type: "Borrow", target: { type: "Loan", id: "l1" }, data: { by: "ada" } }
    expect(isGood("Command", borrow)).toBe(true)
    expect(isGood("Command", { ...borrow, expectedVersion: 0, basisT: "2030-01-01T00:00:00Z" })).toBe(true)
    expect(isGood("Command", { type: "Transact", data: { ops: [] } })).toBe(true)
    expect(isGood("Command", { type: "Öffne", target: { type: "Left", id: "x" }, data: {} })).toBe(true)
    expect(isGood("Command", { ...borrow, data: {} })).toBe(false)
    expect(isGood("Command", { ...borrow, data: { by: 5 } })).toBe(false)
    expect(isGood("Command", { ...borrow, target: { type: "Left", id: "x" } })).toBe(false)
    expect(isGood("Command", { ...borrow, expectedVersion: -1 })).toBe(false)
    expect(isGood("Command", { ...borrow, type: "Nope" })).toBe(false)
  })
})

test("AsyncAPI tells which messages go which way [A37]", () => {
  const document = asyncapi(schema) as unknown as {
    operations: Record<string, { action: string; messages: { $ref: string }[] }>
  }
  const { takeCommand, tellEvent } = document.operations
  expect([takeCommand?.action, takeCommand?.messages.map(m => m.$ref.split("/").at(-1))]).toEqual([
    "receive",
    [
      "Command.Borrow",
      "Command..C3.96ffne",
      "Command.Transact",
      "Command.ReceiveEvent",
      "Command.RunQuery",
      "Command.Erase",
    ],
  ])
  expect([tellEvent?.action, tellEvent?.messages.length]).toEqual(["send", 12])
})
