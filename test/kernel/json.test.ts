import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { canonicalJson, frozen, isObject, sameJson, type Json, type JsonObject } from "../../src/kernel/json.ts"

const json = fc.jsonValue().map(v => v as Json)

/** The same value with its keys in another order. */
function shuffled(v: Json | undefined): Json | undefined {
  if (Array.isArray(v)) return v.map(item => shuffled(item) as Json)
  if (!isObject(v)) return v
  return Object.fromEntries(
    Object.entries(v)
      .reverse()
      .map(([key, member]) => [key, shuffled(member)]),
  )
}

describe("two JSON values", () => {
  test("are the same when they say the same, whatever the order of keys [N21]", () => {
    fc.assert(
      fc.property(json, v => {
        expect(sameJson(v, structuredClone(v))).toBe(true)
        expect(sameJson(v, shuffled(v))).toBe(true)
        expect(canonicalJson(shuffled(v))).toBe(canonicalJson(v))
      }),
    )
  })

  test("are the same exactly when their canonical text is [N21]", () => {
    const small = fc.jsonValue({ maxDepth: 2, stringUnit: fc.constantFrom("a", "b") }).map(v => v as Json)
    fc.assert(
      fc.property(small, small, (a, b) => {
        expect(sameJson(a, b)).toBe(canonicalJson(a) === canonicalJson(b))
      }),
    )
  })

  test.each<[Json | undefined, Json | undefined]>([
    [1, "1"],
    [null, undefined],
    [[], {}],
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: 1 }, { a: 1, b: null }],
    [[undefined as never], []],
    [{ a: [1] }, { a: { 0: 1 } }],
  ])("%j and %j are not", (a, b) => {
    expect(sameJson(a, b)).toBe(false)
    expect(sameJson(b, a)).toBe(false)
  })

  test("an absent key is one that is undefined", () => {
    const holding: JsonObject = { a: 1, b: undefined }
    expect(sameJson(holding, { a: 1 })).toBe(true)
    expect(canonicalJson(holding)).toBe('{"a":1}')
  })
})

describe("a frozen value", () => {
  test("is the same one, and nobody can write to any part of it [N21 N26]", () => {
    const made = { list: [{ n: 1 }], nothing: null as null | number }
    expect(frozen(made)).toBe(made)
    expect(() => (made.nothing = 1)).toThrow(TypeError)
    expect(() => (made.list[0]!.n = 2)).toThrow(TypeError)
    expect(() => made.list.push({ n: 2 })).toThrow(TypeError)
  })

  test.each([undefined, null, 1, "text", true])("of %j is itself", v => {
    expect(frozen(v)).toBe(v)
  })
})
