import { given, happened } from "daybook/testing"
import { expect, test } from "vitest"
import app from "./app.ts"
import { command, event } from "./parts.ts"
import { requestQuote } from "./quote.ts"
import { store, subjectsOf } from "./story.ts"

const lamp = { type: "Product", id: "lamp", document: { name: "Storm lamp", price: 25 } }
const start = command("RequestQuote", "ann", { product: "lamp" })
const finished = event("QuoteFinished", { quote: "command", amount: 2 })
const order = command("PlaceOrder", "ann", { quote: "command", product: "lamp", amount: 2 })
const ordered = command("SendEmail", "ann", { letter: "ordered", about: "lamp", amount: 2 })
const member = happened(
  event("StageReached", { from: "visitor", to: "member", because: { event: "MembershipApproved", id: "e" } }),
  { to: "ann" },
)
const needed = { state: "rejected", rejections: [{ type: "MembershipNeeded", data: {} }] } as const
const quoted = () => given(requestQuote).in(app).knowing(lamp).start(start, "ann")

test("a quote waits to be finished, reminds, and is ordered [W12 W35]", async () => {
  const { life } = await quoted()
    .thenWaits("finished", "reminder")
    .after("4 days")
    .thenSends(command("SendEmail", "ann", { letter: "unfinished", about: "lamp" }))
    .when(finished)
    .thenSends(order)
    .whenEnded("order")
    .thenSends(ordered)
    .thenDone({ product: "lamp", amount: 2, costs: 50 })
  expect(life.state).toBe("succeeded")
})

test("a quote that nobody finishes is over after thirty days, and there is none of what is not there", async () => {
  await quoted().after("30 days").thenFailed("never finished")
  const { life } = await given(requestQuote).in(app).start(start, "ann").thenFailed("no product lamp")
  expect(life.state).toBe("failed")
})

test("without a membership it waits for one, and is ordered then [W14]", async () => {
  const { life } = await quoted()
    .when(finished)
    .whenEnded("order", needed)
    .thenWaits("member")
    .when(member)
    .thenSends(order)
    .whenEnded("order")
    .thenDone({ product: "lamp", amount: 2, costs: 50 })
  expect(life.state).toBe("succeeded")
})

test("who becomes a member just before that is known is not overlooked", async () => {
  const { life } = await quoted().when(finished).when(member).whenEnded("order", needed).thenSends(order)
  expect(life.state).toBe("waiting")
})

test("all of it, from the quote to the order of a client [W2 W4 W7 W14 W28]", async () => {
  const running = await store()
  await running.ask(start, { as: "ann", id: "quote" })
  await running.ask(command("FinishQuote", "ann", { quote: "quote", amount: 2 }), { as: "ann" })
  await running.settle()
  expect(await running.life("quote")).toMatchObject({ state: "waiting", data: { isBlocked: true }, owner: "ann" })
  await running.ask(command("ApplyForMembership", "ann", { plan: "harbour club" }), { as: "ann" })
  await running.settle()
  await running.ask(command("ApproveMembership", "ann", {}), { as: "sam" })
  await running.settle()
  expect(await running.daybook.ended("quote")).toMatchObject({ state: "succeeded", result: { costs: 50 } })
  expect(await running.state("ann")).toMatchObject({ stage: "client", ordered: ["lamp"] })
  expect((await subjectsOf(running)).at(-1)).toBe("Your order: lamp")
  expect(await running.commands("PlaceOrder")).toMatchObject([
    { state: "rejected", owner: "ann", parent: "quote" },
    { state: "succeeded", owner: "ann", parent: "quote" },
  ])
  await running.close()
})
