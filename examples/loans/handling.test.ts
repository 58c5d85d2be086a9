import { partsOf } from "daybook"
import { testApp } from "daybook/testing"
import { expect, test } from "vitest"
import app from "./app.ts"
import { schema } from "./schema.ts"

const { command } = partsOf(schema)

async function begun() {
  const bank = await testApp(app, { start: "2026-01-05T09:00:00Z" })
  const submitted = await bank.ask(command("SubmitApplication", "a", { amount: 5_000 }))
  await bank.settle()
  const [handling] = await bank.daybook.commands({ type: "HandleApplication", limit: 1 })
  return { bank, submitted, handling: handling!.command.id }
}

const sent = [
  command("SelectOffer", "a/1", { application: "a" }),
  command("CreateOffer", "a/1", {}),
  command("SendOffer", "a/1", {}),
]

test("an application is handled from its submission on, and each offer of it is a child [W30 W32]", async () => {
  const { bank, submitted, handling } = await begun()
  // All at once: the offer's own handling begins after it was sent, and knows of it.
  await Promise.all(sent.map(one => bank.ask(one)))
  await bank.settle()
  const [offer] = await bank.daybook.commands({ type: "HandleOffer", limit: 1 })
  expect(offer).toMatchObject({ parent: handling, state: "waiting" })
  expect(await bank.daybook.life(offer!.command.id)).toMatchObject({ data: { sent: true }, timers: { silence: {} } })
  expect(submitted.events[0]).toMatchObject({ type: "ApplicationSubmitted" })
  expect(await bank.daybook.command(handling)).toMatchObject({ parent: submitted.id })
})

test("a customer who says nothing is called three times, and after thirty days the application is cancelled [W43 W48]", async () => {
  const { bank, handling } = await begun()
  for (const one of sent) await bank.ask(one)
  await bank.settle()
  await bank.advance(29 * 86_400_000)
  const called = (await bank.daybook.stream("a/1", 1, 100)).events.filter(({ type }) => type === "CustomerCalled")
  expect(called.map(({ at }) => at.slice(0, 10))).toEqual(["2026-01-12", "2026-01-19", "2026-01-26"])
  await bank.advance(2 * 86_400_000)
  expect(await bank.daybook.ended(handling)).toMatchObject({ state: "succeeded", result: { outcome: "cancelled" } })
  expect((await bank.daybook.entity("a"))?.document).toMatchObject({ stage: "cancelled" })
})

test("an answer stops the calls, and what is left of the work is aborted with the decision [W48 W49]", async () => {
  const { bank, handling } = await begun()
  for (const one of sent) await bank.ask(one)
  await bank.ask(command("ScheduleWork", "a/calling", { application: "a", work: "calling" }))
  await bank.ask(command("ReceiveOffer", "a/1", {}))
  await bank.settle()
  await bank.advance(90 * 86_400_000)
  expect((await bank.daybook.stream("a/1", 1, 100)).events.some(({ type }) => type === "CustomerCalled")).toBe(false)
  for (const type of ["ConfirmSubmission", "DeclineApplication"] as const) await bank.ask(command(type, "a", {}))
  await bank.settle()
  expect(await bank.daybook.ended(handling)).toMatchObject({ result: { outcome: "declined" } })
  const children = await bank.daybook.commands({ parent: handling, limit: 10 })
  const states = new Map(children.map(({ command: { type }, state }) => [type, state]))
  expect(Object.fromEntries(states)).toEqual({ DoWork: "aborted", HandleOffer: "aborted" })
})

test("a granted application takes three steps in any order, over a restart [W22 X12]", async () => {
  const { bank, handling } = await begun()
  for (const type of ["ConfirmSubmission", "PreacceptApplication", "AcceptApplication", "FinalizeApplication"] as const)
    await bank.ask(command(type, "a", {}))
  await bank.ask(command("ActivateApplication", "a", {}))
  await bank.restart()
  await bank.ask(command("ApproveApplication", "a", {}))
  await bank.settle()
  expect(await bank.daybook.life(handling)).toMatchObject({ data: { granted: ["activated", "approved"] } })
  await bank.ask(command("RegisterApplication", "a", {}))
  await bank.settle()
  expect(await bank.daybook.ended(handling)).toMatchObject({ result: { outcome: "granted" } })
})
