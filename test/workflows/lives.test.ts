import { describe, expect, test } from "vitest"
import { at, every, in_ } from "../../src/kernel/moments.ts"
import { Refusal } from "../../src/kernel/refusal.ts"
import { done, failed, step, stuck, type Mode, type Step, type Workflow } from "../../src/kernel/workflow.ts"
import { ask, child, heard, Machine, timed, workflow } from "./machine.ts"

const minute = 60_000
const by = "boss"
const resume = { kind: "resume", by } as const
const change = (data: object) => ({ kind: "change", by, data: { ...data } }) as const
const fail = { kind: "fail", by, reason: "enough" } as const
const abort = { kind: "abort", by, reason: "no more" } as const
const thrown = (message = "broken"): never => {
  throw new Error(message)
}
const counting = (name: string) =>
  timed(({ data, timer }) => step({ ...data, [name]: [...((data[name] as number[]) ?? []), timer!.missed] }))

describe("timers", () => {
  const of = (start: () => Step, on: Workflow["on"] = { a: counting("a"), b: counting("b") }) =>
    new Machine(workflow({ start, on }))

  test("go off in a while, at an instant, and again and again [W42 W43 W46]", () => {
    const machine = of(
      () =>
        step({})
          .timer("a", in_("30 minutes"))
          .timer("b", at("2030-01-01T01:00:00Z"))
          .timer("c", every("0 * * * *", "UTC")),
      { a: counting("a"), b: counting("b"), c: counting("c") },
    )
    machine.pass(29 * minute)
    expect(machine.life.data).toEqual({})
    machine.pass(minute)
    expect(machine.life.data).toEqual({ a: [0] })
    machine.pass(150 * minute)
    expect(machine.life.data).toEqual({ a: [0], b: [0], c: [0, 0, 0] })
    expect(Object.keys(machine.life.timers ?? {})).toEqual(["c"])
  })

  test("that are overdue go off once, with a count of what was missed [W47]", () => {
    const machine = of(() => step({}).timer("a", every("0 * * * *", "UTC")))
    machine.now += 5 * 60 * minute + minute
    machine.come(machine.timer("a"))
    expect(machine.life.data).toEqual({ a: [4] })
    expect(machine.timers.get("a")).toBe(Date.parse("2030-01-01T06:00:00Z"))
  })

  test("that are set anew do not go off as they were set before [W46]", () => {
    const machine = of(() => step({}).timer("a", in_("1 minute")))
    const old = machine.timer("a")
    machine.workflow = workflow({
      start: () => done(),
      on: { a: timed(({ data }) => step(data).timer("a", in_("1 hour"))) },
    })
    expect(machine.come(old)).toBe(true)
    expect(machine.come(old)).toBe(false)
    expect(machine.timers.get("a")).toBe(machine.now + 60 * minute)
  })

  test("are taken back, and do not go off any more [W46]", () => {
    const machine = of(() => step({}).timer("a", in_("1 minute")).timer("b", in_("1 hour")), {
      a: timed(({ data }) => step(data).cancel("b", "nothing")),
      b: timed(() => thrown()),
    })
    const late = machine.timer("b")
    machine.pass(minute)
    expect(machine.come(late)).toBe(false)
    expect([...machine.timers]).toEqual([])
  })

  test("that go off while it is stuck wait, and go off once when it goes on [W47]", () => {
    const machine = of(() => step({}).timer("a", in_("1 minute")).timer("b", every("*/5 * * * *", "UTC")), {
      a: timed(() => stuck("who knows")),
      b: counting("b"),
    })
    machine.pass(minute)
    const off = machine.timer("b")
    machine.now += 60 * minute
    machine.come(off, off)
    machine.come(off)
    expect(machine.life.mailbox).toHaveLength(3)
    machine.come(resume)
    expect(machine.life.data).toEqual({ b: [11] })
    expect(machine.life).not.toHaveProperty("mailbox")
    expect(machine.timers.get("b")).toBeGreaterThan(machine.now)
  })

  test("are not kept longer than what they were set for [W46]", () => {
    const machine = of(() => step({}).timer("a", in_("1 minute")).wait("it", {}), {
      a: timed(() => thrown("early")),
      it: heard("It", ({ data }) => step({ ...data, it: true }).timer("a", in_("1 day"))),
    })
    machine.pass(minute)
    machine.come(machine.event("It"))
    machine.workflow = workflow({ start: () => done(), on: { ...machine.workflow.on, a: counting("a") } })
    machine.come(resume)
    expect(machine.life).toMatchObject({ state: "waiting", data: { a: [0], it: true } })
    expect(machine.timers.get("a")).toBe(machine.now + 24 * 60 * minute)
  })
})

