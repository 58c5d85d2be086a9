import { expect, test } from "vitest"
import { canonicalJson, frozen, sameJson } from "../../src/kernel/json.ts"
import { is, like, sameEntity, value } from "../../src/kernel/value.ts"

test("a value is immutable, and equal to whatever says the same [N21]", () => {
  const name = value({ first: "Joe", names: ["Joe", { last: "Schmoe" }] })
  expect(() => Object.assign(name, { first: "Jim" })).toThrow(TypeError)
  expect(() => Object.assign(name.names, { 0: "x" })).toThrow(TypeError)
  expect(sameJson(name, { names: ["Joe", { last: "Schmoe" }], first: "Joe" })).toBe(true)
  expect(sameJson(name, { ...name, middle: null })).toBe(false)
  expect([name].some(is({ first: "Joe", names: ["Joe", { last: "Schmoe" }] }))).toBe(true)
  expect([name].some(like({ first: "Joe" }))).toBe(true)
  expect([name].some(like({ first: "Jim" }))).toBe(false)
})

test("a value has one text, whatever the order of its keys [N21]", () => {
  expect(canonicalJson({ b: [1, { d: 1, c: undefined }], a: null })).toBe('{"a":null,"b":[1,{"d":1}]}')
  expect(frozen(["x"])).toEqual(["x"])
})

test("an entity is the one with its id, whatever its attributes say [N22]", () => {
  const [asWas, asIs] = [
    { id: "book-1", borrower: "ann" },
    { id: "book-1", borrower: "bob" },
  ]
  expect(sameEntity(asWas, asIs)).toBe(true)
  expect(sameEntity(asWas, { id: "book-2" })).toBe(false)
})
