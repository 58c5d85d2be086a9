import { given } from "daybook/testing"
import { describe, expect, test } from "vitest"
import app from "./app.ts"
import { activity } from "./activity.ts"
import { command, event } from "./parts.ts"

const pending = { usage: "u", channel: "sms", name: "Ann", to: "+1 555 0100", subject: "Hi", body: "Hi" }
const sms = given(activity)
  .in(app)
  .from({ ...pending, status: "pending" })

describe("RecordTransport", () => {
  test("carries what the transport says over to the activity [L16]", () => {
    const { state } = sms
      .when(command("RecordTransport", "a", { status: "sent", transportId: "service-1" }))
      .then(event("TransportReported", { status: "sent", transportId: "service-1" }))
    expect(state).toMatchObject({ ...pending, status: "sent", transportId: "service-1" })
  })

  test("says why it failed [L19]", () => {
    const { state } = sms
      .when(command("RecordTransport", "a", { status: "failed", reason: "no such number" }))
      .then(event("TransportReported", { status: "failed", reason: "no such number" }))
    expect(state).toMatchObject({ status: "failed", reason: "no such number" })
  })

  test.each([
    ["sent", "sent"],
    ["delivered", "sent"],
    ["delivered", "failed"],
    ["failed", "sent"],
  ] as const)("does not go back from %s to %s: that was said before [L18]", (status, late) => {
    const { state } = given(activity)
      .in(app)
      .from({ ...pending, status })
      .when(command("RecordTransport", "a", { status: late }))
      .thenNothing()
    expect(state).toMatchObject({ status })
  })

  test("goes on from sent, to delivered or to failed [L16]", () => {
    const sent = given(activity)
      .in(app)
      .from({ ...pending, status: "sent" })
    for (const status of ["delivered", "failed"] as const) {
      const { state } = sent
        .when(command("RecordTransport", "a", { status }))
        .then(event("TransportReported", { status }))
      expect(state).toMatchObject({ status })
    }
  })

  test("is rejected where there is no activity [L16]", () => {
    const { state } = given(activity)
      .in(app)
      .when(command("RecordTransport", "a", { status: "sent" }))
      .thenRejected("ActivityUnknown", {})
    expect(state).toBeNull()
  })
})
