import { expect, test } from "vitest"
import { daybook, done, every, failed, in_, step, stuck } from "../../src/index.ts"
import { given, happened, inEveryOrder, testApp } from "../../src/testing/index.ts"
import { parts, schema } from "../app/club.ts"

const { aggregate, command, event, when, workflow } = parts

type Joining = { readonly plan: string; readonly quote?: string; readonly heard: readonly string[] }

const becomeMember = workflow("BecomeMember", {
  start: async ({ data, target, snapshot }) => {
    const known = await snapshot.entity(target.id)
    const name = known?.document["name"] === "Ann" ? ["Ann"] : []
    return step<Joining>({ ...data, heard: name }).spawn("quote", command("RequestQuote", `${target.id}-quote`, {}))
  },
  on: ({ heard, ended }) => ({
    quote: ended("RequestQuote", ({ data, outcome, target }) => {
      if (outcome.state !== "succeeded") return failed("There is no quote")
      return step({ ...data, quote: `${target.id}-quote` })
        .wait("accepted", { quote: `${target.id}-quote` }, { until: in_("10 days") })
        .timer("reminder", every("0 9 * * *", "UTC"))
        .timer("clicked", when("SpecialClicked", { special: data.plan }))
    }),
    reminder: ({ data, target }) =>
      step({ ...data, heard: [...data.heard, "reminder"] }).send(command("Remind", target.id, {})),
    accepted: heard("QuoteAccepted", { expired: () => stuck("Nobody answers") }, ({ event: { data } }) =>
      done({ price: data.price }),
    ),
    clicked: heard("SpecialClicked", ({ data }) => step({ ...data, heard: [...data.heard, "clicked"] })),
  }),
  abort: ({ data, target }) => step(data).send(command("Remind", target.id, {})),
})

const person = aggregate("Person", {
  decide: { BecomeMember: "by workflow", Remind: () => event("Reminded", {}) },
  evolve: { Reminded: state => ({ ...state, reminders: (state.reminders ?? 0) + 1 }) },
})
const quote = aggregate("Quote", {
  decide: {
    RequestQuote: (_data, _state, { id }) => event("QuoteMade", { quote: id, price: 100 }),
    AcceptQuote: (_data, { price }, { id }) => event("QuoteAccepted", { quote: id, price: price ?? 0 }),
  },
  evolve: { QuoteMade: (state, { price }) => ({ ...state, price }), QuoteAccepted: state => state },
})
const sweep = workflow("Sweep", { start: () => done() })
const app = daybook({ schema, aggregates: [person, quote], workflows: [becomeMember, sweep] })

const start = command("BecomeMember", "ann", { plan: "gold" })
const accepted = event("QuoteAccepted", { quote: "ann-quote", price: 100 })
const quoted = () => given(becomeMember).in(app).start(start).whenEnded("quote")

test("a step is tried by what comes and what it says, without a store [W1]", async () => {
  await given(becomeMember)
    .in(app)
    .knowing({ type: "Person", id: "ann", document: { name: "Ann" } })
    .start(start)
    .thenSends(command("RequestQuote", "ann-quote", {}))
    .thenWaits("quote")
    .thenData({ plan: "gold", heard: ["Ann"] })
    .whenEnded("quote")
    .thenWaits("accepted", "clicked", "reminder")
    .when(event("QuoteAccepted", { quote: "another", price: 1 }))
    .thenWaits("accepted", "clicked", "reminder")
    .when(accepted)
    .thenDone({ price: 100 })
})

test("time passes in no time, and a child may fail [W42 W44 W47]", async () => {
  await quoted()
    .after("3 days")
    .thenSends(command("Remind", "ann", {}), command("Remind", "ann", {}), command("Remind", "ann", {}))
    .whenDue("reminder")
    .thenData({ plan: "gold", quote: "ann-quote", heard: ["reminder", "reminder", "reminder", "reminder"] })
    .after("1 week")
    .thenStuck("Nobody answers")
  const { now } = await quoted().after("3 days")
  expect(now).toBe("2030-01-04T00:00:00.000Z")
  await given(becomeMember).start(start).whenEnded("quote", { state: "failed" }).thenFailed("no quote")
  await quoted()
    .whenAborted("enough")
    .thenSends(command("Remind", "ann", {}))
    .thenAborted()
})

test("events come in any order [W45]", async () => {
  const clicked = happened(event("SpecialClicked", { special: "gold" }), { to: "outside" })
  const orders = [...inEveryOrder(["reminder", "clicked", "accepted"])]
  expect(orders).toHaveLength(6)
  for (const order of orders) {
    let living = quoted()
    const before = order.slice(0, order.indexOf("accepted"))
    for (const name of before) living = name === "reminder" ? living.whenDue("reminder") : living.when(clicked)
    await living.thenData({ plan: "gold", quote: "ann-quote", heard: before }).when(accepted).thenDone({ price: 100 })
  }
})

test("what is otherwise fails with what was expected and what was seen", async () => {
  await expect(quoted().thenDone()).rejects.toThrow(/is not done[^]*waiting, for accepted, clicked/)
  await expect(quoted().thenWaits("accepted")).rejects.toThrow(
    /waits for something else[^]*accepted, clicked, reminder/,
  )
  await expect(quoted().thenSends(start)).rejects.toThrow(/asks for something else/)
  await expect(quoted().thenData({})).rejects.toThrow(/The data of BecomeMember/)
  await expect(quoted().thenStuck()).rejects.toThrow(/is not stuck/)
  await expect(quoted().thenFailed()).rejects.toThrow(/is not failed/)
  await expect(quoted().whenEnded("quote")).rejects.toThrow(/no child quote/)
  await expect(quoted().whenDue("remindr")).rejects.toThrow(/no timer remindr/)
  const wrong = { type: "QuoteAccepted", data: { quote: 5 }, rejection: false }
  await expect(quoted().when(wrong)).rejects.toThrow(/against its schema/)
  await expect(given(sweep).start(start).thenDone()).rejects.toThrow(/does not start the workflow Sweep/)
})

test("a running app is told of what happens outside, all of it or one instance [W30 W45]", async () => {
  const running = await testApp(app)
  await running.ask(start, { id: "one" })
  await running.ask(command("BecomeMember", "bob", { plan: "gold" }), { id: "two" })
  await running.settle()
  await running.signal("two", event("SpecialClicked", { special: "gold" }))
  await running.settle()
  expect((await running.life("one")).data["heard"]).toEqual([])
  expect((await running.life("two")).data["heard"]).toEqual(["clicked"])
  await running.outside(event("SpecialClicked", { special: "gold" }))
  await running.settle()
  expect((await running.life("one")).data["heard"]).toEqual(["clicked"])
  await expect(running.life("three")).rejects.toThrow("no lasting command three")
  expect(await running.prompts("ann")).toEqual([])
})
