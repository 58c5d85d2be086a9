import { expect, test } from "vitest"
import { daybook, done, every, failed, in_, step, stuck } from "../../src/index.ts"
import { testApp } from "../../src/testing/app.ts"
import { parts, schema } from "./club.ts"

const { aggregate, command, event, reject, when, workflow } = parts

const person = aggregate("Person", {
  decide: { BecomeMember: "by workflow", Remind: () => event("Reminded", {}) },
  evolve: { Reminded: state => ({ ...state, reminders: (state.reminders ?? 0) + 1 }) },
})
const quote = aggregate("Quote", {
  decide: {
    RequestQuote: (_data, { price }, { id }) =>
      price === undefined ? event("QuoteMade", { quote: id, price: 100 }) : reject("NoQuote", {}),
    AcceptQuote: (_data, { price }, { id }) => event("QuoteAccepted", { quote: id, price: price ?? 0 }),
  },
  evolve: { QuoteMade: (state, { price }) => ({ ...state, price }), QuoteAccepted: state => state },
})

type Joining = { readonly plan: string; readonly quote?: string; readonly reminders: number }

const becomeMember = workflow("BecomeMember", {
  start: ({ data, target, id }) =>
    step<Joining>({ ...data, reminders: 0 })
      .spawn("quote", command("RequestQuote", `${target.id}-${data.plan}`, {}))
      .send(command("Remind", id, {})),
  on: ({ heard, ended }) => ({
    quote: ended("RequestQuote", ({ data, outcome, target }) => {
      const no = outcome.rejections[0]
      if (no !== undefined) return failed("There is no quote", { because: no.type })
      const wanted = `${target.id}-${data.plan}`
      return step({ ...data, quote: wanted })
        .wait("accepted", { quote: wanted }, { user: true, until: in_("10 days") })
        .timer("reminder", every("0 9 * * 1-5", "Europe/Zurich"))
        .timer("clicked", when("SpecialClicked", { special: data.plan, "by.visitor": target.id }))
    }),
    reminder: ({ data, target }) =>
      step({ ...data, reminders: data.reminders + 1 }).send(command("Remind", target.id, {})),
    accepted: heard(
      "QuoteAccepted",
      {
        expired: ({ data }) => (data.reminders > 3 ? stuck("Nobody answers", { plan: data.plan }) : failed("Too late")),
      },
      ({ data, event: { data: accepted } }) => done({ price: accepted.price, reminders: data.reminders }),
    ),
    clicked: heard("SpecialClicked", ({ event: { data } }) => done({ special: data.special })),
  }),
})

const sweep = workflow("Sweep", {
  start: ({ id }) => step({}).spawn("made", command("RequestQuote", id, {})),
  on: ({ ended }) => ({ made: ended("AcceptQuote", () => done()) }),
})

const app = daybook({ schema, aggregates: [person, quote], workflows: [becomeMember, sweep] })
const started = async (id = "j") => {
  const running = await testApp(app, { start: "2030-01-04T12:00:00Z" })
  await running.ask(command("BecomeMember", "ann", { plan: "gold" }), { id })
  await running.settle()
  return running
}

test("a workflow written with the words of a schema waits, reminds, and ends by an event [W35 W42 W44]", async () => {
  const running = await started()
  expect(await running.daybook.life("j")).toMatchObject({
    state: "waiting",
    data: { plan: "gold", quote: "ann-gold", reminders: 0 },
    waits: { accepted: { user: true, filter: { quote: "ann-gold" } }, clicked: { event: "SpecialClicked" } },
  })
  // From Friday noon on: Monday and Tuesday at nine.
  await running.at("2030-01-08T12:00:00Z")
  expect(await running.state("ann")).toEqual({ reminders: 2 })
  await running.ask(command("AcceptQuote", "ann-gold", {}))
  await running.settle()
  expect(await running.daybook.ended("j")).toMatchObject({ state: "succeeded", result: { price: 100, reminders: 2 } })
})

test("the time of a wait is over, and what is said about that is done [W41 W43]", async () => {
  const running = await started()
  await running.at("2030-01-14T12:30:00Z")
  expect(await running.daybook.life("j")).toMatchObject({
    state: "stuck",
    stuck: { reason: { message: "Nobody answers" } },
  })
})

test("a no of the domain reaches the parent with its name [W36]", async () => {
  const running = await started()
  await running.ask(command("BecomeMember", "ann", { plan: "gold" }), { id: "k" })
  await running.settle()
  expect(await running.daybook.ended("k")).toMatchObject({
    state: "failed",
    error: { message: "There is no quote", facts: { because: "NoQuote" } },
  })
})

test("a child of another type than is said is no end of what was waited for", async () => {
  const running = await started()
  await running.ask(command("Sweep", null, {}), { id: "s" })
  await running.settle()
  expect(await running.life("s")).toMatchObject({
    state: "stuck",
    stuck: { reason: { message: "What is told of children AcceptQuote is told of RequestQuote" } },
  })
})
