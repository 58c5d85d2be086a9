import { describe, expect, expectTypeOf, test } from "vitest"
import { done, in_, step, type ChildEnd, type RecordedOf } from "../../src/index.ts"
import { daybook } from "../../src/app/define.ts"
import { parts, schema } from "./club.ts"

const { command, transact, when, workflow } = parts

// What is wrong is never run: that it does not compile is the test, and `npm run types` is who runs it.
const expectNo = (_wrong: () => unknown) => expect(true).toBe(true)

type Joining = { readonly plan: string; readonly quote?: string }
type Accepted = RecordedOf<typeof schema, "QuoteAccepted">

describe("a workflow knows its command and its data:", () => {
  test("what start is handed is the command's, and what it says is the data of all the others [W1 W20]", () => {
    const becomeMember = workflow("BecomeMember", {
      version: 2,
      start: ({ data, target, owner, now, snapshot }) => {
        expectTypeOf(data).toEqualTypeOf<{ readonly plan: string }>()
        expectTypeOf(target).toEqualTypeOf<{ readonly type: "Person"; readonly id: string }>()
        expectTypeOf(owner).toEqualTypeOf<string>()
        expectTypeOf(now).toEqualTypeOf<string>()
        expectTypeOf(snapshot.t).toEqualTypeOf<number>()
        return step({ plan: data.plan, tries: 0 }).timer("again", in_("1 day"))
      },
      on: () => ({
        again: ({ data, timer, target }) => {
          expectTypeOf(data).toEqualTypeOf<{ plan: string; tries: number }>()
          expectTypeOf(timer.missed).toEqualTypeOf<number>()
          expectTypeOf(target.type).toEqualTypeOf<"Person">()
          return step({ ...data, tries: data.tries + 1 })
        },
      }),
      abort: ({ data, reason }) => {
        expectTypeOf(data.tries).toEqualTypeOf<number>()
        expectTypeOf(reason).toEqualTypeOf<string | null>()
        return step(data)
      },
      upgrade: (old, from) => ({ plan: old["plan"] === "x" ? "x" : "y", tries: from }),
      limit: { running: 3, key: ({ plan }) => plan },
    })
    expect(daybook({ schema, workflows: [becomeMember] }).workflows).toHaveLength(1)
  })

  test("a flag that is false at the start may be true later", () => {
    const flagged = workflow("BecomeMember", {
      start: () => step({ isSure: false }).wait("accepted"),
      on: ({ heard }) => ({
        accepted: heard("QuoteAccepted", { match: () => ({ price: 3 }) }, ({ data }) => {
          expectTypeOf(data).toEqualTypeOf<{ isSure: boolean }>()
          return step({ isSure: true })
        }),
      }),
    })
    expect(Object.keys(flagged.on)).toEqual(["accepted"])
  })

  test("a type may be given to the data, for what is not there from the start", () => {
    const joining = workflow("BecomeMember", {
      start: ({ data }) => step<Joining>(data).wait("accepted"),
      on: ({ heard }) => ({
        accepted: heard("QuoteAccepted", ({ data, event }) => {
          expectTypeOf(data).toEqualTypeOf<Joining>()
          return data.quote === undefined ? step({ ...data, quote: event.data.quote }) : done(data)
        }),
      }),
    })
    expect(joining.on["accepted"]?.hears).toEqual({ kind: "event", event: "QuoteAccepted" })
  })

  test("a step that says other data does not compile", () => {
    expectNo(() =>
      workflow("BecomeMember", {
        start: ({ data }) => step({ plan: data.plan }).timer("again", in_("1 day")),
        // @ts-expect-error a plan is a string
        on: () => ({ again: () => step({ plan: 5 }) }),
      }),
    )
    expectNo(() =>
      workflow("BecomeMember", {
        start: ({ data }) => step({ plan: data.plan }),
        // @ts-expect-error a plan is a string
        abort: () => step({ plan: 5 }),
      }),
    )
    // @ts-expect-error there is no such command
    expectNo(() => workflow("BecomeMembr", { start: () => done() }))
    // @ts-expect-error the command has no such data
    expectNo(() => workflow("BecomeMember", { start: ({ data }) => step({ n: data.name }) }))
  })

  test("a command without a target has none", () => {
    const sweep = workflow("Sweep", {
      start: ({ target }) => {
        expectTypeOf(target).toEqualTypeOf<null>()
        return step({}).send(command("Sweep", null, {}), transact([]))
      },
    })
    expect(sweep.on).toEqual({})
    // @ts-expect-error it has no target
    expectNo(() => command("Sweep", "ann", {}))
    // @ts-expect-error it has a target
    expectNo(() => command("Remind", null, {}))
  })
})

