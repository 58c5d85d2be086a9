import type { Document } from "daybook"
import { given } from "daybook/testing"
import { expect, test } from "vitest"
import app from "./app.ts"
import { command } from "./parts.ts"
import { sendActivity } from "./send-activity.ts"
import { everyChannelBy, fakeTransport, type FakeTransport } from "./transports/fake.ts"

const sms: Document = {
  usage: "u",
  channel: "sms",
  name: "Ann",
  to: "+1 555 0100",
  subject: "Hi",
  body: "Dear Ann",
  status: "pending",
}

function sending(transport: FakeTransport) {
  return given(sendActivity)
    .in(app)
    .using({ transports: everyChannelBy(transport) })
}

test("an activity that was made is sent, and its status commanded [L16]", async () => {
  const transport = fakeTransport()
  const { requests } = await sending(transport)
    .whenCreated("TemplateActivity", "a", sms)
    .thenSends(command("RecordTransport", "a", { status: "sent", transportId: "fake:a" }))
  expect(requests).toHaveLength(1)
  expect([...transport.sent]).toEqual([["a", { to: "+1 555 0100", subject: "Hi", text: "Dear Ann", attachments: [] }]])
})

test("by the channel that it is for, and by no other [L16 L19 L20]", async () => {
  const [post, others] = [fakeTransport(), fakeTransport()]
  await given(sendActivity)
    .in(app)
    .using({ transports: { ...everyChannelBy(others), letter: post } })
    .whenCreated("TemplateActivity", "a", { ...sms, channel: "letter" })
    .thenAdapter("transports")
    .called("letter.send")
  expect([post.countTries, others.countTries]).toEqual([1, 0])
})

test("delivered again, it is not sent again: the transport is asked first [L18]", async () => {
  const transport = fakeTransport()
  const step = sending(transport)
  const once = await step.whenCreated("TemplateActivity", "a", sms)
  const again = await step
    .whenCreated("TemplateActivity", "a", sms)
    .thenAdapter("transports")
    .called("sms.status", "a")
    .thenAdapter("transports")
    .notCalled("sms.send")
  expect(again.requests).toEqual(once.requests)
  expect(transport.countTries).toBe(1)
})

test("one of which is known by the next attempt what became of it is left alone [L18]", async () => {
  const transport = fakeTransport()
  const delivered = { type: "TemplateActivity", id: "a", document: { ...sms, status: "delivered" } }
  const { requests } = await sending(transport)
    .knowing(delivered)
    .attempt(2)
    .whenCreated("TemplateActivity", "a", sms)
    .thenNothing()
  expect(requests).toEqual([])
  expect(transport.countTries).toBe(0)
})

test("one that has an end already is left alone [L18]", async () => {
  const transport = fakeTransport()
  const { requests } = await sending(transport)
    .whenCreated("TemplateActivity", "a", { ...sms, status: "failed" })
    .thenNothing()
  expect(requests).toEqual([])
  expect(transport.countTries).toBe(0)
})

test("what the transport will never take has failed, at the first attempt [L19]", async () => {
  const transport = fakeTransport(async () => ({ status: "failed", reason: "no such number" }))
  const { requests } = await sending(transport)
    .whenCreated("TemplateActivity", "a", sms)
    .thenSends(command("RecordTransport", "a", { status: "failed", reason: "no such number" }))
  expect(requests).toHaveLength(1)
})

test("trouble that may pass is an error until the last attempt, and then a failure with its reason [L19]", async () => {
  const transport = fakeTransport(async () => {
    throw new Error("the line is busy")
  })
  const step = sending(transport)
  const { requests } = await step.attempt(5).whenCreated("TemplateActivity", "a", sms).thenFails("the line is busy")
  expect(requests).toEqual([])
  const reason = "Given up after 6 attempts: the line is busy"
  const last = await step.attempt(6).whenCreated("TemplateActivity", "a", sms)
  expect(last.requests).toEqual([command("RecordTransport", "a", { status: "failed", reason })])
})

test("it is the only part that talks to the outside, and is marked so [L8 L24]", () => {
  const effects = app.processors.filter(({ mode }) => mode === "effect").map(({ name }) => name)
  expect(effects).toEqual(["send-activity"])
})
