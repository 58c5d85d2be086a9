import { describe, expect, test } from "vitest"
import { in_ } from "../../src/kernel/moments.ts"
import { done, step, type Mode, type ReactionContext } from "../../src/kernel/workflow.ts"
import { child, heard, Machine, ask, timed, workflow } from "./machine.ts"

const seen = ({ data, events, outcomes, pending, expired }: ReactionContext) => ({
  told: [...((data["told"] as number[]) ?? []), outcomes.length + events.length],
  pending,
  ...(expired ? { expired } : {}),
})
const note = (context: ReactionContext) => step({ ...context.data, ...seen(context) })
const several = (mode: Mode, count = 3) =>
  new Machine(
    workflow({
      start: () =>
        step({ told: [] }).spawn(
          "parts",
          Array.from({ length: count }, (_, n) => ask(n)),
          { mode },
        ),
      on: { parts: child(note, { enough: came => came.length === 2 }) },
    }),
  )
const hearing = (mode: Mode, until?: string) =>
  new Machine(
    workflow({
      start: () =>
        until === undefined
          ? step({ told: [] }).wait("said", { to: "me" }, { mode })
          : step({ told: [] }).wait("said", { to: "me" }, { mode, until: in_(until) }),
      on: { said: heard("Said", note, { enough: came => came.length === 2 }) },
    }),
  )

describe("a parent of three children", () => {
  test.each([
    ["each", [1, 1, 1]],
    ["any", [1]],
    ["all", [3]],
    [2, [2]],
    ["enough", [2]],
    [7, [3]],
  ] as const)("is told of %s of them [W36 W39 W40]", (mode, told) => {
    const machine = several(mode)
    for (const id of machine.children) machine.come(machine.end(id))
    expect(machine.life.data["told"]).toEqual(told)
    expect(machine.life).not.toHaveProperty("children")
    expect(machine.life).not.toHaveProperty("waits")
  })

  test("is told of all three in one turn as of one after the other, in the order in which they ended [W37 W51]", () => {
    const machine = new Machine(
      workflow({
        start: () => step({}).spawn("parts", [ask(0), ask(1), ask(2)], { mode: "all" }),
        on: { parts: child(({ outcomes }) => done(outcomes.map(({ result }) => result))) },
      }),
    )
    const [first, second, third] = machine.children as [string, string, string]
    machine.come(
      machine.end(third, "succeeded", "c"),
      machine.end(first, "succeeded", "a"),
      machine.end(second, "succeeded", "b"),
    )
    expect(machine.life).toMatchObject({ state: "succeeded", result: ["c", "a", "b"] })
  })

  test("is told of each end once, however often it is brought [W51 W53]", () => {
    const machine = several("each")
    const ends = machine.children.map(id => machine.end(id))
    for (const end of ends) {
      machine.come(end, end)
      expect(machine.come(end)).toBe(false)
    }
    machine.come(...ends)
    expect(machine.life.data["told"]).toEqual([1, 1, 1])
  })

  test("asks for a fourth under the same name while the others are under way [W37]", () => {
    const machine = new Machine(
      workflow({
        start: () =>
          step({ more: true })
            .spawn("parts", [ask(0), ask(1)], { mode: "all" })
            .timer("more", in_("1 second")),
        on: {
          more: timed(({ data }) => step(data).spawn("parts", ask(2), { mode: "all" })),
          parts: child(({ outcomes }) => done(outcomes.length)),
        },
      }),
    )
    machine.come(machine.end(machine.children[0]!))
    machine.pass(1_000)
    machine.come(machine.end(machine.children[1]!))
    expect(machine.life.state).toBe("waiting")
    machine.come(machine.end(machine.children[2]!))
    expect(machine.life).toMatchObject({ state: "succeeded", result: 3 })
  })

  test("takes another first one only of those it then waits for to be all [W40]", () => {
    const again = () => step({ round: 2 }).spawn("parts", [ask(3), ask(4)], { mode: "all" })
    const machine = new Machine(
      workflow({
        start: () => step({ round: 1 }).spawn("parts", [ask(0), ask(1)], { mode: "any" }),
        on: { parts: child(({ data, outcomes }) => (data["round"] === 1 ? again() : done(outcomes.length))) },
      }),
    )
    const [first = "", left = ""] = machine.children
    machine.come(machine.end(first))
    const [, , third = "", fourth = ""] = machine.children
    machine.come(machine.end(left), machine.end(third))
    expect(machine.life.state).toBe("waiting")
    machine.come(machine.end(fourth))
    expect(machine.life.state).toBe("succeeded")
  })
})