describe("a child that fails", () => {
  const retrying = (attempts: number, mode: Mode = "each") =>
    new Machine(
      workflow({
        start: () => step({}).spawn("part", [ask(1)], { mode, retry: { attempts, baseMs: 1_000 } }),
        on: {
          part: child(({ outcome }) => done(outcome!.state)),
          stop: heard("Stop", ({ data }) => step(data).abort("part")),
        },
      }),
    )
  const last = (machine: Machine) => machine.children.at(-1)!

  test("is asked for again, each time by an id of its own and later than before, until there were enough [W42]", () => {
    const machine = retrying(3)
    const waits: number[] = []
    for (let i = 0; i < 2; i++) {
      machine.come(machine.end(last(machine), "failed"))
      expect(machine.life).toMatchObject({ state: "waiting", waits: { part: {} } })
      waits.push([...machine.timers.values()][0]! - machine.now)
      machine.pass(waits[i]!)
    }
    expect(waits[1]).toBeGreaterThan(waits[0]!)
    expect(new Set(machine.children).size).toBe(3)
    machine.come(machine.end(last(machine), "failed"))
    expect(machine.life).toMatchObject({ state: "succeeded", result: "failed" })
  })

  test("and then succeeds is told as a success [W42]", () => {
    const machine = retrying(3, "all")
    const first = machine.end(last(machine), "failed")
    machine.come(first, first)
    machine.come(first)
    machine.pass(minute)
    expect(machine.children).toHaveLength(2)
    expect(machine.come(first)).toBe(false)
    machine.come(machine.end(last(machine)))
    expect(machine.life).toMatchObject({ state: "succeeded", result: "succeeded" })
  })

  test("because the domain says no is not asked for again [W36]", () => {
    const machine = retrying(3)
    machine.come(machine.end(last(machine), "rejected"))
    expect(machine.life).toMatchObject({ state: "succeeded", result: "rejected" })
  })

  test("is not asked for again where it is to be aborted, before or after it fails [W48]", () => {
    const stopping = retrying(3)
    stopping.workflow = workflow({
      start: () => done(),
      on: { ...stopping.workflow.on, part: child(({ outcome }) => done(outcome!.state)) },
    })
    stopping.come(stopping.end(last(stopping), "failed"))
    stopping.come(abort)
    expect(stopping.life.state).toBe("aborted")
    const racing = retrying(3)
    racing.come(abort)
    expect(racing.aborts).toEqual(racing.children)
    racing.come(racing.end(last(racing), "failed"))
    expect(racing.life.state).toBe("aborted")
    expect(racing.children).toHaveLength(1)
  })

  test.each(["resting", "under way"])("and is %s ends as its parent says, and the parent is told [W48]", where => {
    const machine = new Machine(
      workflow({
        start: () =>
          step({})
            .spawn("part", ask(1), { retry: { attempts: 9, baseMs: minute } })
            .timer("stop", in_("1 second")),
        on: {
          part: child(({ outcome }) => done(outcome!.state)),
          stop: timed(({ data }) => step(data).abort("part")),
        },
      }),
    )
    if (where === "resting") machine.come(machine.end(last(machine), "failed"))
    machine.pass(1_000)
    expect(machine.aborts).toEqual(where === "resting" ? [] : machine.children)
    if (where !== "resting") machine.come(machine.end(last(machine), "failed"))
    expect(machine.life).toMatchObject({ state: "succeeded", result: where === "resting" ? "aborted" : "failed" })
    expect(machine.children).toHaveLength(1)
  })
})

