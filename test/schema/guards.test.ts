import { describe, expect, test } from "vitest"
import { alterationFaults } from "../../src/schema/alterations.ts"
import { fingerprint } from "../../src/schema/hash.ts"
import { compilePattern, patternFault } from "../../src/schema/patterns.ts"
import { bookWith, compiled } from "./making.ts"

describe("patterns", () => {
  test.each([
    "^[a-z]+(-[a-z]+)*$",
    "^(\\d{3})+$",
    "(?:ab+)*",
    "^[^@\\s]+@[^@\\s]+$",
    "(a|b)+",
    "(a+b)+",
    "[(+]+[)+]*",
    "\\(a+\\)+",
    "(a+)?",
    "^\\p{L}+$",
    "a{2,}",
  ])("that read every text in time are fine: %s", pattern => {
    expect(patternFault(pattern)).toBeNull()
    const before = performance.now()
    compilePattern(pattern).test(`${"a".repeat(2_000)}!`)
    expect(performance.now() - before).toBeLessThan(500)
  })

  test.each(["(a+)+", "^(\\w*)*$", "(?:[a-z]+)+$", "((a+))+", "(x|a+)+", "(a{1,})*", "(?<n>a+)+", "(a+?)+"])(
    "that repeat what is nothing but a repetition are refused: %s",
    pattern => {
      expect(patternFault(pattern)).toMatch(/take for ever/)
    },
  )

  test("that cannot be read are refused with the reason", () => {
    expect(patternFault("[a")).toMatch(/cannot be read: .*\[a/)
    expect(patternFault("\\_")).toMatch(/cannot be read/)
  })
})

describe("a fingerprint", () => {
  test("is FNV-1a of 64 bits, as published", () => {
    expect(fingerprint("")).toBe("cbf29ce484222325")
    expect(fingerprint("a")).toBe("af63dc4c8601ec8c")
    expect(fingerprint("foobar")).toBe("85944171f73967e8")
  })

  test("differs for texts that differ in one character, also beyond the first 256", () => {
    const texts = Array.from({ length: 5_000 }, (_, i) => `schema ${String.fromCodePoint(i)}`)
    expect(new Set(texts.map(fingerprint)).size).toBe(texts.length)
  })
})

describe("a schema that takes the place of another", () => {
  const at = (version: number, attribute: object) => compiled(bookWith({ a: attribute as never }, { version }))
  const string = { type: "string" }

  test("may add, relax and leave out without being asked [L51]", () => {
    const before = compiled(bookWith({ a: { ...string, required: true }, b: string }))
    const after = compiled(bookWith({ a: { ...string, maxLength: 9 }, c: { type: "integer" } }, { version: 2 }))
    expect(alterationFaults(before, after)).toEqual([])
  })

  test("has a higher version as soon as it differs [L51]", () => {
    expect(alterationFaults(at(1, string), at(1, string))).toEqual([])
    expect(alterationFaults(at(1, string), at(1, { ...string, label: "A" }))).toMatchObject([
      { path: "/version", code: "version" },
    ])
    expect(alterationFaults(at(2, string), at(1, string))).toMatchObject([{ path: "/version" }])
  })

  test("alters how data is stored only where both the schema and whoever starts it say so [L49]", () => {
    const place = [{ path: "/entities/Book/attributes/a", code: "altered" }]
    expect(alterationFaults(at(1, string), at(2, { type: "integer" }), true)).toMatchObject(place)
    expect(alterationFaults(at(1, string), at(2, { type: "integer", alter: true }))).toMatchObject(place)
    expect(alterationFaults(at(1, string), at(2, { type: "integer", alter: true }), true)).toEqual([])
    const [fault] = alterationFaults(at(1, string), at(2, { type: "integer", many: true }))
    expect(fault?.message).toMatch(/^Book\/a has values already, and another type and cardinality now/)
  })

  test("moves an entity into a family only where both say so, for its values move to another name [L49]", () => {
    const attributes = { a: string }
    const lone = compiled(bookWith(attributes))
    const entities = { Work: { abstract: { attributes }, variants: { Book: {} } } }
    expect(alterationFaults(lone, compiled(bookWith({}, { version: 2, entities })))).toMatchObject([
      { message: expect.stringContaining("another full name") as string },
    ])
  })
})
