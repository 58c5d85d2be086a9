import { describe, expect, test } from "vitest"
import { Refusal, type Fault } from "../../src/kernel/refusal.ts"
import type { Json } from "../../src/kernel/json.ts"
import { readCommand } from "../../src/protocol/command.ts"
import { seededIds } from "../../src/testing/ids.ts"

const read = (json: unknown) => readCommand(json as Json, { ids: seededIds(1) })

function faultsOf(json: unknown): readonly Fault[] {
  try {
    read(json)
  } catch (error) {
    if (error instanceof Refusal && error.code === "malformed") return error.faults
    throw error
  }
  throw new Error("it was read")
}

const whole = {
  id: "c1",
  type: "EnrollStudent",
  target: { type: "Roster", id: "r1" },
  data: { student: "s1" },
  expectedVersion: 7,
  occurredAt: "2011-10-01T00:38:44.546+02:00",
  basisT: 120,
}

describe("a command is read", () => {
  test("as the contract writes it, whole", () => {
    expect(read(whole)).toEqual(whole)
  })

  test("with an id of its own where none is sent, without data, and without a target [CE2]", () => {
    const command = read({ type: "Transact" })
    expect(command).toEqual({ id: seededIds(1).next(), type: "Transact", target: null, data: {} })
    expect(read({ type: "Transact", target: null }).target).toBeNull()
  })

  test("with an id for its target where none is sent: the same each time that the command has one itself [N66]", () => {
    const made = read({ type: "CreateRoster", target: { type: "Roster" } })
    expect(made.target).toEqual({ type: "Roster", id: expect.any(String) })
    expect(made.target?.id).not.toBe(made.id)
    const named = { id: "c1", type: "CreateRoster", target: { type: "Roster" } }
    expect(read(named)).toEqual(read({ command_uuid: "c1", type: "CreateRoster", target_aggregate_type: "Roster" }))
    expect(read(named).target?.id).not.toBe(read({ ...named, id: "c2" }).target?.id)
  })

  test("in the spelling of command_type and command_uuid [N29, X21]", () => {
    const command = read({
      command_type: "ChangeStudentName",
      command_uuid: "d5d8aa00-1805-43b0-823c-9ce262fb4cde",
      target_aggregate_type: "StudentProfile",
      target_aggregate_uuid: "5526ba99-047d-49a1-8a14-3247ca1e8727",
      data: { first: "joe", middle: null, last: "schmoe" },
    })
    expect(command).toEqual({
      id: "d5d8aa00-1805-43b0-823c-9ce262fb4cde",
      type: "ChangeStudentName",
      target: { type: "StudentProfile", id: "5526ba99-047d-49a1-8a14-3247ca1e8727" },
      data: { first: "joe", middle: null, last: "schmoe" },
    })
  })

  test("in the spelling of name, uuid, data and meta [CE2, X21]", () => {
    const command = read({
      uuid: "u1",
      name: "view-page",
      data: { url: "/" },
      meta: { a: 1 },
      "user-uuid": "me",
      "client-seq": 3,
    })
    expect(command).toEqual({ id: "u1", type: "view-page", target: null, data: { url: "/" } })
  })

  test("without what only the server says: an actor or a t that is sent along is not believed [CE6]", () => {
    const forged = {
      ...whole,
      actor: "system",
      t: 9,
      owner: "boss",
      correlationId: "x",
      state: "succeeded",
      client_id: "y",
    }
    expect(read(forged)).toEqual(whole)
  })

  test("with an instant as its basis, for the server to look up", () => {
    expect(read({ type: "A", basisT: "2026-11-20T15:00:00Z" }).basisT).toBe("2026-11-20T15:00:00Z")
  })

  test("32 levels deep and no deeper", () => {
    const nested = (depth: number): Json => (depth === 0 ? 1 : [nested(depth - 1)])
    expect(read({ type: "A", data: { a: nested(30) } }).type).toBe("A")
    const refuse = () => read({ type: "A", data: { a: nested(31) } })
    expect(refuse).toThrow(
      expect.objectContaining({ code: "too-large", faults: [expect.objectContaining({ code: "depth" })] }),
    )
  })
})

describe("what is no command is refused with every fault and its place [CE7]:", () => {
  test.each([[null], [undefined], [1], ["x"], [[]]])("%j is none at all", json => {
    expect(faultsOf(json)).toMatchObject([{ path: "", code: "type" }])
  })

  test.each<[string, Record<string, unknown>, string, string]>([
    ["no type", { type: undefined }, "/type", "required"],
    ["an empty type", { type: "" }, "/type", "name"],
    ["a type that is a number", { type: 5 }, "/type", "name"],
    ["a long type", { type: "x".repeat(201) }, "/type", "name"],
    ["an empty id", { id: "" }, "/id", "id"],
    ["an id with a line break", { id: "a\nb" }, "/id", "id"],
    ["a long id", { id: "x".repeat(201) }, "/id", "id"],
    ["an id that is null", { id: null }, "/id", "id"],
    ["data that is a list", { data: [] }, "/data", "type"],
    ["data that is null", { data: null }, "/data", "type"],
    ["a target that is an id", { target: "r1" }, "/target", "type"],
    ["a target whose id is none", { target: { type: "Roster", id: null } }, "/target/id", "id"],
    ["a target without type", { target: { id: "r1" } }, "/target/type", "required"],
    ["a target with more", { target: { type: "Roster", id: "r1", version: 3 } }, "/target/version", "unknown"],
    ["a version below 0", { expectedVersion: -1 }, "/expectedVersion", "version"],
    ["a version with a fraction", { expectedVersion: 1.5 }, "/expectedVersion", "version"],
    ["a version in quotes", { expectedVersion: "7" }, "/expectedVersion", "version"],
    ["a local time", { occurredAt: "2011-10-01T00:38:44" }, "/occurredAt", "instant"],
    ["a day that is not", { occurredAt: "2011-02-30T00:38:44Z" }, "/occurredAt", "instant"],
    ["a time as a number", { occurredAt: 1_300_000_000 }, "/occurredAt", "instant"],
    ["a basis that is no moment", { basisT: "now" }, "/basisT", "moment"],
    ["a member that is none", { expectVersion: 7 }, "/expectVersion", "unknown"],
    ["a type twice", { command_type: "Other" }, "/command_type", "twice"],
    ["a target twice", { target_aggregate_type: "A", target_aggregate_uuid: "b" }, "/target", "twice"],
  ])("%s", (_what, change, path, code) => {
    expect(faultsOf({ ...whole, ...change })).toMatchObject([{ path, code }])
  })

  test("several at once, each where it was sent", () => {
    const faults = faultsOf({ command_type: "", command_uuid: 1, target_aggregate_uuid: "x", "a/b": 1 })
    expect(faults.map(f => f.path).sort()).toEqual(["/a~1b", "/command_type", "/command_uuid", "/target/type"])
  })

  test("a key __proto__ within the data, even when something else has parsed it", () => {
    const json: unknown = JSON.parse('{"type": "A", "data": {"__proto__": {"admin": true}}}')
    expect(faultsOf(json)).toMatchObject([{ path: "/data/__proto__", code: "key" }])
  })
})