describe("a row of the table knows what it is for:", () => {
  test("an event with its data, what it is found by, when there are enough, and when time is over [W35 W40]", () => {
    const rows = workflow("BecomeMember", {
      start: ({ data }) =>
        step<Joining>(data).wait("accepted", {}, { until: in_("1 week"), user: true, mode: "enough" }),
      on: ({ heard }) => ({
        accepted: heard(
          "QuoteAccepted",
          {
            match: ({ quote }) => (quote === undefined ? null : { quote }),
            enough: (came, data) => {
              expectTypeOf(came).toEqualTypeOf<readonly Accepted[]>()
              return came.length > data.plan.length
            },
            expired: ({ data, events }) => {
              expectTypeOf(events).toEqualTypeOf<readonly Accepted[]>()
              return step(data)
            },
          },
          ({ event, events, data }) => {
            expectTypeOf(event).toEqualTypeOf<Accepted>()
            expectTypeOf(events).toEqualTypeOf<readonly Accepted[]>()
            expectTypeOf(event.data.price).toEqualTypeOf<number>()
            return step(data)
          },
        ),
      }),
    })
    expect(rows.on["accepted"]?.match?.({ quote: "q" })).toEqual({ quote: "q" })
  })

  test("the end of a child, with the no of its domain [W36 W39]", () => {
    const rows = workflow("BecomeMember", {
      start: ({ data, id }) =>
        step({ ...data, quote: "" })
          .spawn("quote", command("RequestQuote", id, {}))
          .spawn("others", [command("AcceptQuote", id, {}), command("Sweep", null, {})], { mode: "enough" }),
      on: ({ ended }) => ({
        quote: ended("RequestQuote", ({ data, outcome, outcomes, pending }) => {
          expectTypeOf(outcome.type).toEqualTypeOf<"RequestQuote">()
          expectTypeOf(outcome.rejections[0]!.type).toEqualTypeOf<"NoQuote">()
          expectTypeOf(outcomes.length + pending).toEqualTypeOf<number>()
          return step({ ...data, quote: outcome.id })
        }),
        others: ended("AcceptQuote", { enough: came => came.some(({ state }) => state === "succeeded") }, ({ data }) =>
          step(data),
        ),
        any: ended(({ data, outcome }) => {
          expectTypeOf(outcome).toEqualTypeOf<ChildEnd>()
          return step(data)
        }),
      }),
    })
    expect(Object.keys(rows.on)).toEqual(["quote", "others", "any"])
  })

  test("and nothing that there is not", () => {
    const start = () => step({ plan: "" })
    expectNo(() =>
      workflow("BecomeMember", {
        start,
        on: ({ heard }) => ({
          // @ts-expect-error there is no such event
          a: heard("QuoteAcepted", ({ data }) => step(data)),
        }),
      }),
    )
    expectNo(() =>
      workflow("BecomeMember", {
        start,
        on: ({ ended }) => ({
          // @ts-expect-error there is no such command
          a: ended("RequestQote", ({ data }) => step(data)),
        }),
      }),
    )
    expectNo(() =>
      workflow("BecomeMember", {
        start,
        on: ({ heard }) => ({
          // @ts-expect-error the event has no such data
          a: heard("QuoteAccepted", { match: () => ({ qoute: "" }) }, ({ data }) => step(data)),
        }),
      }),
    )
    expectNo(() =>
      workflow("BecomeMember", {
        start,
        on: ({ heard }) => ({
          // @ts-expect-error it is called price
          a: heard("QuoteAccepted", ({ data, event }) => step({ plan: data.plan + event.data.prize })),
        }),
      }),
    )
    // @ts-expect-error there is no such event
    expectNo(() => when("SpecialCliked", {}))
    // @ts-expect-error it is called special
    expectNo(() => when("SpecialClicked", { specail: "spring" }))
    expect(when("SpecialClicked", { special: "spring", "by.visitor": "v" }).filter).toEqual({
      special: "spring",
      "by.visitor": "v",
    })
  })
})

