import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { Refusal } from "../../src/kernel/refusal.ts"
import { placeOfFault } from "../../src/protocol/json-place.ts"
import { pointerStep, readJson, refuseTrouble } from "../../src/protocol/json-text.ts"

function refusalOf(work: () => unknown): Refusal {
  try {
    work()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
  throw new Error("nothing was refused")
}

describe("a text that is not JSON", () => {
  test.each([
    ['{"a": 1,}', 1, 9],
    ['{"a": 1\n "b": 2}', 2, 2],
    ["[1, 2", 1, 6],
    ['{"a": tru}', 1, 7],
    ["{'a': 1}", 1, 2],
    ['"a\tb"', 1, 3],
    ['{"a": "\\x"}', 1, 9],
    ['"\\u00g0"', 1, 6],
    ["01", 1, 2],
    ["[1] 2", 1, 5],
    ["NaN", 1, 1],
    ["[1}", 1, 3],
    ['{"a"}', 1, 5],
    ["", 1, 1],
  ])("%j is refused at line %i, column %i", (text, line, column) => {
    const refusal = refusalOf(() => readJson(text))
    expect(refusal).toMatchObject({ code: "malformed", facts: { line, column }, faults: [{ path: "", code: "json" }] })
  })

  test("a hundred thousand open brackets cost no stack", () => {
    expect(refusalOf(() => readJson("[".repeat(100_000))).facts).toMatchObject({ column: 100_001 })
  })

  test("a place is found exactly where a parser finds a fault", () => {
    const token = fc.constantFrom(
      ...'{}[]:,"\\ \n-+.eE0189tfnu'.split(""),
      "true",
      "null",
      '"a"',
      "1e5",
      "\\u00e9",
      "é",
    )
    const broken = fc.array(token, { maxLength: 12 }).map(tokens => tokens.join(""))
    const text = fc.oneof(
      broken,
      fc.json(),
      fc
        .tuple(fc.json(), token, fc.nat())
        .map(([json, t, i]) => json.slice(0, i % (json.length + 1)) + t + json.slice(i % (json.length + 1))),
    )
    fc.assert(
      fc.property(text, json => {
        let parses = true
        try {
          JSON.parse(json)
        } catch {
          parses = false
        }
        expect(placeOfFault(json) === null).toBe(parses)
      }),
      { numRuns: 3_000 },
    )
  })
})

describe("JSON that is trouble", () => {
  test("a key __proto__ is refused with its place, however it is escaped", () => {
    const path = "/a/1/__proto__"
    expect(refusalOf(() => readJson('{"a": [0, {"__proto__": {"admin": true}}]}'))).toMatchObject({
      code: "malformed",
      facts: { path },
    })
    expect(refusalOf(() => readJson('{"a": [0, {"\\u005f_proto__": 1}]}'))).toMatchObject({
      faults: [{ path, code: "key" }],
    })
    expect(readJson('{"constructor": {"prototype": 1}}')).toEqual({ constructor: { prototype: 1 } })
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  test("a text that only says __proto__ is as good as any", () => {
    expect(readJson('{"a": "__proto__"}')).toEqual({ a: "__proto__" })
  })

  test("a key __proto__ below more levels than a stack has is refused all the same", () => {
    const text = `${"[".repeat(200_000)}{"__proto__": 1}${"]".repeat(200_000)}`
    expect(refusalOf(() => readJson(text)).code).toBe("too-large")
  })

  test("half a character is refused with its place, in a value and in a name; a whole one is not", () => {
    expect(refusalOf(() => readJson('{"a": [0, "x\\ud83d"]}'))).toMatchObject({
      code: "malformed",
      faults: [{ path: "/a/1", code: "unicode" }],
    })
    expect(refusalOf(() => readJson('{"a": {"\\uDC00": 1}}'))).toMatchObject({
      faults: [{ path: "/a", code: "unicode" }],
    })
    expect(readJson('{"a": "\\ud83d\\ude00"}')).toEqual({ a: "\u{1f600}" })
  })

  test("depth is counted and refused as too large, with the place", () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : { "a/~": nested(depth - 1) })
    refuseTrouble(nested(3), 3)
    const refusal = refusalOf(() => refuseTrouble(nested(4), 3))
    expect(refusal).toMatchObject({ code: "too-large", faults: [{ path: "/a~1~0/a~1~0/a~1~0", code: "depth" }] })
  })

  test.each([
    ['{"a": 1, "a": 2}', "/a"],
    ['[{"a": {"b": [1, {"c": 1, "\\u0063" : 2}]}}]', "/0/a/b/1/c"],
    ['{"x": {"a": 1}, "y": {"a": 1, "q\\": ": "a:", "a": {}}}', "/y/a"],
    ['{"": 1, "": 2}', "/"],
  ])("a member that is there twice is refused with its place: %s", (text, path) => {
    expect(refusalOf(() => readJson(text))).toMatchObject({ code: "malformed", faults: [{ path, code: "twice" }] })
  })

  test("no text in which every member is there once is taken for one with two", () => {
    const names = fc.constantFrom("a", "b", '":', "\\", '"', ",", "{")
    const { tree } = fc.letrec(tie => ({
      tree: fc.oneof({ maxDepth: 4 }, names, fc.integer(), fc.array(tie("tree")), fc.dictionary(names, tie("tree"))),
    }))
    fc.assert(
      fc.property(tree, json => {
        const text = JSON.stringify(json, null, 1)
        expect(readJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  test("a step of a pointer is escaped", () => {
    expect(pointerStep("a/b~c")).toBe("a~1b~0c")
  })
})
