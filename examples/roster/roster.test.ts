import { given } from "daybook/testing"
import { describe, expect, test } from "vitest"
import app from "./app.ts"
import { command, event } from "./parts.ts"
import { roster } from "./roster.ts"

const first = "0f1d6f6e-95a5-4c0f-8a1a-7d6a2f4b1c01"
const second = "0f1d6f6e-95a5-4c0f-8a1a-7d6a2f4b1c02"
const elsewhere = "0f1d6f6e-95a5-4c0f-8a1a-7d6a2f4b1c99"

const created = event("RosterCreated", { name: "Biology" })
const empty = given(app, created, event("PeriodAdded", { period: first }), event("PeriodAdded", { period: second }))
const withJoe = empty.and(event("StudentEnrolled", { student: "joe", period: first }))
const joeIn = (period: string) => [{ student: "joe", period }]
const place = (period: string) => ({ student: "joe", period })

describe("a roster is created once", () => {
  const create = command("CreateRoster", "biology", { name: "Biology" })

  test("by CreateRoster, which is how any period comes to be known [N64]", () => {
    const { state } = given(app).when(create).then(created)
    expect(state).toEqual({ name: "Biology", periods: [], enrolled: [] })
  })

  test("and not a second time [N61 N64]", () => {
    const { events } = given(app, created).when(create).thenRejected("RosterAlreadyThere", {}).thenNot("RosterCreated")
    expect(events).toHaveLength(1)
  })
})

describe("AddPeriod", () => {
  const add = command("AddPeriod", "biology", { period: first })

  test("makes a period known [N64]", () => {
    const { state } = given(app, created)
      .when(add)
      .then(event("PeriodAdded", { period: first }))
    expect(state?.["periods"]).toEqual([first])
  })

  test("is rejected where there is no roster [N61 N64]", () => {
    const { state } = given(app).when(add).thenRejected("UnknownRoster", {}).thenNot("PeriodAdded")
    expect(state).toBeNull()
  })

  test("is rejected for a period that is there [N61 N64]", () => {
    const { state } = empty.when(add).thenRejected("PeriodAlreadyThere", { period: first }).thenNot("PeriodAdded")
    expect(state?.["periods"]).toEqual([first, second])
  })
})

describe("EnrollStudent", () => {
  test("enrols a student in a period [N33 N59 N60]", () => {
    const { state } = empty
      .when(command("EnrollStudent", "biology", place(first)))
      .then(event("StudentEnrolled", place(first)))
      .thenNot("UnknownPeriod", "AlreadyEnrolled")
    expect(state?.["enrolled"]).toEqual(joeIn(first))
  })

  test("is rejected for a period that the roster does not have [N19 N60 N61]", () => {
    const { state } = empty
      .when(command("EnrollStudent", "biology", place(elsewhere)))
      .thenRejected("UnknownPeriod", { period: elsewhere })
      .thenNot("StudentEnrolled", "AlreadyEnrolled")
    expect(state?.["enrolled"]).toEqual([])
  })

  test("is rejected for a student who is in that period [N19 N60 N61]", () => {
    const { state } = withJoe
      .when(command("EnrollStudent", "biology", place(first)))
      .thenRejected("AlreadyEnrolled", place(first))
      .thenNot("StudentEnrolled")
    expect(state?.["enrolled"]).toEqual(joeIn(first))
  })

  test("takes the same student in another period, and another student in the same one [N60]", () => {
    const { state } = withJoe
      .when(command("EnrollStudent", "biology", place(second)))
      .then(event("StudentEnrolled", place(second)))
      .when(command("EnrollStudent", "biology", { student: "ann", period: first }))
      .then(event("StudentEnrolled", { student: "ann", period: first }))
    expect(state?.["enrolled"]).toHaveLength(3)
  })
})

describe("DropStudent", () => {
  test("takes a student out of a period, who can then be enrolled again [N59 N62]", () => {
    const { state } = withJoe
      .when(command("DropStudent", "biology", place(first)))
      .then(event("StudentDropped", place(first)))
      .thenState({ name: "Biology", periods: [first, second], enrolled: [] })
      .when(command("EnrollStudent", "biology", place(first)))
      .then(event("StudentEnrolled", place(first)))
    expect(state?.["enrolled"]).toEqual(joeIn(first))
  })

  test("is rejected for a student who is not in that period, though in another [N19 N61 N62]", () => {
    const { state } = withJoe
      .when(command("DropStudent", "biology", place(second)))
      .thenRejected("NotEnrolled", place(second))
      .thenNot("StudentDropped")
    expect(state?.["enrolled"]).toEqual(joeIn(first))
  })

  test("is rejected for a period that the roster does not have [N19 N61 N62]", () => {
    const { events } = withJoe
      .when(command("DropStudent", "biology", place(elsewhere)))
      .thenRejected("UnknownPeriod", { period: elsewhere })
      .thenNot("StudentDropped", "NotEnrolled")
    expect(events).toHaveLength(1)
  })
})

describe("MoveStudent", () => {
  const move = (from: string, to: string) => command("MoveStudent", "biology", { student: "joe", from, to })

  test("takes a student from one period to another in one step [N59 N62]", () => {
    const { state } = withJoe
      .when(move(first, second))
      .then(event("StudentMoved", { student: "joe", from: first, to: second }))
      .thenNot("StudentDropped", "StudentEnrolled")
    expect(state?.["enrolled"]).toEqual(joeIn(second))
  })

  test.each([
    ["to a period that the roster does not have", move(first, elsewhere), "UnknownPeriod", { period: elsewhere }],
    ["from a period that the roster does not have", move(elsewhere, first), "UnknownPeriod", { period: elsewhere }],
    ["to the same period", move(first, first), "SamePeriod", place(first)],
    ["from a period the student is not in", move(second, first), "NotEnrolled", place(second)],
  ] as const)("is rejected %s [N19 N61 N62]", (_where, command, rejection, data) => {
    const { state } = withJoe.when(command).thenRejected(rejection, data).thenNot("StudentMoved")
    expect(state?.["enrolled"]).toEqual(joeIn(first))
  })

  test("is rejected to a period the student is in as well [N19 N61 N62]", () => {
    const { state } = withJoe
      .and(event("StudentEnrolled", place(second)))
      .when(move(first, second))
      .thenRejected("AlreadyEnrolled", place(second))
      .thenNot("StudentMoved")
    expect(state?.["enrolled"]).toHaveLength(2)
  })
})

describe("what is not of the shape that the schema says is refused before it is decided [N56]:", () => {
  test.each([
    ["a period that is no id", { student: "joe", period: "monday" }],
    ["a student that is missing", { period: first }],
    ["a word that nobody knows", { student: "joe", period: first, seat: 3 }],
  ])("%s", (_what, data) => {
    const target = { type: "Roster", id: "biology" }
    const { events } = empty.when({ type: "EnrollStudent", target, data }).thenRefused("invalid")
    expect(events).toEqual([])
  })

  test("a command of no known name", () => {
    const target = { type: "Roster", id: "biology" }
    const expel = { type: "ExpelStudent", target, data: {} }
    const { events } = given(roster).in(app).when(expel).thenRefused("unknown-command")
    expect(events).toEqual([])
  })
})