describe("what steps wait for is in the table, or it does not compile:", () => {
  const start = () => step({ plan: "" })

  test("a timer, an event, a child, and what an event sets off", () => {
    expectNo(() =>
      // @ts-expect-error BecomeMember waits for timer again, and has no such reaction
      workflow("BecomeMember", {
        start: () => step({}).timer("again", in_("1 day")),
        on: () => ({ other: () => done() }),
      }),
    )
    expectNo(() =>
      // @ts-expect-error BecomeMember waits for event answer, and has no such reaction
      workflow("BecomeMember", { start: () => step({}).wait("answer"), on: () => ({ other: () => done() }) }),
    )
    expectNo(() =>
      // @ts-expect-error BecomeMember waits for child quote, and has no such reaction
      workflow("BecomeMember", {
        start,
        on: ({ heard }) => ({
          quote: heard("QuoteMade", ({ data }) => step(data).spawn("quote", command("RequestQuote", "q", {}))),
        }),
      }),
    )
    expectNo(() =>
      // @ts-expect-error BecomeMember waits for SpecialClicked clicked, and has no such reaction
      workflow("BecomeMember", {
        start: () => step({}).timer("clicked", when("SpecialClicked", { special: "spring" })),
        on: ({ heard }) => ({ clicked: heard("QuoteAccepted", () => done()) }),
      }),
    )
  })

  test("the end of the time of a wait", () => {
    expectNo(() =>
      // @ts-expect-error BecomeMember waits for expired answer, and has no such reaction
      workflow("BecomeMember", {
        start: () => step({}).wait("answer", {}, { until: in_("1 day") }),
        on: ({ heard }) => ({ answer: heard("QuoteAccepted", () => done()) }),
      }),
    )
  })

  test("a name that is a timer's is no event's", () => {
    expectNo(() =>
      // @ts-expect-error BecomeMember waits for event again, and has no such reaction
      workflow("BecomeMember", {
        start: ({ data }) =>
          data.plan === "" ? step({ n: 1 }).timer("again", in_("1 day")) : step({ n: 1 }).wait("again"),
        on: () => ({ again: () => done() }),
      }),
    )
  })
})

test("an event starts a workflow with a target and data of its command [W29 W33]", () => {
  const becomeMember = workflow("BecomeMember", {
    start: ({ data }) => done(data.plan),
    startedBy: {
      SpecialClicked: ({ data, stream }) => ({ to: stream.id, data: { plan: data.special }, owner: stream.id }),
      QuoteAccepted: ({ data }) => (data.price > 3 ? null : { to: data.quote, data: { plan: "cheap" } }),
    },
  })
  const recorded = { stream: { type: "Outside", id: "ann", version: 1 }, data: { special: "spring" } } as never
  expect(becomeMember.startedBy["SpecialClicked"]?.(recorded)).toEqual({
    target: { type: "Person", id: "ann" },
    data: { plan: "spring" },
    owner: "ann",
  })
  expectNo(() =>
    workflow("BecomeMember", {
      start: () => done(),
      // @ts-expect-error the command wants a plan
      startedBy: { Reminded: ({ stream }) => ({ to: stream.id, data: {} }) },
    }),
  )
  expectNo(() =>
    workflow("BecomeMember", {
      start: () => done(),
      // @ts-expect-error there is no such event
      startedBy: { Remined: () => null },
    }),
  )
})
