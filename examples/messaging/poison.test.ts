import type { App } from "daybook"
import { expect, test } from "vitest"
import app from "./app.ts"
import { created, processor } from "./parts.ts"
import { ann, messaging, statusesOf, usage } from "./servers/story.ts"
import { fakeTransport } from "./transports/fake.ts"

test("a usage that cannot be read is tried three times and then put aside, with every attempt [L19]", async () => {
  const story = await messaging()
  await story.ask(usage("poison", ["nobody"], ["sms"]))
  await story.ask(usage("u", [ann], ["sms"]))
  await story.advance(600_000)
  const letters = await story.daybook.deadLetters({ limit: 10 })
  expect(letters).toMatchObject([{ consumer: "processor:make-activities", entity: "poison", state: "dead" }])
  const attempts = letters[0]?.attempts.map(({ error }) => error)
  expect(attempts).toEqual(Array.from({ length: 3 }, () => expect.stringContaining("This is no recipient")))
  expect([await statusesOf(story, "poison"), await statusesOf(story, "u")]).toEqual([{}, { sent: 1 }])
  await story.close()
})

test("it is put aside for good when an operator drops it [L19]", async () => {
  const story = await messaging()
  await story.ask(usage("poison", ["nobody"], ["sms"]))
  await story.advance(600_000)
  const [letter] = await story.daybook.deadLetters({ limit: 10 })
  await story.daybook.drop(letter?.id ?? "")
  expect(await story.daybook.deadLetters({ limit: 10 })).toEqual([])
  await story.close()
})

test("a mistake in a transport is not tried again, waits for its repair, and is then sent, once [L18 L19]", async () => {
  let isBroken = true
  const transport = fakeTransport(async message => {
    if (isBroken) throw new TypeError(`message.${message.subject} is not a function`)
  })
  const story = await messaging(transport)
  await story.ask(usage("u", [ann], ["sms"]))
  await story.advance(600_000)
  const [letter] = await story.daybook.deadLetters({ limit: 10 })
  expect([letter?.attempts.length, transport.countTries]).toEqual([1, 1])
  isBroken = false
  await story.daybook.redrive(letter?.id ?? "")
  await story.settle()
  expect(await statusesOf(story, "u")).toEqual({ sent: 1 })
  expect(transport.sent.size).toBe(1)
  await story.close()
})

test("a step that says what the schema does not allow has said nothing [L25]", async () => {
  const careless = processor("careless", {
    on: created("TemplateUsage"),
    pure: ({ event }) => ({
      type: "RecordTransport",
      target: { type: "TemplateActivity", id: event.stream.id },
      data: { status: "lost" },
    }),
  })
  const careful: App = { ...app, processors: [careless] }
  const story = await messaging(fakeTransport(), { app: careful })
  await story.ask(usage("u", [ann], ["sms"]))
  await story.settle()
  const [letter] = await story.daybook.deadLetters({ limit: 10 })
  expect(letter).toMatchObject({
    consumer: "processor:careless",
    attempts: [{ error: expect.stringContaining("invalid") }],
  })
  await story.thenNot("TransportReported", "ActivityUnknown")
  await story.close()
})

test("a step that is said to be pure, and asks for the outside, is not even started [L8 L24]", async () => {
  const sly = processor("sly", {
    on: created("TemplateUsage"),
    inject: ["transports"],
    pure: () => [],
  })
  const opening = messaging(fakeTransport(), { app: { ...app, processors: [sly] } })
  await expect(opening).rejects.toThrow("asks for the adapter transports, but is pure")
})