describe("a parent of no children", () => {
  test.each(["any", "all", 2, "enough"] as const)("is told at once that there are none, for %s [W36 W40]", mode => {
    expect(several(mode, 0).life).toMatchObject({ data: { told: [0], pending: 0 } })
    expect(several(mode, 0).life).not.toHaveProperty("waits")
  })

  test("is told of none where it wants to know of each [W39]", () => {
    expect(several("each", 0).life.data).toEqual({ told: [] })
    expect(several("each", 0).life).not.toHaveProperty("waits")
  })

  test("which asks for none again and again is stuck, and nothing hangs [W41]", () => {
    const none = () => step({}).spawn("parts", [], { mode: "all" })
    const { life } = new Machine(workflow({ start: none, on: { parts: child(none) } }))
    expect(life).toMatchObject({
      state: "stuck",
      stuck: { reason: { message: expect.stringContaining("again and again") } },
    })
  })
})

describe("who waits for events", () => {
  test.each([
    ["each", [1, 1, 1]],
    ["any", [1]],
    [2, [2]],
    ["enough", [2]],
  ] as const)("is told of %s of them [W40 W45]", (mode, told) => {
    const machine = hearing(mode)
    for (let i = 0; i < 3; i++) machine.come(machine.event("Said", { to: "me" }))
    expect(machine.life.data["told"]).toEqual(told)
  })

  test("hears none that is for somebody else, and is not changed by it [W35 W45]", () => {
    const machine = hearing("any")
    for (const data of [{}, { to: "you" }, { to: null }, { to: ["me"] }, { to: { me: true } }]) {
      expect(machine.come(machine.event("Said", data))).toBe(false)
    }
    expect(machine.come(machine.event("Heard", { to: "me" }))).toBe(false)
    expect(machine.come(machine.event("Said", { to: "me" }))).toBe(true)
  })

  test("waits for ever where no end was said [W41]", () => {
    const machine = hearing("any")
    machine.pass(100 * 365 * 86_400_000)
    expect(machine.life.state).toBe("waiting")
    expect(machine.events).toHaveLength(1)
  })

  test.each([
    ["any", 0],
    [3, 2],
  ] as const)("for %s is told at the end of the time of those that have come [W40 W42]", (mode, come) => {
    const machine = hearing(mode, "10 days")
    for (let i = 0; i < come; i++) machine.come(machine.event("Said", { to: "me" }))
    machine.pass(10 * 86_400_000)
    expect(machine.life.data).toMatchObject({ told: [come], expired: true })
    expect([...machine.timers]).toEqual([])
  })

  test("is not told of the end of the time where it came first [W42]", () => {
    const machine = hearing("any", "10 days")
    machine.come(machine.event("Said", { to: "me" }))
    machine.pass(11 * 86_400_000)
    expect(machine.life.data).toEqual({ told: [1], pending: 0 })
  })

  test("and waits anew without an end, is not told of the end of the wait before [W42]", () => {
    const wait = (days?: string) =>
      days === undefined ? step({ told: [] }).wait("said") : step({ told: [] }).wait("said", {}, { until: in_(days) })
    const machine = new Machine(
      workflow({
        start: () => wait("2 days").timer("anew", in_("1 day")),
        on: { said: heard("Said", note), anew: timed(() => wait()) },
      }),
    )
    machine.pass(30 * 86_400_000)
    expect(machine.life).toMatchObject({ state: "waiting", data: { told: [] } })
  })

  test("hears each event once, however often and in what order it is brought again [W51]", () => {
    const machine = hearing("each")
    const events = [1, 2, 3].map(n => machine.event("Said", { to: "me", n }))
    for (const event of events) machine.come(event)
    for (const event of [...events, ...events.toReversed()]) expect(machine.come(event)).toBe(false)
    expect(machine.life.data["told"]).toEqual([1, 1, 1])
  })

  test("takes the wait back, and hears nothing [W46]", () => {
    const machine = new Machine(
      workflow({
        start: () =>
          step({})
            .wait("said", {}, { until: in_("2 days") })
            .timer("stop", in_("1 day")),
        on: { said: heard("Said", () => done()), stop: timed(() => step({}).cancel("said")) },
      }),
    )
    machine.pass(5 * 86_400_000)
    expect(machine.come(machine.event("Said"))).toBe(false)
    expect(machine.life.state).toBe("waiting")
  })
})