describe("an instance is stuck", () => {
  const waiting = (react: () => Step | Promise<Step>) =>
    new Machine(
      workflow({
        start: () => step({ n: 1 }).wait("it", {}, { mode: "each" }),
        on: { it: heard("It", react), late: timed(() => done()) },
      }),
    )
  const raw = (given: unknown) => ({ kind: "step", data: { n: 2 }, acts: [], end: null, ...(given as object) }) as Step
  const unknown: readonly (readonly [string, () => Step | Promise<Step>, RegExp])[] = [
    ["that throws", () => thrown(), /^Error: broken$/],
    ["that refuses", () => { throw new Refusal("conflict", "Not now") }, /^Not now$/], // prettier-ignore
    ["that says so", () => stuck("Who knows"), /^Who knows$/],
    ["that says no step", () => undefined as unknown as Step, /no step: undefined/],
    ["that waits as nobody", () => step({}).wait("that"), /no reaction of that name; for an event it has it/],
    [
      "that asks for children of nobody",
      () => step({}).spawn("it", ask(1)),
      /something else under that name; for a child it has none/,
    ],
    ["that sets a timer of nobody", () => step({}).timer("it", in_("1 day")), /for a timer it has late/],
    ["that waits for all events", () => step({}).wait("it", {}, { mode: "all" }), /nobody knows how many/],
    [
      "that waits for enough of nobody knows what",
      () => step({}).wait("it", {}, { mode: "enough" }),
      /does not say how many/,
    ],
    [
      "that waits for less than one",
      () => step({}).wait("it", {}, { mode: 0 }),
      /waits for 0 of events of it; known are each, any/,
    ],
    [
      "that waits in an unknown way",
      () => step({}).wait("it", {}, { mode: "most" as Mode }),
      /waits for most of events of it; known are/,
    ],
    [
      "that sets a timer at no time",
      () => raw({ acts: [{ kind: "timer", name: "late", moment: { kind: "at", at: "soon" } }] }),
      /soon is no instant/,
    ],
    [
      "with an unknown cron",
      () => step({}).timer("it", every("61 * * * *", "UTC")),
      /no cron expression.*Known are five fields/,
    ],
    [
      "with an unknown zone",
      () => step({}).timer("it", every("1 * * * *", "Nowhere/Town")),
      /no time zone: known are those of the IANA/,
    ],
    ["with an unknown length", () => step({}).timer("it", in_("3 fortnights")), /no unit of time: known is/],
    ["with data that is a date", () => raw({ data: { at: new Date(0) } }), /data.at is a Date, which JSON cannot say/],
    ["with data that is no number", () => raw({ data: { n: NaN } }), /data.n is NaN/],
    [
      "with data that is half a character",
      () => raw({ data: { s: "a\ud800" } }),
      /data.s holds half of a surrogate pair/,
    ],
    ["with data that is a function", () => raw({ data: { f: [() => 1] } }), /data.f\[0\] is a function/],
    ["with data that is too large a number", () => raw({ data: { n: 1n } }), /data.n is a bigint/],
    ["with data in a circle", () => { const a: Record<string, unknown> = {}; a["a"] = a; return raw({ data: a }) }, /deeper than/], // prettier-ignore
    ["with a result that is a map", () => done(new Map() as never), /succeeded.result is a Map/],
    ["that sends what is no JSON", () => step({}).send(ask(new Date(0) as never)), /send.request.data.n is a Date/],
    [
      "that asks for too much",
      () =>
        step({}).spawn(
          "it",
          Array.from({ length: 2_000 }, () => ask(1)),
        ),
      /something else|more than 1000/,
    ],
  ]

  test.each(unknown)("by a step %s, which changes nothing else, and says why [W22]", (_, react, message) => {
    const machine = waiting(react)
    machine.come(machine.event("It"))
    const { state, data, stuck: why, mailbox } = machine.life
    expect({ state, data }).toEqual({ state: "stuck", data: { n: 1 } })
    expect(why?.reason["message"]).toMatch(message)
    // Who says it themselves has taken what came.
    expect(mailbox ?? []).toHaveLength(message.source === "^Who knows$" ? 0 : 1)
    expect(machine.sends).toEqual([])
  })

  test("by an answer that nobody foresaw in who asks whether it concerns it, and all that came is kept [W22]", () => {
    const machine = new Machine(
      workflow({
        start: () => step({ ok: false }).wait("it", {}, { mode: "enough" }),
        on: {
          it: heard("It", ({ events }) => done(events.length), {
            enough: (came, data) => (data["ok"] === true ? came.length > 1 : thrown("cannot count")),
          }),
        },
      }),
    )
    machine.come(machine.event("It"), machine.event("It"))
    expect(machine.life).toMatchObject({ state: "stuck", stuck: { reason: { message: "Error: cannot count" } } })
    machine.come(change({ ok: true }), resume)
    expect(machine.life).toMatchObject({ state: "succeeded", result: 2 })
  })

  test("and goes on with what came meanwhile, in the order in which it came [W22 W51]", () => {
    const machine = new Machine(
      workflow({
        start: () => step({ got: [] as string[] }).wait("it", {}, { mode: "each" }),
        on: {
          it: heard("It", ({ data, event }) =>
            data["ok"] === true
              ? step({ ...data, got: [...(data["got"] as string[]), event!.data["n"] as string] })
              : thrown(),
          ),
        },
      }),
    )
    const events = ["a", "b", "c"].map(n => machine.event("It", { n }))
    for (const event of events) machine.come(event, event)
    for (const event of events) expect(machine.come(event)).toBe(false)
    machine.come(resume)
    expect(machine.life.state).toBe("stuck")
    machine.come(change({ ok: true, got: [] }))
    expect(machine.life.state).toBe("stuck")
    machine.come(resume)
    expect(machine.life).toMatchObject({ state: "waiting", data: { got: ["a", "b", "c"] } })
    expect(machine.life).not.toHaveProperty("stuck")
  })

  test("at its start, and starts when it goes on [W22]", () => {
    const machine = new Machine(workflow({ start: ({ data }) => (data["ok"] === true ? done(1) : thrown()) }))
    expect(machine.life).toMatchObject({ state: "stuck", stuck: { on: "start" } })
    expect(machine.events.map(({ type }) => type)).toEqual(["InstanceStarted"])
    machine.come(change({ ok: true }), resume)
    expect(machine.life.state).toBe("succeeded")
  })

  test("and a person lets it fail, which its parent is told [W36]", () => {
    const machine = new Machine(workflow({ start: () => thrown() }), { parent: "p" })
    machine.come(fail)
    expect(machine.life).toMatchObject({ state: "failed", error: { message: "enough", by } })
    expect(machine.events.at(-1)).toMatchObject({ parent: "p", ended: { state: "failed", id: "w" } })
    for (const again of [fail, resume, abort, change({})]) expect(machine.come(again)).toBe(false)
  })

  test("no more than the store is away: then the step is taken another time [W22]", () => {
    const away = () => {
      throw new Refusal("unavailable", "The store is away")
    }
    const machine = waiting(away)
    const event = machine.event("It")
    expect(() => machine.come(event)).toThrow("The store is away")
    expect(machine.life.state).toBe("waiting")
  })

  test("where it changes data that is not its own to change [W51]", () => {
    const machine = new Machine(
      workflow({
        start: () => step({ list: [] as number[] }).wait("it", {}, { mode: "each" }),
        on: {
          it: heard("It", ({ data }) => {
            ;(data["list"] as number[]).push(1)
            return step(data)
          }),
        },
      }),
    )
    machine.come(machine.event("It"), machine.event("It"))
    expect(machine.life).toMatchObject({ state: "stuck", data: { list: [] } })
  })

  test("and is ended as failed, whatever it says of why [W21]", () => {
    const machine = waiting(() => failed("It is over", { n: 5 }))
    machine.come(machine.event("It"))
    expect(machine.life).toMatchObject({
      state: "failed",
      error: { code: "failed", message: "It is over", facts: { n: 5 } },
    })
  })
})
