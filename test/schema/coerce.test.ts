import { expect, test } from "vitest"
import * as fc from "fast-check"
import type { Json, JsonObject } from "../../src/kernel/json.ts"
import { compareDecimals, isDecimal, readDecimal } from "../../src/schema/decimals.ts"
import { isInstant, readInstant } from "../../src/schema/instants.ts"
import { book, compiled } from "./making.ts"
import { portal } from "./portal.ts"

/** What a value is read as for the attribute `a`, or the code it is refused with. */
function read(attribute: JsonObject, value: Json): Json | { refused: string } {
  const coerced = book({ a: attribute }).coerce("a", value)
  return "value" in coerced ? coerced.value : { refused: `${coerced.fault.path} ${coerced.fault.code}` }
}

const refused = { refused: "/a type" }

const cases: readonly (readonly [type: string, given: Json, stored: Json | { refused: string }])[] = [
  ["string", "x", "x"],
  ["string", 5, refused],
  ["boolean", "true", true],
  ["boolean", "false", false],
  ["boolean", "yes", refused],
  ["boolean", 1, refused],
  ["integer", "5", 5],
  ["integer", "-5", -5],
  ["integer", 5, 5],
  ["integer", "5.5", refused],
  ["integer", "", refused],
  ["integer", " 5", refused],
  ["integer", "0x5", refused],
  ["integer", "9007199254740993", refused],
  ["number", "5e-1", 0.5],
  ["number", "1e999", refused],
  ["number", "NaN", refused],
  ["number", true, refused],
  ["decimal", 12.5, "12.5"],
  ["decimal", "012.500", "12.5"],
  ["decimal", "-0.00", "0"],
  ["decimal", 1e21, "1000000000000000000000"],
  ["decimal", 1.5e-7, "0.00000015"],
  ["decimal", "1e9999", refused],
  ["decimal", ".5", "0.5"],
  ["decimal", "x", refused],
  ["uuid", "0190A1B2-C3D4-7E5F-8A9B-0C1D2E3F4A5B", "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"],
  ["uuid", "urn:uuid:0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"],
  ["uuid", "0190a1b2", refused],
  ["uuid", 5, refused],
  ["uri", "urn:a:b", "urn:a:b"],
  ["uri", "a b", refused],
  ["bytes", "-_8", "+/8="],
  ["bytes", "AAAAA", refused],
  ["bytes", 5, refused],
  ["json", { a: [1] }, { a: [1] }],
  ["ref", "u1", "u1"],
  ["ref", 5, refused],
  ["date", "2026-11-20", "2026-11-20"],
  ["date", "2026-11-31", refused],
  ["instant", "2011-10-01T00:38:44.546+02:00", "2011-09-30T22:38:44.546Z"],
  ["instant", "2026-11-20T15:00Z", "2026-11-20T15:00:00.000Z"],
  ["instant", "2026-11-20t15:00:00,1234567z", "2026-11-20T15:00:00.123Z"],
  ["instant", "2026-12-31T23:30:00-0130", "2027-01-01T01:00:00.000Z"],
  ["instant", "0050-01-01T00:00:00Z", "0050-01-01T00:00:00.000Z"],
  ["instant", "0000-01-01T00:00:00+01:00", refused],
  ["instant", "2026-11-20T15:00:00", refused],
  ["instant", "2026-02-29T15:00:00Z", refused],
  ["instant", "2026-11-20", refused],
  ["instant", 1763650800000, refused],
]

test.each(cases)("a value from outside is read as it is stored: %s from %j is %j [L48]", (type, given, stored) => {
  expect(read({ type }, given)).toEqual(stored)
})

test("an enum is read from one of its keys, and no other string [L48]", () => {
  const kind = { type: "enum", values: { a: "A" } }
  expect(read(kind, "a")).toBe("a")
  expect(read(kind, "b")).toEqual({ refused: "/a enum" })
  expect(read(kind, 1)).toEqual(refused)
})

test("null is read as null: the value is taken back [L48]", () => {
  expect(read({ type: "integer" }, null)).toBeNull()
  expect(read({ type: "string", many: true }, null)).toBeNull()
})

test("where there may be many, a list is read value by value, and a value alone [L48]", () => {
  const many = { type: "integer", many: true }
  expect(read(many, ["1", 2])).toEqual([1, 2])
  expect(read(many, "1")).toBe(1)
  expect(read(many, ["1", "x"])).toEqual({ refused: "/a/1 type" })
  expect(read(many, ["1", null])).toEqual({ refused: "/a/1 null" })
  expect(read({ type: "json", many: true }, ["1", null])).toEqual(["1", null])
})

test("an unknown attribute is refused by its name, and a known one may be named in full [L48]", () => {
  const { coerce } = compiled(portal).entities.get("File")!
  expect(coerce("siz", "5")).toEqual({
    fault: {
      path: "/siz",
      code: "unknown-attribute",
      message: expect.stringContaining('There is no attribute "siz" of File; known are uuid, title') as string,
    },
  })
  expect(coerce("size", "5")).toEqual({ value: 5 })
  expect(coerce("File/size", "5")).toEqual({ value: 5 })
  expect(coerce("Document/size", "5")).toEqual({ value: 5 })
  expect(coerce("Folder/size", "5")).toHaveProperty("fault.code", "unknown-attribute")
})

test("what was read is stored as it is: reading it again changes nothing, and it is valid", () => {
  const types = ["boolean", "integer", "number", "decimal", "uuid", "bytes", "date", "instant"]
  const texts = fc.oneof(
    fc.string(),
    fc.uuid().map(id => id.toUpperCase()),
    fc.double().map(String),
    fc.date({ noInvalidDate: true }).map(date => date.toISOString().replace("Z", "+01:30")),
    fc.base64String().map(text => text.replace(/=+$/, "")),
  )
  fc.assert(
    fc.property(fc.constantFrom(...types), texts, (type, text) => {
      const once = read({ type }, text)
      if (typeof once === "object") return
      expect(read({ type }, once)).toEqual(once)
      expect(book({ a: { type } }).validate({ a: once })).toEqual([])
    }),
  )
})

test("an instant keeps its place in time, whatever the zone it was written in", () => {
  const zones = fc.tuple(fc.constantFrom("+", "-"), fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  const times = fc.date({ min: new Date("0002-01-01"), max: new Date("9998-12-31"), noInvalidDate: true })
  fc.assert(
    fc.property(times, zones, (time, [sign, hours, minutes]) => {
      const offsetMs = (sign === "+" ? 1 : -1) * (hours * 60 + minutes) * 60_000
      const local = new Date(time.getTime() + offsetMs).toISOString().slice(0, -1)
      const zone = `${sign}${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`
      expect(readInstant(local + zone)).toBe(time.toISOString())
      expect(isInstant(time.toISOString())).toBe(true)
    }),
  )
})

test("decimals are read without loss, compared exactly, and equal ones are equal strings", () => {
  const parts = fc.tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 20 }))
  const text = ([digits, scale]: readonly [bigint, number]) => `${digits}e-${scale}`
  const scaled = ([digits, scale]: readonly [bigint, number]) => digits * 10n ** BigInt(20 - scale)
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      const [left, right] = [readDecimal(text(a))!, readDecimal(text(b))!]
      expect(isDecimal(left)).toBe(true)
      const order = scaled(a) < scaled(b) ? -1 : scaled(a) > scaled(b) ? 1 : 0
      expect(Math.sign(compareDecimals(left, right))).toBe(order)
      expect(left === right).toBe(order === 0)
    }),
  )
})