describe("a filter", () => {
  const filtered = (filter: Record<string, never>) =>
    new Machine(workflow({ start: () => step({}).wait("it", filter), on: { it: heard("It", () => done()) } }))
  test.each([
    [{}, {}, true],
    [{ a: 1 }, { a: 1 }, true],
    [{ a: 1 }, { a: "1" }, false],
    [{ a: 1 }, {}, false],
    [{ a: null }, { a: null }, true],
    [{ a: null }, {}, false],
    [{ "a.b": 2 }, { a: { b: 2 } }, true],
    [{ "a.b.c": 2 }, { a: { b: 2 } }, false],
    [{ "a.b": 2 }, { a: [2] }, false],
    [{ a: { b: [1] } }, { a: { b: [1] } }, true],
    [{ a: { b: 1, c: 2 } }, { a: { c: 2, b: 1 } }, true],
    [{ "@stream": "s" }, {}, true],
    [{ "@stream": "other" }, {}, false],
    [{ "@stream": "s", a: true }, { a: true }, true],
    [{ constructor: "x" }, {}, false],
    [{ __proto__x: "x" }, {}, false],
  ])("%j of an event with %j: %s [W35 W45]", (filter, data, isLike) => {
    const machine = filtered(filter as never)
    machine.come(machine.event("It", data as never))
    expect(machine.life.state).toBe(isLike ? "succeeded" : "waiting")
  })
})

describe("an event that comes before anybody waits for it", () => {
  const early = () =>
    new Machine(
      workflow({
        start: () => step({ order: "o1" }).timer("now", in_("1 second")),
        on: {
          now: timed(({ data }) => step(data).wait("paid", { order: data["order"]! })),
          paid: heard("Paid", ({ event }) => done(event!.data), { match: data => ({ order: data["order"] ?? null }) }),
        },
      }),
    )

  test("is kept where the table says that it is its own, and taken as soon as it is waited for [W27 W35]", () => {
    const machine = early()
    expect(machine.come(machine.event("Paid", { order: "o1" }))).toBe(true)
    expect(machine.life.mailbox).toHaveLength(1)
    machine.pass(1_000)
    expect(machine.life).toMatchObject({ state: "succeeded", result: { order: "o1" } })
  })

  test("is not kept where it is somebody else's [W35]", () => {
    const machine = early()
    expect(machine.come(machine.event("Paid", { order: "o2" }))).toBe(false)
    machine.pass(1_000)
    expect(machine.life.state).toBe("waiting")
  })

  test("is kept where it was addressed to this instance [W27]", () => {
    const machine = early()
    machine.come(machine.event("Paid", { order: "o1" }, { isAddressed: true }))
    expect(machine.life.mailbox).toHaveLength(1)
  })

  test("is kept up to a bound [W27]", () => {
    const machine = early()
    const many = Array.from({ length: 1_100 }, () => machine.event("Paid", { order: "o1" }))
    machine.come(...many)
    expect(machine.life.mailbox).toHaveLength(1_000)
  })

  test("is recorded and not processed where everything is over [W49]", () => {
    const machine = early()
    machine.come(machine.event("Paid", { order: "o1" }))
    machine.pass(1_000)
    expect(machine.come(machine.event("Paid", { order: "o1" }, { isAddressed: true }))).toBe(false)
  })

  test("is found by as long as somebody may wait for it, and not longer", () => {
    const machine = early()
    expect(machine.life.listens).toEqual(['Paid order "o1"'])
    machine.come(machine.event("Paid", { order: "o1" }))
    machine.pass(1_000)
    expect(machine.life).not.toHaveProperty("listens")
  })
})
