import { given } from "daybook/testing"
import { describe, expect, test } from "vitest"
import app from "./app.ts"
import { properName } from "./names.ts"
import { command, event } from "./parts.ts"

describe("ChangeStudentName", () => {
  test("is answered by the name as it is written, not as it was typed [N30 N35]", () => {
    const { state } = given(app)
      .when(command("ChangeStudentName", "joe", { first: "joe", middle: null, last: "schmoe" }))
      .then(event("StudentNameChanged", { first: "Joe", middle: null, last: "Schmoe" }))
    expect(state).toEqual({ first: "Joe", last: "Schmoe", welcomes: [] })
  })

  test("takes away a middle name by saying that there is none [N30 N66]", () => {
    const { state } = given(app, event("StudentNameChanged", { first: "Ann", middle: "Lee", last: "O'Hara" }))
      .when(command("ChangeStudentName", "ann", { first: "ann", middle: null, last: "o'hara" }))
      .then(event("StudentNameChanged", { first: "Ann", middle: null, last: "O'Hara" }))
    expect(state).not.toHaveProperty("middle")
  })

  test("is refused when it says nothing of the middle name: no value is not the same as not said [N30 N66]", () => {
    const target = { type: "Student", id: "joe" }
    const { events } = given(app)
      .when({ type: "ChangeStudentName", target, data: { first: "joe", last: "schmoe" } })
      .thenRefused("invalid")
    expect(events).toEqual([])
  })

  test.each([
    ["joe", "Joe"],
    ["  mary   jane ", "Mary Jane"],
    ["o'hara", "O'Hara"],
    ["anna-maria", "Anna-Maria"],
    ["élodie", "Élodie"],
    ["McCoy", "McCoy"],
  ])("writes %j as %j [N35]", (typed, written) => {
    expect(properName(typed)).toBe(written)
  })
})

describe("WelcomeStudent", () => {
  const roster = "biology"
  const period = "0f1d6f6e-95a5-4c0f-8a1a-7d6a2f4b1c01"

  test("is noted once for each place [N54]", () => {
    const welcome = command("WelcomeStudent", "joe", { roster, period })
    const { state } = given(app)
      .when(welcome)
      .then(event("StudentWelcomed", { roster, period }))
      .when(welcome)
      .thenNothing()
    expect(state?.["welcomes"]).toEqual([{ roster, period }])
  })
})
