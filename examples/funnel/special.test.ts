import { given } from "daybook/testing"
import { expect, test } from "vitest"
import app from "./app.ts"
import { command, event } from "./parts.ts"
import { offerSpecial } from "./special.ts"
import { store } from "./story.ts"

const spring = { type: "Special", id: "spring", document: { title: "Cheap lamps", product: "lamp" } }
const start = command("OfferSpecial", "ann", {})
const clicked = (person: string, special = "spring") => event("SpecialClicked", { special, person })

test("whoever is told of the special and clicks on it gets a quote [W45]", async () => {
  const { life } = await given(offerSpecial)
    .in(app)
    .knowing(spring)
    .start(start, "ann")
    .thenSends(command("SendEmail", "ann", { letter: "special", about: "Cheap lamps" }))
    .when(clicked("bob"))
    .when(clicked("ann", "autumn"))
    .thenWaits("clicked", "over")
    .when(clicked("ann"))
    .thenSends(command("RequestQuote", "ann", { product: "lamp" }))
    .thenDone({ isClicked: true })
  expect(life.state).toBe("succeeded")
})

test("after two weeks it is over, and without a special nothing is said [W43]", async () => {
  await given(offerSpecial).in(app).knowing(spring).start(start).after("2 weeks").thenDone({ isClicked: false })
  const { life } = await given(offerSpecial).in(app).start(start).thenDone({ isClicked: false }).thenSends()
  expect(life.state).toBe("succeeded")
})

test("a click is an event from outside, and wakes just whom it is about [W29 W30 W45]", async () => {
  const running = await store()
  await running.ask(command("MeetPerson", "bob", { name: "Bob", email: "bob@example.org" }))
  await running.ask(command("ViewPage", "bob", { page: "ropes" }), { as: "bob" })
  await running.settle()
  await running.advance(7 * 86_400_000)
  await running.outside(clicked("ann"))
  await running.settle()
  const offers = await running.commands("OfferSpecial")
  expect(offers.map(({ owner, state }) => [owner, state])).toEqual([
    ["ann", "succeeded"],
    ["bob", "waiting"],
  ])
  expect(await running.commands("RequestQuote")).toMatchObject([
    { owner: "ann", state: "waiting", parent: offers[0]!.command.id },
  ])
  await running.close()
})
