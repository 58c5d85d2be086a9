import { expect, test } from "vitest"
import { transact } from "./parts.ts"
import { activitiesOf, ann, messaging, statusesOf, usage } from "./servers/story.ts"
import { fakeTransport } from "./transports/fake.ts"

const all = ["sms", "mms", "email", "letter", "portal"] as const
const bob = { ...ann, name: "Bob", email: "bob@example.org" }

test("a usage is a transaction, and needs no code of its own [L7 L14]", async () => {
  const story = await messaging()
  const { state, events } = await story.ask(usage("u", [ann], ["sms"]))
  expect(state).toBe("succeeded")
  expect(events).toMatchObject([{ type: "EntityCreated", stream: { type: "TemplateUsage", id: "u", version: 1 } }])
  await story.close()
})

test("a usage comes to an activity for each recipient by each channel, and each is sent [L14 L15 L16 L20]", async () => {
  const transport = fakeTransport()
  const story = await messaging(transport)
  await story.ask(usage("u", [ann, bob], all))
  await story.settle()
  expect(await statusesOf(story, "u")).toEqual({ sent: 10 })
  expect(transport.sent.size).toBe(10)
  const { "email Bob": mail } = await activitiesOf(story, "u")
  expect(mail).toMatchObject({ to: "bob@example.org", transportId: expect.stringMatching(/^fake:/) })
  await story.close()
})

test("activities begin pending, and whoever asked for them has long been answered when they are sent [A26 L15]", async () => {
  const gate = Promise.withResolvers<void>()
  const story = await messaging(fakeTransport(() => gate.promise))
  const { state } = await story.ask(usage("u", [ann, bob], all))
  expect(state).toBe("succeeded")
  expect(await statusesOf(story, "u")).toEqual({ pending: 10 })
  gate.resolve()
  await story.settle()
  expect(await statusesOf(story, "u")).toEqual({ sent: 10 })
  await story.close()
})

test("activities are messages of their own, and are sent side by side [L17]", async () => {
  const gate = Promise.withResolvers<void>()
  const transport = fakeTransport(() => gate.promise)
  const story = await messaging(transport)
  await story.ask(usage("u", [ann, bob], all))
  expect(transport.countUnderway).toBe(10)
  gate.resolve()
  await story.settle()
  expect(transport.countUnderway).toBe(0)
  await story.close()
})

test("one that is slow or fails holds up no other [L17 L19]", async () => {
  const transport = fakeTransport(async ({ to }) => {
    if (to === bob.email) throw new Error("the mail server is away")
  })
  const story = await messaging(transport)
  await story.ask(usage("u", [ann, bob], all))
  await story.settle()
  expect(await statusesOf(story, "u")).toEqual({ sent: 9, pending: 1 })
  await story.close()
})

test("trouble that passes is met by trying again, each time later; in the end it is sent once [L18 L19]", async () => {
  const tries: number[] = []
  const transport = fakeTransport(async () => {
    tries.push(story.clock.now())
    if (tries.length <= 3) throw new Error("the line is busy")
  })
  const story = await messaging(transport)
  await story.ask(usage("u", [ann], ["sms"]))
  expect(await statusesOf(story, "u")).toEqual({ pending: 1 })
  await story.advance(60_000)
  expect(await statusesOf(story, "u")).toEqual({ sent: 1 })
  expect(transport.sent.size).toBe(1)
  expect(await story.commands("RecordTransport")).toHaveLength(1)
  const waits = tries.slice(1).map((at, i) => at - tries[i]!)
  expect(waits).toEqual(waits.toSorted((a, b) => a - b))
  await story.close()
})

test("trouble that stays ends as failed, with its reason, and nobody need look into it [L19]", async () => {
  const transport = fakeTransport(async () => {
    throw new Error("the line is dead")
  })
  const story = await messaging(transport)
  await story.ask(usage("u", [ann], ["sms"]))
  await story.advance(600_000)
  expect(await activitiesOf(story, "u")).toMatchObject({
    "sms Ann": { status: "failed", reason: "Given up after 6 attempts: the line is dead" },
  })
  expect(transport.countTries).toBe(6)
  expect(await story.daybook.deadLetters({ limit: 10 })).toEqual([])
  await story.close()
})

test("a transport that everyone waits for is spared while it is away, and then gets everything, once [L18 L19]", async () => {
  let isAway = true
  const transport = fakeTransport(async () => {
    if (isAway) throw new Error("the service is away")
  })
  const story = await messaging(transport)
  const many = Array.from({ length: 30 }, (_, i) => ({ ...ann, name: `R${i}` }))
  await story.ask(usage("u", many, ["sms"]))
  await story.advance(200)
  const triesWhileAway = transport.countTries
  isAway = false
  await story.advance(600_000)
  expect(triesWhileAway).toBeLessThan(60)
  expect(await statusesOf(story, "u")).toEqual({ sent: 30 })
  expect(transport.sent.size).toBe(30)
  await story.close()
})

test("a report that overtakes the answer of the transport is not undone by it [L16 L18]", async () => {
  const gate = Promise.withResolvers<void>()
  const story = await messaging(fakeTransport(() => gate.promise))
  await story.ask(usage("u", [ann], ["sms"]))
  const [id = ""] = await (await story.daybook.snapshot()).idsBy("TemplateActivity/usage", "u")
  await story.send("RecordTransport", id, { status: "delivered" })
  gate.resolve()
  await story.settle()
  expect(await statusesOf(story, "u")).toEqual({ delivered: 1 })
  expect(await story.events("TransportReported")).toHaveLength(1)
  await story.close()
})

test("activities are made of the template as it was when it was used, however late that is done [L83]", async () => {
  const story = await messaging()
  const { daybook } = story
  const asked = [
    usage("u", [ann], ["sms"]),
    transact([{ entity: "Template", id: "reminder", set: { text: "Changed, {{name}}" } }]),
    usage("v", [ann], ["sms"]),
  ]
  await Promise.all(asked.map((request, i) => daybook.request({ id: `asked-${i}`, ...request }, { actor: "system" })))
  await story.settle()
  expect(await activitiesOf(story, "u")).toMatchObject({ "sms Ann": { body: "Dear Ann, see you on Monday." } })
  expect(await activitiesOf(story, "v")).toMatchObject({ "sms Ann": { body: "Changed, Ann" } })
  await story.close()
})

test("a usage by a channel that there is not is refused at the door, and nothing comes of it [A27 L25]", async () => {
  const story = await messaging()
  const set = { template: "reminder", recipients: [ann], channels: ["sms", "pigeon"] }
  const byPigeon = { type: "Transact", target: null, data: { ops: [{ entity: "TemplateUsage", id: "u", set }] } }
  await expect(story.ask(byPigeon)).rejects.toMatchObject({ code: "invalid" })
  await story.settle()
  expect(await story.state("u")).toBeNull()
  expect(await story.events("EntityCreated")).toHaveLength(1)
  await story.close()
})
